"""What else finds sensitive data, made ready to be asked the same questions; what isn't installed is left out.

presidio-analyzer runs with its default recognizers for English and a spaCy pipeline without a model: what it finds by
pattern and checksum, without its models for names. Its list of top-level domains is the one that comes with the
package, as fetching it would be measured too.
"""

from __future__ import annotations

import importlib
import logging
import tempfile
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Match", "Peer", "detect_secrets", "presidio"]


class Match(NamedTuple):
    """What a peer found: places in characters, in the peer's own words."""

    start: int
    end: int
    type: str
    score: float


class Peer(NamedTuple):
    """A peer that is ready: its name with what it is made of, and what finds."""

    name: str
    find: Callable[[str], list[Match]]


def presidio() -> Peer | None:
    """Make presidio-analyzer ready; None, and a printed reason, when it isn't installed."""
    modules = _modules("presidio-analyzer", "presidio_analyzer", "presidio_analyzer.nlp_engine", "spacy", "tldextract")
    if modules is None:
        return None
    analyzer, engines, spacy, domains = modules
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    domains.tldextract.TLD_EXTRACTOR = domains.TLDExtract(suffix_list_urls=(), cache_dir=None)
    engine = engines.SpacyNlpEngine()
    engine.nlp = {"en": spacy.blank("en")}
    registry = analyzer.RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    made = analyzer.AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])

    def find(text: str) -> list[Match]:
        found = made.analyze(text=text, language="en")
        return [Match(one.start, one.end, one.entity_type, one.score) for one in found]

    # The one that asks spaCy has nothing to ask.
    own = sum(one.name != "SpacyRecognizer" for one in registry.recognizers)
    return Peer(f"presidio-analyzer, {own} recognizers", find)


def detect_secrets() -> Peer | None:
    """Make detect-secrets ready with its default plugins and filters; None, and a printed reason, when it's missing.

    It reads files, so each text is written to one; its `scan_line` leaves the filters out and is slower. It tells no
    places: a match is its whole line.
    """
    modules = _modules("detect-secrets", "detect_secrets.core.scan", "detect_secrets.settings")
    if modules is None:
        return None
    scan, settings = modules

    def find(text: str) -> list[Match]:
        ends = list(accumulate(map(len, text.split("\n")), lambda end, size: end + 1 + size))
        with tempfile.TemporaryDirectory() as folder, settings.default_settings():
            file = Path(folder) / "text.txt"
            file.write_text(text, encoding="utf-8", newline="\n")
            found = [(one.line_number - 1, one.type) for one in scan.scan_file(str(file))]
        return [Match(ends[line - 1] + 1 if line else 0, ends[line], kind, 1.0) for line, kind in found]

    return Peer("detect-secrets, scan_file", find)


def _modules(name: str, *wanted: str) -> list[Any] | None:
    try:
        return [importlib.import_module(module) for module in wanted]
    except ModuleNotFoundError as error:
        print(f"skipped: {name} is not installed (no module `{error.name}`); see requirements/bench.txt")
        return None
