"""The demo's made-up staff and their agent: a program of its own, which ends when its standard input does.

What they do at the gateway from now on goes through it. Their last day went through the same engine in this program, by
a clock that runs fast, with answers of the made-up provider; its events lie beside the gateway's own.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bartizan.cli.up_demo_staff import AGENT, LETTER, Asked, asked, day_of
from bartizan.guard.gateway.demo import respond
from bartizan.guard.gateway.keyfile import KeyFile
from bartizan.guard.gateway.loaded import Guard
from bartizan.guard.gateway.serve import address_of
from bartizan.guard.gateway.standing import OPENINGS, STATE
from bartizan.guard.identity.keys import KeyRecord, digest, make_key
from bartizan.guard.refused import Refused

__all__ = ["run", "yesterday"]

_SECONDS = 10
_EVERY = 6.0
"""Seconds between calls of the staff."""
_FIRST = 12
"""Calls at once, so that there is something to see."""
_AGAIN = 20.0
"""Seconds until the agent, which was answered or not, wants to send its letter once more."""
_PATIENCE = 300.0
"""Seconds for which the gateway is waited for: the first time, it compiles what it looks for."""
_ANSWER = 310.0
"""Seconds that the agent waits: a little longer than its question is open."""


def run(folder: Path, listen: str) -> None:
    """Live through the last day at once, and then on, call by call."""
    with suppress(OSError, AttributeError):  # elsewhere it competes
        os.nice(10)
    keys = _keys(folder / "keys.jsonl")
    if not _answers(listen):
        return
    for number in range(_FIRST):
        _call(listen, keys, asked(number))
    if (folder / "mail_desk.py").is_file():
        threading.Thread(target=_agent, args=(listen, keys[AGENT]), name="agent", daemon=True).start()
    yesterday(folder, time.time())
    number = _FIRST
    while True:
        time.sleep(_EVERY)
        _call(listen, keys, asked(number))
        number += 1


def _keys(path: Path) -> dict[str, str]:
    """Make a key for each of the staff, and one for the agent."""
    people = {one.who: one for one in (asked(number) for number in range(60))}
    made, records = {}, []
    for who, one in [*people.items(), (AGENT, None)]:
        key = make_key(secrets.token_bytes(32))
        made[who] = key
        records.append(
            KeyRecord(
                id=f"k-{len(made)}", hash=digest(key), last=key[-4:], principal=who, created=datetime.now(UTC),
                groups=["staff"] if one else ["agents"], application=one.application if one else AGENT,
            )
        )  # fmt: skip
    KeyFile(path).change(lambda before: [*before, *records])
    return made


def _answers(listen: str) -> bool:
    """Wait for the gateway, and tell whether it is there."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if _sent(listen, "GET", "/healthz", None, {}) == 200:
            return True
        time.sleep(0.2)
    return False


def _call(listen: str, keys: dict[str, str], one: Asked) -> None:
    _sent(listen, "POST", "/openai/v1/chat/completions", one.body, {"authorization": f"Bearer {keys[one.who]}"})


def _sent(listen: str, method: str, path: str, body: Any, headers: dict[str, str], seconds: float = _SECONDS) -> int:
    """Return the status of an answer, 0 without one: the gateway is starting, or ending."""
    host, port = address_of(listen)
    content = None if body is None else json.dumps(body)
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    with suppress(OSError, http.client.HTTPException), closing(connection):
        connection.request(method, path, content, {"content-type": "application/json", **headers})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    return 0


def _agent(listen: str, key: str) -> None:
    """Read mails and want to send one, again and again: somebody has to say yes."""
    while True:
        task = secrets.token_hex(8)
        _tool(listen, key, task, "list_mails", {})
        _tool(listen, key, task, "send_mail", LETTER)
        time.sleep(_AGAIN)


def _tool(listen: str, key: str, task: str, name: str, arguments: dict[str, str]) -> None:
    about = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": AGENT, "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    params = {"name": name, "arguments": arguments, "_meta": about}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {
        "authorization": f"Bearer {key}",
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": name,
        "x-bartizan-task": task,
    }
    _sent(listen, "POST", "/mcp/desk", body, headers, _ANSWER)


def yesterday(folder: Path, until: float) -> None:
    """Put a day on record that ends at a time (seconds since 1970): decided by the gateway's own rules."""
    openings = folder / STATE / OPENINGS
    end = time.monotonic() + _PATIENCE
    while not openings.exists() and time.monotonic() < end:
        time.sleep(0.2)  # the console opens the trials when it has loaded its register
    now = [until]
    guard = Guard.load(folder / "gateway.yaml", name="yesterday", clock=lambda: now[0])
    try:
        for at, one in _times(until):
            now[0] = at
            principal = guard.principal(
                one.who, groups=["staff"], application=one.application, sandbox=one.sandbox
            )  # fmt: skip
            with suppress(Refused), guard.request("openai-chat", one.body, principal=principal) as call:
                now[0] += 0.8
                call.answer(_answer(call.body))
    finally:
        guard.close()


def _times(now: float) -> Iterator[tuple[float, Asked]]:
    for share, one in day_of():
        yield now - 86_400 * (1 - share), one


def _answer(body: bytes) -> bytes:
    """Return what the made-up provider answers."""
    reply, _ = respond("POST", "/openai/v1/chat/completions", body)
    return b"".join(reply.parts)


def _follow() -> None:
    while os.read(sys.stdin.fileno(), 64):
        pass
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_follow, name="console", daemon=True).start()
    run(Path(sys.argv[1]), sys.argv[2])
