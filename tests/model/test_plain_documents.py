"""Documents as plain values: as short as people write them, and the same when read back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from bartizan.model import parse_text
from bartizan.model.documents import Document, Kind, Organisation, PolicySpec, TierRule, parse_document
from bartizan.model.documents.plain import plain
from bartizan.store import load_system

EXAMPLES = sorted(Path("examples").glob("*/system.yaml"))


def back(document: Document) -> Document:
    """Return what is read from a document's plain values."""
    return parse_document(msgspec.json.encode(plain(document)), "plain")


def test_what_is_as_it_is_by_itself_is_left_out() -> None:
    document = Document(kind=Kind.ORGANISATION, name="organisation", spec=Organisation(title="Example"))
    assert plain(document) == {"kind": "Organisation", "name": "organisation", "spec": {"title": "Example"}}
    assert back(document) == document


def test_what_is_said_stays() -> None:
    spec = Organisation(title="x", language="de", classes=["low", "high"], tiers=[TierRule(id="one", title="One")])
    document = Document(kind=Kind.ORGANISATION, name="organisation", unit="a", spec=spec)
    assert plain(document)["unit"] == "a"
    assert plain(document)["spec"]["tiers"] == [{"id": "one", "title": "One"}]
    assert back(document) == document


def test_days_and_words_are_written_as_files_write_them() -> None:
    spec = PolicySpec(title="x", approved_on=date(2026, 11, 28))
    made = plain(Document(kind=Kind.POLICY, name="x", spec=spec))
    assert made["spec"] == {"title": "x", "approved_on": "2026-11-28"}


def test_a_number_is_not_left_out_for_being_like_a_word() -> None:
    text = "id: x\nappetite: 0\nzones: {z: {kind: cloud}}\ncomponents: {a: {kind: model, zone: z}}\n"
    document = Document(kind=Kind.SYSTEM, name="x", spec=parse_text(text))
    assert plain(document)["spec"]["appetite"] == 0
    assert plain(document)["spec"]["components"] == {"a": {"kind": "model", "zone": "z"}}
    assert back(document) == document


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.parent.name for path in EXAMPLES])
def test_every_example_is_read_back_as_the_same(path: Path) -> None:
    system = load_system(path)
    document = Document(kind=Kind.SYSTEM, name=system.id, spec=system)
    assert back(document) == document
    assert len(msgspec.json.encode(plain(document))) < len(msgspec.json.encode(document))
