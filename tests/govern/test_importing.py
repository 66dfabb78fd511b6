"""What a file would change: created, changed, unchanged or wrong, row by row, and nothing is changed by looking."""

from __future__ import annotations

from datetime import date

import pytest

from bartizan.govern.importing import Change, Known, Outcome, Plan, plan
from bartizan.govern.sheetfile import read_sheet
from bartizan.model import InputError, Level, System
from bartizan.model.assurance import Proof, ProofSource
from bartizan.model.documents import Claim, Document, ExceptionSpec, Kind, Stored, ToolSpec, VendorSpec, digest_of
from bartizan.model.words import Category
from tests.support import packaged_catalog

PEN = ToolSpec(
    title="Pen", vendor="acme", conditions=["Ask first; then use it", "No names"], forbidden=[Category.HEALTH],
    claims=[Claim(criterion="no-training", value="yes", seen_on=date(2026, 1, 1))],
)  # fmt: skip
PROOF = Proof(system="desk", control="rate-limit", source=ProofSource.SCAN, observed_at=date(2026, 5, 1))


def _known(*documents: Document) -> Known:
    stored = {
        (one.kind, one.name): Stored(document=one, version=3, digest=digest_of(one), at="", by="", why="")
        for one in documents
    }
    return Known(lambda kind, name: stored.get((kind, name)), lambda _: [PROOF], packaged_catalog())


def _plan(what: str, text: str, *documents: Document) -> Plan:
    return plan(read_sheet(text.encode(), "list.csv"), what, _known(*documents))


def _one(what: str, text: str, *documents: Document) -> Change:
    (change,) = _plan(what, text, *documents).changes
    return change


def _tool(spec: ToolSpec = PEN, unit: str = "") -> Document:
    return Document(kind=Kind.TOOL, name="pen", unit=unit, spec=spec)


def test_a_row_of_a_new_name_creates_a_document() -> None:
    change = _one(
        "tools", "Name,Titel,Einstufung,Gültig bis,Domänen\npen,Pen,approved,31.12.2026,a.example; b.example\n"
    )
    assert (change.outcome, change.version, change.row) == (Outcome.CREATED, 0, 2)
    assert change.document is not None
    spec = change.document.spec
    assert isinstance(spec, ToolSpec)
    assert (spec.title, spec.standing, spec.good_until, spec.domains) == (
        "Pen", "approved", date(2026, 12, 31), ["a.example", "b.example"],
    )  # fmt: skip


def test_columns_that_are_lacking_leave_alone_what_is_there_and_empty_cells_empty_it() -> None:
    change = _one("tools", "name,title,vendor\npen,Pencil,\n", _tool())
    assert (change.outcome, change.version, change.fields) == (Outcome.CHANGED, 3, ["title", "vendor"])
    assert change.document is not None
    spec = change.document.spec
    assert isinstance(spec, ToolSpec)
    assert (spec.title, spec.vendor, spec.claims, spec.conditions) == ("Pencil", None, PEN.claims, PEN.conditions)


