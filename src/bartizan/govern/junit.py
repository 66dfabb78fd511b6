"""Results of tests as JUnit XML, to evidence: what pytest, JUnit 5, Robot Framework and many other programs write.

A test names the controls that it is about by `<property name="bartizan.control" value="...">`, and where by
`bartizan.place`; a suite's properties hold for its tests that have none of their own. Programs that write no properties
are helped by a list of rules: which tests, by their names, are about which controls. What fails says that the control
doesn't work; what was skipped says nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from xml.etree.ElementTree import Element

import msgspec

from bartizan.catalog import Catalog
from bartizan.govern.proofs import from_tests, problems
from bartizan.govern.sites import Sites, place_key, place_words
from bartizan.model import InputError, InputErrors, Place, System
from bartizan.model.assurance import Proof, ProofSource
from bartizan.model.decode import decode
from bartizan.model.xmltree import local, parse_xml
from bartizan.model.yamltree import parse_yaml

__all__ = [
    "MOST_BYTES",
    "MOST_PROOFS",
    "MOST_RULES",
    "AboutTests",
    "Ran",
    "check_rules",
    "from_junit",
    "from_results",
    "looks_like_xml",
    "read_rules",
]

MOST_BYTES = 20 << 20
"""Bytes that a report may have."""
MOST_RULES = 100
MOST_PROOFS = 5_000
"""Pieces of evidence that are taken at once."""
_MOST_TESTS = 20_000
_MOST_PLACES = 50
_MOST_MENTIONS = 200_000
"""How often all tests together may say what they are about: what a suite says counts for each test in it."""
_MOST_STARS = 10
_MOST_TOLD = 100
_SHOWN = 3
_LONGEST = 500
_BEFORE = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
"""What may stand before the first sign of XML: marks of the encoding, and space."""
_CONTROL, _PLACE = "bartizan.control", "bartizan.place"
_DAY = timedelta(days=1)
_NOT_RUN = frozenset({"skipped", "notrun", "disabled", "suppressed"})


class AboutTests(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which tests are about which controls: those whose `CLASSNAME.NAME` is like `match`, in which `*` is any text.

    `place` is where, as evidence writes it; none is the whole system. All rules count that a test is like.
    """

    match: str
    controls: list[str]
    place: str = ""


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tests: list[AboutTests]


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What results say: the evidence, how many tests that is from, and what says nothing about a control.

    `passed` and `failed` are tests that name a control, `unnamed` the first hundred of the others that were run, of
    `without` in all.
    """

    proofs: list[Proof]
    passed: int
    failed: int
    skipped: int
    without: int
    unnamed: list[str]


class _Case(msgspec.Struct):
    """A test that was run."""

    name: str
    failed: bool
    day: date | None
    about: list[tuple[str, str]]


class _Suite(msgspec.Struct, frozen=True):
    """What a suite says for the tests in it, or a test for itself: the day, controls and places."""

    day: date | None = None
    controls: list[str] = []
    places: list[str] = []


def read_rules(content: bytes, file: str) -> list[AboutTests]:
    """Read a file of rules, `tests: [{match: ..., controls: [...], place: ...}]`. Raises InputError or InputErrors."""
    rules = decode(parse_yaml(content, file), _Rules).tests
    check_rules(rules)
    return rules


def check_rules(rules: Sequence[AboutTests]) -> None:
    """Raise InputError for more rules than are taken, and for one that would take long."""
    if len(rules) > MOST_RULES:
        raise InputError(f"there are {len(rules)} rules for tests, and at most {MOST_RULES} are taken")
    for one in rules:
        if one.match.count("*") > _MOST_STARS or len(one.controls) > _MOST_PLACES:
            raise InputError(
                f"the rule for `{one.match[:60]}` has more than {_MOST_STARS} `*` or more than {_MOST_PLACES} controls",
                help="make two rules of it",
            )


def from_junit(
    content: bytes, file: str, system: System, catalog: Catalog, *,
    today: date, observed_at: date | None = None, rules: Sequence[AboutTests] = (), by: str = "",
) -> Ran:  # fmt: skip
    """Return what a report proves about a system: one piece of evidence for each control and place.

    It is of the day on which the first of its tests ran, by the suite's `timestamp`, unless `observed_at` says it; it
    counts as long as the system's tier says. Raises InputError or InputErrors for what is no such report, names what
    there isn't, names no control at all, or doesn't say when it was; then nothing of it counts.
    """
    if len(content) > MOST_BYTES:
        raise InputError(f"the report has more than {MOST_BYTES >> 20} MiB", place=Place(file), help="split it")
    root = parse_xml(content, file)
    if local(root.tag) not in ("testsuites", "testsuite"):
        raise InputError(f"this is no JUnit XML: it begins with `<{local(root.tag)[:40]}>`", place=Place(file))
    skipped, mentions, cases = 0, 0, []
    for case in _cases(root, _Suite(), rules, today):
        if case is None:
            skipped += 1
        else:
            cases.append(case)
            mentions += len(case.about)
        if mentions > _MOST_MENTIONS:
            raise InputError(
                f"the tests of the report name more than {_MOST_MENTIONS:,} controls and places", place=Place(file),
                help="split it, or say less of them for a whole suite",
            )  # fmt: skip
        if len(cases) + skipped > _MOST_TESTS:
            raise InputError(f"the report has more than {_MOST_TESTS:,} tests", place=Place(file), help="split it")
    named = [case for case in cases if case.about]
    unnamed = [case.name for case in cases if not case.about]
    if not named:
        raise InputError(
            f"none of {len(cases)} tests that were run names a control",
            place=Place(file),
            help=f"name it with the property `{_CONTROL}`, or in a file of rules",
        )
    digest = hashlib.sha256(content).hexdigest()
    failed = sum(case.failed for case in named)
    return Ran(
        proofs=_Proving(system, catalog, file, observed_at, by, digest).proofs(named),
        passed=len(named) - failed,
        failed=failed,
        skipped=skipped,
        without=len(unnamed),
        unnamed=unnamed[:_MOST_TOLD],
    )


def from_results(
    content: bytes, file: str, system: System, catalog: Catalog, *,
    today: date, xml: bool, observed_at: date | None = None, rules: Sequence[AboutTests] = (), by: str = "",
) -> Ran:  # fmt: skip
    """Return what results of tests prove: of JUnit XML, or else of JSON with one object a line (see `from_tests`).

    The latter names its days and controls itself, so it takes neither `observed_at` nor rules. Raises InputError or
    InputErrors as both do.
    """
    if xml:
        return from_junit(content, file, system, catalog, today=today, observed_at=observed_at, rules=rules, by=by)
    if content.strip() and not content.lstrip().startswith(b"{"):
        raise InputError("this is neither JUnit XML nor JSON with one object a line", place=Place(file))
    if rules or observed_at:
        raise InputError("a day and rules are for JUnit XML, and this is none", place=Place(file))
    proofs = from_tests(content, file, system, catalog, by=by)
    if not proofs:
        raise InputError("there are no results of tests", place=Place(file), help="JUnit XML, or JSON Lines")
    _few(len(proofs), file)
    if (late := max(proof.observed_at for proof in proofs)) > today:
        raise InputError(f"a test is of {late}, and that day is still to come", place=Place(file))
    failed = sum(proof.outcome == "fail" for proof in proofs)
    return Ran(proofs=proofs, passed=len(proofs) - failed, failed=failed, skipped=0, without=0, unnamed=[])


def looks_like_xml(content: bytes) -> bool:
    """Tell whether results are XML, by how they begin."""
    return content.lstrip(_BEFORE)[:1] == b"<"


def _few(number: int, file: str) -> None:
    if number > MOST_PROOFS:
        message = f"the report makes {number:,} pieces of evidence, and at most {MOST_PROOFS:,} are taken at once"
        raise InputError(message, place=Place(file))


def _cases(element: Element, above: _Suite, rules: Sequence[AboutTests], today: date) -> Iterator[_Case | None]:
    """Return the tests of a suite and of those in it, None for each that was not run."""
    suite = _said(element, above, today)
    for child in element:
        kind = local(child.tag)
        if kind == "testsuite":
            yield from _cases(child, suite, rules, today)
        elif kind == "testcase":
            yield _case(child, suite, rules, today)


def _case(element: Element, suite: _Suite, rules: Sequence[AboutTests], today: date) -> _Case | None:
    inside = {local(child.tag) for child in element}
    failed = bool(inside & {"failure", "error"})
    if not failed and ("skipped" in inside or {element.get("status"), element.get("result")} & _NOT_RUN):
        return None
    name = ".".join(part for part in (element.get("classname"), element.get("name")) if part)[:1000]
    said = _said(element, suite, today)
    about = [(control, place) for control in said.controls for place in said.places or [""]]
    about += [(control, rule.place) for rule in rules if _like(name, rule.match) for control in rule.controls]
    return _Case(name, failed, said.day, list(dict.fromkeys((control, _written(place)) for control, place in about)))


def _said(element: Element, above: _Suite, today: date) -> _Suite:
    """Return what an element says by its time and its properties; what it doesn't say is said above it."""
    groups = [child for child in element if local(child.tag) == "properties"]
    # A value may be an attribute, or the text.
    given = [(one.get("name", ""), (one.get("value") or one.text or "").strip()) for group in groups for one in group]
    said = list(dict.fromkeys(given))
    controls = [word for key, value in said if key == _CONTROL for word in value.replace(",", " ").split()]
    places = [value for key, value in said if key == _PLACE and value][:_MOST_PLACES]
    stamp = element.get("timestamp", "")
    return _Suite(
        _day(stamp, today) if stamp else above.day, controls[:_MOST_PLACES] or above.controls, places or above.places
    )


