"""Every text of a definition, with where it stands: a model reads all of them, people mostly the first."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from bartizan.guard.mcp.pins.quoting import pointer
from bartizan.guard.mcp.unseen import seen
from bartizan.inspection.layers.unicode import TWINS

__all__ = ["arguments_of", "as_read", "texts_of"]

_TWINS = str.maketrans(TWINS)


def texts_of(body: Any) -> Iterator[tuple[str, str]]:
    """Yield the JSON pointer and the text of every string, and of every name of a member that could say something."""
    waiting: list[tuple[str, Any]] = [("", body)]
    while waiting:
        where, one = waiting.pop()
        if isinstance(one, str):
            yield where, one
        elif isinstance(one, list):
            waiting += [(pointer(where, str(at)), item) for at, item in reversed(list(enumerate(one)))]
        elif isinstance(one, dict):
            for name, value in reversed(list(one.items())):
                waiting.append((pointer(where, name), value))
                if len(name) > _LONGEST_NAME or not name.isascii():
                    waiting.append((pointer(where, name), name))


_LONGEST_NAME = 40
"""Characters from which the name of a member is read as a text, too."""


def as_read(text: str) -> str:
    """Return a text as a model takes it: without what doesn't show, look-alike letters as those they look like."""
    if text.isascii():
        return text
    shown = unicodedata.normalize("NFKC", seen(text)[0])
    # Words of one other script stay words of it: only those that mix scripts are meant to deceive.
    return " ".join(_latin(word) for word in shown.split(" "))


def _latin(word: str) -> str:
    return word.translate(_TWINS) if any(one.isascii() and one.isalpha() for one in word) else word


def arguments_of(schema: Any) -> Iterator[tuple[str, str]]:
    """Yield where each argument stands in a schema, and its name; those of objects within it, too."""
    waiting: list[tuple[str, Any]] = [("", schema)]
    while waiting:
        where, one = waiting.pop()
        if isinstance(one, list):
            waiting += [(pointer(where, str(at)), item) for at, item in enumerate(one) if isinstance(item, dict | list)]
        elif isinstance(one, dict):
            for key, value in one.items():
                if key == "properties" and isinstance(value, dict):
                    for name, inner in value.items():
                        yield pointer(where, name), name
                        waiting.append((pointer(where, name), inner))
                elif isinstance(value, dict | list) and key not in ("default", "examples", "enum", "const"):
                    waiting.append((pointer(where, key), value))
