"""`bartizan gateway --demo --once`: three calls, what became of each, and a record that holds."""

from __future__ import annotations

import subprocess

import pytest

from tests.cli.conftest import Run
from tests.guard.gateway.running import command

MAIL = "anna.meier@example.ch"


@pytest.mark.enable_socket
def test_three_calls_tell_what_the_gateway_does() -> None:
    done = subprocess.run(command("gateway", "--demo", "--once"), capture_output=True, timeout=90, check=False)
    text = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    lines: dict[str, str] = {}
    for line in text.splitlines():
        lines.setdefault(line.partition(":")[0].strip(), line)
    assert MAIL in lines["asked"]
    assert MAIL in lines["answer"]
    assert "(email-address" in lines["provider"]
    assert MAIL not in lines["provider"]
    assert text.count("and the provider got nothing") == 2
    record = text.partition("What is on record")[2]
    assert (record.count("  deny "), record.count("  transform ")) == (2, 1)
    assert MAIL not in record
    assert "as they were written" in record


def test_once_is_for_the_demo(run: Run) -> None:
    done = run("gateway", "--once")
    assert done.code == 2
    assert "`--once` is for `--demo`" in done.err
