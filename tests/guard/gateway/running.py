"""The gateway as users start it, in front of the made-up provider, both on free ports of loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from bartizan.guard.gateway.demo import DOORS, Demo, serving

Client = TypeVar("Client")
PROVIDER_KEY = "provider-credential-of-the-tests"

POLICIES = """
@id("staff")
permit(principal in Bartizan::Group::"staff", action, resource);

@id("no-images")
@reason("images can not be looked into, and may not go there")
forbid(principal, action, resource)
when { context.opaque.contains("image") }
unless { principal in Bartizan::Group::"pictures" };

@id("no-provider-tools")
@reason("tools that the provider runs are not for everybody")
forbid(principal, action == Bartizan::Action::"use-provider-tool", resource);
"""

DATA = """
  rules:
    - {id: no-bank-details, do: block, on: [request], types: [iban-code]}
    - {id: no-bank-details-out, do: block, on: [answer], types: [iban-code]}
    - {id: cards-hidden, do: mask, types: [credit-card]}
    - {id: people, do: pseudonym, on: [request], types: [email-address]}
    - {id: the-rest, do: allow}
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


def command(*arguments: str) -> list[str]:
    """Return the command line of the real command."""
    return [sys.executable, "-c", "import sys; from bartizan.cli import main; sys.exit(main())", *arguments]


class Gate:
    """A gateway that runs: its address, its provider, a key for each user, and the events that it wrote."""

    def __init__(self, folder: Path, demo: Demo, port: int) -> None:
        self.folder, self.demo, self.port = folder, demo, port
        self.keys: dict[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None
        self._clients: list[Any] = []

    def closing(self, client: Client) -> Client:
        """Close a client of a test when the gateway ends."""
        self._clients.append(client)
        return client

    def close(self) -> None:
        """Close all clients."""
        for client in self._clients:
            client.close()

    @property
    def root(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether it still answers."""
        return self.process is not None and self.process.poll() is None and ready(self.root)

    def key(self, user: str, *groups: str) -> str:
        """Return the key of a user, made by the real command the first time."""
        if user not in self.keys:
            more = [word for group in groups for word in ("--group", group)]
            made = subprocess.run(
                command("keys", "create", user, *more, "--config", str(self.folder / "gateway.yaml")),
                check=True,
                capture_output=True,
                timeout=60,
            )
            self.keys[user] = made.stdout.decode().strip()
        return self.keys[user]

    def events(self) -> list[dict[str, Any]]:
        """Return all events so far."""
        out: list[dict[str, Any]] = []
        for file in sorted((self.folder / "events").rglob("*.jsonl")):
            for line in file.read_bytes().split(b"\n")[:-1]:
                event = json.loads(line)
                if "kind" in event:
                    out.append(event)
        return out

    def settled(self) -> int:
        """Return how many events there are once no more come: the last of a stream is written behind its last byte."""
        count = -1
        while (now := len(self.events())) != count:
            count = now
            time.sleep(0.1)
        return count

    def events_after(self, count: int, more: int = 1) -> list[dict[str, Any]]:
        """Return events after the first `count`, once there are so many more."""
        until = time.monotonic() + 5
        while len(found := self.events()[count:]) < more and time.monotonic() < until:
            time.sleep(0.02)
        return found


def ready(root: str) -> bool:
    """Tell whether a gateway is ready."""
    try:
        with urllib.request.urlopen(f"{root}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def configuration(
    demo: Demo, port: int, more: str = "", data: str = DATA, *, upstreams: str = "", identity: str = ""
) -> str:
    """Return a configuration with all doors open to the made-up provider, behind other upstreams."""
    upstreams += "".join(
        f"  - {{id: demo-{door}, door: {door}, url: '{demo.root}{path}', secret: env:DEMO_KEY, region: ch,"
        f" seconds: 20, prices: {{demo-large: {{input: 2, output: 8}}}}}}\n"
        for door, path in DOORS.items()
    )
    return (
        f"listen: 127.0.0.1:{port}\nidentity:\n  keys: keys.jsonl\n{identity}upstreams:\n{upstreams}data:{data}"
        f"limits: {{body: 1000000, answer: 2000000, seconds: 2}}\n{more}"
    )


@contextmanager
def running(
    folder: Path,
    *,
    more: str = "",
    data: str = DATA,
    policies: str = POLICIES,
    users: Sequence[Sequence[str]] = (),
    upstreams: str = "",
    identity: str = "",
) -> Iterator[Gate]:
    """Start the provider and the gateway, and end both with the block.

    `upstreams` are lines of further upstreams, `identity` lines of further ways to be known, each with its indentation.
    """
    with serving() as demo:
        port = free_port()
        (folder / "policies").mkdir(exist_ok=True)
        (folder / "policies" / "all.cedar").write_text(policies)
        (folder / "gateway.yaml").write_text(
            configuration(demo, port, more, data, upstreams=upstreams, identity=identity)
        )
        gate = Gate(folder, demo, port)
        for user, *groups in users:
            gate.key(user, *groups)
        environment = {**os.environ, "DEMO_KEY": PROVIDER_KEY}
        with (folder / "output.txt").open("wb") as output:
            gate.process = subprocess.Popen(
                command("gateway", "--config", str(folder / "gateway.yaml")),
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        try:
            _wait(gate)
            yield gate
        finally:
            gate.close()
            _end(gate.process)


def _wait(gate: Gate) -> None:
    assert gate.process is not None
    until = time.monotonic() + 60
    while not ready(gate.root):
        if gate.process.poll() is not None or time.monotonic() > until:
            raise AssertionError(f"the gateway did not start: {(gate.folder / 'output.txt').read_text()[-3000:]}")
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(15)
