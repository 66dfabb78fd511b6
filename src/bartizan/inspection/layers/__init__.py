"""Encodings that hide values, undone one at a time, with a map back to the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.edits import Layer
from bartizan.inspection.layers.encoded import RUN, encoded_runs
from bartizan.inspection.layers.escapes import html_entities, json_escapes, markdown, url_escapes
from bartizan.inspection.layers.unicode import look_alikes

__all__ = ["RUN", "Layer", "undo"]


def undo(data: bytes, ends: NDArray[np.int64] | None, runs: Iterable[int]) -> Iterator[Layer]:
    """Yield every encoding that the text uses, undone.

    `ends` are those of the text's records, `runs` the places where the matcher reported the start of a row that may be
    encoded, see `RUN`.
    """
    for layer in (look_alikes, json_escapes, url_escapes, html_entities, markdown):
        undone = layer(data, ends)
        if undone is not None:
            yield undone
    yield from encoded_runs(data, runs)
