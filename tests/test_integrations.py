"""What other programs read of this repository, and what the guide to the supply chain tells people to write.

Hooks for pre-commit, the action, snippets for pipelines, lines for a shell: they run commands that exist, with options
that these have.
"""

from __future__ import annotations

import json
import re
import runpy
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
import yaml

from bartizan.catalog.assistants import AgentSetting, InstructionPattern, load_agent_products, load_instruction_words
from bartizan.catalog.callables import Callables, Register
from bartizan.catalog.scan_rules import ScanRule, load_scan_rules
from bartizan.cli import main
from bartizan.cli.root import COMMANDS, root
from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.artefacts.tree import MemoryTree
from tests.scan.artefacts.support import files_of
from tests.support import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "supply-chain.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)
YAML = [yaml.safe_load(text) for language, text in BLOCKS if language == "yaml"]
CATALOG = {found["id"]: found for found in YAML if "id" in found}
PRE_COMMIT, GITHUB, GITLAB, AZURE = [found for found in YAML if "id" not in found]


def scripts(value: Any) -> Iterator[str]:
    """Every text of a snippet."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from scripts(each)


def lines() -> list[list[str]]:
    """Every command of ours that the guide shows, in words."""
    shell = [text for language, text in BLOCKS if language == "sh"]
    pipelines = [text for found in (PRE_COMMIT, GITHUB, GITLAB, AZURE) for text in scripts(found)]
    texts = "\n".join([*shell, *pipelines]).replace("\\\n", " ").splitlines()
    words = [shlex.split(line, comments=True) for line in texts if line.startswith("bartizan ")]
    inline = [shlex.split(line) for line in re.findall(r"`(bartizan [^`]+)`", GUIDE)]
    return [*words, *inline]


def parsed(words: list[str]) -> click.Context:
    """Parse a command line as far as its last command, without running it. Raises click.UsageError."""
    command: click.Command | None = root.get_command(click.Context(root), words[1])
    assert command is not None, f"no command `{words[1]}`"
    rest = words[2:]
    while isinstance(command, click.Group) and rest:
        # `scan PATH` is a command without a name.
        command, rest = (command.commands[rest[0]], rest[1:]) if rest[0] in command.commands else (
            command.commands["everything"], rest)  # fmt: skip
    return command.make_context(" ".join(words[:2]), rest)


def test_the_guide_shows_every_command_of_the_supply_chain() -> None:
    assert {words[1] for words in lines()} >= {"scan", "bom", "pin", "verify", "review"}
    assert {words[1] for words in lines()} <= set(COMMANDS)
    assert {words[2] for words in lines() if words[1] == "scan" and len(words) > 2} >= {"model", "agent"}


@pytest.mark.parametrize("words", lines(), ids=" ".join)
def test_a_line_of_the_guide_has_options_that_exist(words: list[str]) -> None:
    try:
        parsed(words)
    except (click.MissingParameter, click.exceptions.NoArgsIsHelpError):
        # In a sentence, a command may stand without what it needs.
        assert f"`{shlex.join(words)}`" in GUIDE


def test_lines_of_the_guide_about_the_example_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(REPOSITORY / "examples" / "supply-chain", tmp_path / "examples" / "supply-chain")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    told = [words[1:] for words in lines() if any("examples/" in word for word in words)]
    assert len(told) >= 4
    shutil.copy(REPOSITORY / "examples" / "coding-agent" / "system.yaml", tmp_path)
    for words in told:
        codes = [0] if "none" in words else range(11, 16)
        assert main(words) in codes, words
    assert (tmp_path / "system.scan-evidence.yaml").read_text().count("component:") == 1
    assert (tmp_path / "report.html").stat().st_size > 1000


def test_the_output_that_the_guide_shows_is_what_comes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(REPOSITORY)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    main(["scan", "examples/supply-chain"])
    out = capsys.readouterr().out.splitlines()
    shown = GUIDE.split("    dangerous: ", 1)[1].split("\n\nThe worst stands first.")[0]
    for line in f"    dangerous: {shown}".splitlines():
        assert line[4:] in out, line


def test_the_example_holds_no_program_and_no_binary() -> None:
    for path in (REPOSITORY / "examples" / "supply-chain").rglob("*"):
        if path.is_file():
            assert path.read_text(encoding="utf-8")
            assert path.suffix in (".md", ".json", ".py", ".txt")


def test_every_code_block_of_the_guide_is_one_that_a_test_reads() -> None:
    assert {language for language, _ in BLOCKS} == {"sh", "yaml", "python"}


def test_the_snippet_for_pre_commit_names_hooks_that_exist() -> None:
    hooks = [hook["id"] for hook in PRE_COMMIT["repos"][0]["hooks"]]
    assert hooks == [hook["id"] for hook in read(".pre-commit-hooks.yaml")]


def test_the_snippet_for_github_gives_inputs_that_exist() -> None:
    steps = GITHUB["jobs"]["scan"]["steps"]
    action = read("action.yml")
    (ours,) = [step for step in steps if "/bartizan@" in step["uses"]]
    assert set(ours["with"]) <= set(action["inputs"])
    assert steps[-1]["with"]["sarif_file"] == action["inputs"]["sarif"]["default"]
    told = dict(re.findall(r"^\| `([a-z-]+)` \| `([^`]+)` \|", GUIDE, flags=re.MULTILINE))
    assert told == {name: entry["default"] for name, entry in action["inputs"].items()}


def test_the_snippet_for_gitlab_warns_below_what_stops_it() -> None:
    job = GITLAB["supply-chain"]
    # 13 is medium: what --fail-on lets through as the least.
    assert job["allow_failure"]["exit_codes"] == [13]
    assert any("--fail-on medium" in line for line in job["script"])
    assert job["artifacts"]["paths"] == ["bartizan.sarif"]


def test_the_snippet_for_azure_publishes_what_the_scan_writes() -> None:
    scan = next(step["script"] for step in AZURE["steps"] if step.get("displayName") == "Scan")
    published = AZURE["steps"][-1]["inputs"]["pathToPublish"]
    assert f"--sarif {published}" in scan


def test_files_of_the_catalog_that_the_guide_shows_are_right() -> None:
    library = msgspec.convert(CATALOG["our-models"], Callables)
    safe, harmful = Register({library.id: library}).look_up("ourlib.rebuild")
    assert (safe, harmful) == (library.safe[1], None)
    setting = msgspec.convert(CATALOG["our-telemetry"], AgentSetting)
    assert set(setting.products) <= set(load_agent_products())
    assert setting.rule in load_scan_rules()
    for texts, fires in ((setting.hits, True), (setting.misses, False)):
        for text in texts:
            value = json.loads(text)[setting.key[0]][setting.key[1]]
            assert bool(re.fullmatch(setting.pattern, value)) is fires
    pattern = msgspec.convert(CATALOG["our-covert-mail"], InstructionPattern)
    assert pattern.rule in load_scan_rules()
    assert {word for step in pattern.order for word in step.split("|")} <= set(load_instruction_words()["en"].words)


def test_the_rule_that_the_guide_shows_is_reported_by_its_format(tmp_path: Path) -> None:
    rule = msgspec.convert(CATALOG["our-card-incomplete"], ScanRule)
    (text,) = [text for language, text in BLOCKS if language == "python"]
    (tmp_path / "our_card.py").write_text(text, encoding="utf-8")
    module = runpy.run_path(str(tmp_path / "our_card.py"))
    examiner = Examiner({**load_scan_rules(), rule.id: rule})
    examiner.formats = [*examiner.formats, module["FORMAT"]]
    for examples, fires in ((rule.hits, True), (rule.misses, False)):
        assert examples
        for example in examples:
            scan = examiner.tree(MemoryTree(files_of(example)))
            assert (rule.id in {found.rule for one in scan.artefacts for found in one.findings}) is fires


def read(name: str) -> Any:
    return yaml.safe_load((REPOSITORY / name).read_text(encoding="utf-8"))


def test_hooks_run_commands_with_options_that_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n", encoding="utf-8")
    for hook in read(".pre-commit-hooks.yaml"):
        assert {"id", "name", "description", "entry", "language"} <= hook.keys()
        program, *arguments = shlex.split(hook["entry"])
        options = [one for one in hook.get("args", []) if one != "."]
        assert program == "bartizan"
        code = main([*arguments, *options, str(tmp_path)])
        said = capsys.readouterr()
        # Without pins, the second one says so; nothing else may be wrong with the arguments.
        assert code == 0 or "pin first" in said.err


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_the_action_scans_what_it_is_told(tmp_path: Path) -> None:
    steps = read("action.yml")["runs"]["steps"]
    script = steps[-1]["run"].replace('"$RUNNER_TEMP/bartizan/bin/bartizan"', "printf '%s|'")
    environment = {"PATHS": "a b\n\n  \n$(touch x)\n", "FAIL_ON": "high", "SARIF": "out.sarif", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "scan|--fail-on|high|--sarif|out.sarif|--|a b|$(touch x)|"
    assert not (tmp_path / "x").exists()
    assert {*steps[-1]["env"]} == {"PATHS", "FAIL_ON", "SARIF"}
