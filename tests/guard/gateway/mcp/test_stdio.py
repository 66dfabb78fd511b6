"""The door over standard input and output, before servers that behave badly and with clients that do."""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

import pytest

from bartizan.guard.gateway.mcp.pipes import Long
from bartizan.guard.gateway.mcp.stdio import Bounds, id_of_long
from bartizan.guard.mcp.gate import About, Ask, By, OpenGate, Passed, Refusal, Waiting
from tests.guard.gateway.mcp.talking import opened
from tests.guard.gateway.mcp.test_pipes import run
from tests.guard.gateway.mcp.test_process import alive


def text(answer: dict[str, Any]) -> str:
    """Return the text of a tool's result."""
    said: str = answer["result"]["content"][0]["text"]
    return said


def test_a_call_goes_through_and_the_exit_code_is_the_servers() -> None:
    async def work() -> None:
        async with opened() as one:
            await one.talk.hello()
            assert text(await one.talk.call("get_note", 1)) == "a note"
            one.talk.hang_up()
            assert await one.code() == 0
        assert one.talk.noted("server-ended") == [{"code": 0}]
        assert one.talk.noted("server-started")[0]["pid"]

    run(work())


def test_noise_on_the_output_is_dropped_and_noted() -> None:
    async def work() -> None:
        async with opened() as one:
            await one.talk.hello()
            assert text(await one.talk.call("noise", 1)) == "after noise"
            assert text(await one.talk.call("slices", 2)) == "päcked"
            assert text(await one.talk.call("wrong_ids", 3)) == "for True"
            assert text(await one.talk.call("get_note", 4)) == "a note"
        assert [message.get("id") for message in one.talk.messages] == ["hello", 1, 2, 3, 4]
        assert len(one.talk.notes) >= 4

    run(work())


@pytest.mark.parametrize("tool", ["large", "large_id_last"])
def test_an_answer_that_is_too_large_is_answered_by_an_error(tool: str) -> None:
    async def work() -> None:
        async with opened() as one:
            await one.talk.hello()
            answer = await one.talk.call(tool, 1)
            assert "longer than 16 MiB" in json.dumps(answer)
            assert text(await one.talk.call("get_note", 2)) == "a note"
        assert one.talk.noted("message-too-long")[0]["bytes"] > 20_000_000  # type: ignore[operator]

    run(work())


def test_what_is_large_but_allowed_arrives() -> None:
    async def work() -> None:
        async with opened(bounds=Bounds(message=32 << 20, patience=0.3)) as one:
            await one.talk.hello()
            assert len(text(await one.talk.call("large", 1))) == 20_000_000

    run(work())


def test_a_server_that_floods_waits_for_a_client_that_does_not_read() -> None:
    async def work() -> None:
        async with opened() as one:
            await one.talk.hello()
            one.talk.inlet.pause()
            one.talk.send({"id": 1, "method": "tools/call", "params": {"name": "flood", "arguments": {}}})
            await asyncio.sleep(0.4)
            held = one.door.waiting
            assert 1 << 20 < held < 4 << 20
            await asyncio.sleep(0.1)
            assert one.door.waiting == held  # 12 MB are not taken in
            one.talk.inlet.resume()
            assert text(await one.talk.answer(1)) == "after the flood"
            assert sum(message.get("method") == "notifications/message" for message in one.talk.messages) == 12_000

    run(work())


@pytest.mark.parametrize(("tool", "code"), [("crash", 3), ("crash_half", 134)])
def test_requests_of_a_server_that_crashes_are_answered(tool: str, code: int) -> None:
    async def work() -> None:
        async with opened() as one:
            await one.talk.hello()
            one.talk.send({"id": 2, "method": "tools/list"})
            await one.talk.answer(2)
            answer = await one.talk.call(tool, 1)
            assert answer["error"]["code"] == -32000
            assert await one.code() == code

    run(work())


