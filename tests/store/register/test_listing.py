"""Lists: filters, orders and the cursors from page to page, held against both databases."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan.model import InputError
from bartizan.model.documents import Kind
from bartizan.model.words import Level
from bartizan.store.register import Entry, Query
from bartizan.store.register.open import SqlRegister
from tests.store.register.samples import AT, assessment, every_kind, keep, organisation, system, tool


def names(register: SqlRegister, **query: object) -> list[str]:
    """Return the names of a list of systems, read in one page."""
    return [entry.name for entry in register.documents.list(Query(kind=Kind.SYSTEM, **query)).items]  # type: ignore[arg-type]


@pytest.fixture
def portfolio(register: SqlRegister) -> SqlRegister:
    """Give a register with systems that were assessed, one that failed and one that wasn't."""
    keep(
        register,
        organisation("strict", "mild"),
        system("a", "bank", title="Zebra", owner="Zoë", stage="design"),
        system("b", "bank", title="ära", owner="ana"),
        system("c", "shop", title="100%_sure\\x", owner="Ben"),
        system("d", title="apple", owner="ben"),
        system("e", title="Zebra"),
        system("f", title="none yet"),
    )
    made = [
        assessment("a", tier="mild", residual_p50=5.0, worst=Level.HIGH, until=date(2027, 1, 1)),
        assessment("b", tier="strict", residual_p50=5.0, worst=None, above_appetite=True),
        assessment("c", tier="other", residual_p50=1.5, worst=Level.LOW, until=date(2026, 12, 1)),
        assessment("d", tier="strict", residual_p50=0.0, worst=Level.CRITICAL, above_appetite=True),
        assessment("e", tier="mild", residual_p50=0.0, mistake="it could not be solved"),
    ]
    for one in made:
        register.assessments.keep(one, b"{}")
    return register


ORDERS = {
    "name": "abcdef",
    "-name": "fedcba",
    "title": "cdfaeb",  # `100`, apple, none yet, Zebra twice, ära: folded, by code point
    "-title": "baefdc",
    "owner": "efbcda",
    "changed": "abcdef",
    "-changed": "fedcba",
    "ends": "cabdef",
    "-ends": "acbdef",
    "risk": "dcabef",
    "-risk": "abcdef",
    "tier": "bdacef",
    "-tier": "cabdef",
    "worst": "bcadef",
    "-worst": "dacbef",
}


@pytest.mark.parametrize(("order", "wanted"), ORDERS.items())
def test_every_order_is_the_same_however_long_the_pages_are(portfolio: SqlRegister, order: str, wanted: str) -> None:
    for limit in (1, 2, 3, 6, 50):
        assert _walk(portfolio, order, limit) == wanted, limit


def _walk(register: SqlRegister, order: str, limit: int) -> str:
    found, after = "", ""
    while True:
        page = register.documents.list(Query(kind=Kind.SYSTEM, order=order, limit=limit, after=after))
        assert page.total == 6
        assert len(page.items) <= limit
        found += "".join(entry.name for entry in page.items)
        after = page.next
        if not after:
            return found


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"units": frozenset({"bank"})}, "ab"),
        ({"units": frozenset({"", "shop"})}, "cdef"),
        ({"units": frozenset()}, ""),
        ({"states": frozenset({"design"})}, "a"),
        ({"states": frozenset({"design", "operation"})}, "abcdef"),
        ({"tiers": frozenset({"strict"})}, "bd"),
        ({"tiers": frozenset({""})}, "ef"),
        ({"tiers": frozenset({"", "other"})}, "cef"),
        ({"above": True}, "bd"),
        ({"above": False}, "ac"),
        ({"worst": frozenset({"high", "low"})}, "ac"),
        ({"worst": frozenset({""}), "tiers": frozenset({"strict"})}, "b"),
        ({"ends_from": date(2026, 12, 1)}, "ac"),
        ({"ends_to": date(2026, 12, 1)}, "c"),
        ({"ends_from": date(2026, 12, 2), "ends_to": date(2027, 1, 1)}, "a"),
        ({"text": "ZEBRA"}, "ae"),
        ({"text": "Ära"}, "b"),
        ({"text": " zoë "}, "a"),
        ({"text": "BEN"}, "cd"),
        ({"text": "%"}, "c"),
        ({"text": "_"}, "c"),
        ({"text": "\\"}, "c"),
        ({"text": "100%_sure\\x"}, "c"),
        ({"text": "z" * 60_000}, ""),
        ({"text": "zebra", "units": frozenset({"bank"})}, "a"),
    ],
)
def test_a_list_holds_what_was_asked_for_alone(portfolio: SqlRegister, query: dict[str, object], wanted: str) -> None:
    assert "".join(names(portfolio, **query)) == wanted
    page = portfolio.documents.list(Query(kind=Kind.SYSTEM, limit=1, **query))  # type: ignore[arg-type]
    assert page.total == len(wanted)


