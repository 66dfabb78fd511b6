"""Scan rules: what is wrong with a model file, a configuration or code, one YAML file each, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from bartizan.catalog.folder import cached, packaged, read_folder
from bartizan.model.base import Id
from bartizan.model.words import Level

Topic: TypeAlias = Literal["file", "pickle", "model", "template", "repository", "code", "mcp", "assistant", "text"]
"""What a rule is about; the reference groups by it."""


class Example(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a rule is tried on: one file of some name and content, or `files`, texts by their paths.

    `pickle` is a program for the pickle machine, an opcode with its argument in each line, in the words of Python's
    `pickletools`. `hex` are bytes.
    """

    name: str = "file"
    text: str = ""
    pickle: list[str] = []
    hex: str = ""
    files: dict[str, str] = {}


class ScanRule(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Something that scanners look for.

    `verdict` is what one finding makes of the artefact: `dangerous`, `unknown` (a person must look), or `safe` for
    advice that leaves the verdict alone. `confidence` is 0 to 100. `remedy` says what to do. `cve` lists what exploits
    it in known loaders. The rule fires in each of the `hits` and in none of the `misses`. `made_in` names the test file
    that makes its examples instead, where a file can't be written down.
    """

    id: Id
    title: str
    topic: Topic
    severity: Level
    verdict: Literal["dangerous", "unknown", "safe"]
    description: str
    remedy: str
    confidence: int = 85
    references: list[str] = []
    atlas: list[str] = []
    owasp: list[str] = []
    cwe: list[str] = []
    cve: list[str] = []
    hits: list[Example] = []
    misses: list[Example] = []
    made_in: str = ""


def load_scan_rules(cache: Path | None = None) -> dict[str, ScanRule]:
    """Return all rules by id. Raises InputError for a file that breaks its type."""
    folder = packaged("scan-rules")
    return cached(cache, "scan-rules", [folder], dict[str, ScanRule], lambda: read_folder(folder, ScanRule))


__all__ = ["Example", "ScanRule", "Topic", "load_scan_rules"]