def test_a_server_that_takes_too_long_is_answered_for_and_told() -> None:
    async def work() -> None:
        async with opened(seconds=0.3) as one:
            await one.talk.hello()
            answer = await one.talk.call("hang", 1)
            assert answer["error"]["code"] == -32001
            assert one.talk.noted("timeout") == [{"method": "tools/call"}]

    run(work())


def test_a_server_that_hangs_is_killed_when_the_client_leaves() -> None:
    async def work() -> None:
        async with opened() as one:
            await one.talk.hello()
            one.talk.send({"id": 1, "method": "tools/call", "params": {"name": "hang", "arguments": {}}})
            await asyncio.sleep(0.2)
            os.close(one.talk.receiving)
            one.talk.receiving = -1
            one.talk.send({"id": 2, "method": "no/such/method"})  # its answer finds nobody
            assert await one.code() == 143

    run(work())


def test_what_a_client_has_asked_before_it_stops_sending_is_answered() -> None:
    async def work() -> None:
        async with opened() as one:
            one.talk.send({"id": 0, "method": "initialize", "params": {"protocolVersion": "2025-11-25",
                           "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}})  # fmt: skip
            one.talk.send({"method": "notifications/initialized"})
            one.talk.send({"id": 1, "method": "tools/call", "params": {"name": "get_note", "arguments": {}}})
            one.talk.hang_up()
            assert text(await one.talk.answer(1)) == "a note"
            assert await one.code() == 0

    run(work())


@pytest.mark.parametrize(
    ("line", "id", "code"),
    [
        (b"{not json", None, -32700),
        (b'{"jsonrpc": "2.0", "id": 5, "id": 6, "method": "ping"}', None, -32700),
        (b'{"jsonrpc": "2.0", "id": 5, "method": "a\\u0000b"}', 5, -32600),
        (b"\xff\xfe", None, -32700),
        (b"nul\0", None, -32700),
        (b"[]", None, -32600),
        (b'{"id": 7, "method": "tools/call", "params": {"x": "%s"}}' % (b"y" * 3_000_000), 7, -32600),
        (b'{"method": "tools/call", "params": {"x": "%s"}, "id": "a-b"}' % (b"y" * 3_000_000), "a-b", -32600),
        (b"z" * 3_000_000, None, -32600),
    ],
    ids=[
        "no JSON",
        "a name twice",
        "NUL",
        "no UTF-8",
        "NUL outside",
        "batch",
        "large",
        "large, id last",
        "large noise",
    ],
)
def test_what_a_client_sends_that_is_no_message_is_answered(line: bytes, id: Any, code: int) -> None:
    async def work() -> None:
        async with opened(bounds=Bounds(message=1 << 20, patience=0.3)) as one:
            await one.talk.hello()
            one.talk.send(b"\n" + line + b"\r\n")
            answer = await one.talk.answer(id)
            assert answer["error"]["code"] == code
            assert text(await one.talk.call("get_note", 99)) == "a note"

    run(work())


def test_a_client_that_asks_too_much_at_once_is_told_and_served() -> None:
    async def work() -> None:
        async with opened() as one:
            await one.talk.hello()
            calls = [
                {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": "get_note", "arguments": {}}}
                for id in range(10_000)
            ]
            one.talk.send(b"".join(json.dumps(call).encode() + b"\n" for call in calls))
            for id in range(10_000):
                await one.talk.answer(id)
            answers = [message for message in one.talk.messages if message.get("id") != "hello"]
            assert sorted(answer["id"] for answer in answers) == list(range(10_000))
            assert {answer["error"]["code"] for answer in answers if "error" in answer} <= {-32011}
            one.talk.send(json.dumps(calls).encode() + b"\n")
            assert (await one.talk.answer(None))["error"]["code"] == -32600

    run(work())


def test_standard_error_is_passed_on_within_bounds() -> None:
    async def work() -> None:
        async with opened() as one:
            await one.talk.hello()
            assert text(await one.talk.call("says_much", 1)) == "said"
        assert 500_000 < len(one.talk.speech) < 2_000_000
        assert one.talk.noted("speech-left-out")[0]["lines"] > 1000  # type: ignore[operator]

    run(work())


def test_what_a_server_started_ends_with_the_door() -> None:
    async def work() -> None:
        async with opened() as one:
            await one.talk.hello()
            child = int(text(await one.talk.call("leave_child", 1)))
            assert alive(child)
            one.talk.hang_up()
            await one.code()
            while alive(child):
                await asyncio.sleep(0.01)

    run(work())


class Asking(OpenGate):
    """Asks a person about every call of `get_note`."""

    def call(self, server: str, method: str, params: dict[str, Any], about: About) -> Passed | Refusal | Waiting:
        if method == "tools/call" and params["name"] == "get_note":
            return Waiting(Ask(id="ask-1", message="May it?", token=params))
        return super().call(server, method, params, about)

    def answered(self, ask: Ask, choice: str, by: By, now: float) -> Passed | Refusal:
        del now
        return Passed(ask.token) if choice else Refusal(f"{by} said no")


@pytest.mark.parametrize(("answer", "said"), [("once", "a note"), ("", "tester said no")])
def test_a_person_is_asked_where_the_client_cannot_be(answer: str, said: str) -> None:
    async def work() -> None:
        async with opened(gate=Asking(), answer=answer) as one:
            await one.talk.hello()
            assert text(await one.talk.call("get_note", 1)) == said
            assert [ask.message for ask in one.talk.asked] == ["May it?"]

    run(work())


class Broken(OpenGate):
    """Makes a mistake."""

    def call(self, server: str, method: str, params: dict[str, Any], about: About) -> Passed | Refusal | Waiting:
        del server, method, params, about
        raise RuntimeError("a mistake")


def test_a_mistake_lets_nothing_through_and_ends_everything() -> None:
    async def work() -> None:
        async with opened(gate=Broken()) as one:
            await one.talk.hello()
            one.talk.send({"id": 1, "method": "tools/call", "params": {"name": "get_note", "arguments": {}}})
            with pytest.raises(RuntimeError, match="a mistake"):
                await one.code()
            assert not any("result" in message for message in one.talk.messages[1:])

    run(work())


def test_what_cannot_be_recorded_is_not_passed_on() -> None:
    async def work() -> None:
        async with opened() as one:
            await one.talk.hello()

            def lost() -> None:
                raise OSError("the disk is full")

            one.door.before = lost
            one.talk.send({"id": 1, "method": "tools/call", "params": {"name": "get_note", "arguments": {}}})
            with pytest.raises(OSError, match="the disk is full"):
                await one.code()
            assert [message.get("id") for message in one.talk.messages] == ["hello"]

    run(work())


def test_what_cannot_be_recorded_afterwards_ends_everything() -> None:
    async def work() -> None:
        async with opened() as one:
            await one.talk.hello()

            def lost() -> None:
                raise OSError("the disk is full")

            one.door.after = lost
            one.talk.send({"id": 1, "method": "tools/call", "params": {"name": "get_note", "arguments": {}}})
            with pytest.raises(OSError, match="the disk is full"):
                await one.code()
            assert [message.get("id") for message in one.talk.messages] == ["hello"]

    run(work())


@pytest.mark.parametrize(
    ("head", "tail", "id"),
    [
        (b'{"jsonrpc":"2.0","id":5,"result":', b"}}", b"5"),
        (b' { "id" : "a-1" , "result"', b"", b'"a-1"'),
        (b'{"result":{"id":7,', b'"x"},"id":-3}\n', b"-3"),
        (b'{"result":{"a":', b'"id":7}}', None),
        (b'{"result":"', b'x","id":8,"jsonrpc":"2.0"}', b"8"),
        (b"", b"", None),
    ],
)
def test_the_id_of_a_long_message_is_read_from_its_ends(head: bytes, tail: bytes, id: bytes | None) -> None:
    assert id_of_long(Long(head, tail, 10_000_000)) == id
