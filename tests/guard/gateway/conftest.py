"""Gateways for all tests of this folder: one with keys only, one with every way to be known and a lying provider."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_socket

from tests.guard.gateway.liar import Liar, lying
from tests.guard.gateway.running import Gate, running

USERS = (("anna", "staff"), ("paul", "staff", "pictures"), ("poor", "staff"), ("nobody",))
REPOSITORY = Path(__file__).resolve().parents[3]

BUDGETS = """
budgets:
  - {id: two-a-month, of: principal, match: [poor], per: month, requests: 2}
"""

KNOWN = """
@id("staff")
permit(principal in Bartizan::Group::"staff", action, resource);
@id("analysts")
permit(principal in Bartizan::Group::"analysts", action, resource);
@id("by-certificate")
permit(principal == Bartizan::User::"CN=reporting,O=Example", action, resource);
"""


@pytest.fixture(scope="session")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """The gateway, with the keys of the users above."""
    pytest_socket.enable_socket()
    with running(tmp_path_factory.mktemp("gateway"), more=BUDGETS, users=USERS) as gate:
        yield gate


class Wide(NamedTuple):
    """A gateway with every way to be known: keys, tokens of the issuer at `issuer`, certificates by a proxy."""

    gate: Gate
    liar: Liar
    issuer: str
    secret: str


@pytest.fixture(scope="session")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wide]:
    """A gateway that trusts a proxy and two issuers, of which one can't be reached; model `liar` is the liar's."""
    pytest_socket.enable_socket()
    folder, secret = tmp_path_factory.mktemp("wide"), "the-secret-of-the-proxy-in-tests"
    (folder / "proxy-secret").write_text(secret)
    command = [sys.executable, str(REPOSITORY / "tests/guard/identity/provider.py")]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as provider,
        lying() as liar,
    ):
        assert provider.stdout is not None
        assert provider.stdin is not None
        issuer = provider.stdout.readline().strip()
        identity = (
            "  proxy: {header: x-client-name, secret: 'file:proxy-secret'}\n  issuers:\n"
            f"    - {{issuer: '{issuer}/good', audience: 'api://gateway', leeway: 30}}\n"
            "    - {issuer: 'https://127.0.0.1:9', audience: 'api://gateway'}\n"
        )
        url = f"http://127.0.0.1:{liar.port}/v1"
        upstream = "".join(
            f"  - {{id: liar-{door}, door: {door}, url: '{url}', models: {{liar: liar}}, seconds: 2,"
            " secret: env:DEMO_KEY}\n"
            for door in ("openai", "gemini")
        )
        with running(folder, users=(("anna", "staff"),), policies=KNOWN, upstreams=upstream, identity=identity) as gate:
            yield Wide(gate, liar, issuer, secret)
        provider.stdin.close()
