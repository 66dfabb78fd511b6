"""What journeys walk on: a served console, and a browser that remembers what went wrong on the way."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, Response

from bartizan.console.assets import files_of
from bartizan.store.register.open import SqlRegister
from tests.console.journeys.served import PASSWORD, email
from tests.support import REPOSITORY

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
AXE = REPOSITORY / "build" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = REPOSITORY / "build" / "journeys"
"""Where screenshots lie, and traces of journeys that failed."""
IN_A_BROWSER = [
    pytest.mark.enable_socket,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine"),
    pytest.mark.skipif(bool(files_of().missing()), reason="`scripts/frontend` has not installed the pages' packages"),
]
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_START = 60.0
"""Seconds within which a console answers."""


@dataclass(frozen=True)
class Stage:
    """A served console and the register behind it. `beside` is its gateway's folder, `keys` those of its callers."""

    address: str
    gateway: str
    register: SqlRegister
    beside: Path
    keys: dict[str, str]


def free_address() -> str:
    """Return a loopback address with a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{one.getsockname()[1]}"


@contextmanager
def running(command: Sequence[str], log: Path, *listen: str) -> Iterator[None]:
    """Run one of our programs until the end of the block; it answers at its addresses when the block begins."""
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, *command], cwd=REPOSITORY, stdout=output, stderr=output)
    try:
        for one in listen:
            _await(one, process, log)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _await(listen: str, process: subprocess.Popen[bytes], log: Path) -> None:
    host, _, port = listen.partition(":")
    until = time.monotonic() + _START
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        try:
            socket.create_connection((host, int(port)), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"nothing answers at {listen}: {log.read_text(encoding='utf-8', errors='replace')}")


def launched(playwright: Playwright) -> Browser:
    """Start the browser."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)


@dataclass
class Walk:
    """Somebody's way through the console. `trouble` is what the browser complained of: policy, scripts, requests."""

    name: str
    page: Page
    address: str
    trouble: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Begin to note what goes wrong."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.trouble.append(f"script: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.trouble.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a download, or a page that was left while it asked
            self.trouble.append(f"request: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.trouble.append(f"answer: {response.status} {response.url}")

    def go(self, path: str) -> None:
        """Open a page by its address."""
        self.page.goto(self.address + path)

    def to(self, *names: str) -> None:
        """Follow links of the navigation, and then of the page."""
        for number, name in enumerate(names):
            within = (
                self.page.get_by_role("navigation", name="Navigation") if number == 0 else self.page.locator("main")
            )
            within.get_by_role("link", name=name, exact=True).locator("visible=true").first.click()

    def press(self, name: str) -> None:
        """Press a button of the page's content."""
        self.page.locator("main").get_by_role("button", name=name, exact=True).locator("visible=true").first.click()

    def open(self, name: str) -> None:
        """Open what is folded away."""
        self.page.locator("main summary").filter(has_text=name).locator("visible=true").first.click()

    def fill(self, **values: str) -> None:
        """Fill fields by their names."""
        for name, value in values.items():
            self.page.locator(f"main [name={name}]:visible").first.fill(value)

    def choose(self, **values: str) -> None:
        """Choose in lists by their names."""
        for name, value in values.items():
            self.page.locator(f"main select[name={name}]:visible").first.select_option(value)

    def tab_to(self, target: str, most: int = 150) -> None:
        """Go on with the Tab key until something is focused."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("target => document.activeElement?.matches(target)", target):
                return
        pytest.fail(f"no {target} within {most} presses of Tab on {self.page.url}")

    def reads(self, text: str | re.Pattern[str]) -> None:
        """Wait until some text is to be read."""
        self.page.get_by_text(text).locator("visible=true").first.wait_for(timeout=10_000)

    def download(self, name: str) -> tuple[str, bytes]:
        """Follow a link to a file; return the file's name and content."""
        with self.page.expect_download() as coming:
            self.page.locator("main").get_by_role("link", name=name, exact=True).locator("visible=true").first.click()
        return coming.value.suggested_filename, Path(coming.value.path()).read_bytes()

    def shot(self, more: str = "") -> None:
        """Keep a picture of the whole page."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{self.name}{more}.png", full_page=True)


@contextmanager
def journey(browser: Browser, address: str, name: str, **wishes: Any) -> Iterator[Walk]:
    """Walk with a browser of one's own; what fails leaves a trace, and any complaint of the browser is a failure."""
    context = browser.new_context(viewport={"width": wishes.pop("width", 1280), "height": 800}, locale="en", **wishes)
    context.set_default_timeout(15_000)
    context.tracing.start(snapshots=True)
    done = False
    try:
        walk = Walk(name, context.new_page(), address)
        walk.watch()
        yield walk
        walk.shot()
        assert walk.trouble == []
        done = True
    finally:
        if not done and context.pages:
            SHOTS.mkdir(parents=True, exist_ok=True)
            context.pages[0].screenshot(path=SHOTS / f"{name}.failed.png")
        _end(context, None if done else SHOTS / f"{name}.trace.zip")


def _end(context: BrowserContext, trace: Path | None) -> None:
    if trace:
        trace.parent.mkdir(parents=True, exist_ok=True)
        context.tracing.stop(path=trace)
    else:
        context.tracing.stop()
    context.close()


def sign_in(walk: Walk, person: str) -> None:
    """Sign in with a password, by keyboard."""
    walk.go("/signin")
    walk.page.get_by_label("E-mail address").fill(email(person))
    walk.page.get_by_label("Password").fill(PASSWORD)
    walk.page.keyboard.press("Enter")
    walk.page.wait_for_url(f"{walk.address}/")


@contextmanager
def signed_in(browser: Browser, stage: Stage, person: str, name: str, **wishes: Any) -> Iterator[Walk]:
    """Walk as one of the people of the stage."""
    with journey(browser, stage.address, name, **wishes) as walk:
        sign_in(walk, person)
        yield walk


def told(folder: Path) -> dict[str, Any]:
    """Read what the served console has told about itself."""
    found: dict[str, Any] = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    return found


def call_model(stage: Stage, person: str, text: str, *, agent: str = "team/1") -> int:
    """Call the demo's model as an application would, and return the status of the answer."""
    host, _, port = stage.gateway.removeprefix("http://").partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=20)
    body = json.dumps({"model": "demo-large", "messages": [{"role": "user", "content": text}]})
    headers = {"authorization": f"Bearer {stage.keys[person]}", "user-agent": agent}
    connection.request("POST", "/openai/v1/chat/completions", body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status
