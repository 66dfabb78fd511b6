"""Headers of streamable HTTP that repeat what stands in the body: checked against it, and written from it.

Since 2026-07-28 whoever stands in between may route by `Mcp-Method`, `Mcp-Name` and `Mcp-Param-*` without reading the
body, so that a request whose headers and body differ must be refused. What is decided is always decided on the body;
after a rewrite the headers are written again. Source: the transport's specification, 2026-07-28.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from bartizan.guard.mcp.codes import (
    HEADER_MISMATCH,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    MISSING_CAPABILITY,
    PARSE_ERROR,
    UNSUPPORTED_VERSION,
)
from bartizan.guard.mcp.jsonrpc import Message, Notification, Request
from bartizan.guard.mcp.revisions import MODERN, VERSION

__all__ = [
    "Fault",
    "Repeated",
    "check",
    "decoded",
    "emit",
    "encoded",
    "parameters",
    "revision_of",
    "status",
    "unusable",
]

_VERSION, _METHOD, _NAME, _PARAM = "mcp-protocol-version", "mcp-method", "mcp-name", "mcp-param-"
_ONCE = (_VERSION, _METHOD, _NAME)

_NAMED = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
    "tasks/get": "taskId",
    "tasks/update": "taskId",
    "tasks/cancel": "taskId",
}
_REQUIRED_NAME = ("tools/call", "prompts/get", "resources/read")

_SAFE = re.compile(r"[\x20-\x7e]*")
_SEALED = re.compile(r"=\?base64\?(.*)\?=", re.DOTALL)
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_DECIMAL = re.compile(r"-?[0-9]{1,400}(?:\.0{1,400})?")
_SAFEST = 2**53 - 1
"""The largest whole number that every reader of JSON holds exactly; the specification asks for it."""

_STATUS = {
    PARSE_ERROR: 400,
    INVALID_REQUEST: 400,
    INVALID_PARAMS: 400,
    HEADER_MISMATCH: 400,
    MISSING_CAPABILITY: 400,
    UNSUPPORTED_VERSION: 400,
    METHOD_NOT_FOUND: 404,
}


Repeated: TypeAlias = tuple[tuple[str, ...], str, Any]
"""An argument that a header repeats: the way to it, the header's name after `Mcp-Param-`, its type in the schema."""


class Fault(NamedTuple):
    """What is wrong with the headers, as the error to answer; its HTTP status is 400."""

    code: int
    message: str


def status(code: int) -> int:
    """Return the HTTP status of an answer in 2026-07-28 by the code of its error; 0 stands for no error."""
    return _STATUS.get(code, 200)


def encoded(value: str) -> str:
    """Return a value as it stands in a header: as it is where that is safe, else in base64."""
    if _SAFE.fullmatch(value) and value == value.strip() and not _SEALED.fullmatch(value):
        return value
    return f"=?base64?{base64.b64encode(value.encode(errors='surrogatepass')).decode()}?="


def decoded(value: str) -> str | None:
    """Return what a header's value stands for, None where it can't be told."""
    sealed = _SEALED.fullmatch(value)
    if sealed is None:
        return value if _SAFE.fullmatch(value.replace("\t", " ")) else None
    try:
        found = base64.b64decode(sealed[1], validate=True)
        text = found.decode()
    except (binascii.Error, ValueError):
        return None
    # Base64 has several spellings of the same bytes; only one is written.
    return text if base64.b64encode(found).decode() == sealed[1] else None


def revision_of(message: Message, headers: Iterable[tuple[str, str]]) -> str:
    """Return the revision that a message is of: what its body says, else what the header says, else empty."""
    if not isinstance(message, Request | Notification):
        return _single(headers, _VERSION)
    meta = message.params.get("_meta")
    said = meta.get(VERSION) if isinstance(meta, dict) else None
    return said if isinstance(said, str) else _single(headers, _VERSION)


def _single(headers: Iterable[tuple[str, str]], name: str) -> str:
    return next((value.strip() for key, value in headers if key.lower() == name), "")


def check(message: Message, headers: Iterable[tuple[str, str]], schema: Any = None) -> Fault | None:
    """Compare the headers of a request of 2026-07-28 with its body; None when they agree.

    `schema` is the input schema of the tool that is called, where it is known. Messages of earlier revisions, which
    have no such headers, are not to be checked, and notifications only have their version looked at.
    """
    found: dict[str, list[str]] = {}
    for name, value in headers:
        lower = name.lower()
        if lower in _ONCE or lower.startswith(_PARAM):
            found.setdefault(lower, []).append(value.strip())
    for name, values in found.items():
        if len(values) > 1:
            return Fault(HEADER_MISMATCH, f"the header `{name}` is there more than once")
    if not isinstance(message, Request):
        return None
    return _standard(message, found) or _own(message, found, schema)


