"""Evidence from JUnit XML: what pytest, JUnit 5, Robot Framework and others write."""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.govern.junit import (
    MOST_PROOFS,
    AboutTests,
    Ran,
    check_rules,
    from_junit,
    from_results,
    looks_like_xml,
    read_rules,
)
from bartizan.model import InputError, InputErrors
from bartizan.model.assurance import ProofSource
from tests.govern.support import DAY, ago, system
from tests.support import packaged_catalog

STAMP = 'timestamp="2026-11-27T23:30:00-02:00"'
"""The 28th in UTC."""
QUOTA = '<property name="bartizan.control" value="rate-limit"/>'
LINE = '{"control": "rate-limit", "outcome": "pass", "observed_at": "2026-11-28"}\n'
AGENT = '<property name="bartizan.place" value="agent"/>'

# As pytest writes it, but for what it says of failures.
PYTEST = f"""<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1"
failures="1" skipped="1" tests="6" {STAMP}><properties>{AGENT}{AGENT}</properties>
<testcase classname="test_a" name="test_quota" time="0.1"><properties>{QUOTA}</properties></testcase>
<testcase classname="test_a" name="test_injection[the secret words]"><properties>
<property name="bartizan.control" value="output-validation, rate-limit"/><property name="bartizan.place"
value="agent-&gt;llm"/></properties><failure message="assert">no</failure></testcase>
<testcase classname="test_a" name="test_injection[x]"><properties>
<property name="bartizan.control" value="output-validation, rate-limit"/><property name="bartizan.place"
value="agent -&gt; llm"/></properties></testcase>
<testcase classname="test_a" name="test_skipped"><properties>{QUOTA}</properties><skipped/></testcase>
<testcase classname="test_a" name="test_other"/>
<testcase classname="test_a" name="test_err"><properties><property name="bartizan.control" value="kill-switch"/>
</properties><error message="failed on setup"/></testcase></testsuite></testsuites>"""


def read(content: str, **more: Any) -> Ran:
    return from_junit(content.encode(), "r.xml", system(), packaged_catalog(), **{"today": DAY, **more})


def told(content: str, **more: Any) -> list[tuple[str, str, str, date]]:
    return [(one.control, one.place, one.outcome, one.observed_at) for one in read(content, **more).proofs]


def case(inside: str = "", name: str = "t", attributes: str = "") -> str:
    return f'<testcase classname="a.B" name="{name}" {attributes}>{inside}</testcase>'


def about(*said: str) -> str:
    return f"<properties>{''.join(said)}</properties>"


def suite(*inside: str, attributes: str = STAMP) -> str:
    return f"<testsuite {attributes}>{''.join(inside)}</testsuite>"


def test_a_report_of_pytest_is_one_piece_for_each_control_and_place() -> None:
    ran = read(PYTEST, by="anna")
    assert [(one.control, one.place, one.outcome, one.detail) for one in ran.proofs] == [
        ("kill-switch", "agent", "fail", "1 of 1 test failed: test_a.test_err"),
        ("output-validation", "agent -> llm", "fail", "1 of 2 tests failed: test_a.test_injection"),
        ("rate-limit", "agent", "pass", "1 test passed"),
        ("rate-limit", "agent -> llm", "fail", "1 of 2 tests failed: test_a.test_injection"),
    ]
    assert (ran.passed, ran.failed, ran.skipped, ran.without, ran.unnamed) == (2, 2, 1, 1, ["test_a.test_other"])
    assert {(one.source, one.by, one.observed_at, one.good_until, len(one.digest)) for one in ran.proofs} == {
        (ProofSource.TEST, "anna", DAY, None, 64)
    }


def test_programs_without_properties_are_helped_by_rules() -> None:
    rules = read_rules(
        b"tests:\n- {match: 'a.B.*quota*', controls: [rate-limit, kill-switch], place: inside}\n"
        b"- {match: a.B.other, controls: [rate-limit]}\n",
        "rules.yaml",
    )
    content = suite(case(name="the quota() holds"), case("<failure/>", name="other"), case(name="another"))
    assert told(content, rules=rules) == [
        ("kill-switch", "inside", "pass", DAY),
        ("rate-limit", "", "fail", DAY),
        ("rate-limit", "inside", "pass", DAY),
    ]
    assert read(content, rules=rules).unnamed == ["a.B.another"]
    with pytest.raises(InputError, match="at most 100"):
        read_rules(b"tests: [" + b"{match: x, controls: []}," * 101 + b"]", "rules.yaml")
    for long in (AboutTests(match="*a" * 11, controls=["x"]), AboutTests(match="x", controls=["x"] * 51)):
        with pytest.raises(InputError, match="more than 50 controls"):
            check_rules([long])


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [("a.B.t1", True), ("a.B.t", False), ("*", True), ("a*1", True), ("*B*", True), ("a*B*t*", True), ("*t*B*", False),
     ("a.B.t1*1", False), ("b*", False), ("*x", False)],
)  # fmt: skip
def test_a_star_stands_for_any_text(pattern: str, fits: bool) -> None:
    rules = [AboutTests(match=pattern, controls=["rate-limit"]), AboutTests(match="always", controls=["kill-switch"])]
    content = suite(case(name="t1"), '<testcase name="always"/>')
    assert ("rate-limit" in {one.control for one in read(content, rules=rules).proofs}) is fits


