"""The way in: examine the pickles that stand at some place of a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.desk import Desk, Held
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.pickles.arrays import joblib_arrays
from bartizan.scan.pickles.compiled import compiled
from bartizan.scan.pickles.judge import Judge
from bartizan.scan.pickles.machine import Machine
from bartizan.scan.pickles.plain import PlainData
from bartizan.scan.pickles.settled import Settled
from bartizan.scan.pickles.start import begins
from bartizan.scan.pickles.stream import Stream
from bartizan.scan.pickles.values import Call, Global, Value, path_of

__all__ = ["Flavour", "examine_pickle"]

Flavour: TypeAlias = Literal["plain", "torch"]
"""Who loads it: `torch` finds nothing between opcodes; for `plain`, joblib's arrays may stand there, and the file is
then read without them too."""

_WRAPPERS = frozenset({
    "joblib.numpy_pickle.NumpyArrayWrapper", "sklearn.externals.joblib.numpy_pickle.NumpyArrayWrapper",
})  # fmt: skip
"""Classes of joblib behind whose instances the bytes of an array stand."""
_ROW = 100_000
_NEXT = 512
"""Bytes by which a pickle that follows is known."""
"""Pickles that may follow each other."""
_BIG = 16 << 20
"""Bytes from which on getting a compiled loop ready pays."""


def examine_pickle(
    content: Content,
    desk: Desk,
    *,
    start: int = 0,
    flavour: Flavour = "plain",
    count: int | None = None,
    persistent: Callable[[Value], None] | None = None,
) -> int:
    """Examine the pickles from `start` on: `count` of them, or as many as follow each other.

    Reports to the desk, and covers their bytes. `persistent` is told of every persistent id. Returns the offset after
    the last one's STOP. Raises Malformed where one breaks, LimitReached.
    """
    extensions: dict[int, Global] = {}
    at, done = start, 0
    judge = Judge(desk, content, persistent=persistent)
    plain = _plain(content, start, judge)
    while True:
        wrapped: list[bool] = []
        end = _examine_one(content, judge, at, extensions, _hook(content, desk, flavour, wrapped), plain)
        if wrapped:
            _without_arrays(content, desk, at, objects=wrapped[0])
        desk.cover(at, end)
        at, done = end, done + 1
        if (done == count) or (count is None and not _begins(content, at)):
            return at
        if done >= _ROW:
            raise LimitReached(f"more than {_ROW} pickles stand in a row")


def _begins(content: Content, at: int) -> bool:
    """Tell whether another pickle follows."""
    head = content.read(at, _NEXT)
    return begins(head, whole=len(head) < _NEXT)


def _examine_one(
    content: Content,
    judge: Judge,
    start: int,
    extensions: dict[int, Global],
    built: Callable[[Call, int], int] | None,
    plain: PlainData | None = None,
) -> int:
    """Run one pickle, and once more as the C loader reads it from a file where its frames make a difference."""
    stream = Stream(content, start)
    before = dict(extensions)
    try:
        machine = Machine(stream, judge, extensions, built)
        if plain is not None:
            plain.attach(machine)
        elif content.size - start >= _BIG and compiled() is None:
            machine.hint = (
                ": numba is missing or can't compile here, without which large pickles take ten times as long"
            )
        machine.run(plain)
    finally:
        judge.finish()
        if stream.straddled >= 0:
            judge.frame("an opcode reaches over the end of its frame", stream.straddled)
            _as_framed(content, judge, start, before, built)
    return stream.offset


def _plain(content: Content, start: int, judge: Judge) -> PlainData | None:
    """Return the fast way over plain data where that is worth the time to get it ready."""
    kernel = compiled() if content.size - start >= _BIG else None
    return None if kernel is None else PlainData(content, Settled(judge, _WRAPPERS), kernel)


def _as_framed(
    content: Content, judge: Judge, start: int, extensions: dict[int, Global], built: Callable[[Call, int], int] | None
) -> None:
    """Run it in the other reading. That this one breaks is no news: the finding that there are two stands already."""
    try:
        Machine(Stream(content, start, framed=True), judge, extensions, built).run()
    except Malformed:
        pass
    finally:
        judge.finish()


def _without_arrays(content: Content, desk: Desk, start: int, *, objects: bool) -> None:
    """Run it as `pickle.load` does, which takes the bytes of arrays for opcodes. That this breaks is what it should.

    Where an array of objects comes first, its own pickle is run with the memo of the outer one: names get mixed up in
    it without anybody's intent, so that only what is dangerous is told.
    """
    held = Held(desk)
    judge = Judge(held, content)
    ended = False
    try:
        Machine(Stream(content, start), judge, {}).run()
        ended = True
    except Malformed:
        pass
    finally:
        judge.calls.clear()
        judge.finish()
        held.release(("dangerous",) if objects or not ended else ("dangerous", "unknown"))


def _hook(content: Content, desk: Desk, flavour: Flavour, wrapped: list[bool]) -> Callable[[Call, int], int] | None:
    """Return what the machine tells of each BUILD. `wrapped` notes joblib's arrays: whether each holds objects."""
    if flavour == "torch":
        return None

    def nested(at: int) -> int:
        # joblib loads it by a plain `pickle.load`.
        wrapped[-1] = True
        part = desk.belonging(["CVE-2024-34997"])
        end = _examine_one(content, Judge(part, content), at, {}, None)
        desk.cover(at, end)
        return end

    def built(call: Call, offset: int) -> int:
        if path_of(call) not in _WRAPPERS:
            return offset
        wrapped.append(False)
        return joblib_arrays(content, desk, call, offset, nested)

    return built
