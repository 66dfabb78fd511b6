"""Numbers of New Zealand that hold letters."""

from __future__ import annotations

from bartizan.inspection.checks.digits import weighted

_LETTERS = "_ABCDEFGHJKLMNPQRSTUVWXYZ"


def nz_nhi(value: str) -> bool:
    """Patient of New Zealand: weights 7 to 2, modulo 11 to a last digit or 23 to a last letter (HISO 10046)."""
    text = value.upper()
    d = [int(character) if character.isdigit() else _LETTERS.index(character) for character in text]
    total = weighted(d, (7, 6, 5, 4, 3, 2))
    if text[-1].isdigit():
        return bool(total % 11 > 0 and (11 - total % 11) % 10 == d[6])
    return bool(23 - total % 23 == d[6])
