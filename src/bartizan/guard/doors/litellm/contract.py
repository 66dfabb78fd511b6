"""What LiteLLM asks and what it is told, as its version 1.106 does: `POST /beta/litellm_basic_guardrail_api`."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

import msgspec

from bartizan.guard.refused import Refused

__all__ = ["PATH", "Claims", "Shown", "blocked", "intervened", "passed", "read_shown", "told"]

PATH = "/beta/litellm_basic_guardrail_api"

_ID = re.compile(r"[A-Za-z0-9][\w.@:+-]{0,127}(?![\s\S])", re.ASCII)


class Claims(msgspec.Struct, frozen=True, rename=lambda name: f"user_api_key_{name}"):
    """Whom LiteLLM says that it asks for: facts that it claims, and nobody here has checked.

    `hash` tells the key of LiteLLM's own. `end_user_id` is what the client wrote as `user`.
    """

    hash: str | None = None
    user_id: str | None = None
    team_id: str | None = None
    end_user_id: str | None = None


class Shown(msgspec.Struct, frozen=True):
    """What is needed of a question before it is decided; what else it shows is read by the engine or the answer."""

    input_type: Literal["request", "response"]
    request_data: Claims = Claims()
    litellm_call_id: str | None = None


_READ = msgspec.json.Decoder(Shown)


def read_shown(body: bytes) -> Shown:
    """Read who asks, and about which side of which call. Raises Refused."""
    try:
        return _READ.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(400, "body-not-understood", "the question is not one of LiteLLM's guardrails") from None


def told(claim: str | None) -> str:
    """Return a claimed id if it looks like one, else nothing: it may be any text that a client could think of."""
    return claim if claim is not None and _ID.match(claim) else ""


def passed(held: list[int] | None = None) -> bytes:
    """Say that all may go as it is; `held` are the characters at the end of each text that can still change."""
    return _written({"action": "NONE"} if held is None else {"action": "NONE", "stream_holdback_chars": held})


def intervened(changed: dict[str, Any]) -> bytes:
    """Say that it may go with these members in place of those that were shown."""
    return _written({"action": "GUARDRAIL_INTERVENED", **changed})


def blocked(sentence: str, rule: str) -> bytes:
    """Say that it may not go."""
    return _written({"action": "BLOCKED", "blocked_reason": f"{sentence} (rule `{rule}`)"})


def _written(tree: dict[str, Any]) -> bytes:
    return json.dumps(tree, separators=(",", ":")).encode()
