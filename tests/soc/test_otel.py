import re
from typing import Any

import msgspec
import pytest
from hypothesis import given

from bartizan.model import Event
from bartizan.soc.otel import SCHEMA, to_otlp, to_span
from tests.soc.events import event
from tests.soc.test_ocsf import events, recorded

CONTENT = re.compile(r"gen_ai\.(input|output|system|tool\.call|tool\.definitions|prompt|completion|retrieval)")
KNOWN = {
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.request.stream",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "http.response.status_code",
    "error.type",
    "enduser.id",
}
"""Of the conventions at the version that is cited; what else is said is below `bartizan.`."""


def attributes(span: dict[str, Any]) -> dict[str, Any]:
    return {one["key"]: one["value"] for one in span["attributes"]}


def test_a_call_is_a_client_span_with_the_callers_trace() -> None:
    span = to_span(recorded(event(1)))
    assert span["traceId"] == "0af7651916cd43dd8448eb211c80319c"
    assert span["spanId"] == "b" * 16
    assert (span["name"], span["kind"]) == ("chat gpt-5-2026-08-01", 3)
    assert int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"]) == 12_500_000
    found = attributes(span)
    assert found["gen_ai.operation.name"] == {"stringValue": "chat"}
    assert found["gen_ai.provider.name"] == {"stringValue": "openai-eu"}
    assert found["gen_ai.request.model"] == {"stringValue": "gpt-5-2026-08-01"}
    assert found["gen_ai.usage.input_tokens"] == {"intValue": "120"}
    assert found["gen_ai.usage.output_tokens"] == {"intValue": "40"}
    assert found["enduser.id"] == {"stringValue": "user-1"}
    assert found["bartizan.finding.counts"] == {"arrayValue": {"values": [{"intValue": "2"}, {"intValue": "1"}]}}
    assert span["status"] == {"code": 0}


def test_it_is_a_part_of_the_callers_span() -> None:
    def span(trace: str, parent: str) -> dict[str, Any]:
        return to_span(recorded(Event(kind="call", time="", trace=trace, more={"parent": parent})))

    trace, parent = "0af7651916cd43dd8448eb211c80319c", "00F067AA0ba902b7"
    made = span(trace, parent)
    assert (made["parentSpanId"], "bartizan.parent" in attributes(made)) == (parent.lower(), False)
    assert "parentSpanId" not in span(trace, "0" * 16)
    assert "parentSpanId" not in span("none", parent)


@pytest.mark.parametrize(
    ("one", "error"),
    [
        (event(decision="deny"), "mask-mail"),
        (Event(kind="refusal", time="", decision="deny"), "denied"),
        (Event(kind="call", time="", decision="allow", more={"upstream_status": 503}), "503"),
        (Event(kind="call", time="", decision="allow", more={"outcome": "upstream-cut"}), "upstream-cut"),
    ],
)
def test_what_went_wrong_is_an_error(one: Event, error: str) -> None:
    span = to_span(recorded(one))
    assert span["status"] == {"code": 2}
    assert attributes(span)["error.type"] == {"stringValue": error}


def test_what_is_no_call_is_an_internal_span() -> None:
    span = to_span(recorded(Event(kind="policy", time="2026-11-28T10:00:00.000Z")))
    assert (span["name"], span["kind"], span["traceId"]) == ("bartizan policy", 1, "b" * 32)
    assert span["startTimeUnixNano"] == span["endTimeUnixNano"]


def test_an_export_names_the_service_and_the_conventions() -> None:
    made = to_otlp([recorded(event(1)), recorded(event(2, kind="stream", action="embed"))])
    (resource,) = made["resourceSpans"]
    assert {one["key"] for one in resource["resource"]["attributes"]} == {
        "service.name",
        "service.version",
        "service.instance.id",
    }
    (scope,) = resource["scopeSpans"]
    assert scope["schemaUrl"] == SCHEMA
    second = attributes(scope["spans"][1])
    assert second["gen_ai.operation.name"] == {"stringValue": "embeddings"}
    assert second["gen_ai.request.stream"] == {"boolValue": True}
    assert to_otlp([])["resourceSpans"][0]["scopeSpans"][0]["spans"] == []


@given(events)
def test_whatever_an_event_holds_makes_a_span(one: Event) -> None:
    span = to_span(recorded(one))
    assert re.fullmatch(r"[0-9a-f]{32}", span["traceId"])
    assert int(span["traceId"], 16)
    assert re.fullmatch(r"[0-9]+|-[0-9]+", span["startTimeUnixNano"])
    names = attributes(span)
    assert not [name for name in names if CONTENT.match(name)]
    assert {name for name in names if not name.startswith("bartizan.")} <= KNOWN
    for value in names.values():
        assert len(value) == 1
        assert value.keys() <= {"stringValue", "intValue", "boolValue", "doubleValue", "arrayValue"}
    msgspec.json.encode(span)


@pytest.mark.parametrize("took", [-5, 1e302])
def test_a_time_that_can_not_be_is_bounded(took: float) -> None:
    one = recorded(msgspec.structs.replace(event(1), more={"milliseconds": took}))
    span = to_span(one)
    assert 0 <= int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
