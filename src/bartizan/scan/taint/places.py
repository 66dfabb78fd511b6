"""What the texts of effects point to: paths of keys, commands that turn protection off, addresses inside."""

from __future__ import annotations

from collections.abc import Iterable

from bartizan.catalog.flows import TextKind
from bartizan.scan.taint.state import Effect
from bartizan.scan.taint.values import ARGUMENT, HOLE, Label, Value

__all__ = ["TextPlaces", "commands_of"]


class TextPlaces:
    """The kinds of texts, by what they are looked for in."""

    def __init__(self, kinds: Iterable[TextKind]) -> None:
        self._among: dict[str, list[TextKind]] = {}
        for kind in kinds:
            self._among.setdefault(kind.among, []).append(kind)

    def kinds(self, among: str) -> list[TextKind]:
        """Return the kinds of texts that are looked for in such."""
        return self._among.get(among, [])

    def found(self, among: str, text: str) -> list[TextKind]:
        """Return kinds of a text."""
        text = text.replace(ARGUMENT, HOLE)
        return [kind for kind in self._among.get(among, ()) if kind.pattern.search(text)]

    def of(self, effect: Effect) -> list[tuple[TextKind, str]]:
        """Return what an effect's texts point to, each with the text."""
        among = effect.flow.looks_at
        if not among:
            return []
        texts = commands_of(effect) if among == "command" else sorted(effect.focus.texts)
        return [(kind, text) for text in texts for kind in self.found(among, text)]

    def given(self, effect: Effect) -> list[Label]:
        """Return labels of what an effect reads."""
        return [
            Label(kind.gives, text.replace(HOLE, "…").replace(ARGUMENT, "…")[:80], effect.line)
            for kind, text in self.of(effect)
            if kind.gives
        ]


def commands_of(effect: Effect) -> list[str]:
    """The command lines that an effect runs: texts as they are, lists with spaces between."""
    out: list[str] = []
    for value in [*effect.arguments[:1], *(effect.keywords.get(name) for name in ("args", "cmd", "command"))]:
        if value is not None:
            out += sorted(value.texts)
            out += _lines(value)
    if len(effect.arguments) > 1 and not any(" " in one for one in out):
        rest = [one for value in effect.arguments[1:] for one in (_lines(value) or sorted(value.texts)[:1])]
        out = [f"{one} {' '.join(rest)}" for one in out]
    return out[:32]


def _lines(value: Value) -> list[str]:
    lines = []
    for box in value.boxes:
        if not box.mapping and box.kind is None:
            lines.append(" ".join(sorted(part.texts)[0] if part.texts else HOLE for part in box.fields.values()))
            lines += [" ".join([*lines[-1:], *sorted(box.rest.texts)[:4]])] if box.rest else []
    return lines
