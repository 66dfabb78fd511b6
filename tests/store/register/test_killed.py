"""A process that is killed while it writes leaves nothing half-written, and the register opens again by itself."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select

from bartizan.model.documents import Kind
from bartizan.store.register import Query
from bartizan.store.register.open import open_register
from bartizan.store.register.tables import DUE_MARK, EVIDENCE, EVIDENCE_COUNT, VERSION

_WRITER = """
import itertools, sys
from datetime import date
from bartizan.model.assurance import Proof, ProofSource
from bartizan.model.documents import Document, Kind, ToolSpec
from bartizan.store.register import open_register

register = open_register(sys.argv[1])
name = f"tool-{sys.argv[2]}"
for turn in itertools.count():
    document = Document(kind=Kind.TOOL, name=name, spec=ToolSpec(title=f"turn {turn} " + "long " * 2000))
    register.documents.put(document, expected=turn, by="x", why="", at="2026-11-28T09:00:00Z")
    register.evidence.add(
        [
            Proof(system=name, control=f"{turn}-{number}", source=ProofSource.SCAN, observed_at=date(2026, 1, 1))
            for number in range(20)
        ],
        at="2026-11-28T09:00:00Z",
    )
    print(turn, flush=True)
"""
ROUNDS = 8


@pytest.mark.slow
def test_whenever_a_writer_is_killed_what_is_there_is_whole(place: str) -> None:
    generator = random.Random(7)  # noqa: S311 - moments to kill at, no secret
    for round_ in range(ROUNDS):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, place, str(round_)], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"0\n"
        time.sleep(generator.uniform(0, 0.15))
        writer.kill()
        told = len(writer.stdout.read().splitlines()) + 1
        writer.wait(30)
        writer.stdout.close()
        _holds(place, round_, told)


def _holds(place: str, round_: int, told: int) -> None:
    """Open the register as a new process would, and hold its parts against each other."""
    register = open_register(place)
    name = f"tool-{round_}"
    stored = register.documents.get(Kind.TOOL, name)
    assert stored is not None
    assert told <= stored.version <= told + 1, "what was told as kept is kept"
    with register.transaction(write=False) as connection:
        versions = connection.execute(select(func.count()).select_from(VERSION)).scalar_one()
        counted = connection.execute(select(func.sum(EVIDENCE_COUNT.c.pieces))).scalar_one()
        pieces = connection.execute(select(func.count()).select_from(EVIDENCE)).scalar_one()
        of_this = connection.execute(select(func.count()).where(EVIDENCE.c.system == name)).scalar_one()
        mark = connection.execute(select(DUE_MARK.c.mark).where(DUE_MARK.c.system == name)).scalar_one()
    assert register.documents.verify() == versions
    assert counted == pieces
    assert (of_this, mark) in [(20 * told, told), (20 * (told + 1), told + 1)]
    assert register.documents.list(Query(kind=Kind.TOOL)).total == round_ + 1
    register.documents.put(stored.document, expected=stored.version, by="x", why="", at="")
    register.close()
