"""Texts that models follow: rules files, commands, agents, skills and the documents beside them."""

from __future__ import annotations

import re

from bartizan.scan.agents.instructions import check_text
from bartizan.scan.agents.paths import role_of, skill_folder
from bartizan.scan.agents.skills import check_front, check_inline
from bartizan.scan.agents.source import front_matter, text_of
from bartizan.scan.agents.tree import get, text
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_DOCUMENTS = frozenset({".md", ".mdc", ".txt", ".markdown", ".mdx", ".prompt", ".rst"})
_LEGAL = re.compile(r"(?:licen[cs]e|notice|copying|ofl)", re.IGNORECASE)
_SKILL = re.compile(rb"\A\s*---[ \t]*\r?\n(?=(?:[^\n]*\n){0,20}?name:)(?=(?:[^\n]*\n){0,20}?description:)")


def recognise(look: Look) -> bool:
    """Tell by the path, by a skill's front matter, or by a skill's folder that the document lies in."""
    if look.size == 0:
        return False
    if "instructions" in role_of(look.path):
        return True
    if b"\0" in look.head and not look.head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    if look.suffix not in _DOCUMENTS or _LEGAL.search(look.name):
        return False
    return bool(_SKILL.match(look.head)) or skill_folder(look) is not None


def examine(look: Look, desk: Desk) -> None:
    """Check the front matter, commands that run when it is loaded, and what the text asks for."""
    source = text_of(look.content)
    desk.cover_all(look.content)
    front, _ = front_matter(source, look.path)
    if front is not None:
        check_front(front, desk)
        for key in ("description", "argument-hint", "when_to_use"):
            said = get(front, key)
            if said is not None:
                check_text(text(said), desk, first=said.place.line)
        desk.fact("skill", text(get(front, "name")))
    check_inline(source, desk)
    check_text(source, desk)


FORMAT = Format(
    name="instructions", title="Instructions for a model", group="agent", recognise=recognise, examine=examine
)
