"""A guard lets every match through, and exact starts are those of every match."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection.guards import guard
from bartizan.inspection.matcher import PlainMatcher
from bartizan.inspection.prepare import Prepared, prepare
from bartizan.inspection.shorten import shorten
from tests.support import packaged_types

FORMS = [form for entry in packaged_types().values() for form in entry.forms if form.pattern]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("(?:AB|[0-9])x", "01289A"),
        ("(?i:q)", "Qq"),
        ("(?:^|[.,])?(?:x|y){0,2}z", ",.xyz"),
        ("x*?\\b\\d{2}", "01289x"),
        ("[^a-z0-9]?b", ",.-ABQXZb"),
        ("x?y?", ""),
        ("[^,]", ""),
        ("(?:[a-z]|-)x", ""),
    ],
)
def test_what_a_match_may_begin_with(pattern: str, expected: str) -> None:
    found = guard(pattern, bounded=True, ignore_case=False)
    passed = "".join(sign for sign in ",.-01289ABQXZabqxyz" if re.match(found.encode(), sign.encode()))
    assert (passed if found else "") == expected


def test_re_finds_one_given_byte_itself() -> None:
    assert guard("AB?", bounded=False, ignore_case=False) == ""
    assert guard("AB?", bounded=True, ignore_case=True) == r"(?=(?-i:[\x41\x61]))"


@pytest.mark.parametrize(
    ("pattern", "exact"),
    [
        ("[A-Z]{2}[0-9]{6}", True),
        ("tok_[0-9a-z]{8,}", True),
        ("(?:AB|CD)-[0-9]{3}x?", True),
        ("(?:AB|CDE)-[0-9]{3}", False),
        ("[a-z]{1,3}@[a-z]{3}", False),
        ("x?[0-9]{3}", False),
    ],
)
def test_where_the_width_is_one_the_start_is_known(pattern: str, exact: bool) -> None:
    assert shorten(pattern).exact == exact


def _prepared(data: st.DataObject) -> tuple[bytes, re.Pattern[bytes], Prepared, bool]:
    form = data.draw(st.sampled_from(FORMS))
    flags = re.IGNORECASE if form.ignore_case else 0
    alphabet = st.characters(max_codepoint=127)
    text = data.draw(st.from_regex(re.compile(form.pattern, flags | re.ASCII), fullmatch=True, alphabet=alphabet))
    around = data.draw(st.sampled_from(["", " ", "x ", "("]))
    return f"{around}{text} ".encode(), re.compile(form.pattern.encode(), flags), prepare(form), form.ignore_case


@given(st.data())
def test_every_match_of_a_packaged_pattern_is_let_through(data: st.DataObject) -> None:
    text, whole, ready, ignore_case = _prepared(data)
    match = whole.search(text)
    assert match is not None
    final = re.compile(ready.source.encode(), re.IGNORECASE if ignore_case else 0).search(text)
    if ready.source.endswith(whole.pattern.decode()):
        assert final is not None
        assert final.span() == match.span()
    if final is not None and ready.exact:
        _, ends = PlainMatcher([(ready.expression, ignore_case)]).ends(text)
        assert final.start() + ready.head in ends
