"""Plays Envoy: writes what it says as protocol buffers, and reads what it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from bartizan.guard.config import Limits, Upstream
from bartizan.guard.engine import Call, Engine, Prepared
from bartizan.guard.extproc import BodyMode, Part, Processing, read_message
from bartizan.guard.inprocess.running import driven
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused
from bartizan.guard.routes import Route

Pairs = Sequence[tuple[str, str]]
BUFFERED, STREAMED, DUPLEX, NONE = BodyMode.BUFFERED, BodyMode.STREAMED, BodyMode.FULL_DUPLEX_STREAMED, BodyMode.NONE
ANNA = Principal(id="anna", source="key:1", groups=frozenset({"staff"}))


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def field(number: int, value: bytes | int) -> bytes:
    """Write a field: bytes with their length, a number as a varint."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def headers(part: Part, pairs: Pairs, *, end: bool = False, modes: tuple[int, int] | None = None) -> bytes:
    """Write a message with headers or trailers, values as `raw_value`, as Envoy does."""
    content = field(1, b"".join(field(1, field(1, name.encode()) + field(3, value.encode())) for name, value in pairs))
    said = b"" if modes is None else field(11, field(1, modes[0]) + field(2, modes[1]))
    return field(part, content + (field(3, 1) if end else b"")) + said


def body(part: Part, content: bytes, *, end: bool = True) -> bytes:
    """Write a message with a piece of a body."""
    return field(part, field(1, content) + (field(2, 1) if end else b""))


class Told(NamedTuple):
    """One reply, read: what it answers, the headers it sets and removes, its body and the rest."""

    kind: int
    put: dict[str, str]
    remove: list[str]
    body: bytes | None
    end: bool = False
    modes: tuple[int, int] | None = None
    status: int = 0
    details: str = ""
    reroute: bool = False


def fields(data: bytes) -> list[tuple[int, Any]]:
    """Read all fields of a message; the test's own reader, not the one under test."""
    out: list[tuple[int, Any]] = []
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = number()
        if key & 7 == 0:
            out.append((key >> 3, number()))
        else:
            assert key & 7 == 2
            size = number()
            out.append((key >> 3, data[at : at + size]))
            at += size
    return out


def _mutation(data: bytes) -> tuple[dict[str, str], list[str]]:
    put: dict[str, str] = {}
    remove = []
    for number, value in fields(data):
        if number == 1:
            option = dict(fields(value))
            assert option[3] == 2, "headers are put in place of those that are there"
            header = dict(fields(option[1]))
            put[header[1].decode()] = header[3].decode()
        else:
            remove.append(value.decode())
    return put, remove


def told(reply: bytes) -> Told:
    """Read a reply."""
    parts = dict(fields(reply))
    modes = dict(fields(parts[9])) if 9 in parts else None
    asked = None if modes is None else (modes[3], modes[4])
    (kind,) = [number for number in parts if number < 8]
    inside = dict(fields(parts[kind]))
    if kind == 7:
        put, remove = _mutation(inside[2])
        return Told(7, put, remove, inside[3], True, None, dict(fields(inside[1]))[1], inside[5].decode())
    if kind in (5, 6):
        put, remove = _mutation(inside.get(1, b""))
        return Told(kind, put, remove, None)
    common = dict(fields(inside[1]))
    put, remove = _mutation(common.get(2, b""))
    made: bytes | None = None
    end = False
    for number, value in fields(common.get(3, b"")):
        streamed = dict(fields(value)) if number == 3 else {}
        made = value if number == 1 else b"" if number == 2 else streamed.get(1, b"")
        end = bool(streamed.get(2))
    return Told(kind, put, remove, made, end, asked, 0, "", bool(common.get(5)))


class World:
    """What a call needs of the world: everybody is Anna, unless `nobody` says otherwise; `notes` say what happened."""

    def __init__(self, engine: Engine, limits: Limits | None = None) -> None:
        self.engine, self.limits = engine, limits or Limits()
        self.notes: list[str] = []
        self.nobody: Refused | None = None
        self.stop: Refused | None = None

    async def begin(self, found: Route | None, headers: list[tuple[str, str]]) -> None:
        self.notes.append(f"begin {'-' if found is None else found.action} {len(headers)}")
        if self.nobody is not None:
            raise self.nobody

    async def decide(self, call: Call) -> Prepared:
        return self.engine.prepare(call, ANNA, {})

    def credential(self, upstream: Upstream) -> tuple[str, str] | None:
        return ("authorization", "Bearer provider") if upstream.secret is not None else None

    @property
    def trace(self) -> str:
        return "0af7"

    def without_key(self, data: bytes) -> bytes:
        return data.replace(b"the-gateways-own-key", b"[hidden]")

    def answered(self, status: int) -> None:
        self.notes.append(f"answered {status}")

    async def begun(self) -> None:
        self.notes.append("begun")

    async def booked(self) -> None:
        self.notes.append("booked")

    def refused(self, refused: Refused) -> None:
        self.notes.append(f"refused {refused.rule}")

    def stopped(self) -> Refused | None:
        return self.stop


class Envoy:
    """One exchange, played message by message."""

    def __init__(
        self, world: World, processing: Processing, modes: tuple[int, int] | None = (BUFFERED, DUPLEX)
    ) -> None:
        self.world, self.processing, self.modes = world, processing, modes

    def say(self, message: bytes) -> list[Told]:
        return [told(reply) for reply in driven(self.processing.receive(read_message(message)))]

    def request(
        self, path: str = "/openai/v1/chat/completions", *more: tuple[str, str], method: str = "POST", end: bool = False
    ) -> list[Told]:
        pairs = [(":method", method), (":path", path), ("content-type", "application/json"), *more]
        return self.say(headers(Part.REQUEST_HEADERS, pairs, end=end, modes=self.modes))

    def asked(self, content: bytes, *, end: bool = True) -> list[Told]:
        return self.say(body(Part.REQUEST_BODY, content, end=end))

    def answer(self, *more: tuple[str, str], status: str = "200", end: bool = False) -> list[Told]:
        pairs = [(":status", status), *(more or (("content-type", "application/json"),))]
        return self.say(headers(Part.RESPONSE_HEADERS, pairs, end=end))

    def said(self, content: bytes, *, end: bool = True) -> list[Told]:
        return self.say(body(Part.RESPONSE_BODY, content, end=end))
