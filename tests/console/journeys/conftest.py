"""The demo organisation, served once for all journeys, and a browser for each module of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from bartizan.cli.up_work import clock
from bartizan.store.register.open import open_register
from tests.console.journeys.stage import Stage, free_address, launched, running, told


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("journeys")
    console, gateway = free_address(), free_address()
    command = ["-m", "tests.console.journeys.served", str(folder), console, gateway]
    with running(command, folder / "log.txt", console, gateway):
        register = open_register(folder / "register.db")
        known = told(folder)
        made = Stage(f"http://{console}", f"http://{gateway}", register, Path(known["beside"]), known["keys"])
        _assessed(made)
        yield made
        register.close()


def _assessed(stage: Stage) -> None:
    """Wait until every system of the demo is assessed."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if not stage.register.assessments.due(clock().date(), 1):
            return
        time.sleep(0.2)
    pytest.fail("the demo's systems aren't assessed within a minute")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = launched(playwright)
        yield made
        made.close()
