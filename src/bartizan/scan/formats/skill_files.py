"""Files beside a skill or a hook that are no instructions: scripts, configuration, compiled programs, raw data."""

from __future__ import annotations

import re

from bartizan.scan.agents.instructions import report_addresses
from bartizan.scan.agents.paths import is_hook, skill_folder
from bartizan.scan.agents.report import SERIOUS
from bartizan.scan.agents.skills import programs, unknown_binary
from bartizan.scan.agents.source import LONGEST, Lines, text_of
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.texts.commands import Does, deeds

__all__ = ["FORMAT"]

_SHELL = frozenset({".sh", ".bash", ".zsh", ".command", ".ps1", ".psm1", ".bat", ".cmd", ".fish", ".ksh"})
_SCRIPTS = frozenset({".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".pl", ".php", ".lua"})
_SETTINGS = frozenset({".yaml", ".yml", ".json", ".toml", ".ini", ".cfg", ".env", ".conf", ".properties", ".xml"})
_MARKERS = (b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE",)
"""Texts that every scanner for malware knows, to try it with."""
_RUN_SHELL = re.compile(rb"\A#!\s*\S*(?:/|\s)(?:ba|z|da|k|fi)?sh\b")


def recognise(look: Look) -> bool:
    """Tell by the folder of a skill, or of an assistant's hooks."""
    if look.size == 0 or look.name.lower() == "skill.md":
        return False
    if skill_folder(look) is None and not is_hook(look.path):
        return False
    return (
        _text(look) or bool(programs(look.head, look.suffix)) or unknown_binary(look.head, look.suffix) or _marked(look)
    )


def _text(look: Look) -> bool:
    return look.suffix in _SHELL | _SCRIPTS | _SETTINGS or bool(_RUN_SHELL.match(look.head))


def _marked(look: Look) -> bool:
    return any(one in look.head for one in _MARKERS)


def examine(look: Look, desk: Desk) -> None:
    """Check commands of shell scripts, addresses in all, and whether it can be read at all."""
    desk.cover_all(look.content)
    kind = programs(look.head, look.suffix)
    if _marked(look):
        desk.hit("skill-holds-malware", "the test file that scanners for malware are tried with")
    elif kind:
        desk.hit("skill-holds-program", f"{look.name}: {kind}")
    elif unknown_binary(look.head, look.suffix):
        desk.hit("skill-holds-program", f"{look.name}: raw data")
    elif look.size > LONGEST:
        raise LimitReached(f"the file has {look.size} bytes")
    elif _text(look):
        _script(look, desk)


def _script(look: Look, desk: Desk) -> None:
    text = text_of(look.content)
    lines = Lines(text)
    report_addresses(text, desk)
    if look.suffix not in _SHELL and not _RUN_SHELL.match(look.head):
        return
    bare = re.sub(r"(?m)^[ \t]*(?:#|rem\b|::).*$", "", text)
    for deed in deeds(bare):
        if deed.does in SERIOUS - {Does.UNGUARD, Does.PERSIST}:
            at = text.find(deed.text.split(" | ")[0][:40])
            desk.hit(deed.does.value, deed.text, line=lines.at(max(at, 0)))


FORMAT = Format(
    name="skill-files", title="Files of a skill", group="agent", recognise=recognise, examine=examine, accounts=False
)
