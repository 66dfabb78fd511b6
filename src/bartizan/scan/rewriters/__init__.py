"""Rewriters: files of one format with values changed in place, found by being there."""

from __future__ import annotations

import pkgutil
import tempfile
from functools import cache
from importlib import import_module
from typing import IO

from bartizan.inspection.redaction import Editor
from bartizan.model import InputError
from bartizan.scan.rewriters.base import Rewriter, Unread, Work, head_of
from bartizan.scan.rewriters.refused import why_refused
from bartizan.scan.rewriters.wide import narrowed, wide, widen

__all__ = ["Rewriter", "Unread", "Work", "choose", "new_work", "rewrite", "rewriters"]


@cache
def rewriters() -> tuple[Rewriter, ...]:
    """Return the rewriters of all modules here, in the order of the modules' names."""
    modules = [import_module(f"{__name__}.{entry.name}") for entry in pkgutil.iter_modules(__path__)]
    return tuple(one for module in modules for one in getattr(module, "REWRITERS", ()))


def choose(head: bytes, name: str) -> Rewriter:
    """Return the rewriter for a file. Raises InputError, with what to do instead, where there is none."""
    low = name.lower()
    best = max(rewriters(), key=lambda one: one.recognises(head, low))
    reason = why_refused(head, low)
    sure = best.recognises(head, low)
    if reason is not None and sure < 3:
        raise InputError(*reason[:1], help=reason[1])
    if not sure and not wide(head):
        raise InputError(
            "this format can't be redacted", help="turn it into text, CSV, JSON, Parquet or an Office file first"
        )
    return best


def rewrite(source: IO[bytes], target: IO[bytes], work: Work, name: str) -> str:
    """Rewrite a file in its format, and return the format's name. Raises InputError when that can't be done."""
    head = head_of(source)
    if not head:
        return "empty"
    best = choose(head, name)
    encoding = wide(head)
    if not encoding or best.name == "markup":  # which says its encoding in the text too
        best.rewrite(source, target, work, name)
        return best.name
    with narrowed(source, encoding) as plain, tempfile.TemporaryFile() as made:
        best = choose(head_of(plain), name)
        best.rewrite(plain, made, work, name)
        widen(made, target, encoding)
    return best.name


def new_work(editor: Editor) -> Work:
    """Return work that opens containers with these rewriters."""
    return Work(editor, rewrite)
