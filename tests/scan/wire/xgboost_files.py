"""Builds models in XGBoost's binary form, as its versions 0.90, 1.2 and 2.1 write them."""

from __future__ import annotations

import struct
from collections.abc import Sequence


def name(text: str | bytes) -> bytes:
    """A text with its length."""
    body = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(body)) + body


def parameters(
    *numbers: int,
    size: int,
    more: bytes = b"",
) -> bytes:
    """Numbers of four bytes, and what is reserved behind them."""
    return (struct.pack(f"<{len(numbers)}i", *numbers) + more).ljust(size, b"\0")


def tree(
    nodes: Sequence[tuple[int, int, int]] = ((1, 2, 0), (-1, -1, 0), (-1, -1, 0)),
    *,
    deleted: int = 0,
    leaves: int = 0,
    leaf_vector: bytes = b"",
    more: bytes = b"",
) -> bytes:
    """A tree: per node the children and the feature."""
    made = parameters(1, len(nodes), deleted, 0, 5, leaves, size=148, more=more)
    made += b"".join(struct.pack("<3iif", 0, left, right, feature, 0.5) for left, right, feature in nodes)
    return made + bytes(16 * len(nodes)) + leaf_vector


def trees(*made: bytes, count: int = -1, buffered: int = 0) -> bytes:
    """The model of a booster of trees."""
    number = len(made) if count < 0 else count
    head = struct.pack("<4iqii", number, 1, 5, 0, buffered, 1, 0).ljust(160, b"\0")
    return head + b"".join(made) + bytes(4 * len(made))


def model(
    booster: bytes,
    *,
    kind: str = "gbtree",
    objective: str = "binary:logistic",
    version: tuple[int, int] = (1, 2),
    attributes: dict[str, str] | None = None,
    metrics: int = 0,
    more: bytes = b"",
    end: bytes = b"",
) -> bytes:
    """A model; `more` are bytes of the reserved ones, `end` what follows."""
    head = struct.pack("<f8i", 0.5, 5, 0, attributes is not None, metrics, *version, 1, 1)
    made = (b"binf" if version[0] else b"") + (head + more).ljust(136, b"\0") + name(objective) + name(kind) + booster
    if attributes is not None:
        made += struct.pack("<Q", len(attributes)) + b"".join(
            name(text) for pair in attributes.items() for text in pair
        )
    return made + end
