"""Values that are cut by the border of two texts of a body: messages, results of tools, members of arguments.

Who reads the body sees texts one behind the other, and can put halves together. To look at all of them as one would
cost a second inspection and find what isn't there; so only the ends that meet are looked at, and only where a value
may go over.
"""

from __future__ import annotations

from collections.abc import Iterable

from bartizan.guard.exchange import Kind, Origin, Piece
from bartizan.guard.streams.joint import SAID, head_of, may_join, tail_of

__all__ = ["Window", "seams"]


class Window(Piece):
    """The end of a text, or its beginning, to be looked at and changed like a piece. The rest stays as it is."""

    __slots__ = ("_last", "_rest", "piece")

    def __init__(self, piece: Piece, text: str, *, last: bool) -> None:
        super().__init__(piece.holder, piece.key, text, piece.origin, piece.role, piece.where)
        self.piece, self._last = piece, last
        self._rest = len(piece.text) - len(text)

    def renew(self) -> None:
        """Take up what became of the text meanwhile: its other end may have been changed, or this one."""
        text = self.piece.text
        if self.piece.changed:
            whole = self._rest == 0
            self.text = text if whole else tail_of(text) if self._last else head_of(text)
            self._rest = len(text) - len(self.text)

    def replace(self, text: str) -> None:
        """Put another text in the window's place."""
        whole, size = self.piece.text, self._rest
        self.piece.replace(whole[:size] + text if self._last else text + whole[len(whole) - size :])
        self.text = text


def seams(pieces: Iterable[Piece]) -> list[tuple[Window, ...]]:
    """Return the ends of neighbouring texts that may hold a value together; between two of them, texts are whole.

    Neighbours are texts one behind the other, and such of the same writer with others' between them.
    """
    out: list[tuple[Window, ...]] = []
    chains: dict[Origin | None, list[Piece]] = {}
    for piece in pieces:
        if piece.key not in SAID or piece.kind is not Kind.TEXT or not piece.text:
            continue
        before, joins = None, False
        for line in (None, piece.origin):
            chain = chains.get(line)
            if chain is None:
                chains[line] = [piece]
                continue
            if chain[-1] is not before:
                before = chain[-1]
                joins = may_join(before.text, piece.text)
            if joins:
                chain.append(piece)
            if not joins or len(head_of(piece.text)) < len(piece.text):
                _close(out, chain)
                chains[line] = [piece]
    for chain in chains.values():
        _close(out, chain)
    return out


def _close(out: list[tuple[Window, ...]], chain: list[Piece]) -> None:
    """Take texts that may go on in each other, unless they are looked at as one anyway."""
    run = chain[0].run
    if len(chain) < 2 or (run >= 0 and all(piece.run == run for piece in chain)):
        return
    made = [Window(piece, piece.text, last=True) for piece in chain]
    made[0] = Window(chain[0], tail_of(chain[0].text), last=True)
    made[-1] = Window(chain[-1], head_of(chain[-1].text), last=False)
    if all([one.piece for one in made] != [one.piece for one in other] for other in out[-4:]):
        out.append(tuple(made))
