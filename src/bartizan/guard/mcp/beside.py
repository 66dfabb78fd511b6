"""What a result says in other places than its content: in members that nobody asked for, in names, in pictures.

A client may show its model the whole of a result, so that whoever can write in any place of it steers the model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bartizan.guard.mcp.contents import text_of

__all__ = ["beside", "texts_of"]

_MOST = 200_000
"""Values that are looked at; behind them there is text for certain."""
_ROWS = {"content": "tools", "contents": "resources", "messages": "prompts"}
_QUIET = frozenset({"type", "role", "resultType", "cacheScope", "level", "status", "mode", "action", "mimeType"})
_WORD = re.compile(r"[A-Za-z/+.-]{0,80}(?![\s\S])|\d{4}-\d\d-\d\d[T0-9:.Z+-]{0,30}(?![\s\S])")
"""How a word of the protocol looks, such as `text`, `image/png` or `private`, and a date."""
_AUDIENCE = (["user"], ["assistant"], ["user", "assistant"], ["assistant", "user"])
_NAME = re.compile(r"[^\s@:]{1,64}(?![\s\S])")
"""How the name of a field looks; what doesn't may be a sentence."""


def beside(result: Mapping[str, Any]) -> list[str]:
    """Return what a result says beside the texts, links and structures of its content, as texts."""
    out: list[str] = []
    for name, value in result.items():
        if name == "structuredContent":
            _names(value, out)
        elif name in _ROWS and type(value) is list:
            for one in value:
                _block(one, out)
        else:
            _member(name, value, out)
    return out


def texts_of(value: Any) -> list[str]:
    """Return all texts of a value, with the names in it that may be sentences."""
    out: list[str] = []
    _texts(value, out)
    return out


def _block(block: Any, out: list[str]) -> None:
    """Take what a block of content, or a message of a prompt, says beside its text."""
    if type(block) is not dict:
        _texts(block, out)
        return
    for name, value in block.items():
        if name in ("content", "resource") and type(value) is dict:
            _block(value, out)
        elif name == "content" and type(value) is list:
            for one in value:
                _block(one, out)
        elif name in ("data", "blob") and type(value) is str:
            if value:  # what isn't text is a picture, a sound or a file, in which anything may be written
                out.append(text_of(value) or "(no text)")
        elif name != "text" or type(value) is not str:
            _member(name, value, out)


def _member(name: str, value: Any, out: list[str]) -> None:
    if name == "annotations" and type(value) is dict:
        for key, one in value.items():
            if not (key == "audience" and one in _AUDIENCE):
                _member(key, one, out)
        return
    if _NAME.match(name) is None:
        out.append(name)
    if type(value) is str and (name in _QUIET or name == "lastModified") and _WORD.match(value) is not None:
        return
    _texts(value, out)


def _names(value: Any, out: list[str]) -> None:
    """Take the names in a structure that may be sentences."""
    _walk(value, out, only_names=True)


def _texts(value: Any, out: list[str]) -> None:
    _walk(value, out, only_names=False)


def _walk(value: Any, out: list[str], *, only_names: bool) -> None:
    stack, left = [value], _MOST
    while stack:
        one = stack.pop()
        left -= 1
        if left < 0:
            out.append("(more)")
            return
        if type(one) is dict:
            out += [name for name in one if _NAME.match(name) is None]
            stack += one.values()
        elif type(one) is list:
            stack += one
        elif type(one) is str and not only_names and one.strip():
            out.append(one)
