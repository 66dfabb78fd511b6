"""Many who write at once: nothing is lost, nobody waits for ever, and the trail stays whole."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bartizan.model.documents import Kind
from bartizan.store.register import Conflict
from bartizan.store.register.open import SqlRegister, open_register
from tests.store.register.samples import AT, assessment, keep, proof, system, tool

THREADS = 16


def at_once(work: Callable[[int], object]) -> list[object]:
    """Do work in as many threads, which begin together; errors come back as results."""
    gate = threading.Barrier(THREADS)

    def begin(number: int) -> object:
        gate.wait(30)
        try:
            return work(number)
        except Conflict as error:
            return error

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def test_of_those_who_change_one_document_one_succeeds_and_the_others_are_told(register: SqlRegister) -> None:
    keep(register, tool("chat"))

    def change(number: int) -> object:
        document = tool("chat", title=f"by {number}")
        return register.documents.put(document, expected=1, by=str(number), why="", at=AT)

    results = at_once(change)
    refused = [result for result in results if isinstance(result, Conflict)]
    (kept,) = [result for result in results if not isinstance(result, Conflict)]
    assert {error.version for error in refused} == {2}
    assert register.documents.get(Kind.TOOL, "chat") == kept
    assert register.documents.verify() == 2


def test_of_those_who_make_one_document_one_succeeds(register: SqlRegister) -> None:
    results = at_once(lambda number: keep(register, tool("chat", title=f"by {number}")))
    assert sum(isinstance(result, Conflict) for result in results) == THREADS - 1
    assert register.documents.verify() == 1


def test_nothing_is_lost_when_those_who_were_told_try_again(register: SqlRegister) -> None:
    keep(register, tool("chat", title="0"))

    def add(number: int) -> object:
        for _ in range(500):
            stored = register.documents.get(Kind.TOOL, "chat")
            assert stored is not None
            document = tool("chat", title=str(int(stored.document.title) + 1))
            try:
                return register.documents.put(document, expected=stored.version, by=str(number), why="", at=AT)
            except Conflict:
                continue
        return pytest.fail("never had its turn")

    at_once(add)
    stored = register.documents.get(Kind.TOOL, "chat")
    assert stored is not None
    assert (stored.document.title, stored.version) == (str(THREADS), THREADS + 1)
    assert len(register.documents.history(Kind.TOOL, "chat")) == THREADS + 1


def test_those_who_change_different_documents_all_succeed(register: SqlRegister) -> None:
    def write(number: int) -> object:
        for turn in range(5):
            document = tool(f"tool-{number}", title=f"turn {turn}")
            register.documents.put(document, expected=turn, by=str(number), why="", at=AT)
        return None

    assert at_once(write) == [None] * THREADS
    assert register.documents.verify() == THREADS * 5
    page = register.documents.trail(limit=1000)
    assert sorted(change.seq for change in page.items) == list(range(1, THREADS * 5 + 1))


def test_documents_evidence_and_assessments_are_written_beside_each_other(register: SqlRegister) -> None:
    keep(register, *(system(f"s{number}") for number in range(4)))

    def write(number: int) -> object:
        name = f"s{number % 4}"
        for turn in range(6):
            match number // 4:
                case 0:
                    stored = register.documents.get(Kind.SYSTEM, name)
                    assert stored is not None
                    document = system(name, title=f"turn {turn}")
                    register.documents.put(document, expected=stored.version, by="", why="", at=AT)
                case 1:
                    proofs = [proof(f"s{(number + other) % 4}", f"{number}-{turn}") for other in range(4)]
                    register.evidence.add(proofs, at=AT)
                case _:
                    mark = register.assessments.mark(name)
                    register.assessments.keep(assessment(name, version=turn + 1), b"{}", mark=mark)
        return None

    assert at_once(write) == [None] * THREADS
    assert register.documents.verify() == 4 + 4 * 6
    assert register.evidence.list().total == 4 * 6 * 4
    assert all(register.assessments.get(f"s{number}") for number in range(4))


_PROCESS = """
import sys
from bartizan.model.documents import Document, Kind, ToolSpec
from bartizan.store.register import open_register

register = open_register(sys.argv[1])
for turn in range(10):
    document = Document(kind=Kind.TOOL, name=f"tool-{sys.argv[2]}", spec=ToolSpec(title=f"turn {turn}"))
    register.documents.put(document, expected=turn, by="x", why="", at="2026-11-28T09:00:00Z")
register.close()
"""


def test_processes_that_open_a_new_register_at_once_all_write_to_it(place: str) -> None:
    command = [sys.executable, "-c", _PROCESS, place]
    running = [subprocess.Popen([*command, str(number)], stderr=subprocess.PIPE) for number in range(4)]
    for process in running:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said.decode()
    register = open_register(place, create=False)
    assert register.documents.verify() == 40
    register.close()
