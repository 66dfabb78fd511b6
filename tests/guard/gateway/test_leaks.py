"""Some cases of the leak battery over the network: what the provider received, and what the caller got."""

from __future__ import annotations

import json

import pytest

from bartizan.guard.gateway.demo import veil
from tests.guard.battery.encodings import TEXTS, VALUES, WRITERS
from tests.guard.battery.engine import streamed, tells
from tests.guard.battery.marks import filled
from tests.guard.battery.requests import REQUESTS
from tests.guard.gateway.running import Gate
from tests.guard.gateway.sockets import CHAT, head, raw

pytestmark = pytest.mark.enable_socket

CARD = VALUES["card"]
PLACES = [(path, place) for path, places in REQUESTS.items() for place in list(places)[::9]]
ASKED = {
    CHAT: {"messages": [{"role": "user", "content": "@"}]},
    "/openai/v1/responses": {"input": "@"},
    "/anthropic/v1/messages": {"max_tokens": 9, "messages": [{"role": "user", "content": "@"}]},
    "/gemini/v1beta/models/m:streamGenerateContent?alt=sse": {"contents": [{"role": "user", "parts": [{"text": "@"}]}]},
    "/gemini/v1beta/models/m:streamGenerateContent": {"contents": [{"role": "user", "parts": [{"text": "@"}]}]},
}


def sent(gate: Gate, path: str, body: bytes) -> bytes:
    lines = (f"content-length: {len(body)}", "content-type: application/json")
    return raw(gate, head(gate, *lines, path=path, user="paul") + body).body


@pytest.mark.parametrize(("path", "place"), PLACES, ids=str)
@pytest.mark.parametrize("text", ["plain", "base64-sentence", "tags"])
def test_nothing_reaches_the_provider(gate: Gate, path: str, place: str, text: str) -> None:
    written = TEXTS[text](CARD)
    gate.demo.received.clear()
    sent(gate, path, WRITERS["all-escapes"](filled(REQUESTS[path][place], written, int(CARD))))
    for received in gate.demo.received:
        assert not tells([json.loads(received.body)], CARD, written)
        assert CARD not in received.target


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize(
    "how", ["[[chunks:1]]", "[[chunks:1]][[bytes:3]]", "[[chunks:3]][[escaped]]", "[[chunks:999]][[crlf]]"]
)
@pytest.mark.parametrize("text", ["plain", "full-width", "html-hex", "base64-sentence"])
def test_nothing_comes_back(gate: Gate, path: str, how: str, text: str) -> None:
    written = TEXTS[text](CARD)
    said = veil(f"look at {written} there")
    prompt = f"[[veiled:{said}]][[veiled-reason:{said}]][[veiled-tool:f {veil(json.dumps({'a': written}))}]]{how}"
    tree = {"model": "m", **filled(ASKED[path], prompt, 0)}
    if not path.startswith("/gemini"):
        tree["stream"] = True
    body = sent(gate, path, json.dumps(tree).encode())
    trees = json.loads(body) if body.startswith(b"[") else streamed(body)
    assert "***" in json.dumps(trees)
    assert not tells(trees, CARD, written)
