"""The door for LiteLLM in a gateway that runs, asked as LiteLLM asks."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_socket

from tests.guard.gateway.running import Gate, running

PATH = "/beta/litellm_basic_guardrail_api"
MORE = """
doors: {litellm: {answers: rewrite}}
budgets:
  - {id: two-a-month, of: principal, match: [poor], per: month, requests: 2}
"""
MAIL = "anna@example.ch"


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    pytest_socket.enable_socket()
    users = (("estate", "staff"), ("poor", "staff"), ("nobody",))
    with running(tmp_path_factory.mktemp("litellm"), more=MORE, users=users) as gate:
        yield gate


def ask(gate: Gate, key: str, body: dict[str, Any] | bytes) -> tuple[int, dict[str, Any]]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"x-api-key": key, "content-type": "application/json", "user-agent": "litellm/1.106.2"}
    request = urllib.request.Request(gate.root + PATH, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def question(side: str, *texts: str, call: str = "7dfc1ec5-4326", **more: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "input_type": side, "litellm_call_id": call, "litellm_trace_id": "cef2077b", "texts": list(texts),
        "request_data": {"user_api_key_hash": "h", "user_api_key_user_id": "paul", "user_api_key_team_id": "sales"},
        "litellm_version": "1.106.2", "additional_provider_specific_params": {}, "model": "gpt-4o", "images": None,
    }  # fmt: skip
    if side == "request":
        said["structured_messages"] = [{"role": "user", "content": text} for text in texts]
    return {**said, **more}


@pytest.mark.enable_socket
def test_a_call_is_hidden_turned_back_and_put_on_record(gate: Gate) -> None:
    before = gate.settled()
    status, said = ask(gate, gate.keys["estate"], question("request", f"write to {MAIL}"))
    assert (status, said["action"]) == (200, "GUARDRAIL_INTERVENED")
    hidden = said["texts"][0]
    assert MAIL not in hidden
    for text in ("I wro", f"I wrote: {hidden}", f"I wrote: {hidden} and more"):
        _, said = ask(gate, gate.keys["estate"], question("response", text))
    assert said["texts"] == [f"I wrote: write to {MAIL} and more"]
    call, answer = gate.events_after(before, 2)
    assert (call["kind"], call["decision"], call["rule"]) == ("call", "transform", "staff")
    assert call["findings"] == [{"type": "email-address", "count": 1}]
    assert (call["more"]["claimed_user"], call["more"]["claimed_team"]) == ("paul", "sales")
    assert (call["principal"], call["more"]["door"], call["more"]["upstream"]) == ("estate", "litellm", "litellm")
    assert (answer["kind"], answer["more"]["litellm_call"]) == ("answer", "7dfc1ec5-4326")


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("user", "body", "rule"),
    [
        ("nobody", question("request", "hello"), "no-policy-allows"),
        ("estate", question("request", "CH93 0076 2011 6238 5295 7"), "no-bank-details"),
        ("estate", question("response", "CH93 0076 2011 6238 5295 7"), "no-bank-details-out"),
        ("estate", question("request", "look", images=["https://example.ch/a.png"]), "no-images"),
        ("estate", b"{", "body-not-understood"),
        ("", question("request", "hello"), "not-identified"),
    ],
)
def test_what_may_not_pass_is_blocked_as_litellm_understands(
    gate: Gate, user: str, body: dict[str, Any] | bytes, rule: str
) -> None:
    before = gate.settled()
    status, said = ask(gate, gate.keys.get(user, ""), body)
    assert (status, said["action"]) == (200, "BLOCKED")
    assert said["blocked_reason"].endswith(f"(rule `{rule}`)")
    (event,) = gate.events_after(before)
    assert (event["kind"], event["rule"]) == ("refusal", rule)


@pytest.mark.enable_socket
def test_requests_count_against_budgets_and_answers_do_not(gate: Gate) -> None:
    key = gate.keys["poor"]
    actions = [ask(gate, key, question("request", "hello"))[1]["action"] for _ in range(3)]
    assert actions == ["NONE", "NONE", "BLOCKED"]
    assert ask(gate, key, question("response", "hm"))[1]["action"] == "NONE"


@pytest.mark.enable_socket
def test_only_questions_are_served(gate: Gate) -> None:
    request = urllib.request.Request(gate.root + PATH, headers={"x-api-key": gate.keys["estate"]})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=20)
    assert caught.value.code == 404
    caught.value.close()
