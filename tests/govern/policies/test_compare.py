"""What an edition changes, by statement and by word."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bartizan.govern.policies import diff
from bartizan.model.documents import Enforcement, PolicySpec, Statement


def one(id: str, number: str, text: str = "It must be so.", **given: Any) -> Statement:
    return Statement(id=id, number=number, section="First", text=text, **given)


OLD = PolicySpec(title="Rules", statements=[one("a", "1.1"), one("b", "1.2"), one("c", "1.10"), one("d", "2.1")])


def test_what_says_the_same_has_no_difference() -> None:
    assert diff(OLD, msgspec.structs.replace(OLD, edition="2.0")) == []


def test_what_came_changed_moved_and_went_is_told_in_order() -> None:
    new = PolicySpec(
        title="New rules",
        statements=[
            one("c", "1.3"),
            one("e", "1.11"),
            one("a", "1.1", "It must always be so."),
            one("d", "2.1", level="should", enforced=[Enforcement(by="gateway", what="budgets")]),
        ],
    )
    found = [(str(each.kind), each.id, each.before, each.after, each.fields) for each in diff(OLD, new)]
    assert found == [
        ("changed", "title", "", "", ["text"]),
        ("changed", "a", "1.1", "1.1", ["text"]),
        ("renumbered", "c", "1.10", "1.3", []),
        ("added", "e", "", "1.11", []),
        ("changed", "d", "2.1", "2.1", ["level", "enforced"]),
        ("removed", "b", "1.2", "", []),
    ]


def test_words_are_told_apart() -> None:
    new = PolicySpec(title="Rules", statements=[one("a", "1.1", "It must, always, be thus.")])
    words = diff(PolicySpec(title="Rules", statements=[one("a", "1.1")]), new)[0].words
    assert [tuple(word) for word in words] == [
        ("same", "It must"),
        ("in", ", always,"),
        ("same", " be "),
        ("out", "so"),
        ("in", "thus"),
        ("same", "."),
    ]


@given(st.text(), st.text())
def test_the_words_make_up_both_texts(before: str, after: str) -> None:
    found = diff(PolicySpec(title=before), PolicySpec(title=after))
    words = found[0].words if found else [("same", before)]
    assert "".join(text for op, text in words if op != "in") == before
    assert "".join(text for op, text in words if op != "out") == after
