"""The reference page of documents has a line for every key of every kind, and none too many."""

from __future__ import annotations

import re

import msgspec
import pytest

from bartizan.model import System
from bartizan.model.documents import SPECS
from scripts.reference import PAGES
from scripts.reference_documents import PARTS, WORDS
from tests.support import packaged_catalog


@pytest.mark.parametrize("name", PARTS)
def test_every_key_has_a_line(name: str) -> None:
    assert set(WORDS[name]) == {field.encode_name for field in msgspec.structs.fields(PARTS[name])}


def structs(found: object) -> set[type]:
    if isinstance(found, type) and issubclass(found, msgspec.Struct):
        return {found}
    return {one for inner in getattr(found, "__args__", ()) for one in structs(inner)}


def test_no_kind_and_no_part_is_forgotten() -> None:
    assert set(SPECS.values()) - set(PARTS.values()) == {System}  # which has a guide of its own
    used = {one for kind in PARTS.values() for field in msgspec.structs.fields(kind) for one in structs(field.type)}
    # The parts of a sandbox stand on the page of its document.
    sandbox = {one for field in msgspec.structs.fields(PARTS["Sandbox"]) for one in structs(field.type)}
    assert used - set(PARTS.values()) == sandbox


def test_the_page_tells_kinds_and_defaults() -> None:
    page = PAGES["documents.md"](packaged_catalog())
    assert "| `highest` | the highest class of data" in page
    assert (
        "| `standing` | what was decided | `unreviewed` `approved` `conditional` `forbidden` | `unreviewed` |" in page
    )
    assert re.search(r"^\| `good_until` \| .* \| day \|", page, flags=re.MULTILINE)
    assert [line for line in page.splitlines() if line.startswith("| `") and line.count(" | ") != 3] == []
