"""The walk through a decoded body: a format names what it knows, and everything else is taken as well."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bartizan.guard.exchange.exchange import Exchange, Nested, Opaque
from bartizan.guard.exchange.jsonbody import BodyError, decode_text
from bartizan.guard.exchange.piece import Kind, Origin, Piece, Where

__all__ = ["Walk"]

_LONG_NUMBER = 10_000_000
"""From eight digits on, a number may be an account, a card or a telephone."""
_EXACT = 1e22
"""Below this, what a float says as a whole number is written without an exponent."""


class Walk:
    """Collects the pieces of one exchange.

    A format calls `text` for strings whose writer it knows, and `rest` for all other members of an object, so that no
    string of a body is left out, unknown fields included.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._pieces = exchange.pieces
        self._runs = 0

    def run(self) -> int:
        """Return a new number for texts that are read as one."""
        self._runs += 1
        return self._runs

    def opaque(self, kind: str, where: Where) -> None:
        """Note content that can't be looked into."""
        self.exchange.opaque.append(Opaque(kind, where))

    def text(
        self, holder: Any, key: str | int, origin: Origin, role: str = "", where: Where = None, run: int = -1
    ) -> None:
        """Take the string at a place; what is no string is taken by `tree`."""
        value = holder[key]
        if type(value) is str:
            self._pieces.append(Piece(holder, key, value, origin, role, where, Kind.TEXT, run))
        else:
            self.tree(value, origin, role, (where, key), holder, key)

    def tree(
        self, value: Any, origin: Origin, role: str, where: Where, holder: Any = None, key: str | int = ""
    ) -> None:
        """Take every string, key and long number of a value that stands at `where`."""
        kind = type(value)
        if kind is dict:
            for name in list(value):
                self._pieces.append(Piece(value, name, name, origin, role, where, Kind.KEY))
                self.member(value, name, origin, role, where)
        elif kind is list:
            for number in range(len(value)):
                self.member(value, number, origin, role, where)
        elif kind in (int, float) and not -_LONG_NUMBER < value < _LONG_NUMBER and holder is not None:
            outer = where[0] if where is not None else None
            # A card number may be written as 4111111111111111.0, and stays one.
            text = repr(int(value)) if kind is float and value.is_integer() and abs(value) < _EXACT else repr(value)
            self._pieces.append(Piece(holder, key, text, origin, role, outer, Kind.NUMBER))

    def member(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where) -> None:
        """Take one member of an object or array that stands at `where`."""
        value = holder[key]
        if type(value) is str:
            self._pieces.append(Piece(holder, key, value, origin, role, where))
        elif value is not None and value is not True and value is not False:
            self.tree(value, origin, role, (where, key), holder, key)

    def rest(self, holder: dict[str, Any], known: Collection[str], origin: Origin, role: str, where: Where) -> None:
        """Take all members of an object but the known ones, and the names of those."""
        for name in list(holder):
            if name not in known:
                self._pieces.append(Piece(holder, name, name, origin, role, where, Kind.KEY))
                self.member(holder, name, origin, role, where)

    def plain(self, holder: dict[str, Any], names: Collection[str], origin: Origin, role: str, where: Where) -> None:
        """Take members whose names the format knows, without their names."""
        for name in names:
            if name in holder:
                self.member(holder, name, origin, role, where)

    def inner(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where) -> None:
        """Take JSON that stands in a string: its own texts when it can be decoded, else the string as it is."""
        value = holder[key]
        if type(value) is not str:
            self.text(holder, key, origin, role, where)
            return
        try:
            tree = decode_text(value) if value.lstrip()[:1] in ("{", "[") else None
        except BodyError:
            tree = None
        if tree is None:
            self.text(holder, key, origin, role, where)
            return
        first = len(self._pieces)
        self.tree(tree, origin, role, ((where, key), "#"))
        self.exchange.nested.append(Nested(holder, key, tree, first, len(self._pieces)))
