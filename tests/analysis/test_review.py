"""The review as a whole: threats, statuses, decisions, labels, notes, and what a reader is told."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bartizan.analysis import Options, fires
from bartizan.analysis.result import Review, ThreatView
from bartizan.model import InputError, Level, Status
from tests.analysis.small_catalog import SMALL
from tests.analysis.support import AS_OF, all_threats, reviewed

MAIL: dict[str, Any] = {
    "name": "Mail helper",
    "appetite": "low",
    "data": {"pay-data": {"class": "confidential", "categories": ["personal"]}},
    "components": {
        "inbox": {"kind": "mailbox"},
        "bot": {"kind": "agent", "name": "Helper"},
        "pay": {"kind": "tool", "effect": ["pay"]},
        "crm": {"kind": "tool", "effect": ["write"]},
        "db": {"kind": "data-store", "holds": ["pay-data"]},
    },
    "flows": [{"from": "bot", "to": name} for name in ("inbox", "pay", "crm", "db")],
}
DECISION = {"threat": "inject@bot", "verdict": "accept", "by": "Ann", "why": "tested", "until": "2027-01-01"}


def of(more: dict[str, Any] | None = None, **options: Any) -> Review:
    return reviewed({**MAIL, **(more or {})}, SMALL, Options(trials=10, **options))


def threat(found: Review, name: str) -> ThreatView:
    return next(view for view in all_threats(found) if view.id == name)


def test_threats_are_ranked_by_what_they_lead_to() -> None:
    found = of()

    scores = [view.score for view in found.threats]

    assert all(0 < score <= 100 for score in scores)
    assert found.threats[0].leads_to[0] == "action:pay"
    assert threat(found, "act@pay").severity is Level.CRITICAL
    assert threat(found, "act@crm").severity is Level.MEDIUM
    assert threat(found, "act@pay").score > threat(found, "act@crm").score


def test_one_place_of_each_rule_is_ranked_and_names_the_others() -> None:
    found = of()

    assert [view.rule for view in found.threats] == list(dict.fromkeys(view.rule for view in found.threats))
    assert threat(found, "act@pay").also_at == ["act@crm"]
    assert [view.id for view in found.appendix] == ["act@crm"]


def test_a_threat_says_why_where_and_what_to_do() -> None:
    view = threat(of(), "inject@bot")

    assert (view.at, view.rule, view.atlas) == ("bot", "inject", ["AML.T0051"])
    assert view.why == ["The attacker's content arrives at Helper", "Helper is an agent"]
    assert view.leads_to == ["action:pay", "disclosure:pay-data", "action:crm"]
    assert {(change.control, change.placement) for change in view.removed_by if change.control} >= {
        ("quarantine", "bot")
    }
    assert view.remedy == "Do it"


def test_what_stands_mitigates() -> None:
    found = of({"controls": [{"control": "quarantine", "on": ["bot"]}]})

    assert threat(of(), "inject@bot").status is Status.OPEN
    assert threat(found, "inject@bot").status is Status.MITIGATED
    assert "inject@bot" not in [view.id for view in found.threats]
    assert found.paths == []


@pytest.mark.parametrize(
    ("verdict", "status"),
    [("accept", Status.ACCEPTED), ("mitigate", Status.MITIGATED), ("false-positive", Status.FALSE_POSITIVE)],
)
def test_a_decision_is_honoured_and_shown(verdict: str, status: Status) -> None:
    found = of({"decisions": [{**DECISION, "verdict": verdict}]})
    view = threat(found, "inject@bot")

    assert view.status is status
    assert view.decision is not None
    assert view.decision.by == "Ann"
    assert "inject@bot" not in [ranked.id for ranked in found.threats]
    assert found.paths == []
    assert found.controls.minimum == []
    assert (found.risk.residual.mean > 0) == (verdict == "accept")


def test_a_decision_about_less_than_there_is_counts_no_longer() -> None:
    before = of()
    assert threat(before, "inject@bot").severity is Level.CRITICAL
    grown = of({"decisions": [{**DECISION, "verdict": "false-positive"}, {**DECISION, "severity": "high"}]})
    assert threat(grown, "inject@bot").status is Status.OPEN
    assert threat(grown, "inject@bot").decision is None
    assert grown.controls == before.controls
    assert [note for note in grown.notes if "made when its severity was high; it is critical now" in note]
    same = of({"decisions": [{**DECISION, "severity": "critical"}]})
    assert threat(same, "inject@bot").status is Status.ACCEPTED
    assert not [note for note in same.notes if "inject@bot" in note]


def test_the_last_decision_about_a_threat_counts() -> None:
    later = {**DECISION, "verdict": "false-positive", "until": "2026-12-31"}

    assert threat(of({"decisions": [DECISION, later]}), "inject@bot").status is Status.FALSE_POSITIVE
    assert threat(of({"decisions": [later, DECISION]}), "inject@bot").status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("more", "note"),
    [
        (
            {"decisions": [{**DECISION, "until": "2026-11-22"}]},
            "the decision about `inject@bot` ended on 2026-11-22; it counts no longer",
        ),
        (
            {"decisions": [{**DECISION, "threat": "inject@nobody"}]},
            "the decision about `inject@nobody` matches no threat of this system",
        ),
        ({"controls": ["magic"]}, "`magic` at `system` is no control of the catalog; it counts for nothing"),
        (
            {
                "controls": [
                    {
                        "control": "filter",
                        "on": ["bot"],
                        "evidence": [{"source": "test", "observed_at": "2026-01-01", "good_until": "2026-02-01"}],
                    }
                ]
            },
            "the evidence of `filter` at `bot` is not fresh; it counts no longer",
        ),
        (
            {
                "controls": [
                    {
                        "control": "filter",
                        "on": ["bot"],
                        "evidence": [{"source": "test", "outcome": "fail", "observed_at": "2026-01-01"}],
                    }
                ]
            },
            "evidence says that `filter` at `bot` fails; it doesn't count",
        ),
        (
            {"losses": [{"kind": "theft", "of": "bot", "magnitude": 5}]},
            "no attack of the catalog leads to the stated loss `theft:bot`",
        ),
    ],
)
def test_what_does_not_count_is_said(more: dict[str, Any], note: str) -> None:
    assert of(more).notes == [note]


def test_nothing_odd_needs_no_note() -> None:
    found = of({"decisions": [DECISION], "controls": ["review"], "losses": [{"kind": "action", "of": "pay"}]})

    assert found.notes == []


def test_an_unknown_control_is_not_listed_as_standing() -> None:
    assert [item.control for item in of({"controls": ["magic", "review"]}).controls.in_place] == ["review"]


def test_losses_say_whether_they_are_open() -> None:
    found = {loss.id: loss for loss in of({"appetite": "medium"}).losses}

    assert [loss.id for loss in of().losses] == ["action:pay", "disclosure:pay-data", "action:crm"]
    assert (found["action:pay"].open, found["action:pay"].demand) == (True, 4)
    assert (found["action:crm"].open, found["action:crm"].above_appetite, found["action:crm"].demand) == (
        False,
        False,
        0,
    )
    closed = of({"controls": [{"control": "quarantine", "on": ["bot"]}]})
    assert [loss.open for loss in closed.losses] == [False, False, False]
    assert all(loss.above_appetite for loss in closed.losses)


@pytest.mark.parametrize(
    ("stated", "asked", "opened"),
    [
        (None, None, 2),
        ("critical", None, 0),
        ("critical", Level.LOW, 3),
        ("low", Level.HIGH, 1),
        ("low", 1e9, 0),
        (1.0, None, 3),
    ],
)
def test_the_appetite_of_the_caller_beats_the_systems_and_medium_is_the_default(
    stated: str | float | None, asked: Level | float | None, opened: int
) -> None:
    assert sum(loss.open for loss in of({"appetite": stated}, appetite=asked).losses) == opened


def test_labels_are_in_words() -> None:
    label = of().labels["bot"]

    assert (label.confidentiality, label.categories, label.integrity) == ("confidential", ["personal"], "untrusted")
    assert list(of().labels) == sorted(MAIL["components"])


def test_a_system_without_a_name_is_called_by_its_id() -> None:
    assert of({"name": ""}).system.name == "example"
    assert of().system.name == "Mail helper"


def test_only_proof_counts_when_asked() -> None:
    standing = {"controls": [{"control": "quarantine", "on": ["bot"]}]}

    assert of(standing).paths == []
    assert of(standing, proven=True).paths != []


def test_a_review_is_its_own_schema() -> None:
    plain = msgspec.json.decode(msgspec.json.encode(of()))

    assert plain["schema"] == "bartizan/review/1"
    assert plain["as_of"] == AS_OF.isoformat()
    assert {"system", "threats", "appendix", "paths", "controls", "risk", "coverage", "labels"} <= set(plain)


def test_the_list_is_short_however_large_the_system() -> None:
    parts: dict[str, Any] = {f"b{n}": {"kind": "agent"} for n in range(6)}
    parts |= {f"t{n}": {"kind": "tool", "effect": ["execute", "send"], "reach": "any"} for n in range(6)}
    parts |= {"inbox": {"kind": "mailbox"}, "joe": {"kind": "person", "party": "customers"}, "llm": {"kind": "model"}}
    flows = [(f"b{n}", other) for n in range(6) for other in (f"t{n}", "inbox", "llm")] + [("joe", "b0")]
    found = reviewed({"components": parts, "flows": [{"from": a, "to": b} for a, b in flows]})

    assert len(found.threats) == 20
    assert len({view.rule for view in found.threats}) == 20
    assert len(found.appendix) > 20
    assert {view.status for view in found.threats} == {Status.OPEN}


def test_examples_of_catalog_files_say_which_rules_fire() -> None:
    assert fires(SMALL, {"components": MAIL["components"], "data": MAIL["data"], "flows": MAIL["flows"]}) == {
        *("plant", "inject", "act", "leak")
    }


def test_attempts_of_an_unknown_position_are_told() -> None:
    assert of({"attempts": [{"position": "insidr", "per_year": 3}]}).notes


def test_every_open_loss_is_said_to_be_open() -> None:
    tools = {f"t{n}": {"kind": "tool", "effect": ["pay"]} for n in range(70)}
    parts = {"inbox": {"kind": "mailbox"}, "bot": {"kind": "agent"}, **tools}
    system = {"components": parts, "flows": [{"from": "bot", "to": name} for name in ("inbox", *tools)]}
    found = reviewed(system, SMALL)
    opened = {loss.id for loss in found.losses if loss.open}

    assert len(opened) == 70
    assert opened == {f"action:{name}" for name in tools}


def test_a_second_protected_call_does_not_protect_the_first() -> None:
    first = {"from": "app", "to": "api", "authentication": "none"}
    second = {"from": "app", "to": "api", "id": "second", "authentication": "none", "controls": ["tool-rights"]}
    system = {
        "appetite": "low",
        "zones": {"net": {"kind": "internet"}},
        "components": {"app": {"kind": "application"}, "api": {"kind": "tool", "zone": "net"}},
        "losses": [{"kind": "outage", "of": "api", "severity": "critical"}],
    }

    for flows in ([first], [first, second]):
        assert [loss.open for loss in reviewed({**system, "flows": flows}, SMALL).losses] == [True]


def test_one_more_caller_of_a_gateway_removes_no_threat() -> None:
    parts = {
        "joe": {"kind": "person", "party": "customers"},
        "gate": {"kind": "gateway"},
        "llm": {"kind": "model"},
        "app": {"kind": "application"},
    }
    flows = [{"from": "joe", "to": "gate"}, {"from": "gate", "to": "llm"}]
    few, many = (
        {view.id for view in all_threats(reviewed({"components": parts, "flows": calls}))}
        for calls in (flows, [*flows, {"from": "app", "to": "gate"}])
    )

    assert few <= many


def test_a_control_is_not_placed_where_it_is_not_said_to_be() -> None:
    elsewhere = {"control": "quarantine", "on": ["db"]}
    parts = {**MAIL["components"], "bot": {"kind": "agent", "controls": [elsewhere]}}

    with pytest.raises(InputError, match="`on` belongs to the top-level"):
        of({"components": parts})
