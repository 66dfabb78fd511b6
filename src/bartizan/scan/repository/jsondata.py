"""JSON as data, with names that stand twice told, bounded in size and depth."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bartizan.scan.artefacts.errors import LimitReached, Malformed

__all__ = ["LARGEST", "read_json"]

LARGEST = 16 << 20
"""Bytes of JSON that are read; larger files of vocabularies are read by their first level."""


def read_json(source: bytes, twice: Callable[[str], None] | None = None) -> Any:
    """Return the data. `twice` is told of a name that stands twice in an object. Raises Malformed and LimitReached."""
    if len(source) > LARGEST:
        raise LimitReached(f"the file has more than {LARGEST >> 20} MB of JSON")

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) != len(items) and twice is not None:
            names = [name for name, _ in items]
            twice(next(name for name in names if names.count(name) > 1))
        return made

    try:
        return json.loads(source.decode("utf-8-sig"), object_pairs_hook=pairs)
    except RecursionError as error:
        raise LimitReached("the file nests too deep") from error
    except (ValueError, UnicodeDecodeError) as error:
        raise Malformed("the file is no JSON", getattr(error, "pos", -1)) from error
