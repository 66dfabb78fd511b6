"""OCSF: what is written holds to the schema, whose facts are in `ocsf_facts.json`."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import Event
from bartizan.soc import Recorded
from bartizan.soc.ocsf import VERSION, to_ocsf
from tests.soc.events import event

FACTS = json.loads((Path(__file__).parent / "ocsf_facts.json").read_text(encoding="utf-8"))
NUMBERS = {"integer_t", "long_t", "timestamp_t", "port_t"}
PLAIN = {"json_t", "object", None}


def recorded(one: Event) -> Recorded:
    return Recorded("gateway", 7, "a" * 64, "b" * 64, one)


def check(value: Any, fact: dict[str, Any], at: str) -> None:
    if fact.get("array"):
        assert isinstance(value, list), at
        for number, one in enumerate(value):
            check(one, {**fact, "array": False}, f"{at}[{number}]")
        return
    kind = fact["type"]
    if kind in FACTS["objects"]:
        assert isinstance(value, dict), at
        about = FACTS["objects"][kind]
        held(value, about["attributes"], at)
        if "at_least_one" in about:
            assert value.keys() & set(about["at_least_one"]), at
    elif kind in NUMBERS:
        assert isinstance(value, int), at
        assert not isinstance(value, bool), at
        assert "enum" not in fact or value in fact["enum"], (at, value)
    elif kind == "boolean_t":
        assert isinstance(value, bool), at
    elif kind not in PLAIN:
        assert kind.endswith("_t"), f"{at}: the facts know no {kind}"
        assert isinstance(value, str), at


def held(value: dict[str, Any], attributes: dict[str, Any], at: str) -> None:
    for name, one in value.items():
        assert name in attributes, f"{at}.{name} is no attribute"
        check(one, attributes[name], f"{at}.{name}")
    missing = [name for name, fact in attributes.items() if fact.get("required") and name not in value]
    assert missing == [], at


def valid(made: dict[str, Any]) -> None:
    assert made["metadata"]["version"] == VERSION == FACTS["version"]
    about = FACTS["classes"][str(made["class_uid"])]
    attributes = dict(about["attributes"])
    for profile in made["metadata"]["profiles"]:
        attributes |= about["profiles"][profile]
    held(made, attributes, about["name"])
    assert made["class_name"] == about["name"]
    assert made["category_uid"] == about["category"]
    assert made["type_uid"] == made["class_uid"] * 100 + made["activity_id"]


KINDS = ["call", "refusal", "stream", "skip", "start", "stop", "policy", "key", "sandbox", "block", "unblock",
         "recovery", "something"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("decision", ["allow", "transform", "ask", "deny", ""])
def test_every_kind_holds_to_the_schema(kind: str, decision: str) -> None:
    valid(to_ocsf(recorded(event(1, kind=kind, decision=decision))))
    valid(to_ocsf(recorded(Event(kind=kind, time="2026-11-28T10:00:00.123Z", decision=decision))))


def test_a_call_says_who_what_and_which_decision() -> None:
    made = to_ocsf(recorded(event(1)))
    assert (made["class_uid"], made["activity_id"], made["type_uid"]) == (6003, 1, 600301)
    assert made["time"] == 1795860000001
    assert made["actor"] == {"user": {"uid": "user-1", "type_id": 0}, "app_name": "crm"}
    assert made["api"] == {"operation": "chat", "service": {"name": "openai-eu"}, "response": {"code": 200}}
    assert made["ai_model"] == {"name": "gpt-5-2026-08-01", "ai_provider": "openai-eu"}
    context = made["message_context"]
    assert (context["prompt_tokens"], context["completion_tokens"], context["total_tokens"]) == (120, 40, 160)
    assert (made["action_id"], made["disposition_id"], made["status_id"]) == (1, 11, 1)
    assert made["policy"]["uid"] == "mask-mail"
    assert [one["data"] for one in made["enrichments"]] == [
        {"type": "email-address", "count": 2},
        {"type": "iban", "count": 1},
    ]
    assert made["trace"] == {"uid": "0af7651916cd43dd8448eb211c80319c"}
    assert (made["metadata"]["uid"], made["metadata"]["sequence"]) == ("b" * 64, 7)
    assert made["unmapped"] == {
        "bartizan": {"kind": "call", "prev": "a" * 64, "cost": 0.002, "labels": ["confidential"]}
    }


@pytest.mark.parametrize(
    ("decision", "more", "action", "disposition", "status"),
    [
        ("allow", {}, 1, 1, 1),
        ("ask", {"status": 403}, 2, 2, 2),
        ("deny", {"status": 429}, 2, 2, 2),
        ("allow", {"upstream_status": 500}, 1, 1, 2),
        ("allow", {"outcome": "upstream-cut"}, 1, 1, 2),
        ("allow", {"outcome": "caller-gone"}, 1, 1, 1),
    ],
)
def test_a_refusal_is_denied_and_a_broken_answer_failed(
    decision: str, more: dict[str, str | int | float | bool | list[str]], action: int, disposition: int, status: int
) -> None:
    made = to_ocsf(recorded(msgspec.structs.replace(event(decision=decision), more=more)))
    valid(made)
    assert (made["action_id"], made["disposition_id"], made["status_id"]) == (action, disposition, status)


def test_the_injection_signal_is_an_enrichment() -> None:
    more: dict[str, str | int | float | bool | list[str]] = {"injection": 87, "injection_rules": ["override"]}
    made = to_ocsf(recorded(msgspec.structs.replace(event(), more=more)))
    valid(made)
    assert made["enrichments"][-1]["data"] == {"score": 87, "rules": ["override"]}


plain = st.one_of(st.text(), st.integers(-1000, 10**9), st.floats(allow_nan=False, allow_infinity=False), st.booleans())
events = st.builds(
    Event,
    kind=st.sampled_from(KINDS),
    time=st.text() | st.just("2026-11-28T10:00:00.000Z"),
    principal=st.text(),
    action=st.text() | st.sampled_from(["chat", "embed", "call-tool"]),
    resource=st.text(),
    decision=st.text() | st.sampled_from(["allow", "deny"]),
    rule=st.text(),
    labels=st.lists(st.text(), max_size=2),
    trace=st.text(),
    more=st.dictionaries(
        st.sampled_from(["milliseconds", "status", "upstream", "upstream_status", "application", "injection", "x"]),
        plain | st.lists(st.text(), max_size=2),
    ),
)


@given(events)
def test_whatever_an_event_holds_it_holds_to_the_schema(one: Event) -> None:
    valid(to_ocsf(recorded(one)))
