"""`bartizan gateway --demo --once`: three calls through a gateway made for them, and what became of each."""

from __future__ import annotations

import http.client
import json
import secrets
import socket
import subprocess
import sys
import time
from base64 import b32encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bartizan.cli.gateway_demo import demo_folder
from bartizan.cli.output import emit, say
from bartizan.model import BartizanError

if TYPE_CHECKING:
    from bartizan.guard.gateway.demo import Demo

__all__ = ["demo_key", "show_demo"]

_PATIENCE = 60.0
"""Seconds that the gateway may take to start: the first time, it compiles what it looks for."""
_SECONDS = 20


def show_demo() -> int:
    """Make the calls, print what happened, and leave nothing behind. Raises BartizanError."""
    from bartizan.cli.events_work import AskedTail, AskedVerify, tail, verify

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with demo_folder(f"127.0.0.1:{port}") as (folder, provider):
        key = demo_key(folder / "keys.jsonl")
        with _serving(folder, port):
            for number, (title, content) in enumerate(_calls(), 1):
                _show(f"{number}. {title}", _call(port, key, content), content, provider)
        events = folder / "events"
        _put("What is on record, never with a text:")
        for kind in ("call", "refusal"):
            tail(AskedTail(folder=events, follow=False, last=10, everything=False, kinds=(kind,), principal="",
                           decision=None, rule="", since="", until="", format="text"))  # fmt: skip
        return verify(AskedVerify(folder=events, anchor=None, note=None, format="text", output=None, fail_on="low"))


def _calls() -> list[tuple[str, Any]]:
    # Put together here, so that no scanner of this source takes it for somebody's.
    secret = "AKIA" + b32encode(secrets.token_bytes(10)).decode()
    picture = {"type": "image_url", "image_url": {"url": "https://pictures.example/passport.png"}}
    return [
        ("A question that names a person", "Draft a reply to anna.meier@example.ch about her delivery."),
        ("A question with a credential in it", f"Why does aws_access_key_id={secret} not work?"),
        ("A picture, which can't be looked into", [{"type": "text", "text": "Who is this?"}, picture]),
    ]


def _show(title: str, answer: tuple[int, str, str], content: Any, provider: Demo) -> None:
    status, rule, said = answer
    _put(title)
    if isinstance(content, str):
        _put(f"   asked:     {_short(content)}")
    if status == 200:
        body = json.loads(provider.received[-1].body)
        _put(f"   provider:  {body['messages'][0]['content']}")
        _put(f"   answer:    {said}")
    else:
        _put(f"   refused:   {said.partition(' (rule ')[0]}")
        _put(f"              HTTP {status} by rule `{rule}`, and the provider got nothing")
    _put("")


def _short(content: str) -> str:
    return " ".join(word if "AKIA" not in word else f"{word.partition('AKIA')[0]}AKIA..." for word in content.split())


def _put(line: str) -> None:
    emit(f"{line}\n".encode(), None)


def demo_key(path: Path) -> str:
    """Make a key for the demo's staff in a new file of keys, and return it."""
    from bartizan.guard.gateway.keyfile import KeyFile
    from bartizan.guard.identity.keys import KeyRecord, digest, make_key

    key = make_key(secrets.token_bytes(32))
    record = KeyRecord(
        id="k-demo", hash=digest(key), last=key[-4:], principal="demo", groups=["staff"], created=datetime.now(UTC)
    )
    KeyFile(path).change(lambda records: [*records, record])
    return key


@contextmanager
def _serving(folder: Path, port: int) -> Iterator[None]:
    """Run the gateway as a user would, until the end of the block."""
    command = [sys.executable, "-m", "bartizan.cli", "gateway", "--config", str(folder / "gateway.yaml")]
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)  # noqa: S603 - our own command
    try:
        end = time.monotonic() + _PATIENCE
        while not _ready(port):
            if process.poll() is not None or time.monotonic() > end:
                say((folder / "output.txt").read_text("utf-8", "replace")[-2000:])
                raise BartizanError("the gateway of the demo did not start")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _call(port: int, key: str, content: Any) -> tuple[int, str, str]:
    """Call, and return the status, the rule that refused it, and what was said."""
    body = json.dumps({"model": "demo-large", "messages": [{"role": "user", "content": content}]})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        connection.request("POST", "/openai/v1/chat/completions", body, {"authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        said = json.loads(answer.read())
    finally:
        connection.close()
    if answer.status == 200:
        return 200, "", said["choices"][0]["message"]["content"]
    return answer.status, answer.getheader("x-bartizan-rule", ""), said["error"]["message"]
