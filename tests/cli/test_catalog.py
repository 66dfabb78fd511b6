"""`bartizan catalog`."""

from __future__ import annotations

import json

from tests.cli.conftest import Run


def test_search_finds_by_id_title_and_description(run: Run) -> None:
    done = run("catalog", "search", "Prompt", "INJECTION", "--format", "json")
    hits = json.loads(done.out)["hits"]
    ids = [hit["id"] for hit in hits]
    assert "indirect-prompt-injection" in ids
    assert "AML.T0051" in ids
    assert "LLM01:2025" in ids
    assert ids.index("indirect-prompt-injection") < ids.index("AML.T0051")


def test_search_as_text_says_when_there_is_more_or_nothing(run: Run) -> None:
    assert "more; add a word" in run("catalog", "search", "a").out
    done = run("catalog", "search", "zzzz")
    assert done.code == 0
    assert "nothing in the catalog holds `zzzz`" in done.out


def test_show_an_entry_of_each_kind(run: Run) -> None:
    for id, words in (
        ("indirect-prompt-injection", ["AML.T0051.001", "remedy:", "when:"]),
        ("human-approval", ["placement:", "nist-800-53", "verification:"]),
        ("outsider", ["per year"]),
        ("mitre-atlas", ["version:"]),
        ("AML.T0051", ["LLM Prompt Injection", "direct-prompt-injection"]),
    ):
        done = run("catalog", "show", id)
        assert done.code == 0, done.err
        assert all(word in done.out for word in words), (id, done.out)


def test_show_as_json_names_the_users_of_a_framework_item(run: Run) -> None:
    entries = json.loads(run("catalog", "show", "AML.T0051.001", "--format", "json").out)["entries"]
    assert entries[0]["entry"] == "item"
    assert "indirect-prompt-injection" in entries[0]["threats"]


def test_an_unknown_id_gets_the_nearest(run: Run) -> None:
    done = run("catalog", "show", "human-aproval")
    assert done.code == 2
    assert "did you mean `human-approval`?" in done.err
