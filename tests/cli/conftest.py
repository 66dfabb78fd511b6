"""Runs the command line in this process, as the shell would see it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from bartizan.cli import main

__all__ = ["Done", "Run"]

SYSTEM = """
id: helpdesk
name: Help desk
zones:
  internet: {kind: internet}
  cloud: {kind: cloud}
data:
  tickets: {class: restricted, categories: [personal], records: 5000}
components:
  customer: {kind: person, party: customers, zone: internet}
  chat: {kind: application, zone: cloud, renders: [markdown, images]}
  agent: {kind: agent, name: Assistant, zone: cloud}
  llm: {kind: model, zone: cloud, trains_on_input: no}
  desk: {kind: data-store, zone: cloud, holds: [tickets], writers: [customers]}
  mailer: {kind: tool, zone: cloud, effect: [send], reach: any, reversible: false}
flows:
  - {from: customer, to: chat}
  - {from: chat, to: agent, authority: user}
  - {from: agent, to: llm, carries: [tickets]}
  - {from: agent, to: desk, returns: [tickets], authority: service}
  - {from: agent, to: mailer, carries: [tickets], authority: service}
"""


class Done(NamedTuple):
    """What a command did: its exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture(scope="session")
def cache() -> Path:
    """Give the cache of this run, where the parsed catalog and compiled patterns are kept; never the user's."""
    return Path(os.environ["XDG_CACHE_HOME"])


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give a function that runs a command."""
    monkeypatch.delenv("BARTIZAN_DEBUG", raising=False)

    def call(*arguments: object) -> Done:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return call


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """Give a small system with attack paths, in a folder of its own."""
    path = tmp_path / "system.yaml"
    path.write_text(SYSTEM, encoding="utf-8")
    return path
