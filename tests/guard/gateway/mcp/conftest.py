"""A gateway with doors to real servers: the official SDK's, FastMCP's, one that lies, and a local one."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_socket

from tests.guard.gateway.asking.people import People, people
from tests.guard.gateway.mcp.bad_server import Bad, misbehaving
from tests.guard.gateway.running import Gate, free_port, running
from tests.support import REPOSITORY

HERE = Path(__file__).parent
KINDS = ("sdk", "legacy", "fastmcp", "plain")
POLICIES = """
@id("staff")
permit(principal in Bartizan::Group::"staff", action, resource);
@id("analysts")
permit(principal in Bartizan::Group::"analysts", action, resource);
"""
CHARTER = """
id: notes
purpose: Reads notes.
holds_for: {principals: [paul]}
tools: ["plain/*"]
budget: {day: {tokens: 1}}
"""
DATA = "\n  rules:\n    - {id: everything, do: allow}\n"


class Agents(NamedTuple):
    """The gateway, the server that lies, people at a webhook, the issuer of tokens, the servers' ports by kind."""

    gate: Gate
    bad: Bad
    them: People
    issuer: str
    ports: dict[str, int]

    def door(self, name: str) -> str:
        """Return the address of a door."""
        return f"{self.gate.root}/mcp/{name}"


def doors(ports: dict[str, int], bad: Bad, them: People, public: str) -> str:
    """Return the configuration of the doors."""
    server = {kind: f"{{id: {kind}, url: 'http://127.0.0.1:{port}/mcp'}}" for kind, port in ports.items()}
    liar = f"url: '{bad.root}/mcp', seconds: 1.6"
    exchange = (
        f"oauth: {{token_url: '{bad.root}/token/good', client: gateway, secret: env:DEMO_KEY, grant: token-exchange}}"
    )
    local = f"command: ['{sys.executable}', '{HERE / 'sdk_server.py'}']"
    lines = [
        *(f"{{id: {kind}, servers: [{one}]}}" for kind, one in server.items()),
        f"{{id: all, servers: [{', '.join(server.values())}]}}",
        f"{{id: bad, sessions: 8, servers: [{{id: bad, {liar}, secret: env:DEMO_KEY, headers: [x-team]}}]}}",
        f"{{id: lost, servers: [{{id: sdk, url: 'http://127.0.0.1:{ports['sdk']}/mcp'}}, "
        "{id: gone, url: 'http://127.0.0.1:9/mcp', seconds: 2}]}",
        f"{{id: exchanged, scopes: [notes], servers: [{{id: bad, {liar}, {exchange}}}]}}",
        f"{{id: local, servers: [{{id: local, {local}, environment: {{NOTE_KEY: 'env:DEMO_KEY'}}}}]}}",
        f"{{id: asked, asking: {{folder: questions}}, journal: journals, servers: [{server['plain']}]}}",
        f"{{id: called, asking: {{webhook: '{them.url}', secret: env:DEMO_KEY}}, servers: [{server['plain']}]}}",
        f"{{id: bound, charter: bound.yaml, servers: [{server['plain']}]}}",
        f"{{id: page, origins: ['https://page.example'], idle: 1, servers: [{server['plain']}]}}",
    ]
    return f"public: '{public}'\nmcp:\n" + "".join(f"  - {line}\n" for line in lines)


@pytest.fixture(scope="session")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agents]:
    """The gateway with all doors, and keys for anna and paul."""
    pytest_socket.enable_socket()
    folder = tmp_path_factory.mktemp("agents")
    with ExitStack() as stack:
        bad, them = stack.enter_context(misbehaving()), stack.enter_context(people())
        ports = {kind: free_port() for kind in KINDS}
        words = [f"{kind}={port}" for kind, port in ports.items()]
        servers = stack.enter_context(_started([sys.executable, str(HERE / "http_server.py"), *words]))
        provider = stack.enter_context(_started([sys.executable, str(REPOSITORY / "tests/guard/identity/provider.py")]))
        issuer = _line(provider)
        (folder / "bound.yaml").write_text(CHARTER)
        identity = f"  issuers: [{{issuer: '{issuer}/good', audience: 'api://gateway'}}]\n"
        more = doors(ports, bad, them, "https://gateway.example")
        users = (("anna", "staff"), ("paul", "staff"))
        with running(folder, more=more, policies=POLICIES, data=DATA, users=users, identity=identity) as gate:
            assert _line(servers) == "ready"
            yield Agents(gate, bad, them, issuer, ports)


class _started:  # noqa: N801 - used as a function
    """A process that ends with its input."""

    def __init__(self, command: list[str]) -> None:
        self._command = command

    def __enter__(self) -> subprocess.Popen[str]:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self._process

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._process.stdout.close()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def until(what: object, seconds: float = 5.0) -> bool:
    """Wait until something called holds."""
    assert callable(what)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return bool(what())
