"""Events in the Open Cybersecurity Schema Framework, version 1.8.0, which brought the profile `ai_operation`.

Calls are API Activity (6003) with the profiles `ai_operation`, `security_control` and `trace`; a gateway that starts or
stops is Application Lifecycle (6002); keys, policies, blocks and sandboxes are Entity Management (3004). Source of
classes, attributes and enumerations: the schema's own definitions, github.com/ocsf/ocsf-schema.

The hash chain is in `metadata` as the event's number and id. It isn't an `attestation` of OCSF 1.9, which would have to
be computed over the event in that form.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bartizan import __version__
from bartizan.model import Event
from bartizan.soc.lines import Recorded

__all__ = ["VERSION", "to_ocsf"]

VERSION = "1.8.0"

_Object = dict[str, Any]

_API, _LIFECYCLE, _ENTITY = 6003, 6002, 3004
_NAMES = {
    _API: ("API Activity", "Application Activity"),
    _LIFECYCLE: ("Application Lifecycle", "Application Activity"),
    _ENTITY: ("Entity Management", "Identity & Access Management"),
}
_CREATE, _READ, _UPDATE, _DELETE, _OTHER = 1, 2, 3, 4, 99
_ACTIVITIES = {"chat": _CREATE, "embed": _CREATE, "count-tokens": _READ, "list-models": _READ}
_CAPTIONS = {_CREATE: "Create", _READ: "Read", _UPDATE: "Update", _DELETE: "Delete"}
_ENTITIES = {
    # kind: the entity's type, and the activity with its caption
    "policy": ("Policy", _UPDATE, "Update"),
    "key": ("API key", _UPDATE, "Update"),
    "sandbox": ("Sandbox", _UPDATE, "Update"),
    "block": ("Block", 8, "Enable"),
    "unblock": ("Block", 9, "Disable"),
}
_DECISIONS = {
    # decision: action, disposition and severity, each with its caption
    "allow": ((1, "Allowed"), (1, "Allowed"), (1, "Informational")),
    "transform": ((1, "Allowed"), (11, "Corrected"), (2, "Low")),
    "ask": ((2, "Denied"), (2, "Blocked"), (2, "Low")),
    "deny": ((2, "Denied"), (2, "Blocked"), (3, "Medium")),
}
_UNKNOWN = ((0, "Unknown"), (0, "Unknown"), (1, "Informational"))
_SKIPPED = ((1, "Allowed"), (16, "No Action"), (3, "Medium"))
_PRODUCT: _Object = {"name": "Bartizan", "vendor_name": "Bartizan", "version": __version__, "uid": "bartizan"}
_ADMINISTRATION = {"application", "milliseconds", "status", "upstream", "upstream_status"}
"""Of what an event says more, what has a place of its own."""


def to_ocsf(one: Recorded) -> _Object:
    """Return an event as an OCSF object, plain values only."""
    kind = one.event.kind
    if kind in ("start", "stop"):
        return _lifecycle(one)
    return _entity(one) if kind in _ENTITIES else _api(one)


def _api(one: Recorded) -> _Object:
    event = one.event
    activity = _ACTIVITIES.get(event.action, _OTHER)
    caption = _CAPTIONS.get(activity) or event.action or event.kind
    profiles = ["ai_operation", "security_control", *(["trace"] if event.trace else [])]
    out = _base(one, _API, activity, caption, profiles)
    upstream, application = _text(event, "upstream"), _text(event, "application")
    service = {"name": upstream or "bartizan"}
    status = whole(event, "status") or whole(event, "upstream_status")
    out["actor"] = _actor(event, application)
    out["api"] = {"operation": event.action or event.kind, "service": service}
    if status:
        out["api"]["response"] = {"code": status, **({"error": event.rule} if _denied(event) else {})}
        out["http_response"] = {"code": status}
        out["status_code"] = str(status)
    out["src_endpoint"] = {"name": application or event.principal or "unknown"}
    if upstream:
        out["dst_endpoint"] = {"svc_name": upstream}
    if event.resource:
        out["resources"] = [_resource(event)]
        out["ai_model"] = {"name": event.resource, "ai_provider": upstream or "unknown"}
    out["message_context"] = _context(event, application, service, one.hash)
    if event.trace:
        out["trace"] = {"uid": event.trace}
    out |= _control(event) | _status(event)
    enrichments = _enrichments(event)
    if enrichments:
        out["enrichments"] = enrichments
    return out


def _lifecycle(one: Recorded) -> _Object:
    activity = (3, "Start") if one.event.kind == "start" else (4, "Stop")
    return {**_base(one, _LIFECYCLE, *activity, []), "app": _PRODUCT, "status_id": 1, "status": "Success"}


def _entity(one: Recorded) -> _Object:
    event = one.event
    type, activity, caption = _ENTITIES[event.kind]
    entity: _Object = {"name": event.resource or event.rule or event.kind, "type": type}
    if event.kind == "policy":
        entity["type_id"] = 5
    out = _base(one, _ENTITY, activity, caption, [])
    out["entity"] = entity
    if event.principal:
        out["actor"] = _actor(event, _text(event, "application"))
    return {**out, "status_id": 1, "status": "Success"}


def _base(one: Recorded, uid: int, activity: int, caption: str, profiles: list[str]) -> _Object:
    event = one.event
    name, category = _NAMES[uid]
    severity = _ruled(event)[2]
    out: _Object = {
        "activity_id": activity,
        "activity_name": caption,
        "category_uid": uid // 1000,
        "category_name": category,
        "class_uid": uid,
        "class_name": name,
        "type_uid": uid * 100 + activity,
        "type_name": f"{name}: {caption}",
        "severity_id": severity[0],
        "severity": severity[1],
        "time": milliseconds(event.time),
        "message": " ".join(filter(None, (event.kind, event.action, event.resource, event.decision, event.rule))),
        "metadata": {
            "version": VERSION,
            "product": _PRODUCT,
            "profiles": profiles,
            "uid": one.hash,
            "sequence": one.seq,
            "log_name": one.writer,
            "original_time": event.time,
            **({"correlation_uid": event.trace} if event.trace else {}),
        },
        "unmapped": {"bartizan": _rest(one)},
    }
    duration = event.more.get("milliseconds")
    if isinstance(duration, int | float):
        out["duration"] = round(duration)
    return out


def _rest(one: Recorded) -> _Object:
    """Return what OCSF has no place for."""
    event = one.event
    more = {name: value for name, value in event.more.items() if name not in _ADMINISTRATION}
    return {"kind": event.kind, "prev": one.prev, "cost": event.cost, "labels": event.labels, **more}


def _actor(event: Event, application: str) -> _Object:
    user = {"uid": event.principal} if event.principal else {"name": "unidentified"}
    return {"user": {**user, "type_id": 0}, **({"app_name": application} if application else {})}


def _resource(event: Event) -> _Object:
    return {"name": event.resource, "type": "AI model", "role_id": 1, "role": "Target", "labels": event.labels}


def _context(event: Event, application: str, service: _Object, uid: str) -> _Object:
    tokens = event.tokens
    out: _Object = {"uid": event.trace or uid, "ai_role_id": 2, "ai_role": "Assistant", "service": service}
    if application:
        out["application"] = {"name": application}
    if tokens.input or tokens.output:
        out["prompt_tokens"], out["completion_tokens"] = tokens.input, tokens.output
        out["total_tokens"] = tokens.input + tokens.output
    return out


def _control(event: Event) -> _Object:
    action, disposition, _ = _ruled(event)
    out: _Object = {
        "action_id": action[0],
        "action": action[1],
        "disposition_id": disposition[0],
        "disposition": disposition[1],
        "is_alert": _denied(event) or event.kind == "skip",
    }
    if event.rule:
        out["policy"] = {"uid": event.rule, "is_applied": True}
    return out


def _status(event: Event) -> _Object:
    outcome = _text(event, "outcome")
    failed = _denied(event) or outcome == "upstream-cut" or whole(event, "upstream_status") >= 400
    out: _Object = {"status_id": 2, "status": "Failure"} if failed else {"status_id": 1, "status": "Success"}
    detail = outcome or (event.rule if failed else "")
    return {**out, **({"status_detail": detail} if detail else {})}


def _enrichments(event: Event) -> list[_Object]:
    """Return what inspection has found: types and counts, never a value."""
    out: list[_Object] = [
        {
            "name": "message_context",
            "value": found.type,
            "type": "sensitive-data",
            "provider": "bartizan",
            "data": {"type": found.type, "count": found.count},
        }
        for found in event.findings
    ]
    score = event.more.get("injection")
    if isinstance(score, int | float):
        data = {"score": score, "rules": event.more.get("injection_rules", [])}
        out.append({"name": "message_context", "value": str(score), "type": "prompt-injection", "provider": "bartizan",
                    "data": data})  # fmt: skip
    return out


def _ruled(event: Event) -> tuple[tuple[int, str], tuple[int, str], tuple[int, str]]:
    return _SKIPPED if event.kind == "skip" else _DECISIONS.get(event.decision, _UNKNOWN)


def _denied(event: Event) -> bool:
    return event.decision in ("ask", "deny")


def _text(event: Event, name: str) -> str:
    value = event.more.get(name)
    return value if isinstance(value, str) else ""


def whole(event: Event, name: str) -> int:
    """Return a whole number that an event says, 0 where it says none."""
    value = event.more.get(name)
    return value if type(value) is int else 0


def milliseconds(time: str) -> int:
    """Return an event's time as milliseconds since 1970; 0 for what is no time."""
    try:
        return round(datetime.fromisoformat(time).timestamp() * 1000)
    except (ValueError, OverflowError):
        return 0
