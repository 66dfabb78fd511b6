"""Numbers of the European Union as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.digits import among

_MEMBERS = (
    *(40, 56, 100, 191, 196, 203, 208, 233, 246, 250, 276, 300, 348, 352, 372, 380, 428, 438, 440, 442, 470, 528, 578),
    *(616, 620, 642, 703, 705, 724, 752, 756, 826),
)


def eu_ehic(d: Sequence[Any]) -> Any:
    """European health insurance card: issuer prefix 80 and a country that takes part, by ISO 3166 (Decision S2)."""
    return (d[0] == 8) & (d[1] == 0) & among(d[2] * 100 + d[3] * 10 + d[4], _MEMBERS, 1000)
