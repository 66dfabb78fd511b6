"""Which steps of a pipeline start an assistant, and what it may do there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Literal

import msgspec

from bartizan.catalog.assistants import PipelineAssistant, load_pipeline_assistants
from bartizan.catalog.places import cache_folder
from bartizan.model import Place
from bartizan.model.yamltree import Node
from bartizan.scan.agents.permissions import wide_permissions
from bartizan.scan.workflows.github import Step

__all__ = ["May", "Start", "started_by_command", "started_by_step"]

May = Literal["all", "few", "named", "nothing"]
"""Any command; reading and editing; only tools that a list names, none of them a way to any command; only answers."""


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """An assistant that is started: what it may do, its prompt, all that it is given, and who may cause it.

    `asks` tells that the action itself refuses strangers; `opened` names the input that lifts that.
    """

    assistant: PipelineAssistant
    may: May
    why: str
    prompt: str
    given: str
    asks: bool = False
    opened: str = ""


_BEFORE = r"(?:^|[\s;&|(`/$\"'])"


@cache
def _commands() -> tuple[tuple[PipelineAssistant, re.Pattern[str]], ...]:
    return tuple(
        (one, re.compile("|".join(f"(?:{_BEFORE if word[0].isalnum() else ''}{word})" for word in one.commands), re.M))
        for one in load_pipeline_assistants(cache_folder()).values()
        if one.commands
    )


@cache
def _actions() -> dict[str, PipelineAssistant]:
    return {name: one for one in load_pipeline_assistants(cache_folder()).values() for name in one.actions}


def started_by_step(step: Step) -> Start | None:
    """Return the assistant that a step starts, or nothing."""
    if not step.uses or step.action == "actions/github-script":
        return started_by_command(step.run or step.inputs.get("script", ""))
    _, _, name = step.action.partition("/")
    known = _actions().get(name) or _actions().get(name.rpartition("/")[2])
    if known is None:
        return None
    prompt = "\n".join(step.inputs[key] for key in known.prompts if key in step.inputs)
    given = "\n".join(f"{key}: {value}" for key, value in step.inputs.items() if key not in known.prompts)
    opened = next((key for key in known.opened_by if "*" in _listed(step.inputs.get(key, ""))), "")
    may, why = _may(known, given, [step.inputs[key] for key in known.tools if key in step.inputs])
    if may == "nothing" and re.search(r"(?m)^enable-github-mcp: true", given):
        may = "few"
    return Start(
        assistant=known, may=may, why=why, prompt=prompt, given=given, asks=known.asks_writers and not opened,
        opened=opened,
    )  # fmt: skip


def started_by_command(script: str) -> Start | None:
    """Return the assistant that a script starts, or nothing."""
    bare = re.sub(r"(?m)^\s*#.*$", "", script)
    lines = [line for line in bare.split("\n") if not _INSTALLS.match(line)]
    for known, pattern in _commands():
        if any(pattern.search(line) for line in lines):
            may, why = _may(known, bare, [])
            return Start(assistant=known, may=may, why=why, prompt=bare, given=bare)
    return None


_INSTALLS = re.compile(
    r"\s*(?:sudo\s+)?(?:npm|pnpm|yarn|bun|pip3?|pipx|uv|brew|apt-get|apt)\s+(?:i|install|add|tool)\b[^;&|]*$"
)


def _listed(value: str) -> list[str]:
    return [part.strip(" \"'") for part in re.split(r"[,\n]", value)]


_LISTS = re.compile(r"--allowed-?tools[= ]+(.*?)(?=\s--[a-zA-Z]|\Z)", re.IGNORECASE | re.DOTALL)
_JSON = re.compile(r"[\"'](?:coreTools|core|allowed|allow|allowedTools)[\"']\s*:\s*\[(.*?)\]", re.DOTALL)
_NAME = re.compile(r"[\w@*/.-]+(?:\((?:[^()]|\([^()]*\))*\))?")
_PROGRAMS = re.compile(
    r"(?:Bash|Shell|run_shell_command|ShellTool)\(\s*(?:npx|npm|pnpm|yarn|node|deno|bun|python3?|uv|uvx|pip|make|go|cargo)"
    r"(?:\s*:?\s*\*)?\s*\)",
    re.IGNORECASE,
)
"""Programs that run any code that they are given, or that stands in the folder."""


def _may(known: PipelineAssistant, given: str, lists: list[str]) -> tuple[May, str]:
    """Return what an assistant may do, and the words that say so."""
    for pattern in known.everything:
        found = re.search(pattern, given)
        if found:
            return "all", found[0].strip()
    if known.may == "nothing":
        return "nothing", ""
    if any(re.search(pattern, given) for pattern in known.little):
        return "named", ""
    texts = [*lists, *(found[1] for found in _LISTS.finditer(given)), *(found[1] for found in _JSON.finditer(given))]
    names = [name for one in texts for name in _NAME.findall(one)]
    wide = next(_wide(names), "")
    if wide:
        return "all", wide
    if names:
        return "named", ", ".join(names)[:80]
    return (known.may, "it may run everything" if known.may == "all" else "")


def _wide(names: Iterable[str]) -> Iterator[str]:
    """Yield names of tools that run any command."""
    for name in names:
        rules = {rule for rule, _, _ in wide_permissions(Node(name, Place(""), name))} - {"assistant-reads-beyond"}
        if name in ("run_shell_command", "ShellTool") or _PROGRAMS.fullmatch(name) or (rules and name != "all"):
            yield name
