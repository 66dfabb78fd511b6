"""Reference pages of the gateway: its files, what policies may speak of, events, metrics. Made from the types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from bartizan.catalog import Catalog
from bartizan.guard import config, config_mcp
from bartizan.guard.policy import schema_text
from bartizan.guard.protection import DataRule
from bartizan.guard.sandbox import Criterion, Egress, MayHold, Sandbox
from bartizan.guard.sandbox.document import Budget
from bartizan.model import Count, Event, Usage
from bartizan.soc.lines import Recorded
from bartizan.soc.metrics import Metrics
from bartizan.soc.ocsf import VERSION, to_ocsf
from bartizan.soc.otel import SCHEMA as CONVENTIONS
from bartizan.soc.otel import to_span
from scripts.reference_gateway_words import CONFIG, EVENT, KINDS, MORE, SANDBOX, SCHEMA
from scripts.reference_tables import row

__all__ = [
    "CONFIG_PARTS",
    "SANDBOX_PARTS",
    "events",
    "gateway_configuration",
    "metrics",
    "parts_of",
    "policy_schema",
    "sandbox_documents",
    "schema_attributes",
]

CONFIG_PARTS: dict[str, type[msgspec.Struct]] = {
    "": config.Config,
    "upstreams": config.Upstream,
    "prices": config.Price,
    "identity": config.Identity,
    "issuers": config.Issuer,
    "proxy": config.Proxy,
    "data": config.Data,
    "rules": DataRule,
    "budgets": config.Budget,
    "events": config.Events,
    "limits": config.Limits,
    "egress": config.Egress,
    "doors": config.Doors,
    "litellm": config.LiteLlm,
    "ext_proc": config.ExtProc,
    "tls": config.ExtProcTls,
    "mcp": config_mcp.McpDoor,
    "servers": config_mcp.McpServer,
    "oauth": config_mcp.McpOauth,
    "asking": config_mcp.McpAsking,
}
SANDBOX_PARTS: dict[str, type[msgspec.Struct]] = {
    "": Sandbox,
    "data": MayHold,
    "egress": Egress,
    "budget": Budget,
    "criteria": Criterion,
}
NOT_WRITTEN = frozenset({"digest", "scheme"})
"""What a sandbox knows besides its document."""
_NAMES = {date: "day", str: "text", int: "whole number", float: "number", bool: "true or false", Any: "anything"}


# ---- files


def gateway_configuration(catalog: Catalog) -> str:  # noqa: ARG001 - a page's signature
    """Every key of gateway.yaml."""
    head = [
        "# Configuration of the gateway",
        "",
        "The keys of `gateway.yaml`; [the guide](../gateway.md) shows a whole one. Paths are relative to its folder. A "
        "secret is `env:NAME`, `file:PATH` or `store:NAME`, and never stands in the file. An unknown key is an error.",
        "",
    ]
    return "\n".join([*head, *parts_of(CONFIG_PARTS, CONFIG)])


def sandbox_documents(catalog: Catalog) -> str:  # noqa: ARG001 - a page's signature
    """Every key of a sandbox's document."""
    head = [
        "# Sandbox documents",
        "",
        "`bartizan sandbox open FILE` opens what such a file says. One that was changed has to be opened again.",
        "",
    ]
    return "\n".join([*head, *parts_of(SANDBOX_PARTS, SANDBOX)])


