"""Programs where models are delivered: of Linux, Windows, macOS, Android, Java, WebAssembly, and scripts for shells.

Python and JavaScript source is read by scanners of its own; a native program is only told.
"""

from __future__ import annotations

import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_MACH = {
    b"\xfe\xed\xfa\xce", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe",
}  # fmt: skip
_SCRIPT = re.compile(rb"#![ \t]*(?:\S*/)?(?:env[ \t]+(?:-\S+[ \t]+)*)?(?:\S*/)?(\w+)")
_SHELLS = {b"sh", b"bash", b"dash", b"zsh", b"ksh", b"csh", b"tcsh", b"fish", b"ash", b"pwsh", b"perl", b"ruby", b"php",
           b"osascript", b"lua", b"tclsh", b"awk", b"expect"}  # fmt: skip
_SHELL_SUFFIXES = {".sh", ".bash", ".bat", ".cmd", ".ps1", ".psm1", ".vbs", ".vbe", ".wsf", ".hta", ".scpt", ".command"}


def _native(look: Look) -> str:
    head = look.head
    if head[:4] == b"\x7fELF" and head[4:5] in (b"\1", b"\2"):
        return "a program or library of Linux or another Unix (ELF)"
    if head[:2] == b"MZ" and len(head) >= 64:
        at = int.from_bytes(head[60:64], "little")
        mark = look.content.read(at, 4)
        return "a program or library of Windows (PE)" if mark == b"PE\0\0" or mark[:2] in (b"NE", b"LE") else ""
    if head[:4] in _MACH and head[4:8] != b"\0\0\0\0":
        return "a program or library of macOS (Mach-O)"
    if head[:4] == b"\xca\xfe\xba\xbe" and len(head) > 8:
        # Java's classes begin so too; their version numbers are larger than any number of architectures. An archive
        # of many is told as a whole.
        if int.from_bytes(head[4:8], "big") <= 40:
            return "a program of macOS (Mach-O, universal)"
        return "" if look.inner and look.suffix == ".class" else "a class of Java"
    if head[:4] == b"dex\n" and head[7:8] == b"\0":
        return "a program of Android (DEX)"
    return "a WebAssembly module" if head[:8] == b"\0asm\1\0\0\0" else ""


def _script(look: Look) -> str:
    """Scripts are told inside archives only: source trees are full of them, and archives of weights are not."""
    if not look.inner or b"\0" in look.head:
        return ""
    if look.suffix in _SHELL_SUFFIXES:
        return f"a script ({look.suffix})"
    found = _SCRIPT.match(look.head)
    return f"a script for {found[1].decode('ascii', 'replace')}" if found and found[1] in _SHELLS else ""


def recognise(look: Look) -> bool:
    """Tell by the first bytes; shell scripts also by their names."""
    return bool(_native(look) or _script(look))


def examine(look: Look, desk: Desk) -> None:
    """Report it."""
    desk.hit("archive-executable", f"`{look.name}`: {_native(look) or _script(look)}")
    desk.cover_all(look.content)


FORMAT = Format(name="executable", title="Program", group="model", recognise=recognise, examine=examine)
