"""XGBoost's own binary form: records of fixed size, texts and lists with their lengths before them, all little-endian.

Source: learner.cc, gbtree_model.cc, gblinear_model.h and tree_model.cc of XGBoost 0.90, 1.2 and 2.1, and for older
files gbtree-inl.hpp of 0.3. The version stands in the file from 1.0 on, and is 0 before.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable
from typing import NamedTuple

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.wire.blocks import Blocks

__all__ = ["PARAMETERS", "Model", "read"]

PARAMETERS = 136
"""Bytes of the parameters before the objective's name."""
_TREES, _TREE, _LINEAR = 160, 148, 136
"""Bytes of the parameters of all trees, of one, and of a linear model."""
_NODE, _STATISTICS = 20, 16
"""Bytes of a node, and of the numbers that training left about it."""
_AT_ONCE = 1 << 14
_LONGEST_NAME = 256
_MOST_TEXTS = 1_000_000


class Model(NamedTuple):
    """What a model says of itself."""

    objective: str
    features: int
    version: tuple[int, int]


def read(source: Blocks, start: int, cover: Callable[[int, int], None], check_time: Callable[[], None]) -> Model:
    """Walk a model to its end, and cover its bytes but for reserved ones, which are zeros.

    Raises Malformed, LimitReached.
    """
    return _Walk(source, start, cover, check_time).model()


class _Walk:
    """Goes through the file; `at` is where the next byte stands."""

    def __init__(
        self, source: Blocks, start: int, cover: Callable[[int, int], None], check_time: Callable[[], None]
    ) -> None:
        self._source, self._cover, self._check_time = source, cover, check_time
        self._at = start
        self._version = 0, 0

    def model(self) -> Model:
        """Read the parameters, the booster, and what follows it."""
        start = self._at
        features = self._source.number(start + 4, 4)
        attributes, metrics = self._number(start + 12), self._number(start + 16)
        self._version = self._number(start + 20), self._number(start + 24)
        self._parameters(36, PARAMETERS)
        objective, booster = self._text(), self._text()
        if booster == "gblinear":
            self._parameters(8, _LINEAR)
            self._list(4)
        elif booster in ("gbtree", "dart"):
            self._trees(dart=booster == "dart")
        else:
            raise Malformed("the booster is none of XGBoost's", start)
        if attributes:
            self._texts(2)
        if self._version[0] == 0:
            if objective == "count:poisson" and self._at < self._source.size:
                self._text()
            if metrics:
                self._texts(1)
        return Model(objective, features, self._version)

    def _trees(self, *, dart: bool) -> None:
        start = self._at
        count, buffered = self._number(start), self._source.number(start + 16, 8, signed=True)
        groups, leaves = self._number(start + 24), self._number(start + 28)
        if count < 0 or buffered < 0:
            raise Malformed("the number of trees is none", start)
        self._parameters(32, _TREES)
        for _ in range(count):
            self._check_time()
            self._tree()
        self._data(4 * count)
        if buffered and self._version[0] == 0:
            self._data(8 * buffered * max(groups, 0) * (max(leaves, 0) + 1))
        if dart and count and self._list(4) != count:
            raise Malformed("not every tree has a weight", self._at)

    def _tree(self) -> None:
        start = self._at
        count, deleted, leaves = self._number(start + 4), self._number(start + 8), self._number(start + 20)
        if count < 1:
            raise Malformed("a tree has no nodes", start)
        self._parameters(24, _TREE)
        first = self._at
        self._data((_NODE + _STATISTICS) * count)
        if self._deleted(first, count) != deleted:
            raise Malformed("another number of nodes is deleted than the tree says", start)
        if leaves and self._version[0] == 0:
            self._list(4)
        elif leaves not in (0, 1):
            raise Malformed("leaves are lists, which this form can't hold", start)

    def _deleted(self, start: int, count: int) -> int:
        """Check that children are nodes of the tree, and return how many nodes are marked as deleted."""
        marked = 0
        for number in range(0, count, _AT_ONCE):
            self._check_time()
            nodes = array("i", self._source.read(start + _NODE * number, _NODE * min(_AT_ONCE, count - number)))
            if sys.byteorder == "big":
                nodes.byteswap()
            for children in (nodes[1::5], nodes[2::5]):
                if min(children) < -1 or max(children) >= count:
                    raise Malformed("a child lies outside of its tree", start + _NODE * number)
            marked += nodes[3::5].count(-1)
        return marked

    def _number(self, at: int) -> int:
        return self._source.number(at, 4, signed=True)

    def _parameters(self, known: int, size: int) -> None:
        """Pass parameters. Bytes behind the known ones are reserved: only zeros are accounted for."""
        reserved = self._source.read(self._at + known, size - known)
        self._cover(self._at, self._at + (size if not any(reserved) else known))
        self._at += size

    def _data(self, size: int) -> None:
        if self._at + size > self._source.size:
            raise Malformed("the file ends before what it announces", self._at)
        self._cover(self._at, self._at + size)
        self._at += size

    def _list(self, width: int) -> int:
        """Pass a list, and return how many elements of `width` bytes it has."""
        count = self._source.number(self._at, 8)
        self._data(8 + width * count)
        return count

    def _text(self) -> str:
        """Pass a text, and return it where it is no longer than a name."""
        start = self._at + 8
        length = self._list(1)
        return self._source.read(start, length).decode("utf-8", "replace") if length <= _LONGEST_NAME else ""

    def _texts(self, each: int) -> None:
        """Pass a list of texts, or of so many texts each."""
        count = self._source.number(self._at, 8) * each
        self._data(8)
        if 8 * count > self._source.size - self._at:
            raise Malformed("the file ends before what it announces", self._at)
        if count > _MOST_TEXTS:
            raise LimitReached(f"the model has {count} texts")
        for number in range(count):
            if number % 4096 == 0:
                self._check_time()
            self._list(1)
