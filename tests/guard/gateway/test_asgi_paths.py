"""Which connections the middleware guards, and what becomes of those that are no call."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bartizan.guard.gateway.asgi import GuardMiddleware
from bartizan.model import BartizanError, Event, InputError
from tests.guard.gateway.asgi_asked import Echo, asked
from tests.guard.gateway.asgi_driver import Connection, Receive, Send, plain_app
from tests.guard.inprocess.support import CARD, guarded

OUTSIDE = ["/", "/v10/chat/completions", "/health", "/v2", "/a/v1x"]
ODD = ["/v1", "/v1/", "/v1/files", "/v1//chat/completions", "//v1/chat/completions", "/V1/chat%2fcompletions",
       "/x/../v1/chat/completions", "/v1/./chat/completions", "/v1\\chat/completions", "\\v1/chat/completions",
       "/./v1/x"]  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
def test_what_lies_outside_passes_untouched(path: str) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        seen.append((scope, await receive()))
        await send({"type": "http.response.start", "status": 204, "headers": [(b"x", CARD.encode())]})
        await send({"type": "http.response.body"})

    done, guard = asked(app, path=path, body=CARD.encode())
    assert seen[0][0] is done.scope
    assert seen[0][1]["body"] == CARD.encode()
    assert done.sent[0]["headers"] == [(b"x", CARD.encode())]
    assert guard.events == []


@pytest.mark.parametrize("path", ODD)
def test_what_is_no_call_is_refused(path: str) -> None:
    echo = Echo()
    done, guard = asked(echo, path=path)
    assert (done.status, echo.bodies) == (404, [])
    assert guard.last() == ("refusal", "deny", "path-not-served")


@pytest.mark.parametrize(
    ("path", "method", "passes"),
    [
        ("/v1/files", "POST", True),
        ("/v1/files", "GET", True),
        ("/v1/chat/completions", "PUT", False),
        ("/v1/chat/completions/", "POST", False),
        ("/v1/Chat/Completions", "POST", False),
        ("/v1//chat/completions", "POST", False),
        ("/v1/./files", "POST", False),
    ],
)
def test_others_pass_when_that_is_configured(path: str, method: str, passes: bool) -> None:
    done, guard = asked(plain_app(b"own"), path=path, method=method, options={"others": "pass"})
    if passes:
        assert (done.status, done.body) == (200, b"own")
        (event,) = guard.events
        assert (event.kind, event.rule, event.principal) == ("skip", "path-not-inspected", "anna")
    else:
        assert (done.status, guard.last()) == (404, ("refusal", "deny", "path-not-served"))


def test_others_pass_for_nobody_who_is_not_known() -> None:
    done, _ = asked(plain_app(b"own"), path="/v1/files", options={"others": "pass", "identify": None})
    assert done.status == 401


def test_a_skip_that_can_not_be_recorded_does_not_pass() -> None:
    def full(_: Event) -> None:
        raise BartizanError("the disk is full")

    done, _ = asked(plain_app(b"own"), path="/v1/files", options={"others": "pass"}, guard=guarded(sink=full))
    assert (done.status, done.json["error"]["rule"]) == (503, "guard-not-able")


def test_head_has_no_body() -> None:
    done, _ = asked(Echo(), method="HEAD")
    assert (done.status, done.body) == (404, b"")
    assert int(done.headers["content-length"]) > 0


def test_the_list_of_models_is_no_call_with_a_body() -> None:
    done, guard = asked(plain_app(b'{"data": []}'), path="/v1/models", method="GET")
    assert (done.status, done.json) == (200, {"data": []})
    assert (guard.events[-1].action, guard.events[-1].kind) == ("list-models", "call")


def test_queries_are_held_to_what_clients_send() -> None:
    done, _ = asked(Echo(), query=b"key=1")
    assert (done.status, done.json["error"]["rule"]) == (400, "query-not-served")


def test_a_model_in_the_path_is_renamed_for_the_application() -> None:
    seen: list[Any] = []
    guard = guarded()
    answer = {"candidates": [{"content": {"role": "model", "parts": [{"text": "hello"}]}}]}
    inner = plain_app(json.dumps([answer]).encode())

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        seen.append((scope["path"], scope["raw_path"]))
        await inner(scope, receive, send)

    made = GuardMiddleware(app, guard, {"/gem": "gemini"}, identify=lambda _: guard.anna)
    body = json.dumps({"contents": [{"parts": [{"text": "hello"}]}]}).encode()
    path = "/root/gem/v1beta/models/flash:streamGenerateContent"

    async def run() -> Connection:
        return await Connection(path, body, root_path="/root").run(made)

    done = asyncio.run(run())
    renamed = "/root/gem/v1beta/models/flash-2026:streamGenerateContent"
    assert seen == [(renamed, renamed.encode())]
    assert json.loads(done.body) == [answer]
    assert [event.kind for event in guard.events] == ["stream", "call"]


def test_a_path_that_does_not_repeat_the_servers_root_is_guarded_too() -> None:
    echo = Echo()
    done, _ = asked(echo, root_path="/root")
    assert (done.status, echo.scopes[0]["path"]) == (200, "/v1/chat/completions")


def test_a_websocket_is_closed() -> None:
    echo = Echo()
    done, guard = asked(echo, path="/v1/realtime", kind="websocket")
    assert [(one["type"], one["code"]) for one in done.sent] == [("websocket.close", 1008)]
    assert (echo.scopes, guard.last()) == ([], ("refusal", "deny", "path-not-served"))


def test_lifespan_and_other_kinds_of_scopes() -> None:
    seen: list[str] = []

    async def app(scope: Any, _: Receive, __: Send) -> None:
        seen.append(scope["type"])

    made = GuardMiddleware(app, guarded(), {"/v1": "openai"})

    async def run() -> None:
        for scope in ({"type": "lifespan"}, {"type": "websocket", "path": "/own"}, {"type": "new", "path": "/v1/x"}):
            await made(scope, Connection().receive, Connection().send)

    asyncio.run(run())
    assert seen == ["lifespan", "websocket"]


@pytest.mark.parametrize(
    ("prefixes", "said"),
    [
        ({}, "no prefix"),
        ({"v1": "openai"}, "is no prefix"),
        ({"/": "openai"}, "is no prefix"),
        ({"/v1": "x"}, "family"),
    ],
)
def test_a_middleware_that_would_guard_nothing_is_a_mistake(prefixes: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        GuardMiddleware(Echo(), guarded(), prefixes)
