"""Progress: on a terminal only, and gone when it is done."""

from __future__ import annotations

import io
import sys

import pytest

from bartizan.cli import progress
from bartizan.cli.progress import Bar, Patience


class Terminal(io.StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_nothing_is_shown_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = io.StringIO()
    monkeypatch.setattr(sys, "stderr", quiet)
    monkeypatch.setattr(progress, "_WAIT", 0.0)
    with Patience("working"):
        bar = Bar(2)
        bar.step()
        bar.step()
        bar.finish()
    assert quiet.getvalue() == ""


def test_what_takes_long_is_shown_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(progress, "_WAIT", 0.01)
    monkeypatch.setattr(progress, "_STEP", 0.01)
    with Patience("reviewing a.yaml") as patience:
        while "reviewing" not in screen.getvalue():
            patience.done.wait(0.01)
    assert "reviewing a.yaml … 0 s" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_what_is_quick_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with Patience("reviewing"):
        pass
    assert screen.getvalue() == ""


def test_a_bar_counts_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(progress, "_STEP", 0.0)
    bar = Bar(2)
    bar.step("first")
    bar.step("second")
    bar.finish()
    assert "1 of 2" in screen.getvalue()
    assert "2 of 2, 0 s left  second" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")
