"""Numbers of Spain and Portugal that hold letters."""

from __future__ import annotations

from bartizan.inspection.checks.columns.common import luhn
from bartizan.inspection.checks.digits import bare

_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def es_nif(value: str) -> bool:
    """DNI and NIF of a person: the digits modulo 23 choose the letter, for K, L and M the digits behind it."""
    plain = bare(value)
    return _LETTERS[int(plain[:-1].lstrip("KLM")) % 23] == plain[-1]


def es_nie(value: str) -> bool:
    """NIE of a foreigner: X, Y and Z stand for a leading 0, 1 and 2, then as the NIF."""
    plain = bare(value)
    return _LETTERS[int(f"{'XYZ'.index(plain[0])}{plain[1:-1]}") % 23] == plain[-1]


def es_cif(value: str) -> bool:
    """NIF of an organisation, with or without `ES`: Luhn over seven digits, as digit or as letter of JABCDEFGHI."""
    plain = bare(value).removeprefix("ES")
    last = int(plain[-1]) if plain[-1].isdigit() else "JABCDEFGHI".find(plain[-1])
    return bool(luhn([*(int(digit) for digit in plain[1:-1]), last]))


def pt_cc(value: str) -> bool:
    """Citizen card: Luhn with letters as 10 to 35, a doubled value above 9 less 9."""
    total = 0
    for place, character in enumerate(reversed(bare(value))):
        number = int(character, 36) * (2 - (place + 1) % 2)
        total += number - 9 if place % 2 and number > 9 else number
    return total % 10 == 0