def test_the_same_again_is_unchanged_and_another_unit_is_a_change() -> None:
    assert _one("tools", "name,title,unit\npen,Pen,\n", _tool()).outcome is Outcome.UNCHANGED
    assert _one("tools", "name,title,unit\npen,Pen,claims\n", _tool()).fields == ["unit"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name,title\n,Pen\n", "no `name`"),
        ("name,title\nPen!,Pen\n", "can't be a name"),
        ("name,title\npen,\n", "lacks"),
        ("name,title,standing\npen,Pen,perhaps\n", "perhaps"),
        ("name,title,good_until\npen,Pen,12/31/2026\n", "is no day"),
        ("name,title,good_until\npen,Pen,31.02.2026\n", "is no day"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(text: str, says: str) -> None:
    change = _one("tools", text)
    assert change.outcome is Outcome.WRONG
    assert says in change.mistake


def test_a_wrong_row_keeps_no_other_from_being_read_and_a_name_counts_once() -> None:
    made = _plan("tools", "name,title\na,A\nb,\na,A again\nc,C\n")
    assert [(one.row, one.outcome) for one in made.changes] == [
        (2, Outcome.CREATED), (3, Outcome.WRONG), (4, Outcome.WRONG), (5, Outcome.CREATED),
    ]  # fmt: skip
    assert "row 2" in made.changes[2].mistake
    assert (made.count(Outcome.CREATED), made.count(Outcome.WRONG)) == (2, 2)


def test_headings_that_no_column_has_are_told_and_a_needed_one_that_lacks_ends_it() -> None:
    assert _plan("tools", "name,title,Colour\n").ignored == ["Colour"]
    with pytest.raises(InputError, match="`title`"):
        _plan("tools", "name\npen\n")


def test_an_import_approves_no_exception() -> None:
    text = "name,title,owner,why,control,starts,ends,approved_by\nx,X,o,w,rate-limit,2026-01-01,2026-02-01,boss\n"
    change = _one("exceptions", text)
    assert change.document is not None
    assert isinstance(change.document.spec, ExceptionSpec)
    assert change.document.spec.approved_by == ""


def test_an_exception_keeps_its_rules() -> None:
    text = "name,title,owner,why,control,statement,starts,ends\nx,X,o,w,,,2026-03-01,2026-02-01\n"
    assert "`statement` or from a `control`" in _one("exceptions", text).mistake


def test_vendors_are_read() -> None:
    change = _one("vendors", "name;title;criticality;contract_until\nacme;Acme;high;2027-01-01T00:00:00\n")
    assert change.document is not None
    assert change.document.spec == VendorSpec(title="Acme", criticality=Level.HIGH, contract_until=date(2027, 1, 1))


def test_a_system_of_an_inventory_is_one_that_can_be_reviewed_and_comes_back_unchanged() -> None:
    text = (
        "name,title,owner,stage,criticality,vendor,model,data_class,categories\n"
        "desk,Desk,Ana,operation,high,Acme,Large,confidential,personal; health\n"
    )
    change = _one("systems", text)
    assert change.outcome is Outcome.CREATED
    assert change.document is not None
    system = change.document.spec
    assert isinstance(system, System)
    assert (system.name, system.stage, list(system.components)) == (
        "Desk",
        "operation",
        ["users", "application", "model"],
    )
    assert system.data["content"].class_ == "confidential"
    assert _one("systems", text, change.document).outcome is Outcome.UNCHANGED
    renamed = _one("systems", text.replace(",Desk,", ",The desk,"), change.document)
    assert (renamed.outcome, renamed.fields) == (Outcome.CHANGED, ["title"])


def test_what_follows_from_a_description_isn_t_changed_by_a_list() -> None:
    made = _one("systems", "name,vendor\ndesk,Acme\n").document
    assert made is not None
    assert "follows from" in _one("systems", "name,vendor\ndesk,Other\n", made).mistake
    assert list(_one("systems", "name\ndesk\n").document.spec.components) == ["users", "application"]  # type: ignore[union-attr]


def test_evidence_is_new_or_there_or_wrong() -> None:
    desk = _one("systems", "name\ndesk\n").document
    assert desk is not None
    made = _plan(
        "evidence",
        "system,control,source,observed_at,outcome,place\n"
        "desk,rate-limit,scan,2026-05-01,pass\n"
        "desk,rate-limit,scan,2026-06-01,fail\n"
        "desk,rate-limit,scan,2026-06-01,fail\n"
        "desk,nothing,scan,2026-06-01,pass\n"
        "desk,kill-switch,scan,2026-06-01,pass,disk\n"
        "other,rate-limit,scan,2026-06-01,pass\n"
        "desk,rate-limit,rumour,2026-06-01,pass\n"
        "desk,rate-limit,scan,2026-06-01,maybe\n"
        "desk,rate-limit,scan,,pass\n"
        ",rate-limit,scan,2026-06-01,pass\n",
        desk,
    )
    assert [change.outcome for change in made.changes] == [Outcome.UNCHANGED, Outcome.CREATED, *[Outcome.WRONG] * 8]
    assert made.changes[1].proof is not None
    assert made.changes[1].proof.outcome == "fail"


def test_a_cell_that_was_cut_at_an_export_says_nothing() -> None:
    long = "x" * 40_000
    there = Document(kind=Kind.VENDOR, name="acme", spec=VendorSpec(title="Acme", about=long))
    change = _one("vendors", f"name,title,about\nacme,Acme,{long[:32_766]}…\n", there)
    assert change.outcome is Outcome.UNCHANGED
