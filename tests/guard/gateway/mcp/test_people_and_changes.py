"""People who are asked by the gateway, and files that change under it."""

from __future__ import annotations

import os
import subprocess
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bartizan.guard.gateway.asking import FolderStore, Reply
from bartizan.guard.gateway.asking.webhook import sign
from tests.guard.gateway.asking.people import said as answers
from tests.guard.gateway.mcp.asking_http import Said, Speaker
from tests.guard.gateway.mcp.conftest import Agents, until
from tests.guard.gateway.running import PROVIDER_KEY, command

pytestmark = pytest.mark.enable_socket
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


@pytest.mark.parametrize("approved", [True, False])
def test_a_call_waits_until_somebody_has_answered_in_the_folder(agents: Agents, *, approved: bool) -> None:
    speaker = Speaker(agents, "asked")
    speaker.begin()
    assert speaker.call("get_note", {"name": "first"}).text == "the note first"
    store = FolderStore(agents.gate.folder / "questions")
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(speaker.call, "get_note", {"name": "second"})
        assert until(store.pending)
        (question,) = store.pending()
        assert not call.done()
        store.answer(Reply(approval=question["id"], digest=question["digest"], approved=approved, by="anna"))
        said = call.result(10)
    assert said.text == "the note second" if approved else "Not allowed" in said.text
    assert until(lambda: not store.pending())


def called_back(agents: Agents, decision: str, signature: str = "") -> Said:
    """Answer the question that a webhook has got last, to the gateway's own address."""
    body = answers({"token": agents.them.requests[-1].tokens[0], "decision": decision, "by": "anna"})
    now = time.time_ns() // 1_000_000_000
    headers: dict[str, str | None] = {
        "webhook-id": "m",
        "webhook-timestamp": str(now),
        "webhook-signature": signature or sign(PROVIDER_KEY.encode(), "m", now, body),
    }
    return Speaker(agents, "called").ask("POST", body, headers, "/approvals/callback")


def test_a_webhook_answers_later_at_the_gateways_own_address(agents: Agents) -> None:
    agents.them.reply = lambda _: (202, {}, b"")
    speaker = Speaker(agents, "called")
    speaker.begin()
    speaker.call("get_note", {"name": "first"})
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(speaker.call, "get_note", {"name": "second"})
        assert until(lambda: agents.them.requests)
        assert called_back(agents, "approve", "v1,AAAA").status == 401
        assert not call.done()
        assert called_back(agents, "approve").status == 204
        assert call.result(10).text == "the note second"
    assert called_back(agents, "approve").status == 409
    assert speaker.ask("GET", path="/approvals/callback").status == 405


def test_what_models_have_used_counts_against_the_charter(agents: Agents) -> None:
    speaker = Speaker(agents, "bound", "paul")
    speaker.begin()
    assert speaker.call("get_note", {"name": "first"}).text == "the note first"
    body = b'{"model": "demo-large", "messages": [{"role": "user", "content": "hello"}]}'
    sent = urllib.request.Request(
        f"{agents.gate.root}/openai/v1/chat/completions",
        body,
        {"authorization": f"Bearer {agents.gate.keys['paul']}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(sent) as answer:
        assert answer.status == 200
    assert until(lambda: "charter-notes-budget" in speaker.call("get_note", {"name": "second"}).text)


def test_a_session_is_kept_to_be_explained(agents: Agents) -> None:
    speaker = Speaker(agents, "asked")
    speaker.begin()
    speaker.call("get_note", {"name": "a private word"})
    assert speaker.ask("DELETE").status == 204
    kept = list((agents.gate.folder / "journals").glob("*.jsonl"))
    assert kept
    for path in kept:
        assert path.stat().st_mode & 0o077 == 0
        assert b"a private word" not in path.read_bytes()


def test_files_that_change_are_taken_and_sessions_begin_anew(agents: Agents) -> None:
    speaker = Speaker(agents, "plain")
    speaker.begin()
    assert speaker.post(LIST).status == 200
    policies = agents.gate.folder / "policies" / "all.cedar"
    before = policies.read_text()
    try:
        closed = before + '\n@id("closed")\nforbid(principal, action == Bartizan::Action::"call-tool", resource);\n'
        replaced(policies, closed)
        assert until(lambda: speaker.post(LIST).status == 404)
        speaker.headers.pop("mcp-session-id")
        speaker.begin()
        assert "Not allowed" in speaker.call("get_note", {"name": "x"}).text
    finally:
        replaced(policies, before)
    assert until(lambda: speaker.post(LIST).status == 404)


def test_a_mistake_in_a_file_changes_nothing(agents: Agents) -> None:
    speaker = Speaker(agents, "plain")
    speaker.begin()
    path = agents.gate.folder / "gateway.yaml"
    before = path.read_text()
    try:
        replaced(path, before.replace("id: asked,", "id: asked, cards: nowhere.yaml,"))
        output = agents.gate.folder / "output.txt"
        assert until(lambda: "goes on as before" in output.read_text())
        assert speaker.post(LIST).status == 200
        checked = subprocess.run(
            command("gateway", "check", str(path)),
            env={**os.environ, "DEMO_KEY": PROVIDER_KEY}, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert checked.returncode == 2
        assert "nowhere.yaml" in checked.stderr
    finally:
        replaced(path, before)
    time.sleep(1)


def replaced(path: Path, text: str) -> None:
    """Write a file as a whole."""
    other = path.with_suffix(".new")
    other.write_text(text)
    other.replace(path)
