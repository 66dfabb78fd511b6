"""How each control of a system stands, and what says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from bartizan.analysis import Options, review
from bartizan.govern.assurance import exceptions_of, views, with_proofs
from bartizan.model import System
from bartizan.model.assurance import ControlState, ControlView, Proof, ProofSource
from bartizan.model.documents import Document, ExceptionSpec, Kind, Organisation, ToolSpec, Unit
from tests.govern.support import DAY, RULE, ago, components, evidence, proof, system
from tests.support import packaged_catalog

REQUIRED, PLANNED, IN_PLACE = ControlState.REQUIRED, ControlState.PLANNED, ControlState.IN_PLACE
PROVEN, FAILING = ControlState.PROVEN, ControlState.FAILING


def seen(made: System, *proofs: Proof, exceptions: dict[str, ExceptionSpec] | None = None) -> list[ControlView]:
    proven = with_proofs(made, proofs, RULE, DAY)
    found = review(proven, packaged_catalog(), as_of=DAY, options=Options(trials=10))
    return views(made, found, proofs, exceptions or {}, RULE, DAY, packaged_catalog())


def one(found: Sequence[ControlView], control: str, place: str = "agent") -> ControlView:
    [view] = [view for view in found if (view.control, view.place) == (control, place)]
    return view


def minimum() -> ControlView:
    """The first control that the minimum asks for at a component."""
    return next(view for view in seen(system()) if view.required and view.place in system().components)


def exception(**more: Any) -> ExceptionSpec:
    given: dict[str, Any] = {"title": "t", "owner": "o", "why": "w", "starts": ago(5), "ends": ago(-5),
                             "approved_by": "anna", "control": minimum().control, **more}  # fmt: skip
    return ExceptionSpec(**given)


@pytest.mark.parametrize(
    ("controls", "proofs", "state", "expired"),
    [
        (["ai-detections"], [], IN_PLACE, False),
        (["ai-detections"], [proof("ai-detections")], PROVEN, False),
        (["ai-detections"], [proof("ai-detections", days=100)], IN_PLACE, True),
        (["ai-detections"], [proof("ai-detections", outcome="fail")], FAILING, False),
        ([{"control": "ai-detections", "planned": "2027-01-01"}], [], PLANNED, False),
        ([{"control": "ai-detections", "planned": "2027-01-01"}], [proof("ai-detections")], PROVEN, False),
        ([{"control": "ai-detections", "planned": "2027-01-01"}], [proof("ai-detections", days=100)], PLANNED, True),
        ([], [proof("ai-detections")], PROVEN, False),
    ],
)
def test_a_control_stands_as_its_latest_evidence_says(
    controls: list[Any], proofs: list[Proof], state: ControlState, expired: bool
) -> None:
    view = one(seen(system(components=components(agent=controls)), *proofs), "ai-detections")

    assert (view.state, view.expired) == (state, expired)


def test_what_the_minimum_asks_for_is_required_until_something_stands_there() -> None:
    wanted = minimum()
    proven = seen(system(), proof(wanted.control, wanted.place))
    over = seen(system(), proof(wanted.control, wanted.place, days=100))

    assert (wanted.state, wanted.required, wanted.age, wanted.proof) == (REQUIRED, True, -1, None)
    assert one(proven, wanted.control, wanted.place).state is PROVEN
    again = one(over, wanted.control, wanted.place)
    assert (again.state, again.expired, again.age) == (REQUIRED, True, 100)


def test_what_ended_and_is_neither_mentioned_nor_required_is_not_listed() -> None:
    assert [view for view in seen(system(), proof("ai-detections", days=100)) if view.control == "ai-detections"] == []


def test_a_planned_control_is_still_required_and_says_for_when() -> None:
    wanted = minimum()
    made = system(components=components(**{wanted.place: [{"control": wanted.control, "planned": "2027-01-01"}]}))
    view = one(seen(made), wanted.control, wanted.place)

    assert (view.state, view.required, str(view.planned)) == (PLANNED, True, "2027-01-01")


def test_the_evidence_is_shown_with_its_age_and_end() -> None:
    piece = proof("ai-detections", days=20, good_until=ago(-3), by="ben", detail="replayed 40 events")
    view = one(seen(system(), piece, proof("ai-detections", days=50, source=ProofSource.REVIEW)), "ai-detections")

    assert (view.proof, view.age, view.good_until) == (
        proof("ai-detections", days=50, source=ProofSource.REVIEW),
        20,
        ago(-40),
    )


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("scan", ProofSource.SCAN),
        ("test run 118", ProofSource.TEST),
        ("Ben said so", ProofSource.ATTESTATION),
        ("", ProofSource.ATTESTATION),
    ],
)
def test_evidence_of_the_system_itself_is_shown_as_what_it_is(text: str, source: ProofSource) -> None:
    made = system(components=components(agent=[{"control": "ai-detections", "evidence": [evidence(4, source=text)]}]))
    view = one(seen(made), "ai-detections")

    assert view.proof is not None
    assert (view.proof.source, view.proof.detail, view.proof.observed_at) == (source, text, ago(4))
    assert (view.state, view.good_until) == (PROVEN, None)


def test_evidence_of_later_days_has_no_age_yet() -> None:
    view = one(
        seen(system(components=components(agent=["ai-detections"])), proof("ai-detections", days=-2)), "ai-detections"
    )

    assert (view.age, view.proof, view.expired) == (-1, None, True)


@pytest.mark.parametrize(
    ("verdict", "outcome", "state"),
    [("safe", "pass", PROVEN), ("dangerous", "fail", FAILING), ("unknown", "fail", FAILING)],
)
def test_a_scan_stands_for_artefact_scanning(verdict: str, outcome: str, state: ControlState) -> None:
    piece = proof("artefact-scanning", "llm", source=ProofSource.SCAN, verdict=verdict, outcome=outcome)
    view = one(seen(system(), piece), "artefact-scanning", "llm")

    assert (view.state, view.proof) == (state, piece)


def test_how_calls_are_protected_is_not_listed_unless_the_minimum_or_evidence_is_about_it() -> None:
    assert [view for view in seen(system()) if view.control == "encrypt-in-transit" and not view.required] == []

    piece = proof("encrypt-in-transit", "agent -> llm", outcome="fail")
    assert one(seen(system(), piece), "encrypt-in-transit", "agent -> llm").state is FAILING


def test_a_control_on_one_of_two_calls_is_said_and_not_counted() -> None:
    view = one(seen(system(controls=[{"control": "input-filter", "on": ["ask"]}])), "input-filter", "agent -> llm")

    assert view.state in (IN_PLACE, REQUIRED)


def test_the_worst_stands_first() -> None:
    made = system(controls=["ai-inventory"], components=components(agent=["rate-limit"]))
    states = [view.state for view in seen(made, proof("rate-limit", outcome="fail"), proof("kill-switch"))]

    assert states == sorted(states, key=list(ControlState).index)
    assert {FAILING, REQUIRED, IN_PLACE, PROVEN} <= {*states}


def test_an_unknown_control_is_shown_by_its_id() -> None:
    assert one(seen(system(controls=["magic"])), "magic", "").title == "magic"


def test_an_exception_is_named_and_changes_no_state() -> None:
    view = one(
        seen(system(), exceptions={"late": exception(compensating=["ai-detections"])}),
        minimum().control,
        minimum().place,
    )

    assert (view.state, view.excepted, view.compensating) == (REQUIRED, "late", ["ai-detections"])


@pytest.mark.parametrize(
    "more",
    [
        {"approved_by": ""},
        {"ends": ago(1)},
        {"starts": ago(-1)},
        {"control": "liveness-check"},
        {"control": None, "statement": "s"},
    ],
)
def test_an_exception_that_does_not_count_is_not_named(more: dict[str, Any]) -> None:
    found = seen(system(), exceptions={"late": exception(**{"compensating": ["ai-detections"], **more})})

    assert [view for view in found if view.excepted or view.control == "ai-detections"] == []


def test_a_proven_control_needs_no_exception() -> None:
    wanted = minimum()
    found = seen(system(), proof(wanted.control, wanted.place), exceptions={"late": exception()})

    assert one(found, wanted.control, wanted.place).excepted == ""


def test_what_stands_in_is_required_unless_it_is_there() -> None:
    spec = exception(compensating=["ai-detections", "kill-switch", "agent-budget"])
    made = system(components=components(agent=["kill-switch", {"control": "agent-budget", "planned": "2027-01-01"}]))
    found = seen(made, exceptions={"late": spec})

    asked = one(found, "ai-detections", "")
    assert (asked.state, asked.required) == (REQUIRED, True)
    assert [view.place for view in found if view.control in ("kill-switch", "agent-budget")] == ["agent", "agent"]


def test_of_two_exceptions_from_one_control_the_first_is_named() -> None:
    found = seen(system(), exceptions={"b": exception(), "a": exception()})

    assert one(found, minimum().control, minimum().place).excepted == "a"


@pytest.mark.parametrize(
    ("unit", "systems", "applies"),
    [
        ("", [], True),
        ("bank", [], True),
        ("cards", [], True),
        ("asset", [], False),
        ("asset", ["bot"], True),
        ("cards", ["other"], False),
    ],
)
def test_an_exception_is_for_the_systems_it_lists_or_for_all_of_its_unit(
    unit: str, systems: list[str], applies: bool
) -> None:
    units = {"bank": Unit(title="B"), "cards": Unit(title="C", parent="bank"), "asset": Unit(title="A")}
    late = Document(kind=Kind.EXCEPTION, name="late", unit=unit, spec=exception(systems=systems))
    tool = Document(kind=Kind.TOOL, name="t", spec=ToolSpec(title="T"))
    mine = Document(kind=Kind.SYSTEM, name="bot", unit="cards", spec=system())

    assert ([*exceptions_of(mine, [late, tool], Organisation(title="x", units=units))] == ["late"]) is applies
