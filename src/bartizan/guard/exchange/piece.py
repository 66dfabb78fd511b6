"""One text of a body: what it says, where it stands, who wrote it, and how to put something else in its place."""

from __future__ import annotations

import base64
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeAlias

__all__ = ["Encoded", "Kind", "Origin", "Piece", "Sealed", "Where", "pointer"]

Where: TypeAlias = "tuple[Where, str | int] | None"
"""A place in a tree of JSON, innermost first: cheap to make, written out only when someone asks."""


class Origin(StrEnum):
    """Who wrote a text, which decides how far it can be trusted and what may be done about what it holds."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    TOOL_DEFINITION = "tool-definition"
    TOOL_CALL = "tool-call"
    TOOL_RESULT = "tool-result"
    RETRIEVED = "retrieved"
    MODEL = "model"
    PARAMETER = "parameter"


class Kind(StrEnum):
    """How a text stands in the body."""

    TEXT = "text"
    KEY = "key"
    NUMBER = "number"


class Piece:
    """A text of a body. `holder` and `key` say where it stands in the decoded tree, `where` how to get there.

    `role` is the role of its message as the format names it, empty outside messages. `run` numbers texts that the
    reader of the body sees as one, such as the parts of one message; -1 for a text that stands alone.
    """

    __slots__ = ("changed", "holder", "key", "kind", "origin", "role", "run", "text", "where")

    signed = False
    """Whether the provider signed the text: what was hidden in it should stay hidden, so that it can be sent back."""

    def __init__(
        self,
        holder: Any,
        key: str | int,
        text: str,
        origin: Origin,
        role: str = "",
        where: Where = None,
        kind: Kind = Kind.TEXT,
        run: int = -1,
    ) -> None:
        self.holder, self.key, self.text = holder, key, text
        self.origin, self.role, self.where, self.kind, self.run = origin, role, where, kind, run
        self.changed = False

    def replace(self, text: str) -> None:
        """Put another text in its place. A number becomes a string; a key keeps its value and its position."""
        self.changed = True
        if self.kind is Kind.KEY:
            entries = [(text if name == self.key else name, value) for name, value in self.holder.items()]
            self.holder.clear()
            self.holder.update(entries)
            self.key = text
        else:
            self.holder[self.key] = text
        self.text = text

    @property
    def path(self) -> str:
        """The JSON pointer of the text; behind `#`, a pointer into JSON that stands in a string."""
        return pointer((self.where, self.key))


class Sealed(Piece):
    """A text that the provider signed. When it is changed, `unseal` takes away what would be wrong from then on."""

    __slots__ = ("_unseal",)

    signed = True

    def __init__(
        self, holder: Any, key: str | int, origin: Origin, role: str, where: Where, unseal: Callable[[], None]
    ) -> None:
        super().__init__(holder, key, holder[key], origin, role, where)
        self._unseal = unseal

    def replace(self, text: str) -> None:
        """Put another text in its place, without the signature."""
        super().replace(text)
        self._unseal()


class Encoded(Piece):
    """A text that stands in the body in base64, such as a text file."""

    __slots__ = ()

    def replace(self, text: str) -> None:
        """Put another text in its place, in base64."""
        super().replace(text)
        self.holder[self.key] = base64.b64encode(text.encode(errors="surrogatepass")).decode()


def pointer(where: Where) -> str:
    """Write a place out as a JSON pointer (RFC 6901)."""
    steps: list[str] = []
    while where is not None:
        where, step = where
        steps.append(str(step).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in reversed(steps))
