"""Numbers of Africa that hold letters."""

from __future__ import annotations

from bartizan.inspection.checks.digits import bare, known_day

_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ZW_LETTERS = "ZABCDEFGHJKLMNPQRSTVWXY"
_MEASURES = (
    "am cc cm cl dl eu fl ft gb gr gs hp hz in kb kg km kw lb mb mg ml mm mp ms nd nm ns oz pm px rd st tb th us xl"
)


def mu_nid(value: str) -> bool:
    """Person of Mauritius: an initial, a day of birth, a serial; weights 14 to 2 modulo 17 (Civil Status Division)."""
    text = bare(value)
    total = sum(_BASE_36.index(character) * (14 - place) for place, character in enumerate(text[:13]))
    born = known_day(int(text[5:7]), int(text[3:5]), int(text[1:3]))
    return bool(born) and _BASE_36[-total % 17] == text[13]


def zw_national_id(value: str) -> bool:
    """Person of Zimbabwe: the digits before the letter, modulo 23, tell which of 23 letters it is."""
    text = bare(value)
    return _ZW_LETTERS[int(text[:-3]) % 23] == text[-3]


def ng_plate(value: str) -> bool:
    """Licence plate of Nigeria in small letters; it doesn't end in a measure, as `the-100th` and `for-300km` do."""
    return value[-2:] not in _MEASURES
