"""The messages of `envoy.service.ext_proc.v3` as protocol buffers: just those fields that are used here.

Numbers and types of fields are those of Envoy 1.40 (api/envoy/service/ext_proc/v3/external_processor.proto and
api/envoy/config/core/v3/base.proto). Fields that aren't known are passed over, as protocol buffers ask for.
"""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.guard.extproc.messages import NOTHING, BodyMode, Changes, Headers, Modes, Part, Received, WireError

__all__ = [
    "read_message",
    "write_body",
    "write_headers",
    "write_piece",
    "write_pieces",
    "write_refusal",
    "write_trailers",
]

_MODES, _OBSERVED = 11, 10
_PARTS = {int(part): part for part in Part}
_HEADERS = frozenset({Part.REQUEST_HEADERS, Part.RESPONSE_HEADERS})
_BODIES = frozenset({Part.REQUEST_BODY, Part.RESPONSE_BODY})
_WIDTHS = {1: 8, 5: 4}
"""Bytes of the wire types with a fixed length."""
_LONGEST = 10
"""Bytes of the longest varint."""
_PIECE = 65_536
"""Bytes of one piece at most, as Envoy recommends."""
_OVERWRITE = b"\x18\x02"
"""`HeaderValueOption.append_action`: OVERWRITE_IF_EXISTS_OR_ADD."""


def read_message(data: bytes) -> Received:
    """Read a `ProcessingRequest`. Raises WireError.

    Where several parts stand in one message the last one counts, as it does for any reader of a `oneof`.
    """
    part: Part | None = None
    content = b""
    modes: Modes | None = None
    observed = False
    for number, value in _fields(data):
        if number in _PARTS:
            part, content = _PARTS[number], _bytes(value)
        elif number == _MODES:
            modes = _modes(_bytes(value))
        elif number == _OBSERVED:
            observed = bool(_number(value))
    if part is None:
        raise WireError("a message names no part of a request or response")
    if part in _BODIES:
        return _body(part, content, modes, observed)
    headers, end = _headers(content, ends=part in _HEADERS)
    return Received(part, headers, b"", end, modes, observed)


def _body(part: Part, content: bytes, modes: Modes | None, observed: bool) -> Received:
    body, end = b"", False
    for number, value in _fields(content):
        if number == 1:
            body = _bytes(value)
        elif number == 2:
            end = bool(_number(value))
    return Received(part, [], body, end, modes, observed)


def _headers(content: bytes, *, ends: bool) -> tuple[Headers, bool]:
    """Read `HttpHeaders`, or `HttpTrailers`, which are their own end."""
    out: Headers = []
    end = not ends
    for number, value in _fields(content):
        if number == 1:
            out += [_header(_bytes(inner)) for inside, inner in _fields(_bytes(value)) if inside == 1]
        elif number == 3 and ends:
            end = bool(_number(value))
    return out, end


def _header(content: bytes) -> tuple[str, str]:
    name, text, raw = b"", b"", b""
    for number, value in _fields(content):
        if number == 1:
            name = _bytes(value)
        elif number == 2:
            text = _bytes(value)
        elif number == 3:
            raw = _bytes(value)
    return name.decode("latin-1").lower(), (raw or text).decode("latin-1")


def _modes(content: bytes) -> Modes:
    request = response = 0
    for number, value in _fields(content):
        if number == 1:
            request = _number(value)
        elif number == 2:
            response = _number(value)
    try:
        return Modes(BodyMode(request), BodyMode(response))
    except ValueError:
        raise WireError("a body's mode is not known") from None


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield each field's number, with a number for a varint and bytes for everything else."""
    at, size = 0, len(data)
    while at < size:
        key = data[at]
        at += 1
        if key > 127:
            key, at = _varint(data, at - 1)
        kind = key & 7
        if kind == 2:
            length, at = (data[at], at + 1) if at < size and data[at] < 128 else _varint(data, at)
        elif kind == 0:
            number, at = _varint(data, at)
            yield key >> 3, number
            continue
        elif kind in _WIDTHS:
            length = _WIDTHS[kind]
        else:
            raise WireError("a field has an unknown type")
        if at + length > size:
            raise WireError("a field is longer than its message")
        yield key >> 3, data[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    for byte in data[at : at + _LONGEST]:
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
    raise WireError("a number doesn't end")


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise WireError("a field has another type than its own")
    return value


def _number(value: int | bytes) -> int:
    if not isinstance(value, int):
        raise WireError("a field has another type than its own")
    return value


# ---- what Envoy is told: `ProcessingResponse`


def write_headers(
    part: Part, changes: Changes = NOTHING, *, modes: Modes | None = None, reroute: bool = False
) -> bytes:
    """Let headers go on. `modes` asks for other body modes, `reroute` for choosing the route by the new headers."""
    common = _mutation(2, changes) + (b"\x28\x01" if reroute else b"")
    return _common(part, common) + (b"" if modes is None else _wrapped(9, _asked(modes)))


def write_body(part: Part, body: bytes | None, changes: Changes = NOTHING, *, reroute: bool = False) -> bytes:
    """Let the bytes of a message go on: as they came (None), or others in their place."""
    common = _mutation(2, changes)
    if body is not None:
        common += _wrapped(3, _wrapped(1, body) if body else b"\x10\x01")  # `clear_body`, as no bytes are no change
    return _common(part, common + (b"\x28\x01" if reroute else b""))


def write_piece(part: Part, body: bytes, *, end: bool) -> bytes:
    """Send bytes on in full-duplex mode, where they answer no message in particular."""
    streamed = (_wrapped(1, body) if body else b"") + (b"\x10\x01" if end else b"")
    return _common(part, _wrapped(3, _wrapped(3, streamed)))


def write_pieces(part: Part, body: bytes, *, end: bool) -> list[bytes]:
    """Send bytes on in full-duplex mode, in pieces as long as Envoy recommends; the last one ends the body."""
    if not body:
        return [write_piece(part, b"", end=True)] if end else []
    size = len(body)
    return [write_piece(part, body[at : at + _PIECE], end=end and at + _PIECE >= size) for at in range(0, size, _PIECE)]


def write_trailers(part: Part, remove: tuple[str, ...]) -> bytes:
    """Let trailers go on without some of them."""
    return _wrapped(part - 1, _mutation(1, Changes(remove=remove)))


def write_refusal(status: int, headers: tuple[tuple[str, str], ...], body: bytes, details: str) -> bytes:
    """End the exchange with an answer of our own. `details` is for Envoy's access log."""
    return _wrapped(
        7,
        _wrapped(1, b"\x08" + _written(status))
        + _mutation(2, Changes(put=headers))
        + _wrapped(3, body)
        + _wrapped(5, details.encode()),
    )


def _common(part: Part, common: bytes) -> bytes:
    return _wrapped(part - 1, _wrapped(1, common))


def _mutation(number: int, changes: Changes) -> bytes:
    if changes == NOTHING:
        return b""
    put = [
        _wrapped(1, _wrapped(1, _wrapped(1, name.encode()) + _wrapped(3, value.encode("latin-1"))) + _OVERWRITE)
        for name, value in changes.put
    ]
    return _wrapped(number, b"".join(put) + b"".join(_wrapped(2, name.encode("latin-1")) for name in changes.remove))


def _asked(modes: Modes) -> bytes:
    return b"\x18" + _written(modes.request) + b"\x20" + _written(modes.response)


def _wrapped(number: int, content: bytes) -> bytes:
    """Write a field with a length; numbers of fields here are below 16."""
    return bytes(((number << 3) | 2,)) + _written(len(content)) + content


def _written(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)
