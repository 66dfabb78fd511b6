"""Templates in configurations: those that are meant as such, and texts anywhere that turn out to be some."""

from __future__ import annotations

import re
from typing import Any

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.repository.walk import entries
from bartizan.scan.templates import judge, looks_like_template

__all__ = ["examine_templates", "report_template"]

_KEYS = re.compile(r"(?i)(?:chat_?|prompt_?)templates?\Z|\A(?:template|jinja)\Z")
_NAMED_LISTS = frozenset({"chat_template", "chat_templates"})
_HARM = frozenset({"template-reaches-internals", "template-runs-command"})


def report_template(text: str, desk: Desk, where: str = "") -> None:
    """Report what is wrong with a template. Raises Malformed and LimitReached."""
    before = f"{where}: " if where else ""
    for spotted in judge(text):
        desk.hit(spotted.rule, before + spotted.evidence, line=0 if where else spotted.line, cve=spotted.cve)


def examine_templates(data: Any, desk: Desk) -> None:
    """Examine the templates in data. A text elsewhere counts only where it harms. Raises Malformed and LimitReached."""
    for entry in entries(data):
        if not isinstance(entry.value, str) or not looks_like_template(entry.value):
            continue
        meant = bool(_KEYS.search(entry.key)) or bool(_NAMED_LISTS.intersection(entry.path.split(".")))
        if meant:
            report_template(entry.value, desk, f"`{entry.path}`")
            continue
        try:
            for spotted in judge(entry.value):
                if spotted.rule in _HARM:
                    desk.hit(spotted.rule, f"`{entry.path}`: {spotted.evidence}", cve=spotted.cve)
        except (Malformed, LimitReached):
            continue  # no template, but a text with braces: nothing renders it
