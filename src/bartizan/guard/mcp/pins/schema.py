"""What a change of a JSON Schema lets through that it did not before, and what no more.

`$ref` is followed within the schema, also where it goes round in circles; how much is looked at is bounded. What can't
be decided, such as whether another `pattern` takes more, is said to be wider: the question is whether somebody has to
look at it. Source of the keywords: JSON Schema 2020-12, with `definitions` and `dependencies` of draft 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from bartizan.guard.mcp.pins.definition import canonical
from bartizan.guard.mcp.pins.quoting import pointer, quoted
from bartizan.guard.mcp.pins.references import Resolver

__all__ = ["Difference", "Way", "compare_schemas"]

_MOST_PAIRS = 20_000
_DEEPEST = 64
_MOST_BYTES = 32 << 20
"""Bytes of schemas that are put in canonical form to be compared."""
_ALL_TYPES = frozenset({"null", "boolean", "number", "integer", "string", "array", "object"})
_TEXTS = frozenset({"title", "description", "$comment", "examples", "example"})
"""Compared as texts, not as what a schema lets through."""
_PLACES = frozenset({"$defs", "definitions", "$id", "$schema", "$anchor", "$dynamicAnchor", "$ref", "$dynamicRef"})
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
_INNER = ("items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "propertyNames", "contains")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_HANDLED = frozenset(
    {*_UPPER, *_LOWER, *_INNER, *_LISTS, "type", "enum", "const", "required", "properties", "patternProperties",
     "pattern", "default"}
)  # fmt: skip


class Way(StrEnum):
    """Which way a schema changed."""

    WIDER = "wider"
    NARROWER = "narrower"
    OTHER = "other"


class Difference(NamedTuple):
    """One difference: where, as a JSON pointer, and in words. `argument` is the name of an argument that is new."""

    way: Way
    where: str
    says: str
    argument: str = ""


def compare_schemas(old: Any, new: Any) -> list[Difference]:
    """Return the differences of two schemas, in the order of the old one."""
    return list(dict.fromkeys(_Comparison(old, new).differences()))


class _Comparison:
    """One comparison: its roots, what it has seen, and how much it may still look at."""

    def __init__(self, old: Any, new: Any) -> None:
        self._roots = old, new
        self._old, self._new = Resolver(old), Resolver(new)
        self._seen: set[tuple[int, int]] = set()
        self._made: list[Any] = []
        """Schemas made on the way, kept so that no other one gets their place in memory."""
        self._left, self._bytes = _MOST_PAIRS, _MOST_BYTES

    def differences(self) -> Iterator[Difference]:
        yield from self._pair(*self._roots, "", 0)
        if self._left <= 0 or self._bytes <= 0:
            yield Difference(Way.WIDER, "", "the schema is too large to be compared as a whole")

    def _pair(self, old: Any, new: Any, where: str, depth: int) -> Iterator[Difference]:
        self._left -= 1
        if (id(old), id(new)) in self._seen or self._left <= 0 or self._bytes <= 0:
            return
        self._seen.add((id(old), id(new)))
        old, new = _object(self._old(old)), _object(self._new(new))
        if depth > _DEEPEST:
            self._left = 0
            return
        if old is None or new is None:
            if old is not new:
                yield Difference(Way.WIDER if old is None else Way.NARROWER, where, _never(where, old is None))
            return
        if bool(_either(old)) == bool(_either(new)):
            yield from _values(old, new, where)
            yield from _bounds(old, new, where)
        yield from _unlisted(old, new, where)
        yield from self._properties(old, new, where, depth)
        for name in _INNER:
            yield from self._inner(name, old, new, where, depth)
        yield from self._alternatives(old, new, where, depth)
        for name in ("allOf", "prefixItems"):
            yield from self._listed(name, old, new, where, depth)

    def _properties(
        self, old: Mapping[str, Any], new: Mapping[str, Any], where: str, depth: int
    ) -> Iterator[Difference]:
        before, after = _mapping(old.get("properties")), _mapping(new.get("properties"))
        needed, needs = _names(old.get("required")), _names(new.get("required"))
        for name in sorted(after.keys() - before.keys()):
            must = ", and is required" if name in needs else ""
            yield Difference(Way.WIDER, pointer(where, name), f"argument {quoted(name)} is new{must}", name)
        for name in sorted(before.keys() - after.keys()):
            yield Difference(Way.NARROWER, pointer(where, name), f"argument {quoted(name)} is gone")
        for name in sorted((needed - needs) & after.keys()):
            yield Difference(Way.WIDER, pointer(where, name), f"argument {quoted(name)} is no longer required")
        for name in sorted((needs - needed) & before.keys()):
            yield Difference(Way.NARROWER, pointer(where, name), f"argument {quoted(name)} is now required")
        for name in sorted(before.keys() & after.keys()):
            yield from self._pair(before[name], after[name], pointer(where, name), depth + 1)
        before, after = _mapping(old.get("patternProperties")), _mapping(new.get("patternProperties"))
        for name in sorted(after.keys() - before.keys()):
            yield Difference(Way.WIDER, where, f"{_whose(where)} takes members named like {quoted(name)}")
        for name in sorted(before.keys() - after.keys()):
            yield Difference(Way.NARROWER, where, f"{_whose(where)} no longer has members named like {quoted(name)}")
        for name in sorted(before.keys() & after.keys()):
            yield from self._pair(before[name], after[name], pointer(where, name), depth + 1)

    def _inner(
        self, name: str, old: Mapping[str, Any], new: Mapping[str, Any], where: str, depth: int
    ) -> Iterator[Difference]:
        if name not in old and name not in new:
            return
        before, after = old.get(name, True), new.get(name, True)
        if name == "additionalProperties" and (_object(before) is None) != (_object(after) is None):
            if _object(before) is None:
                yield Difference(Way.WIDER, where, f"{_whose(where)} takes members that nobody has described")
            else:
                yield Difference(Way.NARROWER, where, f"{_whose(where)} takes only members that are described")
            return
        yield from self._pair(before, after, pointer(where, "*" if name == "items" else name), depth + 1)

    def _alternatives(
        self, old: Mapping[str, Any], new: Mapping[str, Any], where: str, depth: int
    ) -> Iterator[Difference]:
        """Compare what may stand in a place: the lists of `anyOf` and `oneOf`, whatever their order."""
        before, after = _either(old), _either(new)
        if not before and not after:
            return
        # What has one form on one side is one of several there.
        before = before or [self._keep({key: value for key, value in old.items() if key not in _LISTS})]
        after = after or [self._keep({key: value for key, value in new.items() if key not in _LISTS})]
        lost, more, same = self._sorted_out(before, after)
        alike, lost, more = _alike(lost, more, self._old, self._new)
        for one, other in [*same, *alike]:
            yield from self._pair(one, other, where, depth + 1)
        for one in more:
            yield Difference(Way.WIDER, where, f"{_whose(where)} may also be {_form(self._new(one))}")
        for one in lost:
            yield Difference(Way.NARROWER, where, f"{_whose(where)} may no longer be {_form(self._old(one))}")

    def _sorted_out(
        self, before: Sequence[Any], after: Sequence[Any]
    ) -> tuple[list[Any], list[Any], list[tuple[Any, Any]]]:
        """Return the alternatives of one side only, and pairs of those that both sides have."""
        olds = {self._form_of(self._old(one)): one for one in before}
        news = {self._form_of(self._new(one)): one for one in after}
        return (
            [one for key, one in olds.items() if key not in news],
            [one for key, one in news.items() if key not in olds],
            [(one, news[key]) for key, one in olds.items() if key in news],
        )

    def _keep(self, made: dict[str, Any]) -> dict[str, Any]:
        self._made.append(made)
        return made

    def _form_of(self, schema: Any) -> bytes:
        """Return a schema without its texts, in canonical form, by which alternatives are told apart."""
        if self._bytes <= 0:
            return b""
        bare = {k: v for k, v in schema.items() if k not in _TEXTS} if isinstance(schema, dict) else schema
        made = canonical(bare)
        self._bytes -= len(made)
        return made

    def _listed(
        self, name: str, old: Mapping[str, Any], new: Mapping[str, Any], where: str, depth: int
    ) -> Iterator[Difference]:
        before, after = _list(old.get(name)), _list(new.get(name))
        for number in range(min(len(before), len(after))):
            yield from self._pair(before[number], after[number], pointer(where, str(number)), depth + 1)
        if len(before) > len(after):
            yield Difference(Way.WIDER, where, f"{_whose(where)} is held to fewer conditions (`{name}`)")
        elif len(after) > len(before):
            yield Difference(Way.NARROWER, where, f"{_whose(where)} is held to more conditions (`{name}`)")


def _values(old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> Iterator[Difference]:
    """Compare types, and the values of `enum` and `const`."""
    before, after = _types(old), _types(new)
    if after - before:
        yield Difference(Way.WIDER, where, f"{_whose(where)} may also be {_words(after - before)}")
    if before - after:
        yield Difference(Way.NARROWER, where, f"{_whose(where)} may no longer be {_words(before - after)}")
    had, has = _choices(old), _choices(new)
    if had is not None and has is None:
        yield Difference(Way.WIDER, where, f"{_whose(where)} takes any value, not only listed ones")
    elif had is None and has is not None:
        yield Difference(Way.NARROWER, where, f"{_whose(where)} takes listed values only")
    elif had is not None and has is not None:
        more, less = sorted(has - had), sorted(had - has)
        if more:
            yield Difference(Way.WIDER, where, f"{_whose(where)} also takes {_shown(more)}")
        if less:
            yield Difference(Way.NARROWER, where, f"{_whose(where)} no longer takes {_shown(less)}")


def _bounds(old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> Iterator[Difference]:
    """Compare limits of size, and patterns."""
    for names, up in ((_UPPER, True), (_LOWER, False)):
        for name in names:
            if (old.get(name) is True) is not (new.get(name) is True):  # draft 4 says whether the bound itself is in
                way = Way.WIDER if old.get(name) is True else Way.NARROWER
                yield Difference(way, where, f"`{name}` of {_whose(where)} changed")
            had, has = _number(old.get(name)), _number(new.get(name))
            if had == has:
                continue
            wider = has is None or (had is not None and (has > had) is up)
            says = f"`{name}` of {_whose(where)} " + (
                f"is {has}" if had is None else f"was {had} and is gone" if has is None else f"was {had} and is {has}"
            )
            yield Difference(Way.WIDER if wider else Way.NARROWER, where, says)
    had, has = old.get("pattern"), new.get("pattern")
    if had != has:
        says = (
            "is held to a pattern"
            if had is None
            else "has no pattern any more"
            if has is None
            else "has another pattern"
        )
        yield Difference(Way.NARROWER if had is None else Way.WIDER, where, f"{_whose(where)} {says}")


def _unlisted(old: Mapping[str, Any], new: Mapping[str, Any], where: str) -> Iterator[Difference]:
    """Tell what else changed: a default that the tool uses unasked, and keywords that no rule here knows."""
    if canonical(old.get("default")) != canonical(new.get("default")):
        says = (
            "has a default now"
            if "default" not in old
            else "has another default"
            if "default" in new
            else "has no default"
        )
        yield Difference(Way.OTHER, where, f"{_whose(where)} {says}")
    for name in sorted((old.keys() | new.keys()) - _HANDLED - _TEXTS - _PLACES):
        if canonical(old.get(name)) != canonical(new.get(name)):
            gone = name not in new and name in ("format", "not", "multipleOf", "uniqueItems", "dependentRequired")
            yield Difference(Way.WIDER if gone else Way.OTHER, where, f"{quoted(name)} of {_whose(where)} changed")


def _object(schema: Any) -> dict[str, Any] | None:
    """Return a schema as an object: `true` lets everything through, as what is no schema; `false` lets nothing."""
    if schema is False:
        return None
    return schema if isinstance(schema, dict) else {}


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    said = schema.get("type")
    listed = [said] if isinstance(said, str) else said if isinstance(said, list) else _ALL_TYPES
    types = frozenset(one for one in listed if isinstance(one, str))
    return types | {"integer"} if "number" in types else types


def _choices(schema: Mapping[str, Any]) -> frozenset[bytes] | None:
    if "const" in schema:
        return frozenset({canonical(schema["const"])})
    listed = schema.get("enum")
    return frozenset(canonical(one) for one in listed) if isinstance(listed, list) else None


def _number(value: Any) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(value: Any) -> set[str]:
    return {one for one in _list(value) if isinstance(one, str)}


def _either(schema: Mapping[str, Any]) -> list[Any]:
    return [*_list(schema.get("anyOf")), *_list(schema.get("oneOf"))]


def _alike(
    lost: list[Any], more: list[Any], old: Resolver, new: Resolver
) -> tuple[list[tuple[Any, Any]], list[Any], list[Any]]:
    """Return what is the same, changed: of the same type, or alone on both sides; and what is left of both lists."""
    waiting: dict[str, list[Any]] = {}
    for one in reversed(more):
        waiting.setdefault(_type_of(new(one)), []).append(one)
    pairs, left = [], []
    for one in lost:
        same = waiting.get(_type_of(old(one)))
        if same:
            pairs.append((one, same.pop()))
        else:
            left.append(one)
    rest = [one for same in waiting.values() for one in reversed(same)]
    if len(left) == len(rest) == 1:
        pairs.append((left.pop(), rest.pop()))
    return pairs, left, rest


def _type_of(schema: Any) -> str:
    said = schema.get("type") if isinstance(schema, dict) else None
    return said if isinstance(said, str) else ""


def _whose(where: str) -> str:
    return f"{quoted(where)}" if where else "the whole"


def _never(where: str, before: bool) -> str:
    return f"{_whose(where)} may stand there now" if before else f"{_whose(where)} may not stand there any more"


def _form(schema: Any) -> str:
    said = _type_of(schema)
    return quoted(said) if said else "of another form"


def _words(types: frozenset[str]) -> str:
    return "of any type" if len(types) >= len(_ALL_TYPES) - 2 else ", ".join(quoted(one) for one in sorted(types))


def _shown(values: Sequence[bytes]) -> str:
    shown = ", ".join(quoted(one.decode().strip('"')) for one in values[:5])
    return shown + (f" and {len(values) - 5} more" if len(values) > 5 else "")
