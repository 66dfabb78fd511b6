"""Access tokens at doors: for this door and no other, exchanged for the server's, never handed on."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from base64 import b64encode

import pytest

from tests.guard.gateway.mcp.asking_http import Speaker
from tests.guard.gateway.mcp.conftest import Agents
from tests.guard.gateway.sockets import CHAT, HELLO

pytestmark = pytest.mark.enable_socket
HERE = "https://gateway.example/mcp/exchanged"


def token(agents: Agents, audience: str, **more: str) -> str:
    """Have the issuer issue a token."""
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "audience": audience, **more}).encode()
    named = "Basic " + b64encode(b"reporting:reporting-secret").decode()
    asked = urllib.request.Request(f"{agents.issuer}/good/token", form, {"authorization": named})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        made: str = json.loads(answer.read())["access_token"]
        return made


def speaker(agents: Agents, door: str, audience: str, **more: str) -> tuple[Speaker, str]:
    """Return a client that comes with a token."""
    made, found = Speaker(agents, door), token(agents, audience, **more)
    made.headers["authorization"] = f"Bearer {found}"
    return made, found


def test_a_token_has_to_be_for_the_door(agents: Agents) -> None:
    for door, audience in (("exchanged", "api://gateway"), ("plain", HERE), ("exchanged", HERE + "/")):
        said = speaker(agents, door, audience)[0].later("tools/list")
        assert said.status == 401, (door, audience)
        assert 'error="invalid_token"' in said.headers["www-authenticate"]
        assert said.json["error"]["data"]["rule"] == "token-not-valid"


def test_a_token_for_a_door_opens_no_model(agents: Agents) -> None:
    made = speaker(agents, "plain", "https://gateway.example/mcp/plain")[0]
    assert made.later("tools/list").status == 200
    assert made.ask("POST", HELLO, path=CHAT).status == 401
    asked = speaker(agents, "plain", "api://gateway")[0]
    assert asked.ask("POST", HELLO, path=CHAT).status == 200


def test_a_scope_that_is_missing_is_told(agents: Agents) -> None:
    said = speaker(agents, "exchanged", HERE)[0].later("tools/list")
    assert said.status == 403
    assert 'error="insufficient_scope"' in said.headers["www-authenticate"]
    assert 'scope="notes"' in said.headers["www-authenticate"]


def test_a_token_is_exchanged_and_stays_here(agents: Agents) -> None:
    state = agents.bad.state
    state.requests.clear()
    state.tokens.clear()
    made, own = speaker(agents, "exchanged", HERE, scope="notes more")
    made.begin()
    assert made.call("get_note").text == "a note"
    assert len(state.tokens) == 1
    assert state.tokens[0]["subject_token"] == own
    assert state.requests
    for _, headers, body in state.requests:
        assert headers["authorization"].startswith("Bearer token-")
        assert own not in str(headers)
        assert own.encode() not in body


def test_a_key_can_not_be_exchanged(agents: Agents) -> None:
    before = agents.gate.settled()
    said = Speaker(agents, "exchanged").later("tools/call", {"name": "get_note"})
    assert "error" in said.json
    reasons = [event["more"].get("reason", "") for event in agents.gate.events_after(before, 2)]
    assert any("have to come with an access token" in reason for reason in reasons)
