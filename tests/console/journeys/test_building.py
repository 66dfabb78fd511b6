"""Journeys of those who build: an architect, an engineer, a team with an application, and who approves."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
from playwright.sync_api import Browser, expect

from bartizan.cli.up_work import clock
from bartizan.guard.asking import as_json
from bartizan.guard.gateway.asking import FolderStore
from bartizan.model import System, Verdict
from bartizan.model.documents import Kind
from bartizan.store.register.acceptances import Acceptances
from bartizan.store.register.people_records import Note
from tests.console.journeys.served import email
from tests.console.journeys.stage import IN_A_BROWSER, Stage, call_model, signed_in
from tests.guard.asking.making import approval, verdict

pytestmark = IN_A_BROWSER
_AGENT, _FRAUD, _COPILOT = "claims-settlement-agent", "claims-fraud-score", "helpdesk-copilot"


def _decided(stage: Stage, name: str) -> dict[str, Verdict]:
    stored = stage.register.documents.get(Kind.SYSTEM, name)
    assert stored is not None
    assert isinstance(stored.document.spec, System)
    return {one.threat: one.verdict for one in stored.document.spec.decisions}


def test_an_architect_finds_the_worst_system_follows_an_attack_and_signs_with_a_second_person(
    browser: Browser, stage: Stage
) -> None:
    with signed_in(browser, stage, "annina-baumgartner", "architect") as walk:
        walk.choose(worst="critical", tier="tier-1")
        walk.page.wait_for_url("**/?*worst=critical*")
        walk.fill(text="settlement")
        expect(walk.page.locator("#list tbody tr")).to_have_count(1)
        walk.page.locator("#list").get_by_role("link", name="Settlement agent for small claims").click()
        walk.page.locator("main").get_by_role("link", name="Attack paths").first.click()
        walk.page.locator(".graph-canvas canvas").first.wait_for()
        walk.page.locator(".graph-canvas").focus()
        walk.page.keyboard.press("ArrowRight")
        walk.reads("Step 1 of")
        walk.shot("-path")
        walk.page.get_by_role("navigation", name="Views").get_by_role("link", name="Threats").click()
        walk.page.locator("main").get_by_role("link", name=re.compile("Decide.*The owner pays")).click()
        threat = walk.page.locator("input[name=threat]").get_attribute("value") or ""
        walk.page.get_by_label("Accept the risk").check()
        walk.fill(why="The invoice is watched by hand until the limits are there.", ticket="CLM-2301")
        walk.press("Decide")
        walk.reads("second person")
        waiting = Acceptances(stage.register).list().items
        assert [(one.system, one.threat, one.asked_by) for one in waiting if one.threat == threat] == [
            (_AGENT, threat, "annina-baumgartner")
        ]
        name, report = walk.download("Report")
        assert name.endswith(".html")
        assert b"Settlement agent for small claims" in report
        with signed_in(browser, stage, "claudia-meier", "architect-second-person") as second:
            second.to("Second person")
            (question,) = [one for one in waiting if one.threat == threat]
            card = second.page.locator(f"section[aria-labelledby=question-{question.id}]")
            card.get_by_role("button", name="Confirm").click()
            second.page.locator(".said").wait_for()
        assert _decided(stage, _AGENT)[threat] is Verdict.ACCEPT
        walk.go(f"/systems/{_AGENT}/history")
        walk.reads("annina-baumgartner, confirmed by claudia-meier")


def test_an_approver_answers_an_agent_and_refuses_a_risk(browser: Browser, stage: Stage) -> None:
    now = clock().timestamp()
    one = msgspec.structs.replace(approval(verdict()), asked=now, until=now + 300, whom="reviewers")
    folder = FolderStore(stage.beside / "approvals")
    folder.put(as_json(one))
    note = Note(kind="acceptance-asked", at=clock().strftime("%Y-%m-%dT%H:%M:%SZ"), person="yannick-perrin")
    ends = clock().date() + timedelta(days=30)
    asked = Acceptances(stage.register).ask(_FRAUD, "a-threat@score", "accept", "It costs too much.", ends, "", note)
    with signed_in(browser, stage, "claudia-meier", "approver") as walk:
        walk.to("Approvals")
        walk.reads("mail-agent calls send_mail")
        walk.reads("The agent has read what an outsider may have written.")
        walk.shot("-question")
        walk.press("Refuse it")
        walk.reads("The call was refused.")
        reply = folder.answered(one.id)
        assert reply is not None
        assert (reply.approved, reply.by, reply.digest) == (False, "claudia-meier", one.digest)
        walk.to("Second person")
        card = walk.page.locator(f"[aria-labelledby=question-{asked.id}]")
        card.locator("summary").click()
        card.get_by_label("Reason").fill("Money isn't the measure here: health data is in it.")
        card.get_by_role("button", name="Refuse").click()
        walk.page.locator(".said").wait_for()
        found = Acceptances(stage.register).get(asked.id)
        assert found is not None
        assert (found.state, found.decided_by) == ("refused", "claudia-meier")


def test_an_engineer_hands_in_a_scan_of_a_model_and_the_control_fails(
    browser: Browser, stage: Stage, tmp_path: Path
) -> None:
    (tmp_path / "model.pkl").write_bytes(b"cos\nsystem\n(S'id'\ntR.")
    command = [sys.executable, "-m", "bartizan.cli", "scan", str(tmp_path), "--format", "json"]
    result = tmp_path / "result.json"
    with result.open("wb") as output:
        assert subprocess.run(command, stdout=output, check=False).returncode > 0
    with signed_in(browser, stage, "priya-raman", "engineer") as walk:
        walk.to("Scans", "Hand in a scan")
        walk.choose(system=_COPILOT)
        walk.press("Next")
        part = walk.page.locator("select[name=component] option").nth(1).get_attribute("value") or ""
        walk.choose(component=part)
        walk.page.locator("input[type=file]").set_input_files(result)
        walk.press("Hand it in")
        walk.page.wait_for_url("**/scans/*")
        walk.reads("model.pkl")
        walk.shot("-scan")
        proofs = [one.proof for one in stage.register.evidence.list(system=_COPILOT, source="scan").items]
        assert ("artefact-scanning", part, "fail") in {(one.control, one.place, one.outcome) for one in proofs}
        walk.page.locator("main dl").get_by_role("link").first.click()
        walk.page.get_by_role("navigation", name="Views").get_by_role("link", name="Evidence").click()
        walk.page.locator("main").get_by_role("link", name="scan", exact=True).first.click()
        walk.reads("fail")


def test_an_application_team_calls_the_model_and_registers_its_initiative_with_keys_alone(
    browser: Browser, stage: Stage
) -> None:
    assert call_model(stage, "luca-bernasconi", "Sum up the minutes of the meeting.") == 200
    with signed_in(browser, stage, "luca-bernasconi", "application-team") as walk:
        keys = walk.page.keyboard
        walk.tab_to('a[href="/events"]')
        keys.press("Enter")
        walk.page.wait_for_url("**/events")
        walk.reads(email("luca-bernasconi"))
        assert email("priya-raman") not in (walk.page.locator("main").text_content() or "")
        walk.tab_to('a[href="/intake"]')
        keys.press("Enter")
        walk.page.wait_for_url("**/intake")
        walk.tab_to("[name=name]")
        keys.type("Letter helper")
        for question in ("what", "users", "data"):
            walk.tab_to(f"[name={question}]")
            keys.press("Space")
        walk.tab_to("[name=categories]")
        keys.press("Space")
        for question in ("outside", "acts", "hosting", "criticality"):
            walk.tab_to(f"[name={question}]")
            keys.press("Space")
        walk.tab_to("[name=unit]")
        keys.type("Priv")
        walk.shot("-questions")
        walk.tab_to("main form button")
        keys.press("Enter")
        walk.page.wait_for_url("**/systems/letter-helper")
        walk.reads("A draft of Letter helper was made from your answers.")
        stored = stage.register.documents.get(Kind.SYSTEM, "letter-helper")
        assert stored is not None
        assert (stored.document.unit, stored.by) == ("private-customers", "luca-bernasconi")
