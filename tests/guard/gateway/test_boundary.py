"""What goes wrong inside the gateway refuses the call, is told, and lets nothing through."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bartizan.cli.gateway_parts import load
from bartizan.guard.gateway.app import App
from bartizan.guard.gateway.service import Service
from bartizan.guard.principal import Principal
from bartizan.model import Event
from bartizan.soc import EventLogError

CONFIG = """
upstreams: [{id: one, door: openai, url: "http://127.0.0.1:9/v1"}]
identity: {keys: keys.jsonl}
data: {rules: [{id: rest, do: allow}]}
"""
HELLO = b'{"model": "m", "messages": [{"role": "user", "content": "a private word"}]}'


class Scope:
    proto, method, path, query_string = "http", "POST", "/openai/v1/chat/completions", ""

    def __init__(self) -> None:
        self.headers = {"content-length": str(len(HELLO)), "content-type": "application/json"}


class Proto:
    """The server's side of one request, which notes the answer."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []

    async def __call__(self) -> bytes:
        return HELLO

    def response_bytes(self, status: int, _: list[tuple[str, str]], body: bytes) -> None:
        self.answers.append((status, body))


class Identifier:
    async def identify(self, _: Any, __: float) -> Principal:
        return Principal(id="anna", source="key:1")


class Broken(Identifier):
    async def identify(self, _: Any, __: float) -> Principal:
        raise ZeroDivisionError("a private word")


class Unlimited:
    def context(self, _: Any, __: float) -> dict[str, Any]:
        return {}

    async def take(self, _: Any, __: float) -> object:
        return None

    async def settle(self, _: object, __: Any, ___: float) -> None:
        return None


def called(folder: Path, identifier: Identifier, sink: Any) -> tuple[Proto, list[Exception]]:
    (folder / "policies").mkdir()
    (folder / "policies" / "all.cedar").write_text('@id("nobody") forbid (principal, action, resource);')
    (folder / "gateway.yaml").write_text(CONFIG)
    parts, complaints = load(folder / "gateway.yaml"), list[Exception]()
    upstreams: Any = None
    service = Service(
        parts.config, parts.engine, identifier, Unlimited(), upstreams, sink, lambda: 0.0, str, complaints.append  # type: ignore[arg-type]
    )  # fmt: skip
    app, proto = App(lambda _: service), Proto()
    loop = asyncio.new_event_loop()
    try:
        app.__rsgi_init__(loop)
        loop.run_until_complete(app.__rsgi__(Scope(), proto))
    finally:
        loop.close()
    return proto, complaints


@pytest.fixture
def events() -> list[Event]:
    return []


def test_a_mistake_of_ours_refuses_the_call_and_is_on_record(tmp_path: Path, events: list[Event]) -> None:
    async def keep(event: Event) -> None:
        events.append(event)

    proto, complaints = called(tmp_path, Broken(), keep)
    ((status, body),) = proto.answers
    assert status == 500
    assert json.loads(body)["error"]["rule"] == "gateway-failed"
    assert b"private" not in body
    assert [(event.kind, event.decision, event.rule) for event in events] == [("refusal", "deny", "gateway-failed")]
    assert [type(error) for error in complaints] == [ZeroDivisionError]


def test_a_refusal_that_can_not_be_recorded_is_told(tmp_path: Path) -> None:
    async def full(_: Event) -> None:
        raise EventLogError("the disk is full")

    proto, complaints = called(tmp_path, Identifier(), full)
    ((status, body),) = proto.answers
    assert (status, json.loads(body)["error"]["rule"]) == (403, "nobody")
    assert [type(error) for error in complaints] == [EventLogError]


def test_a_log_that_fails_at_once_refuses_what_was_allowed(tmp_path: Path) -> None:
    class Unknown(Identifier):
        async def identify(self, _: Any, __: float) -> Principal:
            raise EventLogError("the disk is full")

    async def full(_: Event) -> None:
        raise EventLogError("the disk is full")

    proto, complaints = called(tmp_path, Unknown(), full)
    assert [status for status, _ in proto.answers] == [503]
    assert len(complaints) == 2
