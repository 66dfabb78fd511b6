"""Generated systems: two to eight components of all kinds, with zones, data, identities and flows."""

from __future__ import annotations

import enum
import types
import typing
from typing import Any

import msgspec
from hypothesis import strategies as st

from bartizan.model import Component, ComponentBase, System
from bartizan.model.words import Authentication, Authority, Category, Encryption, Level, Party

__all__ = ["PARTIES", "components", "flow_between", "systems"]

KINDS: dict[str, type[ComponentBase]] = {str(kind.__struct_config__.tag): kind for kind in typing.get_args(Component)}
# Most attacks need these; the other kinds come up less often.
_USUAL = [
    *("agent", "model", "tool", "mcp-server", "person", "client", "application"),
    *("mailbox", "web", "data-store", "vector-store", "memory", "retriever", "saas"),
]
_COMMON = set(ComponentBase.__struct_fields__)
ZONES = {
    "outside": {"kind": "internet"},
    "office": {"kind": "corporate"},
    "cloud": {"kind": "cloud", "parent": "office"},
    "vendor-zone": {"kind": "vendor"},
}
DATA = {
    "payroll": {"class": "restricted", "categories": ["personal"], "records": 200_000},
    "docs": {"class": "confidential", "categories": ["health"], "regions": ["eu"]},
    "news": {"class": "public"},
    "rules": {"class": "internal", "categories": [Category.SYSTEM_PROMPT.value]},
}
IDENTITIES = {
    "robot": {"kind": "service", "privilege": "broad"},
    "key": {"kind": "api-key", "expires": True},
}


def _values(type_: Any) -> st.SearchStrategy[Any]:
    """Plain values of a field's type."""
    origin = typing.get_origin(type_)
    if origin in (typing.Union, types.UnionType):
        rest = [option for option in typing.get_args(type_) if option is not type(None)]
        return st.none() | _values(rest[0])
    if origin is list:
        return st.lists(_values(typing.get_args(type_)[0]), max_size=2, unique=True)
    if isinstance(type_, type) and issubclass(type_, enum.Enum):
        return st.sampled_from([member.value for member in type_])
    return {bool: st.booleans(), int: st.sampled_from([0, 30]), str: st.sampled_from(["", "acme"])}[type_]


@st.composite
def components(draw: st.DrawFn, kind: str | None = None) -> dict[str, Any]:
    """One component of any kind as plain values."""
    kind = kind or draw(st.sampled_from(_USUAL) | st.sampled_from(sorted(KINDS)))
    entry: dict[str, Any] = {"kind": kind}
    for field in msgspec.structs.fields(KINDS[kind]):
        if field.name not in _COMMON and draw(st.booleans()):
            entry[field.name] = draw(_values(field.type))
    entry["zone"] = draw(st.none() | st.sampled_from(sorted(ZONES)))
    entry["region"] = draw(st.sampled_from(["", "us"]))
    entry["holds"] = draw(st.lists(st.sampled_from(sorted(DATA)), max_size=2, unique=True))
    return entry


_SAID: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "carries": st.lists(st.sampled_from(sorted(DATA)), max_size=1),
        "returns": st.none() | st.lists(st.sampled_from(sorted(DATA)), max_size=2, unique=True),
        "authority": st.none() | st.sampled_from([word.value for word in Authority]),
        "identity": st.none() | st.sampled_from(sorted(IDENTITIES)),
        "authentication": st.sampled_from([word.value for word in Authentication]),
        "encryption": st.sampled_from([word.value for word in Encryption]),
    },
)


@st.composite
def flow_between(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """One flow between two of the components, as plain values."""
    source, target = draw(st.sampled_from(names)), draw(st.sampled_from(names))
    return {"from": source, "to": target, **draw(_SAID)}


@st.composite
def systems(draw: st.DrawFn, controls: list[str] | None = None, *, most: int = 8) -> System:
    """A valid system of two to `most` components, all connected; `controls` may stand anywhere in it."""
    count = draw(st.integers(2, most))
    names = [f"c{index}" for index in range(count)]
    entries = [draw(components("agent"))] + [draw(components()) for _ in names[1:]]
    flows: dict[tuple[str, str], dict[str, Any]] = {}
    for index in range(1, count):
        ends = [names[index], names[draw(st.integers(0, index - 1))]]
        if draw(st.booleans()):
            ends.reverse()
        flows[ends[0], ends[1]] = {"from": ends[0], "to": ends[1], **draw(_SAID)}
    for flow in draw(st.lists(flow_between(names), max_size=count)):
        flows.setdefault((flow["from"], flow["to"]), flow)
    spots = st.tuples(st.sampled_from(controls or [""]), st.sampled_from([*names, "system"]))
    placed = draw(st.lists(spots, max_size=3 if controls else 0))
    plain = {
        "id": "generated",
        "criticality": draw(st.sampled_from([level.value for level in Level])),
        "zones": ZONES,
        "data": DATA,
        "identities": IDENTITIES,
        "components": dict(zip(names, entries, strict=True)),
        "flows": list(flows.values()),
        "controls": [{"control": control, "on": [place]} for control, place in placed],
        "appetite": draw(st.none() | st.sampled_from(["low", "medium", "high", 50_000.0])),
    }
    return msgspec.convert(plain, System)


PARTIES = [party.value for party in Party]
