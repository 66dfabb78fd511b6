"""What inspection says: spans of a text, or columns of hits for much text."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

__all__ = ["Hits", "Inspection", "Span"]


class Span(msgspec.Struct, frozen=True, rename={"class_": "class"}):
    """A value that was found: its type, where it stands in the text as given, and how sure that is.

    `start` and `end` are offsets in characters. `confidence` is 65, 75 or 85. `layer` says how the value was written:
    `text`, or the encoding that hid it (`base64`, `url>json`); the span then covers what was encoded.
    """

    type: str
    start: int
    end: int
    confidence: int
    category: str
    class_: str
    layer: str = "text"


class Inspection(msgspec.Struct, frozen=True, rename={"class_": "class"}):
    """Everything found in one text, in order. `class_` is the highest class of a span, the scheme's lowest without one.

    `unread` names layers that were too deep or too large to decode.
    """

    spans: list[Span]
    class_: str
    unread: list[str] = []


class Hits(NamedTuple):
    """What was found in many records, as columns of equal length, sorted by start.

    `kind` is an index into `types`; `start` and `end` are offsets in bytes into the data as given; `record` is the
    index of the record. `unread` names layers that were too many, too deep or too large to decode.
    """

    types: tuple[str, ...]
    kind: NDArray[np.int32]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    confidence: NDArray[np.uint8]
    record: NDArray[np.int64]
    unread: tuple[str, ...] = ()
