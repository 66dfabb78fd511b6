"""Vehicles, and the machine-readable zone of travel documents (ICAO Doc 9303)."""

from __future__ import annotations

from bartizan.inspection.checks.digits import known_day

_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", "12345678123457923456789" + "0123456789", strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin(value: str) -> bool:
    """Vehicle of the North American scheme: weights modulo 11 make the ninth character (49 CFR 565.15)."""
    text = value.upper()
    total = sum(int(_VIN_VALUES[character]) * weight for character, weight in zip(text, _VIN_WEIGHTS, strict=True))
    return vin_letters(value) and "0123456789X"[total % 11] == text[8]


def vin_letters(value: str) -> bool:
    """Vehicle of any scheme: two letters or more, four digits or more, and not the same few over again (ISO 3779)."""
    letters = sum(character.isalpha() for character in value)
    return 2 <= letters <= 13 and len(set(value)) > 5


def mrz_name(value: str) -> bool:
    """First line: issuer and names, fillers to the end; the names are parted by two fillers."""
    return "<<" in value[6:] and "<<<" not in value[5:].rstrip("<")


def mrz_passport(value: str) -> bool:
    """Second line of 44 characters: number, birth, expiry and optional data, each with its digit, then over all."""
    optional = (value[42] == "<" and value[28:42].strip("<") == "") or _digit(value[28:42]) == value[42]
    return mrz_person(value) and optional and _digit(value[:10] + value[13:20] + value[21:43]) == value[43]


def mrz_card(value: str) -> bool:
    """Second line of 36 characters: number, birth and expiry, each with its digit, then over all."""
    return mrz_person(value) and _digit(value[:10] + value[13:20] + value[21:35]) == value[35]


def mrz_person(value: str) -> bool:
    """Second line of a visa, 44 or 36 characters: number, birth and expiry, each with its digit."""
    return _digit(value[:9]) == value[9] and _day(value[13:20]) and _day(value[21:28])


def mrz_number(value: str) -> bool:
    """First line of 30 characters: issuer, document number and its digit; `<` where the number runs on."""
    return value[14] == "<" or _digit(value[5:14]) == value[14]


def mrz_birth(value: str) -> bool:
    """Second line of 30 characters: birth and expiry, each with its digit."""
    return _day(value[:7]) and _day(value[8:15])


def mrz_card_name(value: str) -> bool:
    """Third line of 30 characters: names alone, parted by two fillers, and fillers to the end."""
    names = value.rstrip("<")
    return "<<" in names and "<<<" not in names


def _day(text: str) -> bool:
    born = known_day(int(text[:2]), int(text[2:4]), int(text[4:6]))
    return bool(born) and _digit(text[:6]) == text[6]


def _digit(text: str) -> str:
    total = 0
    for place, character in enumerate(text):
        total += (0 if character == "<" else int(character, 36)) * (7, 3, 1)[place % 3]
    return str(total % 10)