def parts_of(parts: Mapping[str, type[msgspec.Struct]], words: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Write a table of keys for each part of a file, the first without a heading if it has no name."""
    for name, kind in parts.items():
        if name:
            yield from (f"## {name} {{#{name}}}", "")
        yield from ("| key | meaning | kind | default |", "|---|---|---|---|")
        for field in msgspec.structs.fields(kind):
            key = field.encode_name
            if key not in NOT_WRITTEN:
                yield row([f"`{key}`", words[name].get(key, ""), _kind(field.type), _default(field)])
        yield ""


def _kind(found: Any) -> str:
    """Return a type in words."""
    origin, inner = get_origin(found), get_args(found)
    if origin is Annotated:
        return "secret" if found == config.Secret else _kind(inner[0])
    if origin is Literal:
        return " ".join(f"`{value}`" for value in inner)
    if origin in (Union, UnionType):
        return " or ".join(_kind(one) for one in inner if one is not type(None))
    if origin is list:
        return f"list of {_kind(inner[0])}"
    if origin is dict:
        return f"{_kind(inner[0])}: {_kind(inner[1])}"
    if isinstance(found, type) and issubclass(found, Enum):
        return " ".join(f"`{one.value}`" for one in found)
    if isinstance(found, type) and issubclass(found, msgspec.Struct):
        return "keys"
    return _NAMES[found]


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "*needed*"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if value in ("", None, [], {}, ()) or isinstance(value, msgspec.Struct):
        return ""
    if isinstance(value, list) and isinstance(value[0], msgspec.Struct):
        return ""  # a line tells it in words
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, int | float):
        return f"{value:,.0f}" if value == int(value) else f"{value:g}"
    return f"`{value}`" if isinstance(value, str) else f"`{msgspec.json.encode(value).decode()}`"


# ---- policies


def schema_attributes() -> dict[str, str]:
    """Return what the schema has, with its type: `Entity.attribute` and `context.attribute`."""
    text = re.sub(r"//[^\n]*", "", schema_text())
    out: dict[str, str] = {}
    for name, body in re.findall(r"(?:entity|type) (\w+)[^;{}]*?=?\s*\{([^{}]*)\}", text):
        for attribute, kind in re.findall(r"(\w+):\s*([\w<>]+)", body):
            out[f"{'context' if name in ('Call', 'ToolCall') else name}.{attribute}"] = kind
    return out


def policy_schema(catalog: Catalog) -> str:  # noqa: ARG001 - a page's signature
    """Entities, actions and attributes that policies may speak of."""
    text = schema_text()
    blocks = re.findall(r"action ([^{]*?)appliesTo \{[^}]*?resource: \[([^\]]*)\]", text)
    actions = [
        ", ".join(f"`{one}`" for one in re.findall(r"[\w-]+", names)) + " of a " + of.replace(", ", " or ")
        for names, of in blocks
    ]
    lines = [
        "# What policies may speak of",
        "",
        "Policies are [Cedar](https://docs.cedarpolicy.com), in the namespace `Bartizan`, and are checked against this "
        "schema when they are loaded. The principal is a `User`, in its `Group`s, its `Application` and its `Sandbox`; "
        "the resource is a `Model` by the name that callers use, in its `Upstream`; for MCP it is a `Tool`, `Resource` "
        "or `Prompt`, named `SERVER/NAME`, in its `Server`, or the `Server` itself.",
        "",
        "Actions: " + "; ".join(actions) + ". `receive-result` is asked about where a policy names it.",
        "",
        "| attribute | kind | meaning |",
        "|---|---|---|",
        *(row([f"`{name}`", f"`{kind}`", SCHEMA.get(name, "")]) for name, kind in schema_attributes().items()),
        "",
        "`User` attributes are written `principal.…`, those of `Model`, `Tool` and the like `resource.…`. What is said "
        'to be of MCP is there for its actions only. `@id("...")` names a policy in refusals and events, and '
        '`@reason("...")` is what the caller is told. A `forbid` with `@ask("user")` has a tool\'s call asked about '
        "instead of forbidding it outright.",
        "",
        "## The schema itself {#schema}",
        "",
        *(f"    {line}".rstrip() for line in text.splitlines()),
        "",
    ]
    return "\n".join(lines)


# ---- events


def events(catalog: Catalog) -> str:  # noqa: ARG001 - a page's signature
    """Every key of an event, every kind, and where it stands in OCSF and OpenTelemetry."""
    keys = ["seq", "writer", "prev", "hash", *Event.__struct_fields__]
    lines = [
        "# Events",
        "",
        "One line of JSON an event, in files of the folder `events`, one chain of hashes for each process that writes. "
        "Every key is always there. No event holds a text of a request or an answer, or a secret.",
        "",
        f"`bartizan events tail --format ocsf` gives OCSF {VERSION} with the profile `ai_operation`; `--format otel` "
        f"gives OTLP spans as JSON lines, with the attributes of <{CONVENTIONS}>. The table says where each member "
        "stands there.",
        "",
        "| key | meaning | OCSF | OpenTelemetry |",
        "|---|---|---|---|",
        *(row([f"`{key}`", EVENT.get(key, ""), *_where(key)]) for key in keys),
        "",
        "## Kinds {#kinds}",
        "",
        "| kind | what happened | OCSF class |",
        "|---|---|---|",
        *(row([f"`{kind}`", meaning, _class(kind)]) for kind, meaning in KINDS.items()),
        "",
        "## Members of `more` {#more}",
        "",
        "| member | meaning | OCSF | OpenTelemetry |",
        "|---|---|---|---|",
        *(row([f"`{name}`", meaning, *_where(name, more=True)]) for name, meaning in MORE.items()),
        "",
    ]
    return "\n".join(lines)


def _recorded(**more: Any) -> Recorded:
    """Return a call on record, with some of its members as given."""
    line = {"writer": "w", "seq": 1, "prev": "0" * 64, "hash": "1" * 64}
    line |= {name: more.pop(name) for name in list(more) if name in line}
    given = {"kind": "call", "time": "2026-11-28T10:00:00.000Z", "decision": "allow", "tokens": Usage(1, 1)}
    return Recorded(*(line[name] for name in ("writer", "seq", "prev", "hash")), Event(**{**given, **more}))  # type: ignore[call-arg, arg-type]


_OTHER: dict[str, Any] = {
    "seq": 2, "prev": "2" * 64, "hash": "3" * 64, "kind": "refusal", "time": "2026-11-28T10:00:01.000Z",
    "decision": "deny", "labels": ["x"], "findings": [Count("x", 2)], "tokens": Usage(3, 4), "cost": 2.0,
    "trace": "4" * 32, "milliseconds": 5.0, "status": 403, "upstream_status": 500, "injection": 50,
    "injection_rules": ["x"], "changed_by": ["x"], "not_inspected": ["x"], "workers": 2, "offset": 3, "bytes": 4,
    "parent": "5" * 16, "outcome": "upstream-cut",
}  # fmt: skip


def _where(name: str, *, more: bool = False) -> tuple[str, str]:
    """Return where a member stands in both forms: what differs when only it is another."""
    base: dict[str, Any] = {"trace": "6" * 32} if name == "parent" else {}
    base |= {"more": {"injection": 9}} if name == "injection_rules" else {}
    value = _OTHER.get(name, "x")
    if name == "more":
        return "[each by itself](#more)", "[each by itself](#more)"
    other = {**base, "more": {**base.get("more", {}), name: value}} if more else {**base, name: value}
    before, after = _recorded(**base), _recorded(**other)
    ocsf = _differing(to_ocsf(before), to_ocsf(after))
    span = _differing(_span(before), _span(after))
    return _paths(ocsf), "`service.instance.id`" if name == "writer" else _paths(span)


def _span(one: Recorded) -> dict[str, Any]:
    span = to_span(one)
    return {**span, "attributes": {one["key"]: one["value"] for one in span["attributes"]}}


def _differing(before: Any, after: Any, at: str = "") -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(after, Mapping) and "stringValue" not in after:
        for key in [*before, *(key for key in after if key not in before)]:
            if key != "attributes" or at:
                yield from _differing(before.get(key), after.get(key), f"{at}.{key}".lstrip("."))
            else:
                one, other = before[key], after[key]
                yield from (name for name in {**one, **other} if one.get(name) != other.get(name))
    elif before != after and isinstance(after, Mapping) and before is None and at != "attributes":
        yield from (f"{at}.{key}" for key in after) if at != "unmapped" else ()
    elif before != after:
        yield at


def _paths(found: Iterable[str]) -> str:
    """Return places as code; a sentence and what only says a code in words are left out."""
    names = [name for name in found if name != "message"]
    names = [name for name in names if f"{name}_id" not in names]
    return " ".join(f"`{name}`" for name in dict.fromkeys(names))


def _class(kind: str) -> str:
    made = to_ocsf(_recorded(kind=kind))
    return f"{made['class_name']} ({made['class_uid']})"


# ---- metrics


def metrics(catalog: Catalog) -> str:  # noqa: ARG001 - a page's signature
    """Every metric of the gateway."""
    lines = [
        "# Metrics",
        "",
        "`/metrics` answers in the Prometheus text format. Whichever worker is asked, the numbers are of all workers "
        "of this machine: its own as they are, those of others up to a second old. Counters go on when a worker or the "
        "gateway starts anew. No label holds a caller's name or a text.",
        "",
        "| name | type | labels | meaning |",
        "|---|---|---|---|",
    ]
    for family in Metrics().families():
        name = f"{family.name}_total" if family.kind == "counter" else family.name
        labels = " ".join(f"`{label}`" for label in family.labels)
        lines.append(row([f"`{name}`", family.kind, labels, family.help]))
    return "\n".join([*lines, ""])