def _like(name: str, pattern: str) -> bool:
    """Tell whether a name is like a pattern, in which `*` is any text. It takes no longer than both are long."""
    first, *rest = pattern.split("*")
    if not rest:
        return name == pattern
    last = rest.pop()
    if not name.startswith(first) or not name.endswith(last) or len(first) + len(last) > len(name):
        return False
    at, end = len(first), len(name) - len(last)
    for part in rest:
        at = name.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


def _written(place: str) -> str:
    return place_words(place_key(place))


def _day(stamp: str, today: date) -> date | None:
    """Return the day of a time; one without a zone may be a day ahead of ours. None for what is no time."""
    try:
        at = datetime.fromisoformat(stamp)
        day = (at.astimezone(UTC) if at.tzinfo else at).date()
    except (ValueError, OverflowError):
        return None
    return today if day == today + _DAY else day


class _Proving:
    """Makes one piece of evidence of all tests about a control at a place."""

    def __init__(
        self, system: System, catalog: Catalog, file: str, observed_at: date | None, by: str, digest: str
    ) -> None:
        self._system, self._catalog, self._sites = system, catalog, Sites(system)
        self._file, self._day, self._by, self._digest = file, observed_at, by, digest

    def proofs(self, cases: Sequence[_Case]) -> list[Proof]:
        """Return the evidence in tests that name a control. Raises InputError or InputErrors."""
        by: dict[tuple[str, str], list[_Case]] = {}
        for case in cases:
            for key in case.about:
                by.setdefault(key, []).append(case)
        _few(len(by), self._file)
        found, errors = [], []
        for (control, place), about in sorted(by.items(), key=lambda one: one[0]):
            proof = self._proof(control, place, about)
            wrong = problems(proof, self._system, self._catalog, self._sites)
            errors += [self._wrong(about[0], error) for error in wrong]
            found.append(proof)
            if len(errors) >= _MOST_TOLD:
                break
        if errors:
            raise errors[0] if len(errors) == 1 else InputErrors(errors[:_MOST_TOLD])
        return found

    def _proof(self, control: str, place: str, about: Sequence[_Case]) -> Proof:
        failed = [case.name for case in about if case.failed]
        return Proof(
            system=self._system.id,
            control=control,
            place=place,
            source=ProofSource.TEST,
            outcome="fail" if failed else "pass",
            observed_at=self._day or self._first(about),
            by=self._by,
            detail=_detail(len(about), failed),
            digest=self._digest,
        )

    def _first(self, about: Sequence[_Case]) -> date:
        days = [case.day for case in about if case.day is not None]
        if not days:
            raise InputError(
                "the report doesn't say when its tests were run", place=Place(self._file), help="say the day yourself"
            )
        return min(days)

    def _wrong(self, case: _Case, error: InputError) -> InputError:
        return InputError(f"test `{_plain(case.name)}`: {error.message}", place=Place(self._file), help=error.help)


def _detail(number: int, failed: Sequence[str]) -> str:
    tests = f"{number} test{'s' if number > 1 else ''}"
    if not failed:
        return f"{tests} passed"
    names = ", ".join(dict.fromkeys(map(_plain, failed[:_SHOWN])))
    return f"{len(failed)} of {tests} failed: {names}{', ...' if len(failed) > _SHOWN else ''}"[:_LONGEST]


def _plain(name: str) -> str:
    """Return a test's name without what it was run with, which may be an attack or a secret."""
    return "".join(letter if letter.isprintable() else "?" for letter in name.partition("[")[0])[:120]
