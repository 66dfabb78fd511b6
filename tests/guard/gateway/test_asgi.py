"""The middleware, driven as a server would: what reaches the application, and what leaves it."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest

from bartizan.guard.config import Budget, Limits
from bartizan.guard.gateway.asgi import GuardMiddleware
from bartizan.guard.limits import Block, Blocks
from bartizan.model import BartizanError, Event
from tests.guard.gateway.asgi_asked import JSON, SSE, Echo, asked
from tests.guard.gateway.asgi_driver import Connection, Receive, Send, events, plain_app
from tests.guard.inprocess.support import CARD, MAIL, NOW, chat, guarded, said


def text(data: bytes) -> str:
    """Return what a stream of a chat completion says."""
    frames = [part[6:] for part in data.decode().split("\n\n") if part and part != "data: [DONE]"]
    return "".join(json.loads(one)["choices"][0]["delta"]["content"] for one in frames)


def test_the_application_gets_no_value_and_the_caller_gets_it_back() -> None:
    echo = Echo()
    done, guard = asked(echo, f"write to {MAIL}")
    assert (done.status, done.json["choices"][0]["message"]["content"]) == (200, f"write to {MAIL}")
    assert MAIL.encode() not in echo.bodies[0]
    (scope,) = echo.scopes
    assert dict(scope["headers"])[b"content-length"] == str(len(echo.bodies[0])).encode()
    assert scope["bartizan.principal"] is guard.anna
    assert scope["extensions"] == {}
    assert guard.last() == ("call", "transform", "staff")


def test_a_stream_is_decided_event_by_event() -> None:
    done, guard = asked(Echo(), f"write to {MAIL}", request={"stream": True})
    assert text(done.body) == f"write to {MAIL}"
    assert done.headers == {"content-type": "text/event-stream"}
    assert len(done.sent) > 2
    assert [event.kind for event in guard.events] == ["stream", "call"]


def test_what_may_not_pass_never_reaches_the_application() -> None:
    echo = Echo()
    done, guard = asked(echo, f"card {CARD}")
    assert (done.status, done.json["error"]["rule"], echo.bodies) == (403, "no-cards", [])
    assert done.headers["x-bartizan-rule"] == "no-cards"
    assert guard.last() == ("refusal", "deny", "no-cards")


def test_an_answer_that_may_not_leave_is_refused() -> None:
    done, guard = asked(plain_app(json.dumps(said(f"card {CARD}")).encode()))
    assert (done.status, done.json["error"]["rule"]) == (403, "no-cards")
    assert guard.last() == ("refusal", "deny", "no-cards")


def test_a_block_in_a_stream_ends_it_and_has_the_application_stop() -> None:
    told: list[str] = []

    async def app(_: Any, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [SSE]})
        for event in events(f"it is {CARD} or so, says the model. "):
            await send({"type": "http.response.body", "body": event, "more_body": True})
        told.append((await receive())["type"])
        told.append((await receive())["type"])

    done, guard = asked(app)
    assert b"4111" not in done.body
    assert done.body.endswith(b"data: [DONE]\n\n")
    assert b"no-cards" in done.body
    assert told == ["http.disconnect", "http.disconnect"]
    assert [event.rule for event in guard.events] == ["staff", "no-cards"]


@pytest.mark.parametrize("encoding", [b"gzip", b"identity", b"br", b"gzip, gzip"])
def test_bodies_come_in_chunks_and_compressed(encoding: bytes) -> None:
    echo = Echo()
    plain = json.dumps(chat("hello")).encode()
    data = gzip.compress(plain) if encoding.startswith(b"gzip") else plain
    headers = [(b"Content-Encoding", encoding), (b"content-length", str(len(data)).encode())]
    chunks = [b"", *(data[at : at + 3] for at in range(0, len(data), 3)), b""]
    done, _ = asked(echo, body=chunks, headers=headers)
    if encoding in (b"gzip", b"identity"):
        assert (done.status, echo.bodies) == (200, [plain.replace(b'"gpt"', b'"gpt-2026"').replace(b": ", b":").replace(
            b", ", b",")])  # fmt: skip
        assert not {b"content-encoding", b"Content-Encoding"} & {name for name, _ in echo.scopes[0]["headers"]}
    else:
        assert (done.status, done.json["error"]["rule"], echo.bodies) == (415, "encoding-not-taken", [])


@pytest.mark.parametrize(
    ("headers", "status", "rule"),
    [
        ([(b"content-length", b"10000")], 413, "body-too-large"),
        ([(b"content-length", b"9" * 30)], 413, "body-too-large"),
        ([(b"content-length", b"1"), (b"content-length", b"2")], 400, "length-not-understood"),
        ([(b"content-length", b"-1")], 400, "length-not-understood"),
        ([(b"content-encoding", b"gzip")], 413, "body-too-large"),
        ([], 413, "body-too-large"),
    ],
)
def test_a_body_has_bounds(headers: list[tuple[bytes, bytes]], status: int, rule: str) -> None:
    echo = Echo()
    body = b" " * 5_000
    data = gzip.compress(body) if (b"content-encoding", b"gzip") in headers else body
    done, _ = asked(echo, body=data, headers=headers, guard=guarded(limits=Limits(body=2_000)))
    assert (done.status, done.json["error"]["rule"], echo.bodies) == (status, rule, [])


def test_a_body_that_does_not_come_is_refused() -> None:
    class Slow(Connection):
        async def receive(self) -> Any:
            await asyncio.sleep(30)

    guard = guarded(limits=Limits(seconds=0.05))
    made = GuardMiddleware(Echo(), guard, {"/v1": "openai"}, identify=lambda _: guard.anna)

    async def run() -> Connection:
        return await Slow().run(made)

    assert asyncio.run(run()).json["error"]["rule"] == "body-too-slow"


def test_a_caller_that_goes_before_its_body_is_whole_is_on_record() -> None:
    echo = Echo()
    done, guard = asked(echo, body=b'{"mod', breaks_off=True)
    assert (done.sent, echo.bodies) == ([], [])
    assert guard.events[-1].more["outcome"] == "caller-gone"


@pytest.mark.parametrize("raises", [False, True])
def test_a_caller_that_goes_in_the_middle_of_a_stream_is_on_record(raises: bool) -> None:
    async def app(_: Any, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [SSE]})
        left = asyncio.ensure_future(receive())
        for event in events("a long answer, of which little is read. " * 5):
            await asyncio.sleep(0)
            if left.done() and not raises:
                return
            await send({"type": "http.response.body", "body": event, "more_body": True})

    guard = guarded()
    if raises:
        with pytest.raises(OSError, match="closed"):
            asked(app, guard=guard, leaves_after=5, raises=True)
    else:
        asked(app, guard=guard, leaves_after=5)
    assert [event.kind for event in guard.events] == ["stream", "call"]
    assert guard.events[-1].more["outcome"] == "caller-gone"


def test_a_server_that_cancels_is_on_record() -> None:
    async def app(_: Any, receive: Receive, __: Send) -> None:
        await receive()
        await asyncio.sleep(30)

    guard = guarded()
    made = GuardMiddleware(app, guard, {"/v1": "openai"}, identify=lambda _: guard.anna)

    async def run() -> None:
        task = asyncio.ensure_future(Connection(body=json.dumps(chat("hello")).encode()).run(made))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert guard.events[-1].more["outcome"] == "caller-gone"


@pytest.mark.parametrize("streams", [False, True])
def test_an_application_that_makes_a_mistake_ends_in_the_callers_protocol(streams: bool) -> None:
    connections: list[Connection] = []

    async def app(_: Any, receive: Receive, send: Send) -> None:
        await receive()
        if streams:
            await send({"type": "http.response.start", "status": 200, "headers": [SSE]})
            for event in events("so far so good. ")[:-1]:
                await send({"type": "http.response.body", "body": event, "more_body": True})
        raise ZeroDivisionError("a private word")

    class Kept(Connection):
        async def run(self, app: Any) -> Connection:
            connections.append(self)
            return await super().run(app)

    guard = guarded()
    made = GuardMiddleware(app, guard, {"/v1": "openai"}, identify=lambda _: guard.anna)

    async def run() -> None:
        await Kept(body=json.dumps(chat("hello")).encode()).run(made)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(run())
    (done,) = connections
    assert done.status == (200 if streams else 500)
    assert b"upstream-failed" in done.body
    assert b"private" not in done.body
    assert guard.last() == ("refusal", "deny", "upstream-failed")


def test_a_mistake_of_the_guards_lets_nothing_through() -> None:
    def wrong(_: Any) -> Any:
        raise ZeroDivisionError

    echo, guard = Echo(), guarded()
    with pytest.raises(ZeroDivisionError):
        asked(echo, guard=guard, options={"identify": wrong})
    assert echo.bodies == []
    assert guard.last() == ("refusal", "deny", "guard-failed")


@pytest.mark.parametrize("streams", [False, True])
def test_an_application_that_does_not_answer_to_the_end(streams: bool) -> None:
    async def app(_: Any, receive: Receive, send: Send) -> None:
        await receive()
        if streams:
            await send({"type": "http.response.start", "status": 200, "headers": [SSE]})
            await send({"type": "http.response.body", "body": events("x")[0], "more_body": True})

    done, guard = asked(app)
    assert done.status == (200 if streams else 502)
    rule = "upstream-cut" if streams else "upstream-failed"
    assert rule.encode() in done.body
    assert guard.last() == ("refusal", "deny", rule)


@pytest.mark.parametrize(
    ("app", "status", "rule"),
    [
        (plain_app(b"<html>", headers=[(b"content-type", b"text/html")]), 502, "answer-not-understood"),
        (plain_app(b"<html>", status=500, headers=[(b"content-type", b"text/html")]), 500, "upstream-error"),
        (plain_app(b"", status=302, headers=[(b"location", b"/x")]), 502, "upstream-error"),
        (plain_app(gzip.compress(b"{}"), headers=[JSON, (b"content-encoding", b"gzip")]), 502, "answer-not-understood"),
        (plain_app(b"{} {}"), 502, "answer-not-understood"),
        (plain_app(b"x" * 600, b"y" * 600), 502, "answer-too-large"),
    ],
)
def test_an_answer_that_can_not_be_inspected_does_not_leave(app: Any, status: int, rule: str) -> None:
    done, guard = asked(app, guard=guarded(limits=Limits(answer=1_000)))
    assert (done.status, done.json["error"]["rule"]) == (status, rule)
    assert guard.last() == ("refusal", "deny", rule)


def test_an_error_of_the_application_is_decided() -> None:
    error = {"error": {"message": "no such model", "code": "x"}}
    done, guard = asked(plain_app(json.dumps(error).encode(), status=404))
    assert (done.status, done.json) == (404, error)
    assert guard.events[-1].more["upstream_status"] == 404


def test_headers_and_trailers_carry_no_value() -> None:
    headers = [
        JSON, (b"x-request-id", b"r-1"), (b"vary", f"card {CARD}".encode()), (b"x-answer", b"a text"),
        (b"x-mine", b"kept"), (b"set-cookie", b"a=b"), (b"trailer", b"x-sum"),
    ]  # fmt: skip
    inner = plain_app(json.dumps(said("hello")).encode(), headers=headers, trailers=True)

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        await inner(scope, receive, send)
        await send({"type": "http.response.trailers", "headers": [(b"x-sum", CARD.encode())]})

    done, _ = asked(app, options={"headers": ("X-Mine",)})
    assert done.headers.keys() == {"content-type", "content-length", "x-request-id", "x-mine"}
    assert "trailers" not in done.sent[0]
    assert done.json == said("hello")


@pytest.mark.parametrize(
    "messages",
    [
        [{"type": "http.response.body", "body": b"{}"}],
        [{"type": "http.response.start", "status": 200}] * 2,
        [{"type": "http.response.pathsend", "path": "/etc/passwd"}],
    ],
)
def test_messages_that_make_no_answer_are_a_mistake(messages: list[Any]) -> None:
    async def app(_: Any, receive: Receive, send: Send) -> None:
        await receive()
        for message in messages:
            await send(message)

    guard = guarded()
    with pytest.raises(RuntimeError, match="the application"):
        asked(app, guard=guard)
    assert guard.last() == ("refusal", "deny", "upstream-failed")


@pytest.mark.parametrize("keep", [False, True])
def test_credentials_stay_outside_unless_told_otherwise(keep: bool) -> None:
    echo = Echo()
    headers = [(b"Authorization", b"Bearer x"), (b"x-api-key", b"y"), (b"accept-encoding", b"gzip"), (b"x-own", b"z")]
    asked(echo, headers=headers, options={"keep_credentials": keep})
    names = {name for name, _ in echo.scopes[0]["headers"]} - {b"content-length"}
    assert names == ({b"Authorization", b"x-api-key", b"x-own"} if keep else {b"x-own"})


def test_nobody_is_anonymous() -> None:
    echo = Echo()
    done, guard = asked(echo, options={"identify": None})
    assert (done.status, echo.bodies, guard.last()[0]) == (401, [], "refusal")


def test_what_can_not_be_recorded_is_not_answered() -> None:
    left = ["stream"]

    def full(event: Event) -> None:
        if event.kind not in left:
            raise BartizanError("the disk is full")

    for content in ("hello", f"card {CARD}"):
        done, _ = asked(Echo(), content, guard=guarded(sink=full))
        assert (done.status, done.json["error"]["rule"]) == (503, "guard-not-able")
    done, _ = asked(Echo(), guard=guarded(sink=full), request={"stream": True})
    assert (done.status, b"guard-not-able" in done.body) == (200, True)
    assert done.body.endswith(b"data: [DONE]\n\n")


def test_budgets_and_blocks_answer_as_the_gateway_does() -> None:
    guard = guarded(budgets=(Budget(id="one", of="principal", requests=1),))
    asked(Echo(), guard=guard)
    done, _ = asked(Echo(), guard=guard)
    assert (done.status, done.json["error"]["rule"]) == (429, "one")
    assert int(done.headers["retry-after"]) > 1
    guard.limits.blocks = Blocks([Block(id="1a", kind="principal", name="anna", until=NOW + 9, by="jo", why="")])
    done, _ = asked(Echo(), guard=guard)
    assert (done.status, done.json["error"]["rule"]) == (403, "block-1a")


def test_the_callers_trace_is_kept() -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    _, guard = asked(Echo(), headers=[(b"traceparent", f"00-{trace}-b7ad6b7169203331-01".encode())])
    assert guard.events[-1].trace == trace
    _, guard = asked(Echo(), headers=[(b"traceparent", b"00-x-y-z")])
    assert len(guard.events[-1].trace) == 32
