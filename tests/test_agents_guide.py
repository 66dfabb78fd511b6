"""The guides to agents and the example that they speak of: commands are there, files are right, figures are so."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import click
import pytest

from bartizan.cli.root import root
from bartizan.guard.cards import parse_cards
from bartizan.guard.charter import parse_charter
from bartizan.guard.config import parse_config
from bartizan.guard.policy import PolicyFile
from bartizan.guard.policy.tools import tool_policies
from tests.cli.conftest import Run, run
from tests.support import REPOSITORY

__all__ = ["run"]

EXAMPLE = REPOSITORY / "examples" / "agents"
DOCS = [
    *(REPOSITORY / "docs" / f"{name}.md" for name in ("agents", "mcp", "tool-cards", "index")),
    EXAMPLE / "README.md",
]
LINES = [
    pytest.param(line, id=f"{path.stem}-{number}")
    for path in DOCS
    for number, line in enumerate(
        re.findall(r"^    (?:key=\$\()?bartizan (.*?)\)?(?: +#.*| &)?$", path.read_text("utf-8"), flags=re.MULTILINE)
    )
]


@pytest.mark.parametrize("line", LINES)
def test_commands_are_there(line: str) -> None:
    command: click.Command = root
    words, context = line.split(" -- ", maxsplit=1)[0].split(), root.make_context("bartizan", ["mcp"])
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words.pop(0))
        assert found is not None, line
        command = found
    names = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("-")} <= names


def test_fences_say_a_language_and_nothing_else() -> None:
    """With more behind it, the site takes a fence for text, and all that follows for code."""
    odd = {path.name: re.findall(r"^```.*[^\w\n`].*$", path.read_text("utf-8"), flags=re.MULTILINE)
           for path in (REPOSITORY / "docs").rglob("*.md")}  # fmt: skip
    assert {name: found for name, found in odd.items() if found} == {}


def test_every_schema_of_json_is_listed() -> None:
    sources = (path.read_text("utf-8") for path in (REPOSITORY / "src").rglob("*.py"))
    made = {name for text in sources for name in re.findall(r'"(bartizan/[a-z-]+/[0-9]+)"', text)}
    guide = (REPOSITORY / "docs" / "command-line.md").read_text("utf-8").split("{#json}")[1].split("\n## ")[0]
    assert set(re.findall(r"`(bartizan/[a-z-]+/[0-9]+)`", guide)) == made


def blocks(kind: str) -> list[str]:
    guide = (REPOSITORY / "docs" / "mcp.md").read_text("utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", guide, flags=re.MULTILINE | re.DOTALL)


def test_the_configuration_and_the_policies_of_the_guide_are_right() -> None:
    whole, asking = blocks("yaml")
    (door,) = parse_config((whole + asking).encode(), "guide").mcp
    assert ([one.id for one in door.servers], door.asking.folder) == (["mail", "files"], "asking")
    (policies,) = blocks("cedar")
    assert {"approved-only", "four-eyes", "orders"} <= tool_policies(
        [PolicyFile("guide.cedar", policies)]
    ).reasons.keys()


def test_the_files_of_the_example_are_right() -> None:
    (door,) = parse_config((EXAMPLE / "gateway.yaml").read_bytes(), "gateway.yaml").mcp
    cards = parse_cards((EXAMPLE / door.cards).read_bytes(), "cards.yaml")
    assert [(card.tool, card.reviewed) for card in cards] == [("list_mails", True), ("send_mail", True)]
    assert {card.server for card in cards} == {server.id for server in door.servers}
    charter = parse_charter((EXAMPLE / door.charter).read_bytes(), "charter.yaml")
    assert all(charter.allows(card.server, card.tool) for card in cards)
    policies = tool_policies([PolicyFile(path.name, path.read_text()) for path in EXAMPLE.glob("policies/*.cedar")])
    assert policies.reasons.keys() == {"staff-at-the-mail-desk", "reviewed-tools-only"}


def test_the_server_of_the_example_defines_what_its_cards_say(run: Run, tmp_path: Path) -> None:
    drafted = tmp_path / "cards.yaml"
    server = str(EXAMPLE / "mail_desk.py")
    done = run("tools", "card", "--name", "mail", "-o", str(drafted), "--", sys.executable, server)
    assert done.code == 0, done.err
    reviewed = parse_cards((EXAMPLE / "cards.yaml").read_bytes(), "cards.yaml")
    for draft, card in zip(parse_cards(drafted.read_bytes(), "drafted.yaml"), reviewed, strict=True):
        assert (draft.tool, draft.effect, set(draft.arguments)) == (card.tool, card.effect, set(card.arguments))


def test_what_the_example_says_of_its_traces_is_so(run: Run) -> None:
    traces = (str(EXAMPLE / "traces.jsonl"), "--cards", str(EXAMPLE / "cards.yaml"))
    policy = ("--policy", str(EXAMPLE / "policies"), "--group", "staff")
    for more in ((), policy):
        done = run("flow", "replay", *traces, "--format", "json", *more)
        figures = json.loads(done.out)["all"]
        told = [figures[name] for name in ("honest", "solved", "asked_tasks", "attacked", "leaked", "done")]
        assert told == [2, 2, 1, 2, 0, 2]
    shown = run("flow", "explain", *traces, "--session", "2", "--call", "1").out
    assert "to = desk@rival.example (email-address)\n  └ ✗ stands in a text that somebody else wrote" in shown
    shown = run("flow", "explain", *traces, "--session", "3", "--call", "1").out
    assert "✗ stands in nothing that the user said or that was read" in shown
