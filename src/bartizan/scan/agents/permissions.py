"""Lists of what runs without asking: entries that allow everything, and entries that allow any program."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.model.yamltree import Node
from bartizan.scan.agents.tree import entries, text, texts

__all__ = ["wide_approvals", "wide_permissions"]

_ALL = re.compile(
    r"\*|\*\*|\.\*|\^?\.\*\$?|all|@all|(?:Bash|Shell|PowerShell|Terminal|run_shell_command|execute_bash"
    r"|execute_cmd|shell)"
    r"(?:\(\s*(?:\*|:\*|\*\*|\*:\*|\.\*)?\s*\))?|mcp__\*.*|Mcp\(\s*\*\s*(?:,\s*\*\s*)?\)|@?\*/\*"
    r"|Write\((?:\*\*?|//\*\*|/\*\*)\)|Edit\((?://\*\*|/\*\*)\)",
    re.IGNORECASE,
)
_ANY_PROGRAM = re.compile(
    r"(?:Bash|Shell)\(\s*(?:sudo|bash|sh|zsh|eval|python3?|node|perl|ruby|xargs|env|ssh|curl|wget"
    r"|docker(?: run)?|npx|uvx|powershell|pwsh|rm|rm -rf)"
    r"(?::\*| \*|\*|\s*)\)",
    re.IGNORECASE,
)
_SECRET = re.compile(r"Read\((?:[^)]*/\.(?:ssh|aws|gnupg|kube)[^)]*|//\*\*|~/\*\*|/\*\*)\)", re.IGNORECASE)


def wide_permissions(node: Node) -> Iterator[tuple[str, Node, str]]:
    """Yield the rule and the entry for what is too wide in a list of allowed tools and commands."""
    listed = node.value if isinstance(node.value, list) else [node]
    for item in listed:
        entry = text(item).strip()
        if _ALL.fullmatch(entry):
            yield "assistant-acts-unasked", item, entry
        elif _ANY_PROGRAM.fullmatch(entry):
            yield "assistant-allows-any-program", item, entry
        elif _SECRET.fullmatch(entry):
            yield "assistant-reads-beyond", item, entry


_ANYTHING = re.compile(
    r"/?\^?\(?(?:\.\*|\.\+|\*|\*\*/\*|\*\*|[\\\[]s\\S\]?\*|\[\^\]\*|)\)?\$?/?[gimsuy]*|https?://\*\*?/?"
    r"|https?://\*/\*|\*://\*/?\*?"
)
_SHELL = re.compile(
    r"/?\^?(?:bash|sh|zsh|pwsh|powershell|cmd|curl|wget|python3?|node|sudo|eval|rm)(?:\\b|\\s"
    r"|\s)*(?:\.\*)?\$?/?[gimsuy]*"
)


def wide_approvals(node: Node) -> Iterator[tuple[str, Node, str]]:
    """Yield the rule and the entry for what is too wide in a mapping of patterns to consent."""
    if not isinstance(node.value, dict):
        if text(node).lower() in ("true", "allow", "*", "all"):
            yield "assistant-acts-unasked", node, text(node)
        elif isinstance(node.value, list):
            yield from wide_permissions(node)
        return
    for key, value in entries(node).items():
        nested = any(
            one in ("true", "allow", "always") for one in (text(item).lower() for item in entries(value).values())
        )
        if text(value).lower() not in ("true", "allow", "always") and not nested:
            continue
        if _ANYTHING.fullmatch(key):
            yield "assistant-acts-unasked", value, key
        elif _SHELL.fullmatch(key):
            yield "assistant-allows-any-program", value, key


def listed(node: Node) -> list[str]:
    """Return what a list or a scalar names."""
    return texts(node)
