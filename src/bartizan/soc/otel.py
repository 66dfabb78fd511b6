"""Events as OpenTelemetry spans, with the attributes of the semantic conventions for generative AI.

Conventions: github.com/open-telemetry/semantic-conventions-genai, schema 1.42.0 (status: development), and for
`error.type`, `enduser.id`, `http.response.status_code` and `service.*` the general ones. Encoding: OTLP 1.x as JSON,
where 64-bit integers are texts and trace and span ids are hexadecimal. Attributes that hold texts of requests or
answers (`gen_ai.input.messages` and the like) are never set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bartizan import __version__
from bartizan.model import Event
from bartizan.soc.lines import Recorded
from bartizan.soc.ocsf import milliseconds, whole

__all__ = ["SCHEMA", "to_otlp", "to_span"]

SCHEMA = "https://opentelemetry.io/schemas/gen-ai/1.42.0"

_Object = dict[str, Any]

_TRACE = re.compile(r"(?!0{32})[0-9a-f]{32}")
_OPERATIONS = {"chat": "chat", "embed": "embeddings", "call-tool": "execute_tool"}
_INTERNAL, _CLIENT = 1, 3
_OK, _ERROR = 0, 2
_CALLS = ("call", "refusal", "stream", "skip")
_HANDLED = {"milliseconds", "parent", "status", "upstream", "upstream_status"}
_SPAN = re.compile(r"(?!0{16})[0-9a-f]{16}")


def to_otlp(found: Iterable[Recorded]) -> _Object:
    """Return events of one writer as the body of an OTLP trace export."""
    events = list(found)
    instance = [_attribute("service.instance.id", events[0].writer)] if events else []
    resource = [_attribute("service.name", "bartizan"), _attribute("service.version", __version__), *instance]
    scope = {"name": "bartizan", "version": __version__}
    spans = [to_span(one) for one in events]
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": resource},
                "scopeSpans": [{"scope": scope, "schemaUrl": SCHEMA, "spans": spans}],
            }
        ]
    }


def to_span(one: Recorded) -> _Object:
    """Return one event as a span, with an id from its hash. It is a part of the caller's span, where one was sent."""
    event = one.event
    end = milliseconds(event.time) * 1_000_000
    took = event.more.get("milliseconds")
    # Whatever a line claims, nothing began before 1970.
    spent = min(max(took, 0.0), end / 1_000_000) if isinstance(took, int | float) else 0.0
    start = end - round(spent * 1_000_000)
    trace = event.trace.lower()
    error = _error(event)
    parent = str(event.more.get("parent", "")).lower()
    known = bool(_TRACE.fullmatch(trace))
    return {
        "traceId": trace if known else one.hash[:32],
        "spanId": one.hash[-16:],
        **({"parentSpanId": parent} if known and _SPAN.fullmatch(parent) else {}),
        "name": _name(event),
        "kind": _CLIENT if event.kind in _CALLS else _INTERNAL,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(end),
        "attributes": [_attribute(name, value) for name, value in _attributes(one, error).items() if value != ""],
        "status": {"code": _ERROR} if error else {"code": _OK},
    }


def _name(event: Event) -> str:
    if event.kind not in _CALLS:
        return f"bartizan {event.kind}"
    return f"{_operation(event)} {event.resource}".strip()


def _operation(event: Event) -> str:
    return _OPERATIONS.get(event.action) or event.action.replace("-", "_") or event.kind


def _error(event: Event) -> str:
    """Return what kind of error ended a call: the rule that refused it, how it broke off, or the provider's status."""
    if event.decision in ("ask", "deny"):
        return event.rule or "denied"
    if event.more.get("outcome") == "upstream-cut":
        return "upstream-cut"
    status = whole(event, "upstream_status")
    return str(status) if status >= 400 else ""


def _attributes(one: Recorded, error: str) -> _Object:
    event = one.event
    out: _Object = {}
    if event.kind in _CALLS:
        out["gen_ai.operation.name"] = _operation(event)
        out["gen_ai.provider.name"] = event.more.get("upstream") or "unknown"
        out["gen_ai.request.model"] = event.resource
        if event.kind == "stream":
            out["gen_ai.request.stream"] = True
        if event.tokens.input or event.tokens.output:
            out["gen_ai.usage.input_tokens"] = event.tokens.input
            out["gen_ai.usage.output_tokens"] = event.tokens.output
        out["http.response.status_code"] = whole(event, "status") or whole(event, "upstream_status") or ""
    out["error.type"] = error
    out["enduser.id"] = event.principal
    out |= {
        "bartizan.kind": event.kind,
        "bartizan.decision": event.decision,
        "bartizan.rule": event.rule,
        "bartizan.seq": one.seq,
        "bartizan.hash": one.hash,
    }
    if event.labels:
        out["bartizan.labels"] = event.labels
    if event.findings:
        out["bartizan.finding.types"] = [found.type for found in event.findings]
        out["bartizan.finding.counts"] = [found.count for found in event.findings]
    if event.cost:
        out["bartizan.cost"] = event.cost
    out |= {f"bartizan.{name}": value for name, value in event.more.items() if name not in _HANDLED}
    return out


def _attribute(name: str, value: object) -> _Object:
    return {"key": name, "value": _value(value)}


def _value(value: object) -> _Object:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(one) for one in value]}}
    return {"stringValue": str(value)}