def _standard(message: Request, found: Mapping[str, list[str]]) -> Fault | None:
    meta = message.params.get("_meta")
    version = meta.get(VERSION) if isinstance(meta, dict) else None
    if found.get(_VERSION, [None])[0] != version:
        return Fault(HEADER_MISMATCH, "the header `MCP-Protocol-Version` and the body name different revisions")
    if found.get(_METHOD, [None])[0] != message.method:
        return Fault(HEADER_MISMATCH, "the header `Mcp-Method` and the body name different methods")
    member = _NAMED.get(message.method)
    if member is None:
        return None
    name, said = message.params.get(member), found.get(_NAME)
    if said is None and message.method not in _REQUIRED_NAME:
        return None
    if not isinstance(name, str):
        return None  # it is refused for that
    if said is None or decoded(said[0]) != name:
        return Fault(HEADER_MISMATCH, f"the header `Mcp-Name` and `{member}` in the body differ")
    return None


def _own(message: Request, found: Mapping[str, list[str]], schema: Any) -> Fault | None:
    if message.method != "tools/call" or schema is None or unusable(schema):
        return None
    arguments = message.params.get("arguments")
    for path, token, kind in parameters(schema):
        said = found.get(_PARAM + token.lower())
        written = _written(_at(arguments, path))
        if said is None and written is None:
            continue
        if said is None or written is None:
            return Fault(HEADER_MISMATCH, f"the header `Mcp-Param-{token}` and its argument must both be there")
        value = decoded(said[0])
        if value is None or not (value == written or (kind == "integer" and _equal(value, written))):
            return Fault(HEADER_MISMATCH, f"the header `Mcp-Param-{token}` and its argument differ")
    return None


def _equal(one: str, other: str) -> bool:
    if not (_DECIMAL.fullmatch(one) and _DECIMAL.fullmatch(other)):
        return False
    return int(one.partition(".")[0]) == int(other.partition(".")[0])


def emit(
    revision: str, method: str, params: Mapping[str, Any] | None, repeated: Sequence[Repeated] = ()
) -> tuple[tuple[str, str], ...]:
    """Return the headers for a request or notification to a server that speaks a revision.

    `repeated` are the arguments that the called tool wants repeated, as `parameters` finds them in its schema.
    """
    made = [("MCP-Protocol-Version", revision)]
    if revision != MODERN:
        return tuple(made)
    made.append(("Mcp-Method", method))
    member = _NAMED.get(method)
    name = None if member is None or params is None else params.get(member)
    if isinstance(name, str):
        made.append(("Mcp-Name", encoded(name)))
    arguments = None if params is None else params.get("arguments")
    for path, token, _ in repeated:
        written = _written(_at(arguments, path))
        if written is not None:
            made.append((f"Mcp-Param-{token}", encoded(written)))
    return tuple(made)


def _written(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int) and -_SAFEST <= value <= _SAFEST else None


def _at(tree: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if not isinstance(tree, dict):
            return None
        tree = tree.get(step)
    return tree


# ---- what a schema says of headers ----------------------------------------------------------------------------------


def parameters(schema: Any) -> Iterator[Repeated]:
    """Yield the arguments that are repeated in headers: the way to each, the header's name after `Mcp-Param-`, type."""
    for path, part in _parts(schema):
        token = part.get("x-mcp-header")
        if path and isinstance(token, str):
            yield path, token, part.get("type")


def unusable(schema: Any) -> str:
    """Return what forbids to use a tool over HTTP because of what its schema says of headers, empty when nothing."""
    seen: set[str] = set()
    for path, part in _parts(schema):
        if "x-mcp-header" not in part:
            continue
        token = part["x-mcp-header"]
        if not path:
            return "a header is asked for where there is no single argument"
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            return "the name of a header is none"
        if part.get("type") not in ("string", "integer", "boolean"):
            return "a header is asked for a value that is no text, whole number or truth value"
        if token.lower() in seen:
            return "a header is asked for twice"
        seen.add(token.lower())
    return ""


_SINGLE = (
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_SEVERAL = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPPED = ("patternProperties", "dependentSchemas", "$defs", "definitions")


def _parts(schema: Any) -> Iterator[tuple[tuple[str, ...] | None, dict[str, Any]]]:
    """Yield every schema inside a schema, with the way to its argument where that is plain, without references.

    A tree that was decoded is finite, and its depth is bounded by its decoder.
    """
    waiting: list[tuple[tuple[str, ...] | None, Any]] = [((), schema)]
    while waiting:
        path, part = waiting.pop()
        if not isinstance(part, dict):
            continue
        yield path, part
        inner = part.get("properties")
        if isinstance(inner, dict):
            waiting += [(None if path is None else (*path, name), value) for name, value in inner.items()]
        waiting += [(None, part[word]) for word in _SINGLE if word in part]
        waiting += [(None, one) for word in _SEVERAL if isinstance(part.get(word), list) for one in part[word]]
        waiting += [(None, one) for word in _MAPPED if isinstance(part.get(word), dict) for one in part[word].values()]
