"""A format and an inspection as small as can be, to try streams with."""

from __future__ import annotations

import json
import re
from typing import Any

from bartizan.guard.exchange import Answers, Slot, SlotKind, Usage
from bartizan.guard.streams import AnswerStream, Blocked, Change, Piecewise, Scan

_SECRET = re.compile(r"SECRET")
_LONGEST = 6


class Hiding:
    """Hides `SECRET`, stops at `STOP`, and holds back what may become one of them."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> Scan:
        self._held += piece
        return self._let(max(len(self._held) - _LONGEST + 1, 0))

    def end(self) -> Scan:
        return self._let(len(self._held))

    def _let(self, size: int) -> Scan:
        if "STOP" in self._held:
            raise Blocked("no-stop", "it says what may not be said")
        found = [match.span() for match in _SECRET.finditer(self._held)]
        size = max([size, *(end for start, end in found if start < size)])
        changes = [Change(start, end, "<hidden>") for start, end in found if end <= size]
        self._held = self._held[size:]
        return Scan(size, changes)


def slots(_: str, tree: Any) -> list[Slot]:
    out = [
        Slot(SlotKind.DELTA, f"c{name}", tree["delta"], name, shadows=((tree, "copy"),) if "copy" in tree else ())
        for name in tree.get("delta", {})
    ]
    out += [Slot(SlotKind.WHOLE, f"c{name}", tree["whole"], name) for name in tree.get("whole", {})]
    return out + ([Slot(SlotKind.ALONE, "", tree, "note")] if "note" in tree else [])


def ends(_: str, tree: Any) -> tuple[str, ...]:
    return tuple(f"c{name}" for name in tree.get("ends", ()))


def usage(tree: Any) -> Usage | None:
    return Usage(*tree["usage"]) if "usage" in tree else None


def error(rule: str, sentence: str) -> bytes:
    return f"data: {json.dumps({'error': rule, 'message': sentence})}\n\n".encode()


ANSWERS = Answers(slots, ends, usage, error)


def begin(_: str, __: str, ___: bool) -> Piecewise:
    return Hiding()


def alone(text: str, _: str, __: bool) -> str:
    if "STOP" in text:
        raise Blocked("no-stop", "it says what may not be said")
    return text.replace("SECRET", "<hidden>")


def guarded() -> AnswerStream:
    return AnswerStream(ANSWERS, begin, alone)


def event(**tree: Any) -> bytes:
    return f"data: {json.dumps(tree)}\n\n".encode()
