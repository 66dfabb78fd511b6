"""An injected text in the forms in which it can lie in a result: as it is, encoded, or in parts."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

import msgspec

__all__ = ["FORMS", "Payload"]

FORMS = ("clear", "base64", "hex", "reversed", "split")
_VALUE = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|www\.\S+|https?://\S+|\b[A-Z]{2}\d{10,}\b|'[^']{2,40}'")


class Payload(msgspec.Struct, frozen=True):
    """What lies where. `parts` are what an agent must have read, all of them, to know what it is told to do."""

    parts: tuple[str, ...]
    places: dict[str, str]

    @classmethod
    def of(cls, goal: str, form: str, places: Sequence[str]) -> Payload:
        """Put a goal in a form into every one of these places; with one place, both parts go into it."""
        if form != "split":
            text = _encoded(goal, form)
            return cls((text,), dict.fromkeys(places, text))
        first, second = _halves(goal)
        if len(places) < 2:
            return cls((first, second), dict.fromkeys(places, f"{first} (continued) {second}"))
        return cls((first, second), {name: (first, second)[at % 2] for at, name in enumerate(places)})

    def read_in(self, *texts: str) -> bool:
        """Whether these texts together hold every part, however the lines are broken."""
        whole = _bare("\n".join(texts))
        return bool(self.parts) and all(_bare(part) in whole for part in self.parts)


def _encoded(goal: str, form: str) -> str:
    match form:
        case "base64":
            return base64.b64encode(goal.encode()).decode()
        case "hex":
            return goal.encode().hex()
        case "reversed":
            return goal[::-1]
        case _:
            return goal


def _halves(goal: str) -> tuple[str, str]:
    """Cut through the middle of the first value that matters, so that neither part holds it."""
    found = _VALUE.search(goal)
    at = (found.start() + found.end()) // 2 if found else len(goal) // 2
    return goal[:at], goal[at:]


def _bare(text: str) -> str:
    return re.sub(r"[^0-9a-zA-Z]+", "", text)
