"""Errors that say what is wrong, where, and what to do."""

from __future__ import annotations

import msgspec


class Place(msgspec.Struct, frozen=True, order=True):
    """A position in a source file; `line` and `column` count from 1, 0 means unknown."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Return `file:line:column`, as editors and terminals link it."""
        return ":".join(str(part) for part in (self.file or "input", self.line, self.column) if part)


class BartizanError(Exception):
    """Base of every error that a user may see.

    `message` is one sentence in lower case without a final period; `help` says what to do next.
    `exit_code` is the process exit code of INTERFACES: 1 something broke, 2 the input is wrong, 3 nothing to do.
    """

    exit_code = 1

    def __init__(self, message: str, *, place: Place | None = None, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.help = help

    def diagnostics(self) -> str:
        """Return the error as text for a terminal: position, sentence, help."""
        lines = [f"error: {self.message}"]
        if self.place is not None:
            lines.append(f"  --> {self.place}")
        if self.help:
            lines.append(f"  help: {self.help}")
        return "\n".join(lines)


class InputError(BartizanError):
    """The input or the arguments are wrong."""

    exit_code = 2


class InputErrors(InputError):
    """Several things are wrong with one input; `errors` holds each of them, in source order."""

    def __init__(self, errors: list[InputError]) -> None:
        super().__init__(f"{len(errors)} things are wrong with the input")
        self.errors = errors

    def diagnostics(self) -> str:
        """Return every error's own diagnosis, first in the file first."""
        return "\n".join(error.diagnostics() for error in self.errors)


class NothingToDo(BartizanError):
    """There is nothing to inspect."""

    exit_code = 3
