"""The server that Envoy asks: a gRPC client plays Envoy, with the messages in the order that Envoy sends them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bartizan.cli.gateway_parts import load
from bartizan.guard.config import ExtProc, ExtProcTls
from bartizan.guard.extproc import Part
from bartizan.guard.gateway.extproc import Server, check_address
from bartizan.guard.gateway.service import Service
from bartizan.guard.principal import Principal
from bartizan.model import Event, InputError
from bartizan.soc import EventLogError
from tests.guard.extproc.playing import BUFFERED, DUPLEX, Told, body, headers, told

CONFIG = """
upstreams: [{id: one, door: openai, url: "http://127.0.0.1:9/v1", seconds: 1}]
identity: {keys: keys.jsonl}
data:
  inspect: {types: [email-address]}
  rules:
    - {id: people, do: pseudonym, on: [request], types: [email-address]}
    - {id: rest, do: allow}
limits: {seconds: 0.3, drain: 0}
"""
MAIL = "anna@example.ch"
ASKED = json.dumps({"model": "m", "messages": [{"role": "user", "content": f"write to {MAIL}"}]}).encode()
HEAD = headers(
    Part.REQUEST_HEADERS,
    [(":method", "POST"), (":path", "/openai/v1/chat/completions"), ("authorization", "Bearer x")],
    modes=(BUFFERED, DUPLEX),
)
OK = headers(Part.RESPONSE_HEADERS, [(":status", "200"), ("content-type", "application/json")])
PROCESS = "/envoy.service.ext_proc.v3.ExternalProcessor/Process"


class Anybody:
    async def identify(self, headers: Any, _: float) -> Principal:
        assert ("authorization", "Bearer x") in headers.items()
        return Principal(id="anna", source="key:1")


class Unlimited:
    settled = 0

    def context(self, _: Any, __: float) -> dict[str, Any]:
        return {}

    async def take(self, _: Any, __: float) -> object:
        return None

    async def settle(self, _: object, __: Any, ___: float) -> None:
        self.settled += 1

    def stopped(self, _: Any, __: float) -> None:
        return None


class Keyless:
    def credential(self, _: Any) -> None:
        return None

    def without_key(self, _: Any, data: bytes) -> bytes:
        return data


class Rig:
    """A server on a socket of the file system, and what it put on record."""

    def __init__(self, folder: Path, sink: Callable[[Event], Awaitable[None]] | None = None) -> None:
        (folder / "policies").mkdir()
        (folder / "policies" / "all.cedar").write_text('@id("all") permit (principal, action, resource);')
        (folder / "gateway.yaml").write_text(CONFIG)
        self.events: list[Event] = []
        self.complaints: list[Exception] = []
        self.limiter = Unlimited()
        self.door = ExtProc(listen=f"unix:{folder}/s")
        self.folder, self._sink = folder, sink or self._keep
        self.parts = load(folder / "gateway.yaml")

    async def _keep(self, event: Event) -> None:
        self.events.append(event)

    def run(self, play: Callable[[Any], Awaitable[None]]) -> None:
        grpc = pytest.importorskip("grpc", reason="grpcio, the extra `ext-proc`, is not installed")

        async def main() -> None:
            made: Any = (self.parts.config, self.parts.engine, Anybody(), self.limiter, Keyless(), self._sink)
            make: Any = Service
            service = make(*made, lambda: 0.0, str, self.complaints.append)
            server = Server(service, self.door, self.folder)
            await server.start()
            try:
                async with grpc.aio.insecure_channel(self.door.listen) as channel:
                    await play(channel)
            finally:
                await server.close()

        asyncio.run(asyncio.wait_for(main(), 10))


async def says(call: Any, message: bytes, replies: int = 1) -> list[Told]:
    await call.write(message)
    return [told(await call.read()) for _ in range(replies)]


def test_a_call_goes_through_and_is_on_record(tmp_path: Path) -> None:
    rig = Rig(tmp_path)

    async def play(channel: Any) -> None:
        call = channel.stream_stream(PROCESS)()
        assert (await says(call, HEAD))[0].remove == ["authorization"]
        (asked,) = await says(call, body(Part.REQUEST_BODY, ASKED))
        assert asked.body is not None
        said = json.loads(asked.body)["messages"][0]["content"]
        assert MAIL not in said
        await call.write(OK)
        message = {"role": "assistant", "content": said}
        whole = json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()
        _, piece = await says(call, body(Part.RESPONSE_BODY, whole), 2)
        assert piece.body is not None
        assert MAIL.encode() in piece.body
        assert await call.code() is not None

    rig.run(play)
    assert [(one.kind, one.principal, one.decision, one.rule) for one in rig.events] == [
        ("call", "anna", "transform", "all")
    ]
    assert MAIL not in str(rig.events)


def test_an_exchange_that_is_reset_is_booked_and_on_record(tmp_path: Path) -> None:
    rig = Rig(tmp_path)

    async def play(channel: Any) -> None:
        call = channel.stream_stream(PROCESS)()
        await says(call, HEAD)
        await says(call, body(Part.REQUEST_BODY, ASKED))
        call.cancel()
        other = channel.stream_stream(PROCESS)()
        await says(other, HEAD)
        await other.done_writing()
        assert await other.code() is not None
        for _ in range(100):
            if len(rig.events) == 2:
                return
            await asyncio.sleep(0.01)

    rig.run(play)
    assert sorted(str(event.more["outcome"]) for event in rig.events) == ["broke-off", "caller-gone"]
    assert rig.limiter.settled == 1


def test_a_body_that_does_not_come_is_refused_in_time(tmp_path: Path) -> None:
    rig = Rig(tmp_path)

    async def play(channel: Any) -> None:
        call = channel.stream_stream(PROCESS)()
        await says(call, HEAD)
        assert told(await call.read()).status == 408

    rig.run(play)
    assert [(event.kind, event.rule) for event in rig.events] == [("refusal", "body-too-slow")]


def test_what_can_not_be_recorded_is_not_answered(tmp_path: Path) -> None:
    async def full(_: Event) -> None:
        raise EventLogError("the disk is full")

    rig = Rig(tmp_path, full)

    async def play(channel: Any) -> None:
        call = channel.stream_stream(PROCESS)()
        await says(call, HEAD)
        await says(call, body(Part.REQUEST_BODY, ASKED))
        await call.write(OK)
        (reply,) = await says(call, body(Part.RESPONSE_BODY, b'{"choices": []}'))
        assert (reply.status, reply.put["x-bartizan-rule"]) == (503, "gateway-not-able")

    rig.run(play)
    assert {type(error) for error in rig.complaints} == {EventLogError}


def test_a_mistake_of_ours_refuses_the_call(tmp_path: Path) -> None:
    rig = Rig(tmp_path)

    async def play(channel: Any) -> None:
        call = channel.stream_stream(PROCESS)()
        (reply,) = await says(call, HEAD.replace(b"Bearer x", b"Bearer y"))  # whoever identifies fails of it
        assert (reply.status, reply.put["x-bartizan-rule"]) == (500, "gateway-failed")

    rig.run(play)
    assert [type(error) for error in rig.complaints] == [AssertionError]


def test_bytes_that_are_no_message_end_the_conversation_and_health_is_told(tmp_path: Path) -> None:
    rig = Rig(tmp_path)

    async def play(channel: Any) -> None:
        call = channel.stream_stream(PROCESS)()
        await call.write(b"\xff\xff")
        assert (await call.code()).name == "INVALID_ARGUMENT"
        assert await channel.unary_unary("/grpc.health.v1.Health/Check")(b"") == b"\x08\x01"

    rig.run(play)
    assert rig.events == []


def test_addresses_that_others_can_reach_need_certificates() -> None:
    for listen in ("unix:/run/s", "127.0.0.1:8401", "[::1]:8401", "localhost:0"):
        check_address(ExtProc(listen=listen))
    check_address(ExtProc(listen="0.0.0.0:8401", tls=ExtProcTls(certificate="a", key="b", clients="c")))
    for listen in ("0.0.0.0:8401", "[::]:8401", "gateway:8401"):
        with pytest.raises(InputError, match="can be reached from other machines"):
            check_address(ExtProc(listen=listen))
    for listen in ("8401", "127.0.0.1:", "127.0.0.1:99999"):
        with pytest.raises(InputError, match="is no address"):
            check_address(ExtProc(listen=listen))


def test_without_the_extra_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "grpc", None)
    service: Any = None
    with pytest.raises(InputError, match="gRPC") as caught:
        Server(service, ExtProc(), tmp_path)
    assert "bartizan[ext-proc]" in str(caught.value.help)
