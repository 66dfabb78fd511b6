"""The guide to approvals and charters shows what is there: its question, its charter, its commands."""

import re

import click
import pytest

from bartizan.cli.root import root
from bartizan.guard.asking import as_text
from bartizan.guard.charter import Charter, parse_charter
from tests.guard.asking.making import approval
from tests.support import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "approvals.md").read_text(encoding="utf-8")
CHARTER = re.findall(r"^```yaml\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)[0]
COMMANDS = re.findall(r"^    bartizan (.*?)(?: +#.*)?$", GUIDE, flags=re.MULTILINE)


def test_the_charter_is_right_and_every_key_has_a_line() -> None:
    made = parse_charter(CHARTER.encode(), "guide", ["public", "internal", "confidential"])
    keys = {name for name in Charter.__struct_fields__ if name not in ("digest", "scheme")}
    lines = re.findall(r"^\| (`[a-z_`, ]+`) \|", GUIDE.split("## Charters")[1].split("\n## ")[0], flags=re.MULTILINE)
    assert {key for line in lines for key in re.findall(r"`(\w+)`", line)} == keys
    assert [key for key in keys if key not in CHARTER] == []
    assert made.allows("files", "read")
    assert not made.allows("files", "delete_all")


def test_the_question_looks_as_it_is_shown() -> None:
    shown = "\n".join(line[4:] for line in re.findall(r"^    (?:  )*.*$", GUIDE.split("could happen:\n")[1].split(
        "\n\nEverything")[0], flags=re.MULTILINE))  # fmt: skip
    assert shown == as_text([approval()]).replace('"s-1"', '"3f2a9c"')


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_are_there(line: str) -> None:
    command: click.Command = root
    words = line.split(" -- ", maxsplit=1)[0].split()
    context = command.make_context("bartizan", [], resilient_parsing=True)
    while words and isinstance(command, click.Group):
        found = command.get_command(context, words.pop(0))
        assert found is not None, line
        command = found
    names = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("-")} <= names
