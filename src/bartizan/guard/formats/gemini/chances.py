"""Tokens of a whole answer with their probabilities, which say its text once more."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import Origin
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.gemini.contents import Contents, spelled

__all__ = ["Chances"]


class Chances:
    """Takes the tokens of one candidate: those that were chosen as one text, and those of each rank as another."""

    def __init__(self, walk: Contents) -> None:
        self._walk = walk
        self._runs: dict[int, int] = {}

    def take(self, result: dict[str, Any], where: Where) -> None:
        """Take a result whole."""
        names, known = spelled(result), []
        for camel in ("chosenCandidates", "topCandidates"):
            name = names.get(camel, "")
            value = result.get(name)
            if type(value) is list:
                known.append(camel)
                for number in range(len(value)):
                    if camel == "chosenCandidates":
                        self._token(value, number, -1, (where, name))
                    else:
                        self._ranked(value, number, (where, name))
        self._walk.members(result, known, Origin.MODEL, "", where)

    def _ranked(self, steps: list[Any], number: int, where: Where) -> None:
        step, here = steps[number], (where, number)
        ranked = step.get("candidates") if type(step) is dict else None
        if type(ranked) is not list:
            self._walk.value(steps, number, Origin.MODEL, "", where)
            return
        for rank in range(len(ranked)):
            self._token(ranked, rank, rank, (here, "candidates"))
        self._walk.members(step, ("candidates",), Origin.MODEL, "", here)

    def _token(self, holder: list[Any], number: int, rank: int, where: Where) -> None:
        """Take a token. Its number tells it as well, so it goes when the token is changed."""
        one, here, exchange = holder[number], (where, number), self._walk.exchange
        if type(one) is not dict or type(one.get("token")) is not str:
            self._walk.value(holder, number, Origin.MODEL, "", where)
            return
        if rank not in self._runs:
            self._runs[rank] = self._walk.run()
        first = len(exchange.pieces)
        self._walk.text(one, "token", Origin.MODEL, "", here, self._runs[rank])
        exchange.shadows += [(first, first + 1, one, name) for name in ("tokenId", "token_id") if name in one]
        self._walk.members(one, ("token",), Origin.MODEL, "", here)
