"""One gateway for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import pytest_socket

from tests.guard.gateway.running import Gate, running

USERS = (("anna", "staff"), ("paul", "staff", "pictures"), ("poor", "staff"), ("nobody",))

BUDGETS = """
budgets:
  - {id: two-a-month, of: principal, match: [poor], per: month, requests: 2}
"""


@pytest.fixture(scope="session")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    """The gateway, with the keys of the users above."""
    pytest_socket.enable_socket()
    with running(tmp_path_factory.mktemp("gateway"), more=BUDGETS, users=USERS) as gate:
        yield gate
