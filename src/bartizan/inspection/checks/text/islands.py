"""Numbers of Ireland, the United Kingdom and Cyprus that hold letters."""

from __future__ import annotations

from bartizan.inspection.checks.digits import bare

_IRISH = "WABCDEFGHIJKLMNOPQRSTUV"
_PUPIL = "ABCDEFGHJKLMNPQRTUVWXYZ"
_CYPRUS = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)
_NEVER = ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")


def ie_pps(value: str) -> bool:
    """PPS number: weights 8 to 2 and 9 for a second letter A, B or H; modulo 23 it is the first letter, W being 0."""
    plain = bare(value)
    second = plain[8:]
    return _irish(plain[:7], second if second in ("A", "B", "H") else "W") == plain[7]


def ie_vat(value: str) -> bool:
    """VAT number behind `IE`: as the PPS number, or in the old form with a letter, `+` or `*` in the second place."""
    plain = "".join(c for c in value.upper() if c.isalnum() or c in "+*").removeprefix("IE")
    if plain[1].isdigit():
        return _irish(plain[:7], plain[8:] or "W") == plain[7]
    return _irish(f"0{plain[2:7]}{plain[0]}", "W") == plain[7]


def uk_upn(value: str) -> bool:
    """Unique pupil number: the letter in front is the sum of each place, 2 to 13, times its value, modulo 23 (DfE)."""
    plain = bare(value)
    values = [int(c) if c.isdigit() else _PUPIL.find(c) for c in plain[1:]]
    return _PUPIL[sum(place * number for place, number in enumerate(values, 2)) % 23] == plain[0]


def uk_nino(value: str) -> bool:
    """National Insurance number: not one of the prefixes that are never given (HMRC, NIM39110)."""
    return bare(value)[:2] not in _NEVER


def cy_tic(value: str) -> bool:
    """Tax identification code: odd places through a table, modulo 26 is the letter; it does not begin with 12."""
    plain = bare(value).removeprefix("CY")
    total = sum(_CYPRUS[int(digit)] for digit in plain[0:8:2]) + sum(int(digit) for digit in plain[1:8:2])
    return not plain.startswith("12") and chr(ord("A") + total % 26) == plain[8]


def _irish(digits: str, second: str) -> str:
    total = sum((8 - place) * int(digit) for place, digit in enumerate(digits))
    return _IRISH[(total + 9 * _IRISH.find(second)) % 23]
