"""Help, wrong arguments, exit codes and output, whatever the command."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from bartizan import __version__
from bartizan.cli import main
from bartizan.cli.output import say
from bartizan.cli.root import COMMANDS
from tests.cli.conftest import Run


@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_line_is_that_of_its_command(name: str) -> None:
    command = import_module(f"bartizan.cli.{COMMANDS[name].module}").command
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help is not None
    assert COMMANDS[name].help == " ".join(command.help.split("\n\n")[0].split())


def test_help_lists_every_command_and_loads_none() -> None:
    program = (
        "import sys; from bartizan.cli import main; code = main(['--help']);"
        "heavy = ('msgspec', 'yaml', 'clingo', 'numpy', 'jinja2', 'bartizan.model', 'bartizan.report');"
        "print(*sorted(name for name in sys.modules if name.startswith(heavy)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.split() == []
    for name in COMMANDS:
        assert f"  {name} " in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str, run: Run) -> None:
    done = run(name, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: bartizan {name}")


def test_version(run: Run) -> None:
    assert run("--version").out == f"bartizan {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "sentence", "hint"),
    [
        (["revew"], "no such command `revew`", "did you mean `review`?"),
        (["review"], "missing argument `FILE`", "`bartizan review --help`"),
        (["review", "x", "--formt", "json"], "no such option `--formt`", "did you mean `--format`?"),
        (["review", "x", "--format", "jsn"], "`jsn` is not one of", "--help"),
        (["review", "x", "--as-of", "tomorrow"], "`tomorrow` is not a date", "--help"),
        (["review", "x", "--appetite", "little"], "`little` is neither a level", "--help"),
        (["controls", "x", "--appetite", "-5"], "`-5` is neither a level", "--help"),
        (["controls", "x", "--alternatives", "99"], "`--alternatives`", "--help"),
    ],
)
def test_wrong_arguments(arguments: list[str], sentence: str, hint: str, run: Run) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert sentence in done.err
    assert hint in done.err


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    done = run()
    assert done.code == 2
    assert "Commands:" in done.err


def test_an_interrupt_ends_with_130(system: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bartizan.cli.review.look_at", interrupted)
    done = run("review", system)
    assert done.code == 130
    assert done.err.strip() == "interrupted"


def test_a_mistake_of_ours_says_so_without_the_users_data(
    system: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret-value")

    monkeypatch.setattr("bartizan.cli.review.look_at", broken)
    done = run("review", system)
    assert done.code == 1
    assert "a mistake of its own, `RuntimeError`" in done.err
    assert "secret-value" not in done.err
    monkeypatch.setenv("BARTIZAN_DEBUG", "1")
    assert "Traceback" in run("review", system).err


def test_too_little_memory_is_told(system: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def large(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("bartizan.cli.review.look_at", large)
    done = run("review", system)
    assert done.code == 1
    assert "not enough memory" in done.err


def test_a_reader_that_goes_away_is_no_error(system: Path, cache: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    command = [sys.executable, "-m", "bartizan.cli", "review", str(system), "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    assert errors == b""
    assert process.returncode == 0


def test_closed_streams_do_no_harm(system: Path, cache: Path) -> None:
    program = f"{sys.executable} -m bartizan.cli review {system} >&- 2>&-"
    done = subprocess.run(["sh", "-c", program], check=False, env={**os.environ, "XDG_CACHE_HOME": str(cache)})
    assert done.returncode == 0


def test_without_standard_error_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    say("nobody listens")


def test_arguments_come_from_the_process_by_default(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["bartizan", "--version"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("bartizan ")
