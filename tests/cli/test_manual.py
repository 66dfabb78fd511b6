"""The reference page of the command line has every option, and every option says what it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module

import click
import pytest

from bartizan.cli.manual import commands
from bartizan.cli.root import COMMANDS
from bartizan.report import FORMATS
from tests.support import REPOSITORY, packaged_catalog


def _every() -> Iterator[tuple[str, click.Command]]:
    for name, entry in COMMANDS.items():
        command = import_module(f"bartizan.cli.{entry.module}").command
        yield name, command
        if isinstance(command, click.Group):
            shown = {inner: found for inner, found in command.commands.items() if not found.hidden}
            yield from ((f"{name}-{inner}", found) for inner, found in shown.items())


def test_every_command_and_option_is_on_the_page() -> None:
    page = commands(packaged_catalog())
    for name, command in _every():
        assert f"{{#{name}}}" in page
        for option in command.params:
            meaning = getattr(option, "help", "")
            assert meaning, f"{name} {option.name}"
            assert " ".join(meaning.split()).replace("|", "¦") in page
    assert all(f"| `{name}` |" in page for name in FORMATS)


@pytest.mark.parametrize("page", ["command-line.md", "sensitive-data.md"])
def test_the_guide_names_only_commands_and_options_that_exist(page: str) -> None:
    text = (REPOSITORY / "docs" / page).read_text(encoding="utf-8")
    known = dict(_every())
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)).replace("\\\n", " ")
    lines = [line for line in blocks.splitlines() if line.startswith("bartizan ")]
    assert lines
    for line in lines:
        words = line.split("#")[0].split(" -- ")[0].split()
        name = "-".join(words[1:3]) if f"{words[1]}-{words[2]}" in known else words[1]
        options = {text for option in known[name].params for text in (*option.opts, *option.secondary_opts)}
        assert {word for word in words if re.fullmatch(r"--?[a-z-]+", word)} <= options, line
