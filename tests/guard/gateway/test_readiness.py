"""What /readyz and /healthz tell when something that the gateway needs is away."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.guard.gateway.running import Gate, running
from tests.guard.gateway.sockets import HELLO, post
from tests.guard.gateway.valkey_server import Server

pytestmark = pytest.mark.enable_socket

BUDGET = "budgets:\n  - {id: many, of: principal, per: month, requests: 100}\n"


def asked(gate: Gate, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(gate.root + path, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_a_gateway_without_its_shared_state_is_not_ready(tmp_path: Path) -> None:
    server = Server(tmp_path)
    try:
        with running(tmp_path, more=f"state: {server.url}\n{BUDGET}", users=(("anna", "staff"),)) as gate:
            assert asked(gate, "/readyz") == (200, b"ok\n")
            assert post(gate, HELLO).status == 200
            server.stop()
            assert asked(gate, "/readyz") == (503, b"not ready\nthe shared state does not answer\n")
            assert asked(gate, "/healthz") == (200, b"ok\n")
            answer = post(gate, HELLO)
            assert (answer.status, answer.headers["x-bartizan-rule"]) == (503, "state-lost")
            server.start()
            until = time.monotonic() + 5
            while asked(gate, "/readyz")[0] != 200 and time.monotonic() < until:
                time.sleep(0.1)
            assert asked(gate, "/readyz") == (200, b"ok\n")
    finally:
        server.stop()
