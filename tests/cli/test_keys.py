"""`bartizan keys`: a key is shown once, listed without itself, and revoked for good."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bartizan.cli import keys_work
from bartizan.guard.gateway.keyfile import KeyFile
from bartizan.guard.identity.keys import well_formed
from tests.cli.conftest import Run

CONFIG = """
upstreams:
  - {id: main, door: openai, url: "http://127.0.0.1:1"}
identity: {keys: keys.jsonl}
tenant: acme
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "gateway.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    return path


def listed(run: Run, config: Path) -> list[dict[str, Any]]:
    done = run("keys", "list", "--format", "json", "--config", config)
    assert done.code == 0
    answer = json.loads(done.out)
    assert answer["schema"] == "bartizan/keys/1"
    keys: list[dict[str, Any]] = answer["keys"]
    return keys


def test_a_key_is_shown_once_and_works(run: Run, config: Path) -> None:
    done = run(
        "keys", "create", "alice", "--group", "a", "--group", "b", "--application", "chat", "--sandbox", "s",
        "--action", "chat", "--model", "m", "--upstream", "main", "--config", config,
    )  # fmt: skip
    assert done.code == 0
    key = done.out.strip()
    assert well_formed(key)
    assert key not in done.err
    kept = KeyFile(config.parent / "keys.jsonl")
    assert kept.refresh()
    who = kept.store.find(key, keys_work._now().timestamp())
    assert who is not None
    assert (who.id, who.groups, who.application, who.sandbox, who.tenant) == (
        "alice",
        frozenset("ab"),
        "chat",
        "s",
        "acme",
    )
    assert who.scope is not None
    assert who.scope.lacks("chat", "m", "main") == ""
    assert key not in kept.path.read_text(encoding="utf-8")
    (shown,) = listed(run, config)
    assert shown["id"] in done.err
    assert shown["last"] == key[-4:]
    assert "hash" not in shown
    assert shown["state"] == "active"


def test_keys_end_after_ninety_days_unless_asked_otherwise(run: Run, config: Path) -> None:
    for time in ((), ("--expires", "never"), ("--expires", "12h"), ("--expires", "2w")):
        assert run("keys", "create", "bob", *time, "--config", config).code == 0
    spans = [
        None if one["expires"] is None
        else datetime.fromisoformat(one["expires"]) - datetime.fromisoformat(one["created"])
        for one in listed(run, config)
    ]  # fmt: skip
    assert spans == [timedelta(days=90), None, timedelta(hours=12), timedelta(weeks=2)]


def test_a_revoked_key_is_listed_and_works_no_more(run: Run, config: Path) -> None:
    keys = [run("keys", "create", name, "--config", config).out.strip() for name in ("alice", "bob")]
    kept = KeyFile(config.parent / "keys.jsonl")
    kept.refresh()
    id = listed(run, config)[0]["id"]
    done = run("keys", "revoke", id, "--config", config)
    assert (done.code, done.out) == (0, "")
    assert kept.refresh()
    assert kept.store.find(keys[0], 0.0) is None
    assert kept.store.find(keys[1], 0.0) is not None
    assert [one["state"] for one in listed(run, config)] == ["revoked", "active"]


def test_the_list_for_people(run: Run, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("keys", "list", "--config", config).out == "there are no keys\n"
    run("keys", "create", "alice", "--group", "research", "--expires", "1h", "--config", config)
    run("keys", "create", "bob", "--expires", "never", "--config", config)
    later = keys_work._now() + timedelta(hours=2)
    monkeypatch.setattr(keys_work, "_now", lambda: later)
    first, second = run("keys", "list", "--config", config).out.splitlines()
    assert "expired" in first
    assert "alice" in first
    assert "groups: research" in first
    assert "active" in second
    assert "never ends" in second


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create", "a", "--expires", "soon"), "`soon` is not a time"),
        (("create", "a", "--expires", "0d"), "`0d` is not a time"),
        (("create", "a", "--expires", "-1d"), "`-1d` is not a time"),
        (("create", " "), "is not a name"),
        (("create", "a\x1b[31m"), "is not a name"),
        (("create", "a", "--group", ""), "is not a name"),
        (("create", "a" * 256), "is not a name"),
        (("create", "a", "--upstream", "other"), "there is no upstream `other`"),
        (("create", "a", "--action", "fly"), "fly"),
        (("revoke", "k-1"), "there is no key `k-1`"),
    ],
)
def test_what_is_wrong_is_told_and_no_key_made(run: Run, config: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run("keys", *arguments, "--config", config)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""
    assert not (config.parent / "keys.jsonl").exists()


def test_an_unknown_id_among_others_is_told(run: Run, config: Path) -> None:
    run("keys", "create", "alice", "--config", config)
    done = run("keys", "revoke", "k-1", "--config", config)
    assert (done.code, "there is no key `k-1`" in done.err) == (2, True)


def test_a_configuration_without_a_key_file_is_told(run: Run, config: Path) -> None:
    assert "does not exist" in run("keys", "list", "--config", config.parent / "none.yaml").err
    config.write_text(CONFIG.replace("keys: keys.jsonl", "issuers: [{issuer: 'https://i', audience: a}]"), "utf-8")
    done = run("keys", "create", "alice", "--config", config)
    assert done.code == 2
    assert "names no key file" in done.err
