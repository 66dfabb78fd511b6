"""The contract of documents, their versions and the audit trail, held against both databases."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bartizan.model import BartizanError, InputError
from bartizan.model.documents import Document, Kind, Organisation, PolicySpec, ToolSpec, digest_of
from bartizan.store.register import Conflict, Missing, Query, Register
from bartizan.store.register.open import SqlRegister
from tests.store.register.samples import AT, every_kind, exception, keep, proof, sandbox, system, tool


def test_the_register_does_what_the_interface_says(register: SqlRegister) -> None:
    whole: Register = register
    assert whole.documents.get(Kind.TOOL, "none") is None


@pytest.mark.parametrize("document", every_kind(), ids=lambda document: document.kind)
def test_a_document_of_each_kind_comes_back_as_it_was(register: SqlRegister, document: Document) -> None:
    stored = register.documents.put(document, expected=0, by="ana", why="new", at=AT)
    assert (stored.version, stored.digest, stored.by, stored.why, stored.at) == (
        1, digest_of(document), "ana", "new", AT,
    )  # fmt: skip
    assert register.documents.get(document.kind, document.name) == stored
    assert stored.document == document


@pytest.mark.parametrize(
    ("kind", "state", "ends"),
    [
        (Kind.ORGANISATION, "", None),
        (Kind.SYSTEM, "operation", None),
        (Kind.TOOL, "approved", date(2027, 3, 1)),
        (Kind.VENDOR, "high", date(2028, 1, 1)),
        (Kind.SANDBOX, "draft", date(2026, 12, 23)),
        (Kind.EXCEPTION, "approved", date(2027, 1, 31)),
        (Kind.POLICY, "draft", date(2027, 6, 1)),
    ],
)
def test_a_list_says_how_a_document_stands_and_what_ends(
    register: SqlRegister, kind: Kind, state: str, ends: date | None
) -> None:
    keep(register, *every_kind())
    (entry,) = register.documents.list(Query(kind=kind)).items
    assert (entry.state, entry.ends) == (state, ends)


def test_an_exception_that_nobody_approved_is_requested(register: SqlRegister) -> None:
    keep(register, exception("later"))
    assert register.documents.list(Query(kind=Kind.EXCEPTION)).items[0].state == "requested"


def test_versions_count_up_and_earlier_ones_stay(register: SqlRegister) -> None:
    keep(register, tool("chat", title="One"))
    second = register.documents.put(tool("chat", title="Two"), expected=1, by="ben", why="renamed", at=AT)
    assert second.version == 2
    first = register.documents.version(Kind.TOOL, "chat", 1)
    assert first is not None
    assert first.document.title == "One"
    assert register.documents.several(Kind.TOOL, ["none", "chat"]) == {"chat": second}
    assert register.documents.version(Kind.TOOL, "chat", 2) == second
    for none in (-1, 0, 3, 2**31, 2**70):
        assert register.documents.version(Kind.TOOL, "chat", none) is None


def test_what_says_the_same_makes_no_new_version(register: SqlRegister) -> None:
    (first,) = keep(register, tool("chat"))
    assert register.documents.put(tool("chat"), expected=1, by="ben", why="again", at="later") == first
    assert len(register.documents.history(Kind.TOOL, "chat")) == 1


@pytest.mark.parametrize(("expected", "now"), [(0, 2), (1, 2), (3, 2)])
def test_a_change_of_what_was_changed_in_between_is_refused(register: SqlRegister, expected: int, now: int) -> None:
    keep(register, tool("chat", title="One"))
    register.documents.put(tool("chat", title="Two"), expected=1, by="ana", why="", at=AT)
    with pytest.raises(Conflict, match="`chat`") as error:
        register.documents.put(tool("chat", title="Mine"), expected=expected, by="ben", why="", at=AT)
    assert error.value.version == now
    with pytest.raises(Conflict):
        register.documents.delete(Kind.TOOL, "chat", expected=1, by="ben", why="", at=AT)
    stored = register.documents.get(Kind.TOOL, "chat")
    assert stored is not None
    assert stored.document.title == "Two"
    assert register.documents.verify() == 2


def test_a_change_of_what_is_gone_is_refused(register: SqlRegister) -> None:
    with pytest.raises(Conflict) as error:
        register.documents.put(tool("chat"), expected=1, by="ana", why="", at=AT)
    assert error.value.version == 0
    with pytest.raises(Missing, match="`chat`"):
        register.documents.delete(Kind.TOOL, "chat", expected=1, by="ana", why="", at=AT)


def test_what_was_deleted_keeps_its_versions_and_counts_on_when_it_comes_back(register: SqlRegister) -> None:
    keep(register, tool("chat", "bank"))
    change = register.documents.delete(Kind.TOOL, "chat", expected=1, by="ben", why="not used", at=AT)
    assert (change.action, change.version, change.by, change.why, change.unit) == (
        "deleted", 1, "ben", "not used", "bank",
    )  # fmt: skip
    assert register.documents.get(Kind.TOOL, "chat") is None
    assert register.documents.version(Kind.TOOL, "chat", 1) is not None
    again = register.documents.put(tool("chat"), expected=0, by="ana", why="needed", at=AT)
    assert again.version == 2
    actions = [change.action for change in register.documents.history(Kind.TOOL, "chat")]
    assert actions == ["created", "deleted", "created"]
    assert register.documents.verify() == 3


def test_names_are_told_apart_by_kind(register: SqlRegister) -> None:
    keep(register, tool("same"), system("same"))
    assert register.documents.get(Kind.VENDOR, "same") is None
    stored = register.documents.get(Kind.TOOL, "same")
    assert stored is not None
    assert isinstance(stored.document.spec, ToolSpec)


def test_all_gives_every_document_by_name_while_others_are_written(register: SqlRegister) -> None:
    keep(register, *(tool(f"tool-{number:03}", "bank" if number % 2 else "") for number in range(250)))
    names: list[str] = []
    for stored in register.documents.all(Kind.TOOL):
        if not names:
            keep(register, tool("zz-last"))
        names.append(stored.document.name)
    assert names == [*(f"tool-{number:03}" for number in range(250)), "zz-last"]
    assert len(list(register.documents.all(Kind.TOOL, frozenset({"bank"})))) == 125
    assert list(register.documents.all(Kind.TOOL, frozenset())) == []


def test_the_trail_is_read_in_pages_the_latest_first_and_by_unit(register: SqlRegister) -> None:
    keep(register, *(tool(f"tool-{number}", "bank" if number % 2 else "shop") for number in range(7)))
    page = register.documents.trail(limit=3)
    assert ([change.seq for change in page.items], page.next, page.total) == ([7, 6, 5], "5", 7)
    page = register.documents.trail(after=int(page.next), limit=3)
    assert [change.seq for change in page.items] == [4, 3, 2]
    page = register.documents.trail(after=2, limit=3)
    assert ([change.seq for change in page.items], page.next) == ([1], "")
    of_unit = register.documents.trail(units=frozenset({"bank"}), limit=2)
    assert ([change.name for change in of_unit.items], of_unit.total) == (["tool-5", "tool-3"], 3)
    assert register.documents.trail(units=frozenset()).items == []
    assert len(register.documents.trail(after=2**80).items) == 7
    with pytest.raises(InputError):
        register.documents.trail(limit=0)


def past_the_register(register: SqlRegister, change: str) -> None:
    """Do as somebody who administers the database can: take away what holds rows, and change them."""
    with register.transaction() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP FUNCTION bartizan_stays CASCADE"))
        else:
            named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_stays_%'"
            for name in connection.execute(text(named)).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(change))


@pytest.mark.parametrize("table", ["trail", "document_version", "evidence"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET at = 'never'"])
def test_the_database_itself_refuses_to_change_what_was_kept(register: SqlRegister, table: str, change: str) -> None:
    keep(register, system("a"))
    register.evidence.add([proof("a")], at=AT)
    with pytest.raises(IntegrityError, match="what was kept stays as it is"), register.transaction() as connection:
        connection.execute(text(change.format(table)))
    assert register.documents.verify() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE trail SET author = 'eve' WHERE seq = 2", "line 2 of the audit trail is off: it was changed"),
        ("UPDATE trail SET why = 'x', hash = previous WHERE seq = 2", "line 2 of the audit trail is off: it was"),
        ("DELETE FROM trail WHERE seq = 2", "line 2 of the audit trail is off: it is missing"),
        ("DELETE FROM trail WHERE seq = 1", "line 1 of the audit trail is off: it is missing"),
        ("DELETE FROM trail WHERE seq = 3", "line 3 of the audit trail is off: it is missing"),
        ("DELETE FROM trail_head", "the end of the trail is missing"),
        ("UPDATE trail_head SET seq = 2", "line 3 of the audit trail is off"),
        ("UPDATE trail SET seq = seq + 10 WHERE seq = 3", "line 3 of the audit trail is off"),
        ("UPDATE trail SET previous = hash WHERE seq = 3", "line 3 of the audit trail is off: it doesn't follow"),
        ("DELETE FROM document_version WHERE name = 'b'", "line 2 of the audit trail is off: version 1 of Tool `b`"),
        ("UPDATE document_version SET body = '{}' WHERE name = 'c'", "line 3 of the audit trail is off: version 1"),
    ],
)
def test_what_somebody_changes_past_the_register_shows(register: SqlRegister, change: str, said: str) -> None:
    keep(register, tool("a"), tool("b"), tool("c"))
    assert register.documents.verify() == 3
    past_the_register(register, change)
    with pytest.raises(BartizanError, match=said):
        register.documents.verify()


def test_a_body_that_this_program_did_not_write_is_said_to_be_one(register: SqlRegister) -> None:
    keep(register, tool("a"))
    past_the_register(register, "UPDATE document_version SET body = '[]'")
    with pytest.raises(BartizanError, match="can't be read"):
        register.documents.get(Kind.TOOL, "a")


@pytest.mark.parametrize("wrong", ["\0", "a\0b", "\ud800"])
def test_characters_that_no_database_keeps_are_refused_and_nothing_is_written(
    register: SqlRegister, wrong: str
) -> None:
    for document, by in ((tool("chat", wrong), "ana"), (tool("chat", title=wrong), "ana"), (tool("chat"), wrong)):
        with pytest.raises((InputError, UnicodeEncodeError)):
            register.documents.put(document, expected=0, by=by, why="", at=AT)
    with pytest.raises(InputError):
        register.documents.get(Kind.TOOL, wrong)
    assert register.documents.list(Query(kind=Kind.TOOL)).total == 0
    assert register.documents.verify() == 0


def test_a_value_that_would_come_back_as_another_is_refused(register: SqlRegister) -> None:
    document = Document(
        kind=Kind.ORGANISATION, name="organisation", spec=Organisation(title="x", appetite=float("nan"))
    )
    with pytest.raises(InputError, match="can't be kept as it is"):
        register.documents.put(document, expected=0, by="ana", why="", at=AT)


def test_a_day_of_a_sandbox_that_is_none_is_no_end(register: SqlRegister) -> None:
    made = sandbox("try-it", "2027-01-01")  # no file may say so, and a register of an older version may
    keep(register, msgspec.structs.replace(made, spec=msgspec.structs.replace(made.spec, ends="some day")))
    assert register.documents.list(Query(kind=Kind.SANDBOX)).items[0].ends is None


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300))
def test_any_title_comes_back(register: SqlRegister, title: str) -> None:
    now = register.documents.get(Kind.POLICY, "any")
    document = Document(kind=Kind.POLICY, name="any", spec=PolicySpec(title=title))
    register.documents.put(document, expected=now.version if now else 0, by=title, why=title, at=AT)
    stored = register.documents.get(Kind.POLICY, "any")
    assert stored is not None
    assert stored.document == document
    assert register.documents.list(Query(kind=Kind.POLICY)).items[0].title == title
