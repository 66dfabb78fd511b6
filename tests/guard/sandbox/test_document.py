"""A sandbox's document: what it admits, and what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.principal import Principal
from bartizan.guard.sandbox import parse_sandbox
from bartizan.model import Allow, Deny, InputError, InputErrors
from tests.guard.sandbox.documents import DOCUMENT, SCHEME, read

NOW = datetime(2026, 11, 28, tzinfo=UTC).timestamp()
ALICE = Principal(id="alice", source="key:1", application="desk")
BOB = Principal(id="bob", source="key:2", application="desk", groups=frozenset({"claims"}))
CALL: dict[str, Any] = {
    "principal": ALICE,
    "model": "gpt",
    "upstream": "eu",
    "data_class": "internal",
    "now": NOW,
    "region": "eu-west",
    "types": {"email"},
    "tools": ["search"],
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"principal": BOB},
        {"data_class": "public"},
        {"data_class": ""},
        {"tools": []},
        {"types": ()},
        {"model": ""},
        {"now": datetime(2026, 11, 1, tzinfo=UTC).timestamp()},
        {"now": datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC).timestamp()},
    ],
)
def test_it_admits_what_it_says(change: dict[str, Any]) -> None:
    assert isinstance(read().admits(**{**CALL, **change}), Allow)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"principal": Principal(id="eve", source="key:3", application="desk")}, "not for this caller"),
        ({"principal": Principal(id="alice", source="key:3")}, "not for this caller"),
        ({"data_class": "confidential"}, "up to `internal`"),
        ({"data_class": "unheard-of"}, "up to `internal`"),
        ({"types": {"email", "iban"}}, "type `iban`"),
        ({"model": "other"}, "doesn't have this model"),
        ({"upstream": "us"}, "may not send to upstream"),
        ({"region": "us-east"}, "this region"),
        ({"tools": ["search", "pay"]}, "tool `pay`"),
        ({"now": datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC).timestamp()}, "starts at"),
        ({"now": datetime(2026, 12, 31, 17, tzinfo=UTC).timestamp()}, "ended at"),
    ],
)
def test_it_refuses_everything_else(change: dict[str, Any], reason: str) -> None:
    ruling = read().admits(**{**CALL, **change})
    assert isinstance(ruling, Deny)
    assert reason in ruling.reason


def test_lists_that_are_empty_or_say_any() -> None:
    text = DOCUMENT.replace("egress: {upstreams: [eu], regions: [eu-west]}\n", "").replace("[gpt]", '["*"]')
    wide = read(text.replace("[search]", '["*"]').replace("users: [alice]\ngroups: [claims]\n", ""))
    assert isinstance(wide.admits(Principal(id="x", source="key:1", application="desk"), "any", "any", "", NOW,
                                  tools=["pay"]), Allow)  # fmt: skip
    open_to_all = read(DOCUMENT.replace("users: [alice]\ngroups: [claims]\napplications: [desk]\n", ""))
    assert open_to_all.has(Principal(id="x", source="key:1"))


def test_it_governs_calls_of_the_bound_and_of_the_named_to_its_models() -> None:
    one = read()
    assert one.governs(ALICE, "gpt")
    assert not one.governs(ALICE, "other")
    assert not one.governs(Principal(id="eve", source="key:3", application="desk"), "gpt")
    assert one.governs(Principal(id="eve", source="key:3", sandbox="claims-pilot"), "other")
    assert not one.governs(Principal(id="alice", source="key:3", application="desk", sandbox="else"), "gpt")
    nameless = read(DOCUMENT.replace("users: [alice]\ngroups: [claims]\napplications: [desk]\n", ""))
    assert not nameless.governs(ALICE, "gpt")


@pytest.mark.parametrize(
    ("old", "new", "sentence", "line"),
    [
        ("2026-11-01", "soon", "`starts` is neither a day nor a time", 13),
        ("2026-12-31T18:00:00+01:00", "2026-12-31T18:00:00", "`ends` is neither a day nor a time", 14),
        ("2026-12-31T18:00:00+01:00", "2026-10-31", "it ends before it starts", 14),
        ("highest: internal", "highest: interal", "`interal` is no class", 8),
        ("models: [gpt]", "models: []", "no model is named", 9),
        ("purpose: Draft replies to claims", 'purpose: " "', "`purpose` is empty", 3),
        ("tokens: 1000", "tokens: -1", "a budget is below 0", 12),
        ("owner:", "boss:", "`boss` is not a key", 4),
        ("measure: calls", "measure: luck", "`measure` must be", 16),
        ("id: claims-pilot", "id: Claims Pilot", "`Claims Pilot` does not fit", 2),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, sentence: str, line: int) -> None:
    assert old in DOCUMENT
    with pytest.raises(InputError) as caught:
        read(DOCUMENT.replace(old, new))
    errors = caught.value.errors if isinstance(caught.value, InputErrors) else [caught.value]
    assert any(sentence in error.message and error.place and error.place.line == line for error in errors)


def test_several_mistakes_are_told_at_once() -> None:
    with pytest.raises(InputErrors) as caught:
        read(DOCUMENT.replace("2026-11-01", "soon").replace("[gpt]", "[]"))
    assert len(caught.value.errors) == 2


def test_criteria_have_titles() -> None:
    one = read()
    assert one.success[0].title == "It is used"
    assert [kill.title for kill in one.kill] == ["findings of iban, email reach 3", "refused-share reach 80"]


@given(st.binary(max_size=60), st.integers(0, len(DOCUMENT)), st.integers(0, 40))
def test_only_the_documented_error(garbage: bytes, at: int, cut: int) -> None:
    whole = DOCUMENT.encode()
    try:
        one = parse_sandbox(whole[:at] + garbage + whole[at + cut :], "pilot.yaml", SCHEME)
    except InputError:
        return
    assert one.begin < one.end
