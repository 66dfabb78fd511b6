"""Messages of JSON-RPC 2.0 as MCP uses them, read strictly: one object, ids that are strings or whole numbers.

Source: https://www.jsonrpc.org/specification, and MCP's base protocol, which forbids `null` ids, parameters by position
and (since 2025-06-18) batches. What is passed on unchanged keeps its own bytes: only the id around it is written anew.
"""

from __future__ import annotations

import json
import math
import re
import sys
from typing import Any, TypeAlias

import msgspec

from bartizan.guard.exchange.jsonbody import BodyError, decode_body, encode_body
from bartizan.guard.mcp.codes import INVALID_REQUEST, PARSE_ERROR

__all__ = [
    "Failure",
    "Id",
    "Malformed",
    "Message",
    "Notification",
    "Request",
    "Response",
    "answered_id",
    "encode",
    "error_bytes",
    "has_control",
    "notification_bytes",
    "parse",
    "request_bytes",
    "result_bytes",
]

Id: TypeAlias = str | int

LARGEST = 64 * 1024 * 1024
"""Bytes of a message that are still read; a driver has its own, smaller bounds."""

_LONGEST_ID = 512
_LONGEST_METHOD = 200
_LARGEST_ID = 2**63
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Malformed(ValueError):
    """Bytes that are no message. `code` is JSON-RPC's, `id` that of the request where it can be made out."""

    def __init__(self, code: int, message: str, id: Id | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.id = code, message, id


class _Whole(msgspec.Struct, gc=False):
    params: msgspec.Raw = msgspec.Raw(b"")
    result: msgspec.Raw = msgspec.Raw(b"")


_WHOLE = msgspec.json.Decoder(_Whole)


class _Head(msgspec.Struct, gc=False):
    id: Any = None
    method: Any = None


_HEAD = msgspec.json.Decoder(_Head)


class Request:
    """A request: it must be answered, once."""

    __slots__ = ("id", "method", "params", "wire")

    def __init__(self, id: Id, method: str, params: dict[str, Any], wire: bytes = b"") -> None:
        self.id, self.method, self.params, self.wire = id, method, params, wire

    def raw(self) -> bytes:
        """Return the bytes of the parameters as they came, empty where they can't be taken over as they are."""
        return _slice(self.wire, "params")


class Notification:
    """A message that nobody answers."""

    __slots__ = ("method", "params", "wire")

    def __init__(self, method: str, params: dict[str, Any], wire: bytes = b"") -> None:
        self.method, self.params, self.wire = method, params, wire


class Failure(msgspec.Struct, frozen=True):
    """The error of a response."""

    code: int
    message: str
    data: Any = None

    def tree(self) -> dict[str, Any]:
        """Return it as it stands in a message."""
        made: dict[str, Any] = {"code": self.code, "message": self.message}
        return made if self.data is None else {**made, "data": self.data}


class Response:
    """An answer: a result, or an error. `id` is None for an error about a message whose id could not be read."""

    __slots__ = ("error", "id", "result", "wire")

    def __init__(self, id: Id | None, result: Any = None, error: Failure | None = None, wire: bytes = b"") -> None:
        self.id, self.result, self.error, self.wire = id, result, error, wire

    def raw(self) -> bytes:
        """Return the bytes of the result as they came, empty where they can't be taken over as they are."""
        return _slice(self.wire, "result")


Message: TypeAlias = Request | Notification | Response


def _slice(wire: bytes, member: str) -> bytes:
    if not wire:
        return b""
    try:
        found = bytes(getattr(_WHOLE.decode(wire), member))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return b""
    return b"" if b"\n" in found or b"\r" in found else found


def has_control(text: str) -> bool:
    """Whether there are control characters in a name, which no reader shows and some cut at."""
    return _CONTROL.search(text) is not None


def parse(wire: bytes, largest: int = LARGEST) -> Message:
    """Read one message. Raises Malformed for everything that is none."""
    if len(wire) > largest:
        raise Malformed(INVALID_REQUEST, f"the message is larger than {largest} bytes")
    try:
        tree = decode_body(wire)
    except BodyError as error:
        raise Malformed(PARSE_ERROR, str(error).replace("the body", "the message")) from None
    if type(tree) is list:
        raise Malformed(INVALID_REQUEST, "batches are not part of this protocol")
    if type(tree) is not dict:
        raise Malformed(INVALID_REQUEST, "a message must be an object")
    if tree.get("jsonrpc") != "2.0":
        raise Malformed(INVALID_REQUEST, "`jsonrpc` must be `2.0`", _known_id(tree))
    return _asking(tree, wire) if "method" in tree else _answering(tree, wire)


def answered_id(wire: bytes) -> int | None:
    """Return which of our requests something answers that is no message, None where that can't be told."""
    try:
        head = _HEAD.decode(wire)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return head.id if head.method is None and type(head.id) is int else None


def _known_id(tree: dict[str, Any]) -> Id | None:
    found = tree.get("id")
    return found if _is_id(found) else None


def _is_id(found: Any) -> bool:
    if type(found) is int:
        return -_LARGEST_ID <= found < _LARGEST_ID
    return type(found) is str and len(found) <= _LONGEST_ID


def _asking(tree: dict[str, Any], wire: bytes) -> Message:
    id: Any = tree.get("id")
    method, params = tree["method"], tree.get("params")
    if "id" in tree and not _is_id(id):
        raise Malformed(INVALID_REQUEST, "`id` must be a string or a whole number, and of moderate size")
    if "result" in tree or "error" in tree:
        raise Malformed(INVALID_REQUEST, "a message is either a request or an answer", id)
    if type(method) is not str or not 0 < len(method) <= _LONGEST_METHOD or has_control(method):
        raise Malformed(INVALID_REQUEST, "`method` must be a name", id)
    if params is None:  # `null` is no value that JSON-RPC allows here, and written by clients all the same
        params = {}
    elif type(params) is not dict:
        raise Malformed(INVALID_REQUEST, "`params` must be an object", id)
    if "id" in tree:
        return Request(id, method, params, wire)
    return Notification(method, params, wire)


def _answering(tree: dict[str, Any], wire: bytes) -> Response:
    id = tree.get("id")
    if "result" in tree:
        if "error" in tree or not _is_id(id):
            raise Malformed(INVALID_REQUEST, "an answer has an id, and either a result or an error", _known_id(tree))
        return Response(id, tree["result"], None, wire)
    error = tree.get("error")
    if type(error) is not dict or not (id is None or _is_id(id)):
        raise Malformed(INVALID_REQUEST, "a message has a method, a result or an error", _known_id(tree))
    code, message = error.get("code"), error.get("message")
    if type(code) is not int or type(message) is not str:
        raise Malformed(INVALID_REQUEST, "an error has a code and a message", _known_id(tree))
    return Response(id, None, Failure(code, message, error.get("data")), wire)


# ---- writing --------------------------------------------------------------------------------------------------------


def encode(tree: Any) -> bytes:
    """Write a tree as JSON without a line break. A number beyond what can be written becomes the largest that can."""
    try:
        return encode_body(tree)
    except BodyError:
        return encode_body(_finite(tree))


def _finite(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {name: _finite(value) for name, value in tree.items()}
    if isinstance(tree, list):
        return [_finite(value) for value in tree]
    if isinstance(tree, float) and not math.isfinite(tree):
        return math.copysign(sys.float_info.max, tree)
    return tree


def _id(id: Id | None) -> bytes:
    if type(id) is int:
        return b"%d" % id
    return json.dumps(id).encode()


def request_bytes(id: Id, method: str, params: dict[str, Any] | None, raw: bytes = b"") -> bytes:
    """Write a request; `raw` are the parameters' own bytes."""
    head = b'{"jsonrpc":"2.0","id":' + _id(id) + b',"method":' + json.dumps(method).encode()
    if not raw:
        if params is None:
            return head + b"}"
        raw = encode(params)
    return head + b',"params":' + raw + b"}"


def notification_bytes(method: str, params: dict[str, Any] | None) -> bytes:
    """Write a notification."""
    head = b'{"jsonrpc":"2.0","method":' + json.dumps(method).encode()
    return head + (b',"params":' + encode(params) if params else b"") + b"}"


def result_bytes(id: Id, result: Any, raw: bytes = b"") -> bytes:
    """Write an answer; `raw` are the result's own bytes."""
    return b'{"jsonrpc":"2.0","id":' + _id(id) + b',"result":' + (raw or encode(result)) + b"}"


def error_bytes(id: Id | None, code: int, message: str, data: Any = None) -> bytes:
    """Write an error."""
    error = encode(Failure(code, message, data).tree())
    return b'{"jsonrpc":"2.0","id":' + _id(id) + b',"error":' + error + b"}"
