"""Jinja templates as files: `chat_template.jinja`, prompts in `*.j2`. Parsed, never rendered."""

from __future__ import annotations

import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.repository.templated import report_template

__all__ = ["FORMAT"]

_LARGEST = 4 << 20
_SUFFIXES = frozenset({".jinja", ".jinja2", ".j2", ".template", ".tmpl", ".tpl", ".prompt"})
_CERTAIN = frozenset({".jinja", ".jinja2", ".j2"})
_TELLING = re.compile(rb"__(?:class|globals|subclasses|builtins|import|mro|base)__|\bpopen\b")
_MARKS = re.compile(rb"\{\{|\{%")


def recognise(look: Look) -> bool:
    """Tell by the name and by marks of Jinja; names of many kinds of templates need what Jinja can parse."""
    if look.suffix not in _SUFFIXES or b"\0" in look.head:
        return False
    if look.suffix in _CERTAIN:
        return True
    if look.size > _LARGEST:
        return False
    text = look.content.read(0, look.size)
    if not _MARKS.search(text):
        return False
    from bartizan.scan.templates.syntax import parse

    try:
        parse(text.decode("utf-8"))
    except (Malformed, LimitReached, UnicodeDecodeError):
        return _TELLING.search(text) is not None
    return True


def examine(look: Look, desk: Desk) -> None:
    """Report what is wrong with the template. Raises Malformed and LimitReached."""
    desk.cover_all(look.content)
    if look.size > _LARGEST:
        raise LimitReached(f"the template has more than {_LARGEST >> 20} MB")
    try:
        text = look.content.read(0, look.size).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Malformed("the template is no text", error.start) from error
    report_template(text, desk)


FORMAT = Format(name="jinja", title="Jinja template", group="model", recognise=recognise, examine=examine)
