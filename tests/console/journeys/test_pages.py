"""Every page of the console as it is laid out: axe, keyboard, small and large windows, light and dark, paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.router import Router
from playwright.sync_api import Browser

from bartizan.cli.up_work import clock
from bartizan.console.identity.service import digest_of
from bartizan.console.pages import ROUTES
from bartizan.guard.asking import as_json
from bartizan.guard.gateway.asking import FolderStore
from bartizan.store.register.acceptances import Acceptances
from bartizan.store.register.imports import ImportLog
from bartizan.store.register.people import People
from bartizan.store.register.people_records import Note
from tests.console.journeys.stage import AXE, IN_A_BROWSER, SHOTS, Stage, Walk, sign_in
from tests.guard.asking.making import approval, verdict

_SYSTEM = "/systems/claims-settlement-agent"
PAGES = (
    "/", "/?text=nothing", "/intake", "/calendar?days=30", "/scans", "/scans/new", f"/scans/new?system={_SYSTEM[9:]}",
    "/scans > /scans/",
    "/tools", "/tools/answer?tool=kestrel-minutes&class=internal&category=health", "/tools/new",
    "/tools/kestrel-minutes", "/tools/kestrel-minutes/edit",
    "/vendors", "/vendors/new", "/vendors > /vendors/", "/vendors/kestrel-works/edit",
    "/sandboxes", "/sandboxes/new", "/sandboxes/voice-of-callers", "/sandboxes/voice-of-callers/edit",
    "/sandboxes/claims-letter-drafts", "/sandboxes/claims-letter-drafts/report",
    "/approvals", "/events",
    "/policies", "/policies/ai-security-policy", "/policies/ai-security-policy/changes",
    "/policies/third-party-ai-standard",
    "/policies/third-party-ai-standard > /policies/third-party-ai-standard/statements/",
    "/exceptions", "/exceptions/new", "/exceptions/churn-drift", "/exceptions/voice-line-consent", "/acceptances",
    "/catalog", "/catalog/threats?text=voice", "/catalog/controls", "/catalog/controls/human-approval",
    "/catalog/threats?text=voice > /catalog/threats/", "/catalog/patterns > /catalog/patterns/",
    "/catalog/frameworks/owasp-llm", "/catalog/statements?text=must > /catalog/statements/",
    "/organisations/organisation", "/exchange", "/exchange > /exchange/imports/", "/trail", "/access",
    "/administration", "/administration/people/ana-krasniqi", "/administration/tokens", "/administration/sessions",
    "/profile", "/profile/factors", "/profile/factors/codes", "/profile/confirm?next=/profile/factors",
    _SYSTEM, f"{_SYSTEM}/paths", f"{_SYSTEM}/threats", f"{_SYSTEM}/controls", f"{_SYSTEM}/risk", f"{_SYSTEM}/coverage",
    f"{_SYSTEM}/evidence", f"{_SYSTEM}/evidence/new", f"{_SYSTEM}/history", f"{_SYSTEM}/threats > {_SYSTEM}/decide",
    f"/documents{_SYSTEM}", "/nowhere",
)  # fmt: skip
"""Addresses, with `>` the first link of a page that leads to something."""
FOR_NOBODY = ("/signin", "/signin/second", "/enrol/a-link")
FILES = ("/exchange/export/", "/exchange/interchange/", "/diagram.svg", ".json", "/reports/", "/report/", "/paper/",
         "/signin/{provider", "/healthz", "/readyz", "/metrics")  # fmt: skip
"""Parts of the addresses that give files, send on, or answer machines."""
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AXE = """([rules, without]) => axe.run(
  {exclude: without.map(one => [one])},
  {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"], preload: false}
).then(found => found.violations.map(
  one => `${one.id}: ${one.nodes.map(node => node.target).slice(0, 3).join(" ")}`
))"""
_ALIKE = ["tbody tr:nth-child(n+7)", ".entries li:nth-child(n+7)", "article:nth-child(n+4)"]
_FRAME = [".side", ".top"]
"""What is repeated: looked at where it comes first."""
_LOOKING = Path(__file__).with_name("looking.js").read_text(encoding="utf-8")

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def looker(browser: Browser, stage: Stage) -> Iterator[Walk]:
    """Somebody who may see everything, with something on every page.

    Nothing moves for them: colours that are on their way from light to dark have no contrast to measure.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en", reduced_motion="reduce")
    context.set_default_timeout(20_000)
    walk = Walk("page", context.new_page(), stage.address)
    sign_in(walk, "ana-krasniqi")
    _something_everywhere(stage, walk)
    walk.watch()
    yield walk
    context.close()


def _something_everywhere(stage: Stage, walk: Walk) -> None:
    now = clock()
    note = Note(kind="acceptance-asked", at=now.strftime("%Y-%m-%dT%H:%M:%SZ"), person="yannick-perrin")
    ends = now.date() + timedelta(days=30)
    Acceptances(stage.register).ask(_SYSTEM[9:], "one@agent", "accept", "It costs too much.", ends, "T-1", note)
    asked = msgspec.structs.replace(
        approval(verdict()), id="b" * 32, asked=now.timestamp(), until=now.timestamp() + 900, whom="reviewers"
    )
    FolderStore(stage.beside / "approvals").put(as_json(asked))
    rows = b"name,title\n" + b"".join(b"v%d,Vendor\n" % number for number in range(401))
    ImportLog(stage.register).begin(rows, person="ana-krasniqi", what="vendors", file="vendors.csv", at=now)
    People(stage.register).add_link(digest_of("a-link"), "nora-imhof", "2999-01-01T00:00:00Z", note)
    walk.go(f"/scans/new?system={_SYSTEM[9:]}")
    walk.page.locator("select[name=component]").select_option(index=1)
    finding = {"id": "f1", "rule": "pickle-calls-system", "title": "It runs a program", "severity": "critical",
               "path": "m.pkl", "evidence": "os.system", "remedy": "Don't load it."}  # fmt: skip
    artefact = {"path": "m.pkl", "format": "pickle", "formats": ["pickle"], "verdict": "dangerous"}
    result = {"schema": "bartizan/scan/1", "verdict": "dangerous", "findings": [finding], "not_inspected": [],
              "artefacts": [artefact]}  # fmt: skip
    file = {"name": "result.json", "mimeType": "application/json", "buffer": msgspec.json.encode(result)}
    walk.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    walk.press("Hand it in")
    walk.page.wait_for_url(re.compile(r"/scans/\d+"))


def _opened(walk: Walk, path: str, *, dark: bool = False) -> None:
    """Open a page in a wide window."""
    start, _, beginning = path.partition(" > ")
    walk.page.set_viewport_size({"width": 1280, "height": 900})
    walk.page.emulate_media(color_scheme="dark" if dark else "light")
    walk.go(start)
    if beginning:
        links = walk.page.locator("main a[href]").evaluate_all("found => found.map(one => one.getAttribute('href'))")
        walk.go(next(one for one in links if beginning in one and not one.endswith("/new")))
    if path in (f"{_SYSTEM}/paths", f"{_SYSTEM}/risk"):
        walk.page.locator("canvas").first.wait_for()
    walk.trouble[:] = [one for one in walk.trouble if "404" not in one or start != "/nowhere"]


def _looked_at(walk: Walk, *, dark: bool = False, framed: bool = True) -> dict[str, list[str]]:
    """Return what is wrong with the page that is open, by where it is.

    A page that was opened `dark` in a wide window is light in a small one, and the other way round.
    """
    if not AXE.is_file():
        pytest.skip("`scripts/frontend --dev` has not installed axe")
    page, found = walk.page, dict[str, list[str]]()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate(f"window.looking = {_LOOKING}")

    def axe() -> Any:
        return page.evaluate(_AXE, [_RULES, _ALIKE + ([] if framed else _FRAME)])

    found["wide"] = axe()
    page.keyboard.press("Tab")
    found["focus"] = page.evaluate("looking.unfocused()")
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(color_scheme="light" if dark else "dark")
    found["small"] = axe()
    for width in (360, 2560):
        page.set_viewport_size({"width": width, "height": 1200})
        page.evaluate("document.activeElement.blur()")
        if more := page.evaluate("looking.wide()"):
            found[f"wider than {width}"] = [str(more)]
        found[f"overlapping at {width}"] = page.evaluate("looking.overlapping()")
        found[f"sideways at {width}"] = page.evaluate("looking.sideways()")
    return {where: what for where, what in found.items() if what}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_for_everybody(looker: Walk, path: str) -> None:
    dark = PAGES.index(path) % 2 == 1
    _opened(looker, path, dark=dark)
    assert _looked_at(looker, dark=dark, framed=path in PAGES[:2]) == {}
    assert looker.trouble == []


@pytest.mark.parametrize("path", FOR_NOBODY)
def test_a_page_before_signing_in_is_for_everybody(browser: Browser, stage: Stage, path: str) -> None:
    context = browser.new_context(locale="en", reduced_motion="reduce")
    walk = Walk("page", context.new_page(), stage.address)
    walk.watch()
    _opened(walk, path)
    assert _looked_at(walk) == {}
    assert walk.trouble == []
    context.close()


def test_every_page_is_among_those_that_are_looked_at() -> None:
    seen = []
    for one in (*PAGES, *FOR_NOBODY):
        path = re.split(r"[?#]", one.rpartition(" > ")[2])[0]
        seen.append(f"{path}x" if " > " in one and path.endswith("/") else path)
    missing = []
    for pattern in _patterns():
        if pattern == "/systems" or any(part in pattern for part in FILES):
            continue
        whole = re.compile(re.sub(r"\\{[^}]*\\}", "[^/]*", re.escape(pattern)))
        if not any(whole.fullmatch(one) for one in seen):
            missing.append(pattern)
    assert missing == []


def _patterns() -> Iterator[str]:
    """Give the addresses of all pages that one can get."""
    for route in ROUTES:
        if isinstance(route, HTTPRouteHandler) and "GET" in route.http_methods:
            yield from route.paths
        elif isinstance(route, Router):
            for one in route.routes:
                if "GET" in getattr(one, "methods", ()):
                    yield one.path


@pytest.mark.parametrize("path", ["/?text=agent", "/tools?text=open", "/intake", "/sandboxes/voice-of-callers"])
def test_the_tab_key_comes_to_everything(looker: Walk, path: str) -> None:
    _opened(looker, path)
    page = looker.page
    page.evaluate(f"window.looking = {_LOOKING}")
    expected = page.evaluate("looking.stops()")
    page.evaluate("document.body.setAttribute('tabindex', '-1'); document.body.focus()")
    count = 0
    for _ in range(expected + 5):
        page.keyboard.press("Tab")
        if page.evaluate("[document.body, document.documentElement].includes(document.activeElement)"):
            break
        count += 1
    assert count == expected


def test_on_paper_there_is_the_system_and_no_navigation(looker: Walk) -> None:
    _opened(looker, _SYSTEM)
    looker.page.emulate_media(media="print")
    for gone in (".top", ".side", ".tabs", ".heading-actions", ".skip"):
        assert not looker.page.locator(gone).first.is_visible(), gone
    assert looker.page.get_by_role("heading", level=1).is_visible()
    assert looker.page.locator(".diagram img").is_visible()
    SHOTS.mkdir(parents=True, exist_ok=True)
    looker.page.pdf(path=SHOTS / "system.pdf", format="A4")
    looker.page.emulate_media(media="screen")


def test_nothing_moves_for_those_who_want_it_still(looker: Walk) -> None:
    _opened(looker, "/")
    moving = looker.page.evaluate(
        "[...document.querySelectorAll('*')].filter(one => { const style = getComputedStyle(one);"
        " return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0.01; }).length"
    )
    assert moving == 0
