from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bartizan.govern.roles import Person, Role
from bartizan.guard.asking import Approval, as_json
from bartizan.guard.gateway.asking import FolderStore
from tests.console.pages.site import NOW, PEOPLE, Site, text
from tests.guard.asking.making import approval, verdict


def waiting(site: Site, **more: Any) -> Approval:
    """Put a question of an agent that works for Ana, open for five minutes."""
    made = approval(verdict(more.pop("arguments", None)))
    now = NOW.timestamp()
    values = {"by": msgspec.structs.replace(made.by, principal="ana@helvion.example"), "asked": now, "until": now + 300}
    made = msgspec.structs.replace(made, **(values | more))
    FolderStore(site.folder / "approvals").put(as_json(made))
    return made


def said(site: Site, one: Approval, by: str, decision: str = "approve", **more: str) -> str:
    sent = {"digest": one.digest, "decision": decision} | more
    answer = site.post(f"/approvals/{one.id}", sent, by)
    assert answer.status_code == 303
    return text(site.get("/approvals", by))


def test_who_the_agent_works_for_sees_the_question_and_approves_it(site: Site) -> None:
    one = waiting(site)
    page = site.get("/approvals", "ana")
    assert "mail-agent calls send_mail" in text(page)
    assert "mark@stranger.example" in text(page)
    assert "The agent has read what an outsider may have written." in text(page)
    assert "The call was approved." in said(site, one, "ana")
    reply = FolderStore(site.folder / "approvals").answered(one.id)
    assert reply is not None
    assert (reply.approved, reply.by, reply.digest) == (True, "ana@helvion.example", one.digest)


def test_others_see_only_that_there_is_one(site: Site) -> None:
    one = waiting(site)
    for who in ("rea", "own", "aud", "adm"):
        page = text(site.get("/approvals", who))
        assert "1 more question is for somebody else." in page
        assert "stranger.example" not in page
        assert "There is no such question" in said(site, one, who)
    assert FolderStore(site.folder / "approvals").answered(one.id) is None


def test_a_question_to_a_group_is_for_who_has_the_role(site: Site) -> None:
    one = waiting(site, whom="reviewers")
    assert "Nothing waits for you" in text(site.get("/approvals", "ana"))
    assert "The call was refused." in said(site, one, "rea", "deny")
    reply = FolderStore(site.folder / "approvals").answered(one.id)
    assert reply is not None
    assert not reply.approved
    assert "reviewers" in reply.groups


def test_an_answer_to_another_call_does_not_count(site: Site) -> None:
    one = waiting(site)
    assert "The answer doesn't count: this answer is to another call" in said(site, one, "ana", digest="0" * 64)


def test_only_what_may_last_is_approved_for_the_session(site: Site) -> None:
    lasting, once = waiting(site, lasting=True), waiting(site, id="b" * 32, lasting=False)
    said(site, lasting, "ana", "approve-for-session")
    said(site, once, "ana", "approve-for-session")
    store = FolderStore(site.folder / "approvals")
    assert [reply.lasting for one in (lasting, once) if (reply := store.answered(one.id))] == [True, False]


def test_a_question_that_is_over_is_not_shown(site: Site) -> None:
    one = waiting(site, until=NOW.timestamp() - 1)
    assert "Nothing waits for you" in text(site.get("/approvals", "ana"))
    assert "There is no such question" in said(site, one, "ana")


def test_looking_again_says_nothing_while_nothing_has_changed(site: Site) -> None:
    waiting(site)
    seen = site.get("/approvals", "ana").text.split("/approvals?seen=")[1].split('"')[0]
    assert site.get(f"/approvals?seen={seen}", "ana").status_code == 204
    waiting(site, id="c" * 32)
    assert site.get(f"/approvals?seen={seen}", "ana").status_code == 200


def test_a_program_answers_for_nobody(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    one = waiting(site, whom="reviewers")
    token = Person(id="robot", roles={"": frozenset({Role.REVIEWER})}, program=True)
    monkeypatch.setitem(PEOPLE, "robot", token)
    assert "mail-agent" not in text(site.get("/approvals", "robot"))
    sent = {"digest": one.digest, "decision": "approve"}
    assert site.post(f"/approvals/{one.id}", sent, "robot").status_code == 403


def test_what_an_attacker_wrote_is_shown_and_does_nothing(site: Site) -> None:
    waiting(site, arguments={"to": "<script>alert(1)</script>\u202egpj.exe", "body": "x\ny"}, whom="reviewers")
    page = site.get("/approvals")
    assert "<script>alert" not in page.text
    assert "\u202e" not in page.text
    assert "\\u{202e}gpj.exe" in text(page)


def test_without_a_gateway_nothing_waits(site: Site) -> None:
    site.without_gateway()
    assert "No gateway is beside this console." in text(site.get("/approvals"))
    assert site.post("/approvals/" + "a" * 32, {"decision": "deny"}).status_code == 404
