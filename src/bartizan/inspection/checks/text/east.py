"""Numbers of Finland, Poland, Albania and Romania that hold letters."""

from __future__ import annotations

from bartizan.inspection.checks.digits import bare, known_day

_FINNISH = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CENTURIES = {"+": 18, "-": 19, "U": 19, "V": 19, "W": 19, "X": 19, "Y": 19} | dict.fromkeys("ABCDEF", 20)
_ALBANIAN = "WABCDEFGHIJKLMNOPQRSTUV"


def fi_personal_identity_code(value: str) -> bool:
    """Day of birth, sign of the century, serial from 002 on, and the nine digits modulo 31 as last sign (DVV).

    Serials from 900 on are given to people without a place in the register; they are accepted.
    """
    code = value.upper()
    year = _CENTURIES[code[6]] * 100 + int(code[4:6])
    born = known_day(year, int(code[2:4]), int(code[:2]))
    return bool(born) and code[7:10] > "001" and _FINNISH[int(code[:6] + code[7:10]) % 31] == code[10]


def pl_identity_card(value: str) -> bool:
    """Identity card: letters as 10 to 35, weights 7 3 1 and 7 3 1 7 3 round the check digit in the fourth place."""
    return _polish(value, (7, 3, 1, -1, 7, 3, 1, 7, 3))


def pl_passport(value: str) -> bool:
    """Passport: letters as 10 to 35, weights 7 3 and 1 7 3 1 7 3 round the check digit in the third place."""
    return _polish(value, (7, 3, -1, 1, 7, 3, 1, 7, 3))


def al_nid(value: str) -> bool:
    """Identity number: decade letter and year, month, day, serial, letter.

    The month is raised by 30 for foreigners, by 50 for women and by 80 for both. W is 0 and A to V are 1 to 22; weights
    1 1 2 3 4 5 6 7 8, modulo 23 (checked on published examples; the General Directorate of Civil Status gives none).
    """
    plain = bare(value)
    year = 1800 + int(plain[0], 36) * 10 + int(plain[1])
    month = int(plain[2:4])
    month -= 30 * (30 < month < 43) + 50 * (50 < month < 63) + 80 * (80 < month < 93)
    return bool(known_day(year, month, int(plain[4:6]))) and al_nipt(value)


def al_nipt(value: str) -> bool:
    """Tax number of a company or person, with or without `AL` in front: the letter as in the identity number."""
    plain = bare(value).removeprefix("AL")
    total = _ALBANIAN.find(plain[0]) + sum(place * int(digit) for place, digit in enumerate(plain[1:9], 1))
    return _ALBANIAN[total % 23] == plain[9]


def ro_onrc(value: str) -> bool:
    """Trade register number since 2024: digits and the letter's code (J 4, F 0, C 7) sum up to the last, modulo 10."""
    digits = [ord(value[0].upper()) % 10, *(int(digit) for digit in value[1:])]
    return sum(digits[:-1]) % 10 == digits[-1]


def _polish(value: str, weights: tuple[int, ...]) -> bool:
    return sum(weight * int(c, 36) for weight, c in zip(weights, bare(value), strict=True)) % 10 == 0
