"""`bartizan gateway check` and `explain`: what is decided, without serving anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bartizan.guard.sandbox import Opening, write_openings
from tests.cli.conftest import Run

CONFIG = """
upstreams:
  - {id: eu, door: openai, url: "https://provider.example/v1", models: {gpt: gpt-2026-01-01}}
identity: {keys: keys.jsonl}
data:
  rules:
    - {id: no-cards, types: [credit-card], do: block}
    - {id: hide-people, types: [contact], do: pseudonym}
    - {id: rest, do: allow}
"""
POLICY = '@id("staff") permit (principal in Bartizan::Group::"staff", action, resource);'
MAIL, CARD = "anna.meier@example.ch", "4111 1111 1111 1111"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "base.cedar").write_text(POLICY)
    path = tmp_path / "gateway.yaml"
    path.write_text(CONFIG)
    return path


def explained(run: Run, config: Path, content: str, *more: str, model: str = "gpt") -> dict[str, Any]:
    request = config.parent / "request.json"
    request.write_text(json.dumps({"model": model, "messages": [{"role": "user", "content": content}]}))
    done = run("gateway", "explain", request, "--as", "anna", *more, "--config", config, "--format", "json")
    assert done.code == 0, done.err
    assert MAIL not in done.out
    said: dict[str, Any] = json.loads(done.out)
    return said


def test_what_may_go_on_names_its_policy_and_what_is_changed(config: Path, run: Run) -> None:
    said = explained(run, config, f"write to {MAIL}", "--group", "staff")
    assert (said["decision"], said["rule"], said["model"]) == ("transform", "staff", "gpt-2026-01-01")
    assert said["findings"] == [{"type": "email-address", "count": 1}]
    assert said["changed_by"] == [{"rule": "hide-people", "values": 1}]
    assert explained(run, config, "hello there", "--group", "staff")["decision"] == "allow"


def test_what_may_not_names_the_rule(config: Path, run: Run) -> None:
    assert explained(run, config, "hello there")["rule"] == "no-policy-allows"
    assert explained(run, config, f"pay with {CARD}", "--group", "staff")["rule"] == "no-cards"
    assert explained(run, config, "hello", "--group", "staff", model="other")["rule"] == "model-not-offered"


def test_blocks_and_sandboxes_are_told_too(config: Path, run: Run) -> None:
    assert run("block", "model", "gpt", "--until", "2h", "--why", "a trial", "--config", config).code == 0
    said = explained(run, config, "hello there", "--group", "staff")
    assert said["decision"] == "deny"
    assert said["rule"].startswith("block-")
    assert "model is blocked until" in said["reason"]


def test_a_request_that_is_not_there_is_told(config: Path, run: Run) -> None:
    done = run("gateway", "explain", config.parent / "none.json", "--as", "anna", "--config", config)
    assert done.code == 2
    assert "none.json` is not there" in done.err


def test_text_is_for_people(config: Path, run: Run) -> None:
    (config.parent / "r.json").write_text('{"model": "gpt", "messages": []}')
    done = run("gateway", "explain", config.parent / "r.json", "--as", "bob", "--config", config)
    assert done.out.splitlines()[0].split() == ["decision", "deny"]
    assert "schema" not in done.out


def test_a_configuration_is_checked_with_all_that_it_names(config: Path, run: Run) -> None:
    done = run("gateway", "check", config)
    assert done.code == 0
    assert "1 upstream, 3 data rules, 0 budgets" in done.err
    (config.parent / "policies" / "base.cedar").write_text("permit (principal, action, resource) when { context.no };")
    done = run("gateway", "check", config)
    assert done.code == 2
    assert "base.cedar" in done.err
    assert run("gateway", "check", config.parent / "none.yaml").code == 2
    config.write_text(CONFIG.replace("id: eu,", "id: eu, secret: 'env:BARTIZAN_TEST_NOT_SET',"))
    assert "BARTIZAN_TEST_NOT_SET" in run("gateway", "check", config).err


def test_a_path_that_is_not_served_is_told(config: Path, run: Run) -> None:
    (config.parent / "r.json").write_text("{}")
    done = run("gateway", "explain", config.parent / "r.json", "--as", "bob", "--path", "/v2/x", "--config", config)
    assert done.code == 2
    assert "is not served" in done.err


def test_what_several_workers_would_each_count_for_themselves_is_refused(config: Path, run: Run) -> None:
    config.write_text(CONFIG + "budgets: [{id: day, of: all, requests: 3}]\n")
    assert run("gateway", "check", config).code == 0
    done = run("gateway", "--config", config, "--workers", "2")
    assert (done.code, "budgets in memory hold for one worker, and there are 2" in done.err) == (2, True), done.err
    config.write_text(CONFIG + "workers: 3\n")
    state = config.parent / "state"
    state.mkdir()
    (state / "sandboxes.jsonl").write_bytes(write_openings([Opening(id="pilot", digest="", opened=1.0)]))
    done = run("gateway", "check", config)
    assert (done.code, "sandboxes are counted in memory for one worker, and there are 3" in done.err) == (2, True)
    (state / "sandboxes.jsonl").write_bytes(write_openings([Opening(id="pilot", digest="", opened=1.0, closed=2.0)]))
    assert run("gateway", "check", config).code == 0


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("egress: {proxy: 'proxy.example:3128'}", "no address of a proxy"),
        ("egress: {ca: none.pem}", "certificates can't be read"),
        ("secret_store: vault", "no secret store `vault` is installed"),
    ],
)
def test_how_providers_are_reached_is_checked(more: str, sentence: str, config: Path, run: Run) -> None:
    config.write_text(f"{CONFIG}{more}\n")
    done = run("gateway", "check", config)
    assert (done.code, sentence in done.err) == (2, True), done.err


def test_a_wrong_charter_is_told_before_anything_is_served(config: Path, run: Run) -> None:
    (config.parent / "charter.yaml").write_text("id: helper\npurpose: help\n")
    door = "\nmcp:\n  - {id: desk, charter: charter.yaml, servers: [{id: mail, command: [mail-server]}]}\n"
    config.write_text(CONFIG + door)
    for words in (("gateway", "check", config), ("gateway", "--config", config, "--listen", "127.0.0.1:0")):
        done = run(*words)
        assert done.code == 2, done.err
        assert "charter.yaml" in done.err
        assert "Traceback" not in done.err
