"""Looks at assistants' files together: one name for different servers or tools, files that are missing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from bartizan.scan.agents.mcp_servers import Server, servers
from bartizan.scan.agents.paths import role_of, skill_folders
from bartizan.scan.agents.skill_scripts import Doing, doings
from bartizan.scan.agents.source import json_tree, text_of, toml_tree
from bartizan.scan.agents.tools import Tool, tools
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Survey
from bartizan.scan.artefacts.tree import Tree, beside
from bartizan.scan.texts.hidden import visible

__all__ = ["SURVEY"]

_LARGEST = 1 << 20
_MOST_SCRIPTS = 200


def examine(tree: Tree, desk: Callable[[str], Desk]) -> None:
    """Compare names across files of the same project, and follow a skill's references."""
    paths = tree.paths()
    _servers(tree, paths, desk)
    _tools(tree, paths, desk)
    for folder in skill_folders(tree):
        _references(tree, folder, frozenset(paths), desk)
        _scripts(tree, [path for path in paths if path.startswith(folder) and path.endswith(".py")], desk)


def _project(path: str) -> str:
    """Return the folder that a configuration is for: the one that holds the assistant's own folder."""
    parts = path.split("/")[:-1]
    hidden = next((number for number, part in enumerate(parts) if part.startswith(".")), len(parts))
    return "/".join(parts[:hidden])


def _text(tree: Tree, path: str) -> str | None:
    try:
        with tree.open(path) as content:
            return text_of(content) if 0 < content.size <= _LARGEST else None
    except (OSError, Malformed, LimitReached):
        return None


def _listed(tree: Tree, path: str) -> Iterator[Server]:
    text = _text(tree, path)
    if text is None or ("mcp" not in text.lower() and '"servers"' not in text):
        return
    try:
        yield from servers(toml_tree(text, path) if path.endswith(".toml") else json_tree(text, path)[0])
    except Malformed:
        return


def _servers(tree: Tree, paths: list[str], desk: Callable[[str], Desk]) -> None:
    """Tell of names that stand for different servers in one project, or that only look the same."""
    seen: dict[tuple[str, str], tuple[str, Server]] = {}
    for path in paths:
        if not path.endswith((".json", ".toml", ".jsonc")) or not role_of(path) & {"settings", "list"}:
            continue
        for server in _listed(tree, path):
            key = _project(path), _folded(server.name)
            other = seen.setdefault(key, (path, server))
            if other[1] is server or (other[1].name == server.name and other[1].target == server.target):
                continue
            if other[1].name != server.name:
                told = f"`{server.name}` looks like `{other[1].name}` in {other[0]}"
                _report(desk, path, "mcp-config-name-lookalike", told, server.line)
            elif other[0] != path:
                _report(desk, path, "mcp-config-name-taken", f"`{server.name}` also stands in {other[0]}", server.line)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", visible(name)).casefold()


def _tools(tree: Tree, paths: list[str], desk: Callable[[str], Desk]) -> None:
    """Tell of tools of one name that are described differently by two lists."""
    seen: dict[tuple[str, str], tuple[str, Tool]] = {}
    for path in paths:
        if not path.endswith(".json") or role_of(path):
            continue
        text = _text(tree, path)
        if text is None or "description" not in text or "nputSchema" not in text:
            continue
        try:
            found = list(tools(json_tree(text, path)[0]))
        except Malformed:
            continue
        for tool in found:
            key = path.rsplit("/", 1)[0] if "/" in path else "", _folded(tool.name)
            other = seen.setdefault(key, (path, tool))
            if other[0] != path and other[1].description != tool.description:
                _report(desk, path, "tool-name-taken", f"`{tool.name}` also stands in {other[0]}", tool.line)


def _scripts(tree: Tree, paths: list[str], desk: Callable[[str], Desk]) -> None:
    """Tell of what the scripts of a skill do together."""
    collected: list[tuple[str, Doing]] = []
    sent: list[tuple[str, Doing]] = []
    for path in paths[:_MOST_SCRIPTS]:
        for doing in doings(_text(tree, path) or ""):
            if doing.does in ("collects", "sends"):
                (collected if doing.does == "collects" else sent).append((path, doing))
            else:
                _report(desk, path, doing.does, doing.code, doing.line)
    if collected and sent:
        (path, sends), (source, collects) = sent[0], collected[0]
        told = f"{collects.code} in {source.rsplit('/', 1)[-1]}, and {sends.code}"
        _report(desk, path, "skill-collects-and-sends", told, sends.line)


_LINK = re.compile(r"\]\((?!https?:|#|mailto:|/)([\w./-]+\.(?:md|py|sh|js|ts|json|txt|yaml))(?:#[\w-]*)?\)")


def _references(tree: Tree, folder: str, paths: frozenset[str], desk: Callable[[str], Desk]) -> None:
    """Tell of files that a skill links to and that are not there: what fetches them later is not inspected now."""
    skill = next((path for path in paths if path.startswith(folder) and path[len(folder) :].lower() == "skill.md"), "")
    text = _text(tree, skill) or ""
    for found in _LINK.finditer(text):
        try:
            target = beside(skill, found[1])
        except ValueError:
            continue
        if target not in paths and not any(path.startswith(target) for path in paths):
            _report(desk, skill, "skill-file-missing", found[1], text.count("\n", 0, found.start()) + 1)


def _report(desk: Callable[[str], Desk], path: str, rule: str, evidence: str, line: int) -> None:
    try:
        found = desk(path)
    except KeyError:
        # It is seen, and not among what was asked for.
        return
    found.hit(rule, evidence, line=line)


SURVEY = Survey(name="agent-survey", title="Names and files of assistants", group="agent", examine=examine)
