"""The console's face in a real browser: the policy holds, axe finds nothing, nothing is too wide, and keys suffice."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from bartizan.console.assets import files_of
from tests.support import REPOSITORY

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
AXE = REPOSITORY / "build" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = [
    "/",
    "/?text=nothing",
    "/systems/fraud-model",
    "/systems/fraud-model/paths",
    "/systems/fraud-model/threats",
    "/systems/fraud-model/controls",
    "/systems/fraud-model/risk",
    "/systems/fraud-model/coverage",
    "/systems/fraud-model/evidence",
    "/systems/fraud-model/evidence/new",
    "/systems/fraud-model/history",
    "/documents/systems/fraud-model",
    "/trail",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine"),
    pytest.mark.skipif(bool(files_of().missing()), reason="`scripts/frontend` has not installed the pages' packages"),
]


@pytest.fixture(scope="module")
def address(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    database = tmp_path_factory.mktemp("browser") / "register.db"
    shutil.copyfile(seeded, database)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "tests.console.face.served", str(database), listen]
    process = subprocess.Popen(command, cwd=REPOSITORY)
    try:
        await_answer(listen, process)
        yield f"http://{listen}"
    finally:
        process.terminate()
        process.wait(20)


def await_answer(listen: str, process: subprocess.Popen[bytes]) -> None:
    host, _, port = listen.partition(":")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "the console has ended"
        try:
            socket.create_connection((host, int(port)), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the console doesn't answer")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield made
        made.close()


@dataclass
class Tab:
    """A page of the browser, and everything that its console has said: violations of the policy are among it."""

    page: Page
    address: str
    said: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        if path.endswith(("/paths", "/risk")):
            self.page.locator("canvas").first.wait_for()

    def hear(self, message: ConsoleMessage) -> None:
        self.said.append(message.text)


def opened(browser: Browser, address: str, width: int = 1280, theme: str = "light", *, script: bool = True) -> Tab:
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if theme == "dark" else "light",
        java_script_enabled=script,
    )
    tab = Tab(context.new_page(), address)
    tab.page.on("console", tab.hear)
    tab.page.on("pageerror", lambda error: tab.said.append(str(error)))
    return tab


@pytest.mark.thorough  # the journeys look at every page once
@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1280, "light")])
def test_axe_finds_nothing_and_the_policy_is_kept(browser: Browser, address: str, width: int, theme: str) -> None:
    if not AXE.is_file():
        pytest.skip("`scripts/frontend --dev` has not installed axe")
    tab = opened(browser, address, width, theme)
    found = []
    for path in PAGES:
        tab.go(path)
        tab.page.evaluate(AXE.read_text(encoding="utf-8"))
        result = tab.page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        found += [(path, one["id"], one["nodes"][0]["target"]) for one in result["violations"]]
    tab.page.context.close()
    assert found == []
    assert tab.said == []


@pytest.mark.thorough  # as above
@pytest.mark.parametrize("width", [360, 768, 2560])
def test_no_page_is_wider_than_the_window(browser: Browser, address: str, width: int) -> None:
    tab = opened(browser, address, width)
    wide = {}
    for path in PAGES:
        tab.go(path)
        more = tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if more > 0:
            wide[path] = more
    tab.page.context.close()
    assert wide == {}


def test_an_attack_path_is_stepped_through_with_the_keyboard(browser: Browser, address: str) -> None:
    tab = opened(browser, address)
    tab.go("/systems/fraud-model/paths")
    graph = tab.page.locator(".graph-canvas")
    graph.focus()
    told = tab.page.locator("[data-told]")
    assert told.text_content() == ""
    tab.page.keyboard.press("ArrowRight")
    assert (told.text_content() or "").startswith("Step 1 of")
    assert tab.page.locator(".steps-list > li[data-now]").get_attribute("id") == "step-1"
    tab.page.keyboard.press("End")
    assert tab.page.locator('[data-step="next"]').is_disabled()
    tab.page.keyboard.press("Home")
    assert tab.page.locator(".steps-list > li[data-now]").count() == 0
    tab.page.context.close()


def test_charts_are_drawn_and_their_tables_stay(browser: Browser, address: str) -> None:
    tab = opened(browser, address)
    tab.go("/systems/fraud-model/risk")
    assert tab.page.locator(".chart canvas").count() == 2
    tab.page.get_by_text("As a table").first.click()
    assert tab.page.get_by_role("rowheader", name="50%").is_visible()
    tab.page.locator(".chart canvas").first.hover()
    tab.page.wait_for_timeout(200)
    tab.page.context.close()
    assert tab.said == []


def test_the_list_narrows_while_one_types_and_the_address_follows(browser: Browser, address: str) -> None:
    tab = opened(browser, address)
    tab.go("/")
    tab.page.get_by_label("Search").press_sequentially("no such system")
    tab.page.get_by_text("No system is like this").wait_for()
    assert "text=no+such+system" in tab.page.url
    tab.page.get_by_label("Search").fill("")
    tab.page.locator("#list table.cards").wait_for()
    tab.page.context.close()
    assert tab.said == []


def test_lists_and_forms_work_without_scripts(browser: Browser, address: str) -> None:
    tab = opened(browser, address, script=False)
    tab.page.goto(f"{address}/")
    tab.page.get_by_label("Search").fill("fraud")
    tab.page.get_by_role("button", name="Filter").click()
    assert "text=fraud" in tab.page.url
    tab.page.goto(f"{address}/systems/fraud-model/risk")
    assert tab.page.get_by_role("rowheader", name="50%").is_visible()
    tab.page.locator("summary", has_text="English").click()
    tab.page.get_by_role("button", name="Deutsch").click()
    assert tab.page.locator("html").get_attribute("lang") == "de"
    assert tab.page.url == f"{address}/systems/fraud-model/risk"
    tab.page.context.close()


def test_dark_and_light_follow_the_device_until_somebody_chooses(browser: Browser, address: str) -> None:
    tab = opened(browser, address, theme="dark")
    tab.go("/")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = tab.page.evaluate(background)
    tab.page.emulate_media(color_scheme="light")
    assert tab.page.evaluate(background) != dark
    tab.page.locator("summary", has_text="English").click()
    tab.page.get_by_role("button", name="dark").click()
    assert tab.page.evaluate(background) == dark
    tab.page.context.close()


def test_the_navigation_can_be_skipped_and_opened_on_a_phone(browser: Browser, address: str) -> None:
    tab = opened(browser, address, 360)
    tab.go("/trail")
    tab.page.keyboard.press("Tab")
    assert tab.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    tab.page.keyboard.press("Enter")
    assert tab.page.evaluate("document.activeElement.id") == "main"
    tab.page.locator(".menu-small > summary").click()
    tab.page.locator(".menu-small").get_by_role("link", name="Portfolio").click()
    assert tab.page.url == f"{address}/"
    tab.page.context.close()
