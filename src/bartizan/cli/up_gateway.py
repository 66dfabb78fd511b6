"""The gateway beside the console: started as a program of its own, and where both find what they share."""

from __future__ import annotations

import http.client
import json
import random
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bartizan.cli.gateway_demo import demo_folder
from bartizan.cli.gateway_show import demo_key
from bartizan.console.services import Places
from bartizan.guard.gateway.parts import load_config

__all__ = ["demo_gateway", "gateway_beside"]

_SECONDS = 10
_EVERY = 6.0
"""Seconds between calls of the demo's made-up staff."""
_DEMO = "127.0.0.1:8400"
_ASKED = (
    "Sum up the minutes of the meeting in three lines.",
    "Draft a reply to anna.meier@example.ch about her delivery.",
    "What does clause 4.2 of the contract say about notice?",
    "Transfer to CH93 0076 2011 6238 5295 7: is the reference right?",
    "Translate: the claim was settled on Monday.",
)


@contextmanager
def gateway_beside(config: Path) -> Iterator[Places]:
    """Run `bartizan gateway --config FILE` until the end of the block. Raises InputError for a wrong configuration."""
    read = load_config(config)
    folder = config.resolve().parent
    with _running(config):
        yield Places(
            events=folder / read.events.folder,
            approvals=_folder(folder, "approvals"),
            sandboxes=_folder(folder, "sandboxes"),
            gateway=f"http://{read.listen}",
            config=config,
        )


def _folder(folder: Path, name: str) -> Path | None:
    return folder / name if (folder / name).is_dir() else None


@contextmanager
def demo_gateway() -> Iterator[Places]:
    """Run a gateway with a made-up provider, and some calls of made-up staff, until the end of the block."""
    with demo_folder(_DEMO) as (folder, _):
        for name in ("approvals", "sandboxes"):
            (folder / name).mkdir(mode=0o700)
        key = demo_key(folder / "keys.jsonl")
        ended = threading.Event()
        staff = threading.Thread(target=_call_now_and_then, args=(key, ended), name="demo-staff", daemon=True)
        with _running(folder / "gateway.yaml"):
            staff.start()
            try:
                yield Places(
                    events=folder / "events",
                    approvals=folder / "approvals",
                    sandboxes=folder / "sandboxes",
                    gateway=f"http://{_DEMO}",
                    config=folder / "gateway.yaml",
                )
            finally:
                ended.set()


@contextmanager
def _running(config: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "bartizan.cli", "gateway", "--config", str(config)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own command
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _call_now_and_then(key: str, ended: threading.Event) -> None:
    """Call the demo's model as its made-up staff would, so that there is something to see."""
    chance = random.Random(secrets.randbits(32))  # noqa: S311 - picks sentences
    host, _, port = _DEMO.partition(":")
    while not ended.wait(_EVERY):
        body = {"model": "demo-large", "messages": [{"role": "user", "content": chance.choice(_ASKED)}]}
        connection = http.client.HTTPConnection(host, int(port), timeout=_SECONDS)
        with suppress(OSError):  # it is starting, or ending
            headers = {"authorization": f"Bearer {key}"}
            connection.request("POST", "/openai/v1/chat/completions", json.dumps(body), headers)
            connection.getresponse().read()
        connection.close()
