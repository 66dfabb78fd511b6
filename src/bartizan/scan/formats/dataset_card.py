"""Cards of models and data sets: the YAML at the head of `README.md`, for the bill of materials.

Source: Hugging Face's metadata of model cards and dataset cards.
"""

from __future__ import annotations

import re
from typing import Any

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.texts.yamldata import read_yaml

__all__ = ["FORMAT"]

_HEAD = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_LONGEST = 1 << 20
_KEYS = re.compile(
    rb"(?m)^(?:license|licence|base_model|datasets|library_name|pipeline_tag|language|dataset_info|task_categories"
    rb"|model-index|size_categories|configs)\s*:"
)
_FACTS = {
    "license": "licence", "license_name": "licence", "license_link": "licence-link", "base_model": "base-model",
    "base_model_relation": "base-model-relation", "datasets": "dataset", "library_name": "library",
    "language": "language", "pipeline_tag": "task", "task_categories": "task", "size_categories": "size",
    "model_name": "model-name", "pretty_name": "model-name", "source_datasets": "dataset",
}  # fmt: skip


def recognise(look: Look) -> bool:
    """Tell a README with metadata at its head."""
    if look.name.lower() not in ("readme.md", "modelcard.md", "datasetcard.md"):
        return False
    return look.head.lstrip(b"\xef\xbb\xbf\r\n ").startswith(b"---") and _head(look) is not None


def _head(look: Look) -> bytes | None:
    found = _HEAD.match(look.content.read(0, _LONGEST))
    return found[1] if found is not None and _KEYS.search(found[1]) else None


def examine(look: Look, desk: Desk) -> None:
    """Note the facts; a head that can't be read tells nothing, and runs nothing."""
    desk.cover_all(look.content)
    try:
        documents, tags = read_yaml(_head(look) or b"")
    except (Malformed, LimitReached):
        return
    for tag in tags:
        desk.hit("repository-yaml-object", f"`!!python/{tag.tag}`", line=tag.line)
    for data in documents:
        if isinstance(data, dict):
            _note(data, desk)


def _note(data: dict[str, Any], desk: Desk) -> None:
    for key, name in _FACTS.items():
        value = data.get(key)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and one:
                desk.fact(name, one)


FORMAT = Format(
    name="card", title="Model or data card", group="model", recognise=recognise, examine=examine, accounts=False
)
