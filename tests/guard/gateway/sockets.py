"""Speaks HTTP with a gateway over bare sockets, so that nothing corrects what tests want to be wrong."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any

from tests.guard.gateway.running import Gate

CHAT = "/openai/v1/chat/completions"
MOST = 20_000_000
HELLO = b'{"model": "demo-large", "messages": [{"role": "user", "content": "hello"}]}'


class Answer:
    """What came back over a bare socket: the status (0 when there was none), headers, the body and the seconds."""

    def __init__(self, data: bytes, seconds: float) -> None:
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        self.data, self.seconds = data, seconds
        self.status = int(first.split(b" ")[1]) if first.startswith(b"HTTP/1.") else 0
        pairs = (line.partition(b":") for line in lines)
        self.headers = {name.decode().lower(): value.strip().decode() for name, _, value in pairs}
        self.body = _joined(body) if "transfer-encoding" in self.headers else body

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def _joined(data: bytes) -> bytes:
    out, at = [], 0
    while (line := data.find(b"\r\n", at)) >= 0 and (size := int(data[at:line] or b"0", 16)):
        at = line + 2 + size + 2
        out.append(data[line + 2 : at - 2])
    return b"".join(out)


def raw(gate: Gate, *parts: bytes, pause: float = 0.0, seconds: float = 15.0) -> Answer:
    """Send bytes, and read until the other side closes or is silent."""
    started = time.monotonic()
    got = bytearray()
    with socket.create_connection(("127.0.0.1", gate.port), timeout=seconds) as opened:
        try:
            for part in parts:
                opened.sendall(part)
                time.sleep(pause)
        except OSError:
            pass
        try:
            while len(got) < MOST and (data := opened.recv(65536)):
                got += data
        except OSError:
            pass
    return Answer(bytes(got), time.monotonic() - started)


def head(
    gate: Gate, *lines: str, path: str = CHAT, user: str = "anna", method: str = "POST", close: bool = True
) -> bytes:
    """Return the head of a request."""
    every = [f"{method} {path} HTTP/1.1", "host: gateway", f"authorization: Bearer {gate.keys[user]}"]
    every += ["connection: close"] if close else []
    return "\r\n".join([*every, *lines, "", ""]).encode()


def post(gate: Gate, body: bytes, *lines: str, path: str = CHAT) -> Answer:
    """Send a whole body with its length."""
    kind = () if any(line.startswith("content-type") for line in lines) else ("content-type: application/json",)
    return raw(gate, head(gate, f"content-length: {len(body)}", *kind, *lines, path=path) + body)


def told(gate: Gate, before: int, rule: str) -> None:
    """Check that a refusal is on record."""
    assert rule in [event["rule"] for event in gate.events_after(before) if event["kind"] == "refusal"]


def resident(gate: Gate) -> int:
    """Return bytes of memory of the gateway and the processes that it has started."""
    assert gate.process is not None
    total, found = 0, [str(gate.process.pid)]
    while found:
        pid = found.pop()
        total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += (task / "children").read_text().split()
    return total


def told_to(gate: Gate, prompt: str, *, stream: bool = False, path: str = CHAT) -> Answer:
    """Have the provider answer as a prompt says."""
    tree: dict[str, Any] = {"model": "demo-large", "messages": [{"role": "user", "content": prompt}]}
    if stream:
        tree["stream"] = True
    return post(gate, json.dumps({**tree, "max_tokens": 9}).encode(), path=path)
