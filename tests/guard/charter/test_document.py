"""Charters are read strictly, and say what is wrong with them."""

from __future__ import annotations

import pytest

from bartizan.guard.charter import charter_of, parse_charter
from bartizan.guard.principal import Principal
from bartizan.model import InputError, InputErrors
from tests.guard.charter.making import BASE, SCHEME, charter


def test_the_smallest_one_is_safe() -> None:
    made = charter()
    assert (made.steps, made.repeats, made.delegation, made.unattended) == (100, 5, 0, False)
    assert len(made.digest) == 64
    assert made.times == ()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("purpos: x", "`purpos` is not a key"),
        ("data: {highest: secret}", "`secret` is no class"),
        ("zone: Mars/Base", "`Mars/Base` is no time zone"),
        ("zone: ../etc/passwd", "is no time zone"),
        ("hours: [{from: '25:00'}]", "something that is no time"),
        ("hours: [{from: '08:00', to: '24:01'}]", "something that is no time"),
        ("hours: [{days: [monday]}]", "monday"),
        ("hours: [{from: '08:00', to: '08:00'}]", "a span without any time"),
        ("hours: [{days: []}]", "a span without any time"),
        ("steps: 0", "at least 1"),
        ("repeats: 0", "at least 1"),
        ("delegation: -1", "below 0"),
        ("budget: {day: {calls: -1}}", "a budget is below 0"),
        ("budget: {session: {money: -0.5}}", "a budget is below 0"),
        ("spending: [{currency: eur}]", "`eur` is no currency"),
        ("spending: [{currency: EUR, day: -1}]", "a spending limit is below 0"),
        ("spending: [{currency: EUR}, {currency: EUR}]", "two spending limits"),
        ("effects: [read, fly]", "fly"),
    ],
)
def test_what_is_wrong(more: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        charter(more)
    assert sentence in caught.value.diagnostics()
    assert "bills.yaml" in caught.value.diagnostics()


def test_everything_wrong_is_told_at_once() -> None:
    base = 'id: x\npurpose: " "\nholds_for: {}\ntools: []\n'
    with pytest.raises(InputErrors) as caught:
        charter(base=base)
    assert [one.message for one in caught.value.errors] == [
        "`purpose` is empty",
        "the charter holds for nobody",
        "no tool is named",
    ]


def test_a_charter_that_is_too_large() -> None:
    with pytest.raises(InputError, match="too large"):
        parse_charter(b"#" * (2 << 20), "x", SCHEME)


@pytest.mark.parametrize(
    ("patterns", "server", "tool", "allowed"),
    [
        (["mail/*"], "mail", "send", True),
        (["mail/*"], "mailx", "send", False),
        (["mail/search_*"], "mail", "search_all", True),
        (["mail/search_*"], "mail", "send", False),
        (["search"], "any", "search", True),
        (["search"], "any", "research", False),
        (["**"], "a", "b/c", True),
        (["a.b/c"], "axb", "c", False),
        (["mail/send"], "mail", "send\n", False),
        (["x/y", "mail/*"], "mail", "\n", True),
    ],
)
def test_patterns(patterns: list[str], server: str, tool: str, allowed: bool) -> None:
    made = charter(base=BASE.replace('tools: ["*"]', f"tools: {patterns}"))
    assert made.allows(server, tool) is allowed


def test_what_is_forbidden_goes_first() -> None:
    made = charter("forbidden: ['mail/delete_*']")
    assert made.allows("mail", "search")
    assert not made.allows("mail", "delete_all")


def test_whose_charter() -> None:
    named = charter()
    wide = charter(
        base="id: w\npurpose: p\ntools: ['*']\nholds_for: {principals: [anna], groups: [staff], applications: [desk]}\n"
    )
    anna = Principal(id="anna", source="key:k")
    assert charter_of([wide, named], anna, "bill-agent") is named
    assert charter_of([wide, named], anna, "other") is wide
    assert charter_of([wide], Principal(id="x", source="k", groups=frozenset({"staff"})), "") is wide
    assert charter_of([wide], Principal(id="x", source="k", application="desk"), "") is wide
    assert charter_of([wide, named], Principal(id="x", source="k"), "") is None
