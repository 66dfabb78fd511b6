"""Algorithms that many countries share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

_DOUBLED = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9])


def luhn(d: Sequence[Any]) -> Any:
    """ISO/IEC 7812-1 annex B: every second digit from the right doubled, the sum a multiple of ten."""
    total: Any = 0
    for place, digit in enumerate(reversed(d)):
        total = total + (_DOUBLED[digit] if place % 2 else digit)
    return total % 10 == 0
