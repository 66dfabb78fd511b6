"""Paths and methods that are not served, and tricks to reach another one than is decided about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.guard.gateway.running import Gate
from tests.guard.gateway.sockets import CHAT, HELLO, head, post, raw, told

pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True)
def survives(gate: Gate) -> Iterator[None]:
    yield
    assert post(gate, HELLO).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/openai/v1/../v1/chat/completions",
        "/openai/v1/%2e%2e/chat/completions",
        "/openai/v1/chat%2fcompletions",
        "/openai/v1//chat/completions",
        "//openai/v1/chat/completions",
        "/openai/v1/./chat/completions",
        "/openai/v1/chat/completions/",
        "/openai/v1/chat\\completions",
        "/openai/v1/chat/completions;a=b",
        "/OpenAI/v1/chat/completions",
        "/openai/v1/files",
        "/openai/v1/fine_tuning/jobs",
        "/openai/v1/chat/completions%00",
        "/gemini/v1beta/models/../../x:generateContent",
        "/gemini/v1beta/models/a%2fb:generateContent",
        "/gemini/v1beta/models/demo-large:deleteModel",
        "/azure/openai/deployments/../x/chat/completions",
        "/anthropic/v1/messages/batches",
        "/anthropic/v1/messages%3fx",
        "/",
        "/x" * 3000,
    ],
)
def test_paths_that_are_not_served(gate: Gate, path: str) -> None:
    seen, before = gate.demo.requests, gate.settled()
    answer = post(gate, HELLO, path=path)
    if answer.status == 200:  # the server has decoded it: what goes on is the one path that was decided about
        assert gate.demo.received[-1].target == CHAT
        return
    assert 400 <= answer.status < 500
    assert gate.demo.requests == seen
    if answer.headers.get("x-bartizan-rule"):
        told(gate, before, "path-not-served")


@pytest.mark.parametrize(
    "method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "CONNECT", "post", "X"]
)
def test_methods_that_are_not_served(gate: Gate, method: str) -> None:
    seen = gate.demo.requests
    answer = raw(gate, head(gate, "content-length: 0", method=method), seconds=5)
    assert answer.status in (0, 400, 404, 405)
    assert gate.demo.requests == seen
