"""Claims about vendors and tools, as forms and tables on the pages of both."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from bartizan.console.reading import Form
from bartizan.console.words import message
from bartizan.govern.answer import NEEDS
from bartizan.model.documents import Claim, Grade

__all__ = ["CRITERIA", "Row", "added", "rows", "without"]

CRITERIA = tuple(need.criterion for need in NEEDS)
"""Criteria that an answer asks for; a claim may be about others too."""


class Row(NamedTuple):
    """A claim as a table shows it: where it stands in the document, and whether it counts."""

    number: int
    claim: Claim
    fresh: bool
    counts: bool


def rows(claims: list[Claim], as_of: date) -> list[Row]:
    """Return claims by criterion, the latest first."""
    made = [Row(n, one, one.fresh(as_of), one.fresh(as_of) and one.grade.suffices) for n, one in enumerate(claims)]
    return sorted(made, key=lambda row: (row.claim.criterion, -row.claim.seen_on.toordinal()))


def added(form: Form, claims: list[Claim], today: date) -> list[Claim]:
    """Return claims with the one that a form says; what is wrong is in the form."""
    seen = form.day("seen_on", required=True)
    if seen is not None and seen > today:
        form.fail("seen_on", message("This day is still to come."))
    until = form.day("good_until", first=seen)
    source = form.text("source", longest=500)
    claim = Claim(
        criterion=form.text("criterion", required=True, longest=80),
        value=form.text("value", required=True, longest=300),
        scope=form.text("scope", longest=200),
        source=source,
        seen_on=seen or today,
        good_until=until,
        grade=form.member("grade", Grade),
    )
    if claim.grade.suffices and not source:
        form.fail("source", message("A claim of grade A to C says where it was read."))
    return [*claims, claim]


def without(form: Form, claims: list[Claim]) -> list[Claim]:
    """Return claims without the one whose number and criterion a form names, all where that is another one."""
    number = form.whole("number", most=10_000)
    if number < len(claims) and form.text("criterion") == claims[number].criterion:
        return [*claims[:number], *claims[number + 1 :]]
    return claims
