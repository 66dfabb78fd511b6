"""What holds for every example, and that what their texts say about their reviews is true."""

import re
from collections.abc import Iterator

import pytest

from bartizan.model import LossKind, Placed, kind_of
from tests.golden.examples import AS_OF, EXAMPLES, catalog, folder, reviewed, system
from tests.support import REPOSITORY

THREAT = re.compile(r"`([a-z0-9-]+@[a-z0-9-]+)`")
LOSS = re.compile(f"`((?:{'|'.join(LossKind)}):[a-z0-9-]+)`")
CONTROL = re.compile(r"`([a-z0-9-]+) @ ([a-z0-9-]+)`")


def test_there_are_the_systems_that_the_readme_promises() -> None:
    wanted = {"helpdesk-copilot", "azure-rag-chatbot", "coding-agent", "fraud-model"}
    assert wanted <= set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_part_is_used(name: str) -> None:
    found = system(name)
    called = {end for flow in found.flows for end in (flow.source, flow.target)}
    moved = {item for flow in found.flows for item in (*flow.carries, *(flow.returns or []))}
    kept = {item for component in found.components.values() for item in component.holds}
    assert set(found.components) == called
    assert set(found.data) == moved | kept
    assert set(found.identities) == {flow.identity for flow in found.flows if flow.identity}
    assert set(found.zones) >= {component.zone for component in found.components.values() if component.zone}


@pytest.mark.parametrize("name", EXAMPLES)
def test_controls_stand_where_they_can_stand(name: str) -> None:
    controls = catalog().controls
    wrong = [
        f"{control} at {place} ({kind})"
        for control, place, kind in _placements(name)
        if control not in controls or kind not in controls[control].placement
    ]
    assert wrong == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_shows_fresh_and_expired_evidence(name: str) -> None:
    statuses = {item.status for item in reviewed(name).controls.in_place}
    assert {"proven", "claimed", "expired"} <= statuses


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_states_money_appetite_and_known_duties(name: str) -> None:
    found = system(name)
    assert found.appetite is not None
    assert sum(loss.magnitude is not None for loss in found.losses) >= 3
    assert set(found.duties) <= set(catalog().frameworks)


@pytest.mark.parametrize("name", EXAMPLES)
def test_attacks_lead_somewhere_and_a_plan_exists(name: str) -> None:
    found = reviewed(name)
    assert 1 <= len(found.threats) <= 20
    assert found.paths
    assert found.controls.minimum


@pytest.mark.parametrize("name", EXAMPLES)
def test_decisions_are_about_threats_that_exist(name: str) -> None:
    known = {threat.id for threat in (*reviewed(name).threats, *reviewed(name).appendix)}
    assert {decision.threat for decision in system(name).decisions} <= known
    assert all(decision.on is None or decision.on <= AS_OF for decision in system(name).decisions)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_the_readme_says_about_the_review_is_true(name: str) -> None:
    text = (folder(name) / "README.md").read_text(encoding="utf-8")
    assert _untrue(text, name) == []
    assert THREAT.search(text)


def test_what_the_tutorial_says_about_the_review_is_true() -> None:
    text = (REPOSITORY / "docs" / "tutorial.md").read_text(encoding="utf-8")
    assert _untrue(text, "helpdesk-copilot") == []


def _untrue(text: str, name: str) -> list[str]:
    found = reviewed(name)
    threats = {threat.id for threat in (*found.threats, *found.appendix)}
    losses = {loss.id for loss in found.losses}
    plan = {(item.control, item.placement) for item in found.controls.minimum}
    return [
        *(threat for threat in THREAT.findall(text) if threat not in threats),
        *(loss for loss in LOSS.findall(text) if loss not in losses),
        *(f"{control} @ {place}" for control, place in CONTROL.findall(text) if (control, place) not in plan),
    ]


def _placements(name: str) -> Iterator[tuple[str, str, str]]:
    found = system(name)
    kinds = {key: kind_of(component) for key, component in found.components.items()}
    flows = {flow.key for flow in found.flows}
    for key, component in found.components.items():
        yield from ((_id(item), key, kinds[key]) for item in component.controls)
    for flow in found.flows:
        yield from ((_id(item), flow.key, "flow") for item in flow.controls)
    for item in found.controls:
        for place in item.on if isinstance(item, Placed) and item.on else ["system"]:
            if place in kinds:
                yield _id(item), place, kinds[place]
            elif place in found.zones:
                inside = [key for key, component in found.components.items() if component.zone == place]
                yield from ((_id(item), key, kinds[key]) for key in inside)
            else:
                yield _id(item), place, "flow" if place in flows else "system"


def _id(item: str | Placed) -> str:
    return item.control if isinstance(item, Placed) else item
