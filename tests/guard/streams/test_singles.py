"""Texts in events of their own: in however many places they stand, what is kept is bounded, and all are read."""

from __future__ import annotations

from bartizan.guard.exchange import Answers, Slot, SlotKind
from bartizan.guard.streams import AnswerStream
from bartizan.guard.streams import answer as module
from tests.guard.streams.support import alone, begin, error, event, usage


def test_many_places_do_not_grow_what_is_kept() -> None:
    def slots(_: str, tree: dict[str, str]) -> list[Slot]:
        return [Slot(SlotKind.ALONE, name, tree, name) for name in tree]

    stream = AnswerStream(Answers(slots, lambda _, __: (), usage, error), begin, alone)
    most = module._MOST_SINGLES
    out = b"".join(stream.feed(event(**{f"place{number}": f"a SECRET {number}"})) for number in range(3 * most))
    out += stream.end()
    assert out.count(b"<hidden>") == 3 * most
    assert b"SECRET" not in out
    assert len(stream._singles) <= most
