"""Encodings that hide values, undone one at a time, with a map back to the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.edits import Layer
from bartizan.inspection.layers.encoded import Parts, Stretches, encoded_runs, long_rows
from bartizan.inspection.layers.escapes import EMPHASIS, html_entities, json_escapes, markdown, url_escapes
from bartizan.inspection.layers.unicode import look_alikes

__all__ = ["EMPHASIS", "Layer", "Parts", "Stretches", "long_rows", "undo"]


def undo(
    data: bytes, ends: NDArray[np.int64] | None, rows: Stretches | Parts, emphasis: Sequence[int]
) -> Iterator[Layer]:
    """Yield every encoding that the text uses, undone.

    `ends` are those of the text's records, `rows` its long rows, `emphasis` the places where the matcher reported
    `EMPHASIS`.
    """
    if data.isascii() and not emphasis and b"\\" not in data and b"%" not in data and b"&" not in data:
        # What nearly every text is: told apart here, as each layer's own look costs as much.
        yield from encoded_runs(data, rows)
        return
    undone = [layer(data, ends) for layer in (look_alikes, json_escapes, url_escapes, html_entities)]
    undone.append(markdown(data, ends, emphasis))
    yield from (layer for layer in undone if layer is not None)
    yield from encoded_runs(data, rows)
