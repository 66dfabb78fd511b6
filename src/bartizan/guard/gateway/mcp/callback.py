"""Answers to questions that a webhook gives later: `POST /approvals/callback`, signed as its requests are."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from granian._granian import RSGIProtocolClosed as ProtocolClosed

from bartizan.guard.gateway.body import read_body
from bartizan.guard.gateway.mcp.people import People
from bartizan.guard.gateway.service import Service
from bartizan.guard.refused import Refused

__all__ = ["CALLBACK", "take_answers"]

CALLBACK = "/approvals/callback"
_MOST = 1 << 18
"""Bytes of answers that are read before it is known who sends them."""
_WHY = {
    400: Refused(400, "callback-not-understood", "the answers are not what they should be"),
    401: Refused(401, "callback-not-signed", "no webhook has signed this, or not just now"),
    409: Refused(409, "callback-not-open", "a question is over, answered already, or somebody else's to answer"),
}


async def take_answers(people: People, service: Service, scope: Any, proto: Any) -> None:
    """Take the answers of one request. What is not taken is on record; what is, is on record as an approval."""
    refused = await _refusal(people, service, scope, proto)
    with suppress(ProtocolClosed):
        if refused is None:
            proto.response_empty(204, [])
            return
        record = service.record(scope, None)
        record.refused(refused)
        await service.recorded(record)
        proto.response_str(refused.status, [("content-type", "text/plain")], f"{refused.sentence}\n")


async def _refusal(people: People, service: Service, scope: Any, proto: Any) -> Refused | None:
    if scope.method != "POST":
        return Refused(405, "method-not-served", "only POST is served here")
    try:
        body = await read_body(scope, proto, _MOST, service.config.limits.seconds)
    except Refused as refused:
        return refused
    return _WHY.get(people.callback({name.lower(): value for name, value in scope.headers.items()}, body))
