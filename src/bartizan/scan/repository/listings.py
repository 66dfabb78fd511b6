"""Lists that repositories hold: shards of weights, modules of sentence transformers, rules of a tokenizer."""

from __future__ import annotations

import re
from typing import Any

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.tree import beside
from bartizan.scan.repository.callables import report_target
from bartizan.scan.wire.paths import leaves_folder

__all__ = ["examine_modules", "examine_package", "examine_shards", "examine_tokenizer"]

_WORDS = re.compile(r"https?:|www\.|[A-Za-z]{4,}")
_WEIGHTS = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".safetensors", ".h5", ".msgpack", ".gguf")


def examine_shards(data: dict[str, Any], path: str, desk: Desk) -> None:
    """Report shards that an index places outside of the repository."""
    mapping = data.get("weight_map")
    names = mapping.values() if isinstance(mapping, dict) else []
    for name in sorted({str(name) for name in names}):
        try:
            beside(path, name)
        except ValueError:
            desk.hit("repository-file-outside", f"a shard is named `{name}`")
            continue
        if "://" in name or not name.endswith(_WEIGHTS):
            desk.hit("repository-file-outside", f"a shard is named `{name}`")


def examine_package(entries: dict[str, Any], desk: Desk) -> None:
    """Report parts of a Core ML package (`Manifest.json`) that lie outside of it."""
    for entry in entries.values():
        place = entry.get("path") if isinstance(entry, dict) else None
        if isinstance(place, str) and leaves_folder(place):
            desk.hit("model-reads-outside", f"a part lies at `{place}`")


def examine_modules(data: list[Any], path: str, desk: Desk) -> None:
    """Report modules of a sentence transformer (`modules.json`) that are none of its library."""
    for module in data:
        if not isinstance(module, dict):
            continue
        kind, place = str(module.get("type", "")), str(module.get("path", ""))
        if kind and not kind.startswith(("sentence_transformers.", "pylate.")):
            report_target(kind, "`type`", desk)
        try:
            beside(path, place or ".")
        except ValueError:
            desk.hit("repository-file-outside", f"a module lies at `{place}`")


def examine_tokenizer(data: dict[str, Any], desk: Desk) -> None:
    """Report rules of `tokenizer.json` that put words or addresses in place of text, unseen by who reads the prompt."""
    for part in ("normalizer", "pre_tokenizer", "decoder"):
        todo = [data.get(part)]
        while todo:
            rule = todo.pop()
            if isinstance(rule, list):
                todo += rule
            elif isinstance(rule, dict):
                todo += [value for value in rule.values() if isinstance(value, (dict, list))]
                content = rule.get("content")
                if rule.get("type") == "Replace" and isinstance(content, str) and _WORDS.search(content):
                    desk.hit("repository-tokenizer-rewrites", f"`{part}` puts in `{content}`")
