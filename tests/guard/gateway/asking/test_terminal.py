"""Asking at a terminal: a real one, with somebody who types."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from bartizan.guard.asking import Answerer
from bartizan.guard.gateway.asking import Said, Terminal, Unreachable
from bartizan.model.ruling import Ask
from tests.guard.asking.making import approval, verdict

if sys.platform == "win32":
    pytest.skip("no such terminals", allow_module_level=True)

ANNA = Answerer(name="anna", user=True)
NOW = 1_000.0


class Person:
    """Sits at the other end of a terminal."""

    def __init__(self, end: int, path: Path) -> None:
        self.end, self.path = end, path
        self.seen = ""

    def types(self, *lines: bytes) -> threading.Thread:
        """Type a line whenever a question has been shown."""

        def typing() -> None:
            for number, line in enumerate(lines, 1):
                while self.seen.count("Allow this call?") < number:
                    self.seen += os.read(self.end, 4096).decode()
                os.write(self.end, line)

        thread = threading.Thread(target=typing)
        thread.start()
        return thread


@pytest.fixture
def person() -> Iterator[Person]:
    end, terminal = os.openpty()
    yield Person(end, Path(os.ttyname(terminal)))
    os.close(end)
    os.close(terminal)


def ask(person: Person, *lines: bytes, many: int = 1) -> list[Said]:
    typing = person.types(*lines)
    out = asyncio.run(Terminal(lambda: NOW, person.path, "anna").ask([approval()] * many))
    typing.join()
    return out


@pytest.mark.parametrize(
    ("line", "approved", "lasting"),
    [
        (b"y\n", True, False),
        (b" YES \n", True, False),
        (b"s\n", True, True),
        (b"\n", False, False),
        (b"n\n", False, False),
        (b"yy\n", False, False),
        (b"x" * 80 + b"\n", False, False),
    ],
)
def test_what_is_typed(person: Person, line: bytes, approved: bool, lasting: bool) -> None:
    assert ask(person, line) == [Said(approval().id, approved, lasting, ANNA)]
    assert 'calls "send_mail"' in person.seen


def test_what_may_not_last_is_not_approved_by_s(person: Person) -> None:
    one = approval(card=None)
    typing = person.types(b"s\n")
    (said,) = asyncio.run(Terminal(lambda: NOW, person.path, "anna").ask([one]))
    typing.join()
    assert (said.approved, said.lasting) == (False, False)


def test_several_questions_one_after_the_other(person: Person) -> None:
    assert [one.approved for one in ask(person, b"y\n", b"n\n", many=2)] == [True, False]


def test_what_was_typed_before_is_no_answer(person: Person) -> None:
    os.write(person.end, b"y\n")
    time.sleep(0.05)
    assert not ask(person, b"n\n")[0].approved


def test_nobody_types_in_time(person: Person) -> None:
    one = msgspec.structs.replace(approval(), until=NOW + 0.25)
    assert asyncio.run(Terminal(lambda: NOW, person.path, "anna").ask([one])) == []


def test_it_ends_with_its_task(person: Person) -> None:
    async def asking() -> int:
        before = threading.active_count()
        task = asyncio.create_task(Terminal(lambda: NOW, person.path, "anna").ask([approval()]))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return threading.active_count() - before

    started = time.monotonic()
    assert asyncio.run(asking()) <= 1  # asyncio.run waits for its threads
    assert time.monotonic() - started < 2


def test_no_terminal(tmp_path: Path) -> None:
    terminal = Terminal(lambda: NOW, tmp_path / "tty")
    assert not terminal.there()
    with pytest.raises(Unreachable, match="no terminal"):
        asyncio.run(terminal.ask([approval()]))


def test_it_asks_nothing_that_is_for_others(person: Person) -> None:
    with pytest.raises(Unreachable, match="not for the user"):
        asyncio.run(Terminal(lambda: NOW, person.path).ask([approval(verdict(ruling=Ask("finance")))]))
