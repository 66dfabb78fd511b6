"""Detection through encodings: the text as it stands, then each encoding undone, the outer ones first."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.context import Text
from bartizan.inspection.detect import Detected, Found, detect
from bartizan.inspection.layers import Layer, undo
from bartizan.inspection.rules import Rules

__all__ = ["Deep", "detect_deep"]

_BACKSLASH = 92
_LEAST_BUDGET = 65_536
_MOST_LAYERS = 40
_TIMES = 4
"""Bytes that are decoded at most: this many times the text, and as many layers."""


class Deep(NamedTuple):
    """What was found, with offsets into the text as given; the layer of each, by number; the layers' names.

    `unread` are the layers that were not looked into, because they were too many or too large.
    """

    found: list[Found]
    layers: list[str]
    unread: list[str]


class _Task(NamedTuple):
    """A text inside the text: how it was reached, and which bytes around it each of its bytes stands for."""

    layer: Layer
    path: tuple[str, ...]
    begin: NDArray[np.int64] | None
    finish: NDArray[np.int64] | None


def detect_deep(
    rules: Rules, data: bytes | memoryview, ends: NDArray[np.int64] | None, heading: frozenset[int], depth: int
) -> Deep:
    """Find values in a text and in what it holds encoded, up to `depth` encodings inside each other."""
    first = detect(Text(rules, data, ends, heading))
    found, names, unread = list(first.found), ["text"], []
    if depth == 0:
        return Deep(found, names, [])
    budget = max(_LEAST_BUDGET, _TIMES * len(data))
    tasks = deque(_tasks(bytes(data), ends, first, (), None, None))
    seen: set[bytes] = set()
    while tasks:
        task = tasks.popleft()
        if not task.layer.whole:
            unread.append(">".join(task.path))
        if task.layer.data in seen:
            continue
        if budget < len(task.layer.data) or len(seen) >= _MOST_LAYERS or len(task.path) > depth:
            unread.append(">".join(task.path))
            continue
        seen.add(task.layer.data)
        budget -= len(task.layer.data)
        inner = detect(Text(rules, task.layer.data, task.layer.ends, heading))
        begin, finish = _origin(task)
        if inner.found:
            names.append(">".join(task.path))
            layer = len(names) - 1
            for start, end, kind, confidence, _ in inner.found:
                # Text that is turned around begins where it ends.
                first, last = min(begin[start], begin[end - 1]), max(finish[start], finish[end - 1])
                found.append((int(first), int(last), kind, confidence, layer))
        tasks.extend(_tasks(task.layer.data, task.layer.ends, inner, task.path, begin, finish))
    return Deep(found, names, sorted(set(unread)))


def _tasks(
    data: bytes,
    ends: NDArray[np.int64] | None,
    detected: Detected,
    path: tuple[str, ...],
    begin: NDArray[np.int64] | None,
    finish: NDArray[np.int64] | None,
) -> list[_Task]:
    """Return what a text holds encoded."""
    layers = undo(data, ends, detected.rows, detected.signs, detected.digits)
    return [
        _Task(layer, (*path, *layer.name.split(">")), begin, finish)
        for layer in layers
        if layer.name != "json" or not _is_undone_before(data, path, begin, finish)
    ]


def _is_undone_before(
    data: bytes, path: tuple[str, ...], begin: NDArray[np.int64] | None, finish: NDArray[np.int64] | None
) -> bool:
    """Tell whether JSON's escapes in a text are undone elsewhere: both orders of them and a program's give the same.

    Programs write both kinds beside each other. What differs is a backslash that was itself written as an escape.
    """
    if begin is None or finish is None or path[-1] != "escape":
        return False
    slashes = np.frombuffer(data, np.uint8) == _BACKSLASH
    return not (finish[slashes] - begin[slashes] > 1).any()


def _origin(task: _Task) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each byte of a layer which bytes of the outermost text it stands for."""
    if task.begin is None or task.finish is None:
        return task.layer.begin, task.layer.finish
    first, last = task.layer.begin, np.maximum(task.layer.finish - 1, 0)
    return np.minimum(task.begin[first], task.begin[last]), np.maximum(task.finish[first], task.finish[last])
