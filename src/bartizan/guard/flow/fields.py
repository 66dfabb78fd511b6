"""Which field of a tool's results a value stands in, and what its card says of that field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bartizan.model.card import ResultField, ToolCard, Trust, ValueType

__all__ = ["About", "Fields", "NamedFields"]


class About(NamedTuple):
    """What a card says of a value: its type, who decides it, and its class, empty for no class of its own."""

    type: ValueType
    trust: Trust
    class_: str


class NamedFields:
    """The fields of one card. Answers are kept by path, as results repeat the same paths many times."""

    def __init__(self, card: ToolCard) -> None:
        self._card = card
        self._specs = [(tuple(self.plain(word) for word in field.path.split(".")), field) for field in card.fields]
        self._by_path: dict[tuple[str, ...], tuple[ResultField, ...]] = {}
        self._rest = About(ValueType.TEXT, card.result, card.class_)
        self._plain: dict[str, str] = {}

    @staticmethod
    def plain(name: str) -> str:
        """Return a field's name without case, `_`, `-`, blanks, and `_` at its end."""
        return name.casefold().replace("_", "").replace("-", "").replace(" ", "")

    def _fitting(self, path: tuple[str, ...]) -> tuple[ResultField, ...]:
        known = self._by_path.get(path)
        if known is None:
            words = tuple(self.plain(word) for word in path)
            known = tuple(field for pattern, field in self._specs if _fits(pattern, words))
            if len(self._by_path) < 4096:
                self._by_path[path] = known
        return known

    def names_keys(self, path: tuple[str, ...]) -> bool:
        """Tell whether the names of members at a place are values themselves."""
        return any(field.path.endswith("keys") for field in self._fitting(path))

    def trust(self, path: tuple[str, ...]) -> Trust:
        """Return who decides a field where no condition on other fields holds."""
        return next((field.trust for field in self._fitting(path) if not field.when), self._rest.trust)

    def trust_in(self, name: str, record: Mapping[str, str], otherwise: Trust) -> Trust:
        """Return who decides a record's field, by the conditions on the others that hold."""
        for _, field in self._specs:
            if field.when and self.plain(field.path.rpartition(".")[2]) == name and self._holds(field, record):
                return field.trust
        return otherwise

    def about(self, path: tuple[str, ...], record: Mapping[str, str]) -> About:
        """Return what the card says of a value at a path, within a record's fields."""
        plain: ResultField | None = None
        for field in self._fitting(path):
            if field.when:
                if self._holds(field, record):
                    return About(field.type, field.trust, field.class_)
            elif plain is None:
                plain = field
        return self._rest if plain is None else About(plain.type, plain.trust, plain.class_)

    def _holds(self, field: ResultField, record: Mapping[str, str]) -> bool:
        return all(
            record.get(self.plain(name), "").casefold() == value.casefold() for name, value in field.when.items()
        )


class Fields:
    """The fields of all cards of a session."""

    def __init__(self) -> None:
        self._by_card: dict[int, tuple[ToolCard, NamedFields]] = {}

    def of(self, card: ToolCard) -> NamedFields:
        """Return the fields of a card."""
        known = self._by_card.get(id(card))
        if known is None:
            known = self._by_card[id(card)] = (card, NamedFields(card))
        return known[1]


def _fits(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Tell whether a path fits a pattern of words, `*` and `**`. Elements of lists need not be named."""
    if not pattern:
        return all(word == "*" for word in path)
    if pattern[0] == "**":
        return any(_fits(pattern[1:], path[start:]) for start in range(len(path) + 1))
    if not path:
        return False
    if pattern[0] in ("*", path[0]) and not (pattern[0] == "*" and path[0] == "keys") and _fits(pattern[1:], path[1:]):
        return True
    return path[0] == "*" and pattern[0] != "*" and _fits(pattern, path[1:])
