"""What is done again and again beside the pages."""

from __future__ import annotations

import logging
import threading

import pytest

from bartizan.console.turns import Turns
from bartizan.model import BartizanError


class _Work(Turns):
    """Goes wrong in each of its first turns, and tells when it was reached once more."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__("work", 600, "work waits")
        self.errors, self.well = list(errors), threading.Event()

    def _turn(self) -> None:
        if self.errors:
            self.poke()
            raise self.errors.pop(0)
        self.well.set()


def test_whatever_goes_wrong_in_a_turn_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    work = _Work(BartizanError("the register does not answer"), ZeroDivisionError("odd"))
    with caplog.at_level(logging.WARNING, "bartizan.console"):
        work.start()
        assert work.well.wait(20)
        work.stop()
    told = [(one.levelname, one.getMessage(), one.exc_info is not None) for one in caplog.records]
    assert told == [("WARNING", "work waits: the register does not answer", False), ("ERROR", "work waits", True)]


def test_it_is_begun_again_after_its_end() -> None:
    work = _Work()
    for _ in range(2):
        work.well.clear()
        work.start()
        assert work.well.wait(20)
        work.stop()
        assert not [one for one in threading.enumerate() if one.name.startswith("work")]
