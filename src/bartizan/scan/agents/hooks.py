"""Hooks: what runs by itself when something happens in an assistant. One typed entry whatever the product.

Claude Code, Codex and Gemini: `hooks.EVENT = [{matcher, hooks: [{type, command | url | prompt}]}]`; Cursor and
Windsurf: `hooks.EVENT = [{command}]`; Kiro: `{when, then: {type, command | prompt}}`. Event names are not checked:
products add some.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from bartizan.model.yamltree import Node
from bartizan.scan.agents.report import report_command
from bartizan.scan.agents.tree import entries, get, items, text, texts
from bartizan.scan.texts.commands import Deed, Does
from bartizan.scan.texts.hosts import Host, host_of, kind

if TYPE_CHECKING:
    from bartizan.scan.artefacts.desk import Desk

__all__ = ["Hook", "check_hook", "command_text", "hooks"]


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """One hook: when it runs, and what: a command, an address that gets the event, or a prompt."""

    event: str
    line: int
    command: str = ""
    url: str = ""
    prompt: str = ""


def command_text(node: Node | None) -> str:
    """Return a command as one line: text as it stands, a list quoted, a mapping's `command` with its `args`."""
    if node is None:
        return ""
    if isinstance(node.value, list):
        return " ".join(
            word if re.fullmatch(r"[\w@%+=:,./~$\\{}-]+", word) else "'" + word + "'" for word in texts(node)
        )
    if isinstance(node.value, dict):
        parts = [
            command_text(get(node, "command", "cmd", "bash", "powershell", "run")),
            command_text(get(node, "args")),
        ]
        named = " ".join(part for part in parts if part)
        return named or " && ".join(command_text(one) for one in entries(node).values() if text(one) or items(one))
    return text(node)


def hooks(tree: Node) -> Iterator[Hook]:
    """Yield every hook of a configuration."""
    for event, value in entries(get(tree, "hooks")).items():
        yield from _of(event, value, 3)
    then = get(tree, "then")
    if then is not None and get(tree, "when") is not None:
        yield from _of(text(get(get(tree, "when"), "type")) or "hook", then, 1)


def _of(event: str, node: Node, depth: int) -> Iterator[Hook]:
    if depth < 0:
        return
    for one in items(node) or ([node] if isinstance(node.value, dict) else []):
        inner = get(one, "hooks")
        if inner is not None:
            yield from _of(event, inner, depth - 1)
            continue
        command = command_text(get(one, "command", "bash", "powershell", "cmd"))
        url, prompt = text(get(one, "url")), text(get(one, "prompt"))
        if command or url or prompt:
            arguments = get(one, "args")
            command = f"{command} {command_text(arguments)}" if arguments is not None else command
            yield Hook(event=event, line=one.place.line, command=command, url=url, prompt=prompt)


_CONSENT = re.compile(
    r"[\"']?(?:permissionDecision|decision|behavior|permission|continue_permission)[\"']?\s*:\s*[\"']?(?:allow"
    r"|approve|accept)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(r"pretooluse|permission|before|preexec", re.IGNORECASE)


def check_hook(hook: Hook, desk: Desk) -> list[Deed]:
    """Report what a hook does; give that back."""
    told = f"hook at {hook.event}"
    if hook.url:
        where = kind(host_of(hook.url))
        if where not in (Host.LOCAL, Host.VARIABLE):
            desk.hit("hook-sends-events", f"{told}: {hook.url}", line=hook.line)
    if not hook.command:
        return []
    done = report_command(hook.command, desk, hook.line, told)
    plain = hook.command.replace("\\", "")
    if _ASKED.search(hook.event) and re.match(r"\s*(?:echo|printf|cat\s*<<)", plain) and _CONSENT.search(plain):
        desk.hit("hook-consents", f"{told}: {hook.command}", line=hook.line)
    if not any(deed.does is not Does.RUN_INSTALLER for deed in done):
        desk.hit("hook-runs-command", f"{told}: {hook.command}", line=hook.line)
    return done