def test_a_line_shows_what_was_written_and_what_follows(portfolio: SqlRegister) -> None:
    entry = portfolio.documents.list(Query(kind=Kind.SYSTEM)).items[0]
    assert (entry.name, entry.unit, entry.title, entry.owner, entry.version, entry.by, entry.at) == (
        "a", "bank", "Zebra", "Zoë", 1, "ana", AT,
    )  # fmt: skip
    assert entry.assessment == portfolio.assessments.get("a")
    assert entry.ends == date(2027, 1, 1)
    last = portfolio.documents.list(Query(kind=Kind.SYSTEM, order="-name", limit=1)).items[0]
    assert last.assessment is None


def test_each_kind_has_a_list_of_its_own(register: SqlRegister) -> None:
    documents = every_kind()
    keep(register, *documents)
    for document in documents:
        for order in ("name", "-title", "owner", "-changed", "ends"):
            page = register.documents.list(Query(kind=document.kind, order=order))
            assert [entry.name for entry in page.items] == [document.name]


@pytest.mark.parametrize("order", ["", "-", "size", "risk", "name; drop table document", "--name"])
def test_an_order_that_is_none_is_said_to_be_one(register: SqlRegister, order: str) -> None:
    with pytest.raises(InputError, match="is no order of tools") as error:
        register.documents.list(Query(kind=Kind.TOOL, order=order))
    assert "name, title, owner, changed, ends" in error.value.help


@pytest.mark.parametrize(
    "query", [{"tiers": frozenset({"a"})}, {"above": True}, {"above": False}, {"worst": frozenset({"low"})}]
)
def test_other_kinds_have_no_tiers(register: SqlRegister, query: dict[str, object]) -> None:
    with pytest.raises(InputError, match="tools have no tier"):
        register.documents.list(Query(kind=Kind.TOOL, **query))  # type: ignore[arg-type]


@pytest.mark.parametrize("limit", [-1, 0, 1001, 2**70])
def test_a_page_has_a_length_within_bounds(register: SqlRegister, limit: int) -> None:
    with pytest.raises(InputError, match="a page can't have"):
        register.documents.list(Query(kind=Kind.TOOL, limit=limit))


def test_a_cursor_of_another_list_leads_nowhere(portfolio: SqlRegister) -> None:
    keep(portfolio, *(tool(name) for name in "abc"))
    cursor = portfolio.documents.list(Query(kind=Kind.SYSTEM, limit=1)).next
    for query in (Query(kind=Kind.SYSTEM, order="-name", after=cursor), Query(kind=Kind.TOOL, after=cursor)):
        with pytest.raises(InputError, match="doesn't lead to a page of this list"):
            portfolio.documents.list(query)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 200), byte=st.integers(1, 255))
def test_a_cursor_in_which_something_was_changed_leads_nowhere(register: SqlRegister, place: int, byte: int) -> None:
    if not register.documents.list(Query(kind=Kind.TOOL)).total:
        keep(register, tool("a"), tool("b"))
    cursor = register.documents.list(Query(kind=Kind.TOOL, order="-changed", limit=1)).next
    content = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    content[place % len(content)] ^= byte
    changed = base64.urlsafe_b64encode(content).decode().rstrip("=")
    with pytest.raises(InputError, match="doesn't lead to a page"):
        register.documents.list(Query(kind=Kind.TOOL, order="-changed", after=changed))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(after=st.text(min_size=1))
def test_a_cursor_that_somebody_made_up_leads_nowhere(register: SqlRegister, after: str) -> None:
    with pytest.raises(InputError, match="doesn't lead to a page"):
        register.documents.list(Query(kind=Kind.TOOL, after=after))


_WORDS = st.text(st.sampled_from("aB%_/\\*'\"ßÄ "), max_size=5)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=_WORDS, asked=_WORDS)
def test_search_finds_what_stands_in_the_title_whatever_the_characters(
    register: SqlRegister, title: str, asked: str
) -> None:
    now = register.documents.get(Kind.TOOL, "xy")
    document = tool("xy", title=title)
    register.documents.put(document, expected=now.version if now else 0, by="ana", why="", at=AT)
    found = register.documents.list(Query(kind=Kind.TOOL, text=asked)).total
    assert found == int(asked.strip().casefold() in title.casefold())


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    titles=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4), max_size=9),
    limit=st.integers(1, 4),
    order=st.sampled_from(["title", "-title", "-changed"]),
)
def test_pages_put_together_are_the_whole_list(
    register: SqlRegister, titles: list[str], limit: int, order: str
) -> None:
    for stored in list(register.documents.all(Kind.TOOL)):
        document = stored.document
        register.documents.delete(Kind.TOOL, document.name, expected=stored.version, by="", why="", at=AT)
    keep(register, *(tool(f"t{number}", title=title) for number, title in enumerate(titles)))
    whole = register.documents.list(Query(kind=Kind.TOOL, order=order)).items
    parts: list[Entry] = []
    after = ""
    while len(parts) < len(titles):
        page = register.documents.list(Query(kind=Kind.TOOL, order=order, limit=limit, after=after))
        parts += page.items
        after = page.next
    assert parts == whole
    assert after == ""
