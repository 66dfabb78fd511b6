"""Digits of values as checksums get them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["Digits"]


class Digits(list[Any]):
    """The digits of a value as columns; `groups` are the lengths of the groups that they are written in."""

    def __init__(self, columns: Iterable[Any], groups: tuple[int, ...]) -> None:
        super().__init__(columns)
        self.groups = groups