@pytest.mark.parametrize(
    ("attributes", "day"),
    [
        (STAMP, DAY),
        ('timestamp="2026-11-20T10:00:00"', date(2026, 11, 20)),
        # Somewhere it is tomorrow already.
        ('timestamp="2026-11-29T01:00:00"', DAY),
        ('timestamp="2026-11-20"', date(2026, 11, 20)),
    ],
)
def test_it_is_of_the_day_on_which_the_tests_ran(attributes: str, day: date) -> None:
    content = suite(case(about(QUOTA)), attributes=attributes)
    assert told(content) == [("rate-limit", "", "pass", day)]
    assert told(content, observed_at=ago(3)) == [("rate-limit", "", "pass", ago(3))]


def test_suites_in_suites_say_what_their_tests_do_not_and_the_first_day_counts() -> None:
    inner = suite(case(about(AGENT)), attributes='timestamp="2026-11-21T00:00:00"')
    content = suite(about(QUOTA), inner, case(), case("", "s", 'timestamp="2026-11-20T00:00:00"'))
    assert told(content) == [("rate-limit", "", "pass", date(2026, 11, 20)), ("rate-limit", "agent", "pass", ago(7))]


@pytest.mark.parametrize("attributes", ['status="notrun"', 'result="skipped"', 'status="disabled"'])
def test_what_was_not_run_says_nothing(attributes: str) -> None:
    ran = read(suite(case(about(QUOTA)), case(about(QUOTA) + "<failure/>", "f", 'status="run"'),
                     case(about(QUOTA), "n", attributes)))  # fmt: skip
    assert (ran.passed, ran.failed, ran.skipped) == (1, 1, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<html/>", "this is no JUnit XML: it begins with `<html>`"),
        ("{}", "not well-formed XML"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><testsuite/>', "document type"),
        (suite(case()), "none of 1 tests that were run names a control"),
        (suite(case(about(QUOTA)), attributes=""), "doesn't say when"),
        (suite(case(about(QUOTA)), attributes='timestamp="yesterday"'), "doesn't say when"),
        (suite(case(about(QUOTA.replace("rate-", "rat-")))), "test `a.B.t`: `rat-limit` is no control of the catalog"),
        (suite(case(about(QUOTA, AGENT.replace("agent", "agnet")))), "`agnet` is no component, zone or flow of `bot`"),
        (suite(case() * 20_001), "more than 20,000 tests"),
    ],
)
def test_what_can_not_count_is_told(content: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read(content)
    assert said in caught.value.message


def test_all_that_is_wrong_is_told_with_help_and_nothing_counts() -> None:
    with pytest.raises(InputErrors) as caught:
        read(suite(case(about(QUOTA, AGENT.replace("agent", "agnet"))), case(about(QUOTA.replace("rate", "rat")))))
    assert [error.help for error in caught.value.errors] == ["did you mean `rate-limit`?", "did you mean `agent`?"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("kind: x", "neither JUnit XML nor JSON"),
        ("\n", "there are no results"),
        ('{"control": "rate-limit", "outcome": "pass", "observed_at": "2026-11-29"}', "still to come"),
        (LINE * (MOST_PROOFS + 1), "at most 5,000"),
        ('{"control": "rate-limit", "outcome": "pass", "detail": "\\u0000", "observed_at": "2026-11-28"}', "U+0000"),
    ],
)  # fmt: skip
def test_lines_that_can_not_count_are_told(content: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        from_results(content.encode(), "r", system(), packaged_catalog(), today=DAY, xml=False)
    assert said in caught.value.message


def test_results_are_told_apart_by_how_they_begin() -> None:
    line = b'{"control": "rate-limit", "outcome": "fail", "observed_at": "2026-11-28"}\n'
    ran = from_results(line, "r", system(), packaged_catalog(), today=DAY, xml=looks_like_xml(line))
    assert (ran.passed, ran.failed, len(ran.proofs)) == (0, 1, 1)
    for content in (suite(case(about(QUOTA))).encode(), suite(case(about(QUOTA))).encode("utf-16")):
        ran = from_results(content, "r", system(), packaged_catalog(), today=DAY, xml=looks_like_xml(content))
        assert ran.passed == 1


def test_what_a_suite_says_for_each_of_its_tests_is_bounded() -> None:
    """A small report would take much memory otherwise: 50 controls at 50 places, for each of 20,000 tests."""
    said = [f'<property name="bartizan.{key}" value="x{n}"/>' for key in ("control", "place") for n in range(50)]
    with pytest.raises(InputError, match="more than 200,000 controls and places"):
        read(suite(about(*said), '<testcase name="a"/>' * 81))


def test_a_report_is_bounded() -> None:
    with pytest.raises(InputError, match="20 MiB"):
        read(" " * ((20 << 20) + 1))


def test_what_failed_is_named_and_bounded() -> None:
    cases = [case(about(QUOTA) + "<error/>", f"{'x' * 200}{number}\u0007") for number in range(5)]
    (proof,) = read(suite(*cases).replace("\u0007", "&#10;")).proofs
    assert proof.detail.startswith("5 of 5 tests failed: a.B.xxx")
    assert len(proof.detail) <= 500
    assert "\n" not in proof.detail


@given(st.text(alphabet="ab*", max_size=8), st.text(alphabet="ab", max_size=8))
def test_matching_is_that_of_the_shell(pattern: str, name: str) -> None:
    rules = [AboutTests(match=f"X{pattern}", controls=["rate-limit"]),
             AboutTests(match="always", controls=["kill-switch"])]  # fmt: skip
    ran = read(suite(f'<testcase name="X{name}"/>', '<testcase name="always"/>'), rules=rules)
    assert (ran.passed == 2) is fnmatchcase(name, pattern)
