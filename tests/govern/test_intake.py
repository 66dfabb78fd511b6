"""From answers about an initiative to a draft of its system."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import msgspec
import pytest

from bartizan.analysis import Options, review
from bartizan.analysis.result import Review
from bartizan.govern.intake import PLANNED_IN, QUESTIONS, Answers, draft, questions
from bartizan.model import InputError, InputErrors, Placed, System, parse_text
from bartizan.model.component import Agent, Model
from bartizan.model.documents import Document, Kind, Organisation, parse_document
from bartizan.model.documents.plain import plain
from bartizan.model.yamltree import to_yaml
from tests.govern.support import DAY
from tests.support import packaged_catalog

ORGANISATION = Organisation(title="x", currency="CHF")
CHOICES = {one.id: [choice.id for choice in one.choices] for one in questions(ORGANISATION)}
ANSWERS: dict[str, Any] = {
    "name": "Claims helper",
    "what": "documents",
    "users": "employees",
    "data": "confidential",
    "categories": ["personal"],
    "outside": "no",
    "acts": "nothing",
    "hosting": "provider",
    "criticality": "medium",
}


def made(**answers: Any) -> System:
    return draft({**ANSWERS, **answers}, ORGANISATION, packaged_catalog(), DAY, owner="anna")


def reviewed(system: System) -> Review:
    return review(system, packaged_catalog(), as_of=DAY, options=Options(trials=10))


def every(*keys: str) -> Iterator[dict[str, str]]:
    for picked in product(*(CHOICES[key] for key in keys)):
        yield dict(zip(keys, picked, strict=True))


def test_there_are_fewer_than_ten_questions() -> None:
    assert len(QUESTIONS) == 9
    assert all(one.text.endswith("?") and one.help.endswith(".") for one in QUESTIONS)


def test_the_classes_of_data_are_the_organisations() -> None:
    own = questions(Organisation(title="x", classes=["open", "closed"]))

    assert [choice.id for one in own if one.id == "data" for choice in one.choices] == ["open", "closed"]


@pytest.mark.parametrize("what", CHOICES["what"])
def test_every_combination_of_the_main_answers_gives_a_system_that_reads_back(what: str) -> None:
    for number, answers in enumerate(every("users", "outside", "acts", "hosting")):
        system = made(what=what, **answers)  # which reads the system from text already
        if number % 20:
            continue
        document = Document(kind=Kind.SYSTEM, name=system.id, spec=system)
        assert parse_document(to_yaml(plain(document)).encode(), "draft.yaml") == document


@pytest.mark.parametrize("what", CHOICES["what"])
def test_every_kind_of_system_that_can_act_can_be_reviewed(what: str) -> None:
    """Users, effects and what reaches it change the graph; the other answers are spread over these."""
    others = [*every("hosting", "criticality", "data")]
    for number, answers in enumerate(every("users", "acts", "outside")):
        if "customers" in answers.values() or "unknown" in answers.values():
            continue  # between the two others, and the same as `yes`
        found = reviewed(made(what=what, **{**others[number * 7 % len(others)], **answers}))
        assert found.threats
        assert not [note for note in found.notes if "no control" in note or "matches no threat" in note]


@pytest.mark.parametrize("what", CHOICES["what"])
def test_nothing_in_a_draft_counts_as_being_in_place(what: str) -> None:
    system = made(what=what)
    items = [item for part in (system, *system.components.values(), *system.flows) for item in part.controls]

    assert items
    assert all(isinstance(item, Placed) and item.planned == DAY + PLANNED_IN for item in items)
    derived = {"strong-authentication", "workload-identity", "caller-authentication", "encrypt-in-transit"}
    assert {one.control for one in reviewed(system).controls.in_place} <= derived


@pytest.mark.parametrize("what", CHOICES["what"])
def test_the_answers_are_in_the_draft(what: str) -> None:
    system = made(what=what, data="restricted", categories=["health", "children"], criticality="critical")

    assert (system.id, system.name, system.owner) == ("claims-helper", "Claims helper", "anna")
    assert (system.stage, system.criticality, system.currency, system.appetite) == ("design", "critical", "CHF", None)
    assert {data.class_ for data in system.data.values()} == {"restricted"}
    assert all({"health", "children"} <= {*data.categories} for data in system.data.values())
    assert all(not part.vendor for part in system.components.values())
    assert len(system.assumptions) == 2


def test_not_to_know_what_reaches_it_is_an_assumption_and_counts_as_yes() -> None:
    unknown, yes = made(what="agent", outside="unknown"), made(what="agent", outside="yes")

    assert any("nobody knows" in text for text in unknown.assumptions)
    assert unknown.components == yes.components


@pytest.mark.parametrize("what", CHOICES["what"])
def test_what_outsiders_can_write_makes_it_no_safer(what: str) -> None:
    closed, opened = (reviewed(made(what=what, outside=answer)) for answer in ("no", "yes"))

    assert len([*opened.threats, *opened.appendix]) >= len([*closed.threats, *closed.appendix])


@pytest.mark.parametrize("what", ["documents", "agent", "coding", "copilot"])
def test_more_power_to_act_makes_it_no_safer(what: str) -> None:
    idle, acting = (reviewed(made(what=what, acts=answer)) for answer in ("nothing", "executes"))

    assert len([*acting.threats, *acting.appendix]) > len([*idle.threats, *idle.appendix])


@pytest.mark.parametrize(("acts", "autonomy"), [("nothing", "suggest"), ("proposes", "approve"), ("pays", "act")])
def test_an_agent_is_as_autonomous_as_was_said(acts: str, autonomy: str) -> None:
    agents = [part for part in made(what="agent", acts=acts).components.values() if isinstance(part, Agent)]

    assert [agent.autonomy for agent in agents] == [autonomy]


@pytest.mark.parametrize(("acts", "effects"), [("nothing", {"read"}), ("writes", {"read", "write"}), ("sends", {"read", "write", "send"}), ("executes", {"read", "write", "execute"})])  # fmt: skip  # noqa: E501
def test_its_tools_do_what_was_said_and_no_more(acts: str, effects: set[str]) -> None:
    parts = made(what="agent", acts=acts).components.values()

    assert {effect for part in parts for effect in getattr(part, "effect", [])} == effects


@pytest.mark.parametrize(
    ("hosting", "zone"), [("provider", "vendor"), ("cloud", "cloud"), ("on-premises", "restricted")]
)
@pytest.mark.parametrize("what", ["documents", "training"])
def test_models_run_where_was_said(what: str, hosting: str, zone: str) -> None:
    system = made(what=what, hosting=hosting)
    models = [part for part in system.components.values() if isinstance(part, Model)]

    assert models
    assert {(part.hosting, system.zones[part.zone or ""].kind) for part in models} == {(hosting, zone)}
    assert {part.zone for part in system.components.values()} >= set(system.zones)


def test_a_model_that_decides_by_itself_automates() -> None:
    def automates(acts: str) -> list[bool]:
        parts = made(what="decision", acts=acts).components.values()
        return [part.automates for part in parts if isinstance(part, Model)]

    assert (automates("proposes"), automates("pays")) == ([False], [True])


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Schaden-Helfer für Größe", "schaden-helfer-fur-grosse"),
        ("日本", "draft"),
        ("  A  ", "a"),
        ("x" * 200, "x" * 60),
        ("--", "draft"),
    ],
)
def test_the_id_is_made_from_the_name(name: str, id: str) -> None:
    assert made(name=name).id == id


def test_the_id_can_be_given() -> None:
    given = draft(ANSWERS, ORGANISATION, packaged_catalog(), DAY, id="own-id")

    assert given.id == "own-id"
    with pytest.raises(InputError, match="`Not An Id` can't be an id"):
        draft(ANSWERS, ORGANISATION, packaged_catalog(), DAY, id="Not An Id")


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({**ANSWERS, "name": " "}, "`name` needs an answer"),
        ({**ANSWERS, "name": "a\nb"}, "`name` takes one line of at most 200 characters"),
        ({**ANSWERS, "name": "a" * 201}, "`name` takes one line of at most 200 characters"),
        ({**ANSWERS, "what": "agnt"}, "`agnt` is no answer to `what`"),
        ({**ANSWERS, "what": ["agent", "coding"]}, "`what` takes one answer"),
        ({**ANSWERS, "categories": ["healt"]}, "`healt` is no answer to `categories`"),
        ({**ANSWERS, "colour": "red"}, "`colour` is no question"),
    ],
)
def test_an_answer_that_is_none_is_told(answers: Answers, says: str) -> None:
    with pytest.raises(InputError) as caught:
        draft(answers, ORGANISATION, packaged_catalog(), DAY)

    assert caught.value.message == says


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(InputErrors) as caught:
        draft({}, ORGANISATION, packaged_catalog(), DAY)

    assert len(caught.value.errors) == 8


def test_a_name_with_markup_stays_a_name() -> None:
    odd = "a: [b] 'c' \"d\" {e} # f & *g <script>"

    assert made(name=odd).name == odd


def test_a_draft_leaves_the_catalog_as_it_is() -> None:
    before = msgspec.json.encode(packaged_catalog().patterns)
    made(what="agent", users="public", acts="pays", hosting="on-premises")

    assert msgspec.json.encode(packaged_catalog().patterns) == before


def test_the_same_answers_give_the_same_draft() -> None:
    assert made() == made()
    assert parse_text("{id: a, components: {b: {kind: agent, controls: [{control: c, planned: 2026-01-01}]}}}").components["b"].controls == [Placed(control="c", planned=date(2026, 1, 1))]  # fmt: skip  # noqa: E501
