"""A skill: its front matter, the commands it runs when it is loaded, and the files beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bartizan.model.yamltree import Node
from bartizan.scan.agents.report import report_command
from bartizan.scan.agents.source import Lines
from bartizan.scan.agents.tree import get, texts

if TYPE_CHECKING:
    from bartizan.scan.artefacts.desk import Desk

__all__ = ["check_front", "check_inline", "programs", "unknown_binary"]

_WIDE = re.compile(
    r"\*|all|Bash|Bash\(\s*(?:\*|:\*)?\s*\)|Shell|shell|execute_bash|run_shell_command|mcp__\*", re.IGNORECASE
)
_INLINE = re.compile(r"(?<![`\w])!`([^`\n]{1,2000})`|^```!\s*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def check_front(front: Node, desk: Desk) -> None:
    """Report tools that a skill or a command gets without asking."""
    allowed = get(front, "allowed-tools", "allowed_tools", "tools")
    if allowed is None:
        return
    names = [part.strip() for one in texts(allowed) for part in re.split(r",(?![^(]*\))|\s+(?![^(]*\))", one)]
    wide = [name for name in names if _WIDE.fullmatch(name)]
    if wide:
        desk.hit("skill-wide-tools", f"allowed tools: {', '.join(wide)}", line=allowed.place.line)


def check_inline(text: str, desk: Desk) -> None:
    """Report what runs on the machine while the text is loaded, before a model sees it."""
    lines = Lines(text)
    for found in _INLINE.finditer(text):
        report_command(found[1] or found[2], desk, lines.at(found.start()), "runs when loaded")


_PROGRAMS = (
    (b"\x7fELF", "ELF program"), (b"MZ", "Windows program"), (b"\xcf\xfa\xed\xfe", "macOS program"),
    (b"\xce\xfa\xed\xfe", "macOS program"),
    (b"\xca\xfe\xba\xbe", "macOS program or Java class"), (b"\xd0\xcf\x11\xe0", "compound file"),
    (b"dex\n", "Android program"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "Windows shortcut"),
)  # fmt: skip
_SUFFIXES = frozenset({
    ".exe", ".dll", ".so", ".dylib", ".scr", ".msi", ".com", ".pif", ".jar", ".class", ".pyc", ".pyo", ".pyd",
    ".dmg", ".pkg", ".apk", ".deb",
    ".rpm", ".app", ".lnk", ".vbs", ".vbe", ".hta", ".jse", ".wsf", ".cpl",
})  # fmt: skip


def programs(head: bytes, suffix: str) -> str:
    """Return what kind of compiled program a file is, or nothing."""
    kind = next((name for start, name in _PROGRAMS if head.startswith(start)), "")
    if kind == "compound file":
        return kind if suffix in (".msi", "") else ""
    if kind == "Windows program" and len(head) < 64:
        kind = ""
    return kind or (f"{suffix} file" if suffix in _SUFFIXES else "")


def unknown_binary(head: bytes, suffix: str) -> bool:
    """Tell if a file says nothing of what it is: data under a name for raw data."""
    return suffix in (".bin", ".dat", ".blob", ".payload") and bool(head)
