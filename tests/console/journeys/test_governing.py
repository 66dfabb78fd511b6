"""Journeys of those who govern: analyst, business owner, procurement, data protection, auditor, administrator."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser

from bartizan.cli.up_work import clock
from bartizan.govern.roles import Role
from bartizan.model.documents import Kind, RegisteredSandbox, ToolSpec, VendorSpec
from bartizan.store.register.open import open_register
from bartizan.store.register.people import People
from tests.console.journeys.served import PASSWORD, email
from tests.console.journeys.stage import (
    IN_A_BROWSER,
    Stage,
    Walk,
    call_model,
    free_address,
    journey,
    running,
    signed_in,
)

pytestmark = IN_A_BROWSER
_SECRET = "AKIA" + "Q3EGRZ5T7LB2XKWJ"
"""Looks like a key of a cloud; nobody has it."""


def test_an_analyst_sees_a_refusal_as_it_happens_and_who_it_was(browser: Browser, stage: Stage) -> None:
    with signed_in(browser, stage, "damian-schnyder", "analyst") as walk:
        walk.to("Gateway")
        walk.choose(decision="deny")
        walk.page.wait_for_url("**/events?*decision=deny*")
        assert call_model(stage, "priya-raman", f"Is the key aws_access_key_id={_SECRET} still good?") >= 400
        walk.page.locator("#live").get_by_text(email("priya-raman")).first.wait_for(timeout=12_000)
        walk.reads("no-secrets")
        walk.shot("-refusals")
        walk.fill(principal=email("priya-raman"))
        walk.page.wait_for_url("**principal=priya*")
        assert _SECRET not in walk.page.content()
        walk.to("Audit trail")
        walk.reads("Digest")


def test_a_business_owner_asks_about_a_tool_and_gets_a_sandbox_on_a_phone(browser: Browser, stage: Stage) -> None:
    with signed_in(browser, stage, "fabienne-girod", "business-owner", width=360, has_touch=True) as walk:
        walk.page.locator(".menu-small > summary").tap()
        walk.page.locator(".menu-small").get_by_role("link", name="External tools").tap()
        walk.page.locator(".ask select[name=tool]").select_option("kestrel-minutes")
        walk.page.locator(".ask select[name=class]").select_option("internal")
        walk.press("Ask")
        walk.reads("Minutes are deleted after 90 days.")
        walk.reads(re.compile("This answer is of .* and holds until"))
        walk.shot("-answer")
        walk.page.locator(".menu-small > summary").tap()
        walk.page.locator(".menu-small").get_by_role("link", name="Sandboxes").tap()
        walk.page.locator("main").get_by_role("link", name="Ask for a sandbox").tap()
        ends = clock().date() + timedelta(days=14)
        walk.fill(purpose="Do slides from notes save an hour?", ends=ends.isoformat(), models="demo-large", money="50")
        walk.page.locator("main form.stack button.btn-primary").tap()
        walk.page.wait_for_url(re.compile(r"/sandboxes/do-slides"))
        walk.page.locator(".said").first.wait_for()
        found = stage.register.documents.get(Kind.SANDBOX, walk.page.url.rpartition("/")[2])
        assert found is not None
        assert isinstance(found.document.spec, RegisteredSandbox)
        assert (found.document.spec.state, found.document.spec.decided_by) == ("granted", "rule")
        walk.reads("open at the gateway")


def test_procurement_keeps_a_claim_and_takes_the_standard_as_a_document(browser: Browser, stage: Stage) -> None:
    with signed_in(browser, stage, "beat-kaelin", "procurement") as walk:
        walk.to("Vendors")
        walk.fill(text="kestrel")
        walk.page.wait_for_url("**/vendors?*text=kestrel*")
        walk.page.locator("#list").get_by_role("link", name="Kestrel Works GmbH").click()
        walk.open("Add a claim")
        walk.fill(criterion="incident-notice", value="24 hours", source="Contract, annex 3", why="Read with legal.")
        walk.choose(grade="B")
        walk.press("Add the claim")
        walk.page.locator(".said-good").wait_for()
        stored = stage.register.documents.get(Kind.VENDOR, "kestrel-works")
        stored = stored or stage.register.documents.get(Kind.VENDOR, walk.page.url.rpartition("/")[2])
        assert stored is not None
        assert isinstance(stored.document.spec, VendorSpec)
        claim = stored.document.spec.claims[-1]
        assert (claim.criterion, claim.value, claim.grade.value) == ("incident-notice", "24 hours", "B")
        assert stored.by == "beat-kaelin"
        walk.shot("-claim")
        walk.to("Policies", "Standard for AI from third parties")
        name, paper = walk.download("Word")
        assert name.endswith(".docx")
        text = zipfile.ZipFile(io.BytesIO(paper)).read("word/document.xml").decode()
        assert "Standard for AI from third parties" in text


def test_data_protection_decides_about_a_tool_and_what_may_not_go_in(browser: Browser, stage: Stage) -> None:
    with signed_in(browser, stage, "ursina-caviezel", "data-protection") as walk:
        walk.to("External tools", "Brightmolar Dictation")
        walk.open("Decide")
        walk.choose(standing="conditional", highest="internal")
        walk.fill(
            conditions="No names of patients.\nRecordings are deleted after a day.",
            good_until=(clock().date() + timedelta(days=180)).isoformat(),
            why="Assessed with the data protection officer.",
        )
        walk.page.locator("main input[name=forbidden][value=health]").check()
        walk.shot("-decision")
        walk.press("Keep the decision")
        walk.page.locator(".said-good").wait_for()
        stored = stage.register.documents.get(Kind.TOOL, "brightmolar")
        assert stored is not None
        tool = stored.document.spec
        assert isinstance(tool, ToolSpec)
        assert (tool.standing.value, tool.decided_by) == ("conditional", "ursina-caviezel")
        assert "health" in {one.value for one in tool.forbidden}
        walk.choose(**{"class": "internal"})
        walk.open("What the data is about")
        walk.page.locator(".ask input[name=category][value=health]").check()
        walk.press("Ask")
        walk.page.locator(".verdict-no").wait_for()
        walk.to("Gateway")
        walk.reads("Sensitive values found")


def test_an_auditor_follows_a_control_to_its_evidence_and_can_change_nothing(browser: Browser, stage: Stage) -> None:
    with signed_in(browser, stage, "nora-imhof", "auditor") as walk:
        walk.page.locator("#list").get_by_role("link", name="Helpdesk copilot").click()
        walk.page.get_by_role("navigation", name="Views").get_by_role("link", name="Controls").click()
        walk.page.locator(".chips").get_by_role("link", name=re.compile("^proven")).click()
        row = walk.page.locator("main tbody tr").first
        title = row.get_by_role("link").first.inner_text()
        assert row.locator("td").nth(2).inner_text() != "–"
        assert re.match(r"\d+ days?", row.locator("td").nth(3).inner_text())
        assert walk.page.get_by_role("link", name="Add evidence").count() == 0
        walk.shot("-control")
        row.get_by_role("link").first.click()
        walk.page.get_by_role("heading", level=1, name=title).wait_for()
        walk.to("Audit trail")
        assert stage.register.documents.verify() >= walk.page.locator("main tbody tr").count()
        walk.to("Import and export")
        name, content = walk.download("CSV Evidence")
        assert re.fullmatch(r"evidence-[0-9-]+\.csv", name)
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        assert len(rows) >= 426
        name, content = walk.download("OSCAL catalog AI security policy")
        assert b"oscal-version" in content
        assert walk.page.locator("main button").count() == 0


def test_an_administrator_begins_with_the_link_and_lets_somebody_in(browser: Browser, tmp_path: Path) -> None:
    listen, log = free_address(), tmp_path / "log.txt"
    command = ["-m", "bartizan.cli", "up", "--database", str(tmp_path / "register.db"), "--listen", listen]
    with running(command, log, listen), journey(browser, f"http://{listen}", "administrator") as walk:
        walk.page.goto(_link(log.read_text(encoding="utf-8")))
        walk.fill(name="Mira Hoxha", email="mira@helvion.example", password=PASSWORD, password_again=PASSWORD)
        walk.press("Begin")
        walk.page.wait_for_url(f"http://{listen}/")
        walk.reads("No systems yet")
        walk.shot("-first-page")
        walk.to("Administration")
        walk.fill(name="Reto Zurbriggen", email="reto@helvion.example")
        walk.press("Add")
        link = _link(walk.page.locator("code.secret").inner_text())
        walk.choose(role="business", unit="*")
        walk.press("Give the role")
        walk.page.get_by_role("rowheader", name="business").wait_for()
        with journey(browser, f"http://{listen}", "administrator-lets-in") as other:
            _begin(other, link)
        walk.to("Access log")
        walk.reads("reto-zurbriggen")
        walk.page.locator("summary", has_text="Mira Hoxha").click()
        walk.page.get_by_role("button", name="Sign out").click()
        walk.page.get_by_role("link", name="Sign in").wait_for()
        register = open_register(tmp_path / "register.db")
        record = People(register).get("reto-zurbriggen")
        register.close()
        assert record is not None
        assert record.given == {"": frozenset({Role.BUSINESS})}
        assert record.last_sign_in


def _begin(walk: Walk, link: str) -> None:
    """Begin an account with the link that an administrator has given."""
    walk.page.goto(link)
    walk.fill(password="grey otters dry slowly", password_again="grey otters dry slowly")
    walk.press("Begin")
    walk.page.wait_for_url(f"{walk.address}/")
    assert walk.page.get_by_role("link", name="Administration").count() == 0
    walk.to("New initiative")
    walk.reads("What is it called?")


def _link(text: str) -> str:
    found = re.search(r"http://\S+/enrol/\S+", text)
    assert found, text
    return found.group()
