"""Coroutines without an event loop: run at once, or told that they would wait."""

from __future__ import annotations

import asyncio

import pytest

from bartizan.guard.inprocess import Direct
from bartizan.guard.inprocess.running import driven


async def _two() -> int:
    return 2


async def _sleeps() -> None:
    await asyncio.sleep(0)


def test_what_waits_for_nothing_is_run() -> None:
    assert driven(_two()) == 2
    assert Direct().wait(_two()) == 2
    assert asyncio.run(Direct().join(_two())) == 2


def test_what_waits_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="load it with"):
        driven(_sleeps())
