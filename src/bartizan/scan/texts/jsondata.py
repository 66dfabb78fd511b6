"""JSON as data, with names that stand twice told, bounded in size and depth."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from bartizan.scan.artefacts.errors import LimitReached, Malformed

__all__ = ["BOM", "LARGEST", "first_sign", "pairing", "read_json"]

LARGEST = 16 << 20
"""Bytes of JSON that are read; larger files of vocabularies are read by their first level."""
BOM = b"\xef\xbb\xbf"
"""What some editors write before UTF-8."""


def first_sign(head: bytes) -> bytes:
    """Return the first byte that is no blank: `{` for an object, `[` for a list, nothing for nothing."""
    return head.lstrip(BOM + b" \t\r\n")[:1]


def pairing(twice: Callable[[str], None] | None, kept: str = "") -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """Return a hook for objects that tells `twice` of a name that stands twice: readers differ in which they take.

    The last one counts, as for most readers; all values of such an object are put under `kept` where it is given.
    """

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) != len(items) and twice is not None:
            twice(next(name for name, count in Counter(name for name, _ in items).items() if count > 1))
            if kept:
                made[kept] = [value for _, value in items]
        return made

    return pairs


def read_json(source: bytes, twice: Callable[[str], None] | None = None) -> Any:
    """Return the data. `twice` is told of a name that stands twice in an object. Raises Malformed and LimitReached."""
    if len(source) > LARGEST:
        raise LimitReached(f"the file has more than {LARGEST >> 20} MB of JSON")

    try:
        return json.loads(source.decode("utf-8-sig"), object_pairs_hook=pairing(twice))
    except RecursionError as error:
        raise LimitReached("the file nests too deep") from error
    except (ValueError, UnicodeDecodeError) as error:
        raise Malformed("the file is no JSON", getattr(error, "pos", -1)) from error
