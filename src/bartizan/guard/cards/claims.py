"""What a definition holds, whatever its shape: a name, what it says, its arguments, and what it claims of itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import msgspec

__all__ = ["Claim", "Given", "claim_of", "digest"]

_SECTION = re.compile(
    r"^[ \t]*(?::param\b|:return|#* ?(?:args|arguments|parameters|params|returns?|raises|examples?|notes?|usage)"
    r"[ \t]*:?[ \t]*$"
    r"|(?:args|arguments|parameters|params|returns|raises|examples?)[ \t]*:)",
    re.IGNORECASE | re.MULTILINE,
)
_ARGUMENT_LINE = re.compile(
    r"^[ \t]*(?::param[ \t]+|[-*][ \t]*`?)?([A-Za-z_]\w{0,60})`?[ \t]*(?:\([^)\n]*\))?[ \t]*:[ \t]*(.{1,400})$",
    re.MULTILINE,
)
_LONGEST_TEXT = 20_000
"""Characters of a description that are looked at."""
_LONGEST_SAYING = 2_000
"""Characters of what is said of an argument."""
_DEEPEST = 6
_EXACT = 2**53
_MOST_ARGUMENTS = 500


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """An argument as a definition has it. `name` is dotted for a member of an object."""

    name: str
    says: str = ""
    format: str = ""
    kind: str = ""
    """JSON's type of the value, or of its elements; empty when the definition doesn't say."""
    many: bool = False
    choices: tuple[str, ...] = ()
    required: bool = False
    sample: Any = None


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A definition in parts. `says` is its description without the sections on arguments and results."""

    name: str
    title: str = ""
    says: str = ""
    arguments: tuple[Given, ...] = ()
    described: bool = False
    """Whether its arguments are known, be it that there are none."""
    output: Any = None
    hints: dict[str, bool] = {}


def digest(definition: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a definition's JSON with sorted keys, without spaces, and whole numbers without a fraction.

    It is the digest by which the definition is pinned. Empty for one that can't be written down so.
    """
    try:
        text = json.dumps(
            _whole(definition), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
        return sha256(text.encode()).hexdigest()
    except (TypeError, ValueError, RecursionError):
        return ""


def _whole(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT else value


def claim_of(definition: Mapping[str, Any], sample: Mapping[str, Any] | None = None) -> Claim:
    """Take a definition apart: as of MCP's `tools/list`, of a model's function tool, or a bare name.

    `sample` are arguments of a call that was seen. What is no text where one belongs, or no schema, counts as absent.
    """
    inner = definition.get("function")
    if isinstance(inner, Mapping) and "name" not in definition:
        definition = inner
    text = _text(definition.get("description"))[:_LONGEST_TEXT]
    cut = _SECTION.search(text)
    hints = definition.get("annotations")
    hints = hints if isinstance(hints, Mapping) else {}
    schema: Mapping[str, Any] = next(
        (
            definition[key]
            for key in ("inputSchema", "input_schema", "parameters", "args_schema")
            if isinstance(definition.get(key), Mapping)
        ),
        {},
    )
    told = {match[1]: match[2] for match in _ARGUMENT_LINE.finditer(text[cut.start() :])} if cut else {}
    found = list(_arguments(schema, told))
    known = {one.name for one in found}
    names = definition.get("params")
    for name in names if isinstance(names, list) else ():
        if isinstance(name, str) and name not in known:
            found.append(Given(name=name, says=told.get(name, "")))
    return Claim(
        name=_text(definition.get("name")),
        title=_text(definition.get("title")) or _text(hints.get("title")),
        says=text[: cut.start()] if cut else text,
        arguments=tuple(_sampled(found, sample or {})),
        described=bool(schema) or names is not None or sample is not None,
        output=definition.get("outputSchema") or definition.get("output_schema"),
        hints={str(name): value for name, value in hints.items() if isinstance(value, bool)},
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _arguments(schema: Mapping[str, Any], told: Mapping[str, str]) -> Iterator[Given]:
    for number, one in enumerate(_members(schema, schema, "", 0)):
        if number >= _MOST_ARGUMENTS:
            return
        yield one if one.says or one.name not in told else msgspec.structs.replace(one, says=told[one.name])


def _members(schema: Mapping[str, Any], root: Mapping[str, Any], before: str, depth: int) -> Iterator[Given]:
    properties = schema.get("properties")
    needed = schema.get("required")
    needed = needed if isinstance(needed, list) else []
    for name, raw in properties.items() if isinstance(properties, Mapping) else ():
        node = resolved(raw, root)
        inner = resolved(node.get("items"), root)
        many = bool(inner) or node.get("type") == "array"
        value = inner if many else node
        choices = value.get("enum") or node.get("enum") or ([value["const"]] if "const" in value else [])
        yield Given(
            name=f"{before}{name}",
            says=(_text(node.get("description")) or _text(value.get("description")) or _own(raw))[:_LONGEST_SAYING],
            format=_text(value.get("format")),
            kind=kind if isinstance(kind := value.get("type"), str) else "",
            many=many,
            choices=tuple(str(choice) for choice in choices[:200]) if isinstance(choices, list) else (),
            required=name in needed,
        )
        if depth < _DEEPEST and isinstance(value.get("properties"), Mapping):
            yield from _members(value, root, f"{before}{name}.", depth + 1)


def _own(raw: Any) -> str:
    """Return what stands beside alternatives."""
    return _text(raw.get("description")) if isinstance(raw, Mapping) else ""


def resolved(node: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a schema without its references into `root`, and of alternatives the first that is not null."""
    seen = 0
    while isinstance(node, Mapping) and seen < 16:
        seen += 1
        target = node.get("$ref")
        if isinstance(target, str) and target.startswith("#/"):
            found: Any = root
            for part in target[2:].split("/"):
                found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, Mapping) else None
            if not isinstance(found, Mapping):
                return {}
            node = {**found, **{key: value for key, value in node.items() if key != "$ref"}}
            continue
        options = node.get("anyOf") or node.get("oneOf") or node.get("allOf")
        first = (
            next((one for one in options if isinstance(one, Mapping) and one.get("type") != "null"), None)
            if isinstance(options, list)
            else None
        )
        if first is None:
            kind = node.get("type")
            if isinstance(kind, list):
                return {**node, "type": next((one for one in kind if one != "null"), "")}
            return node
        node = {**first, **{key: value for key, value in node.items() if key not in ("anyOf", "oneOf", "allOf")}}
    return {}


def _sampled(found: list[Given], sample: Mapping[str, Any]) -> Iterator[Given]:
    known = {one.name for one in found}
    for one in found:
        yield msgspec.structs.replace(one, sample=sample[one.name]) if one.name in sample else one
    for name, value in sample.items():
        if str(name) not in known:
            yield from _seen(str(name), value, 0)


def _seen(name: str, value: Any, depth: int) -> Iterator[Given]:
    many = isinstance(value, list)
    one = value[0] if isinstance(value, list) and value else value
    kinds: list[tuple[type, str]] = [
        (bool, "boolean"),
        (int, "integer"),
        (float, "number"),
        (str, "string"),
        (dict, "object"),
    ]
    yield Given(
        name=name, kind=next((kind for type_, kind in kinds if isinstance(one, type_)), ""), many=many, sample=one
    )
    if isinstance(one, Mapping) and depth < _DEEPEST:
        for inner, item in one.items():
            yield from _seen(f"{name}.{inner}", item, depth + 1)
