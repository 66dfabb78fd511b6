"""Numbers of Germany, France, the Netherlands and Italy that hold letters."""

from __future__ import annotations

from bartizan.inspection.checks.columns.benelux import nl_bsn
from bartizan.inspection.checks.columns.france import fr_nir, fr_siren
from bartizan.inspection.checks.digits import bare, crossed, known_day

_FRENCH = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_MONTHS = "ABCDEHLMPRST"
_OMOCODE = str.maketrans("LMNPQRSTUV", "0123456789")
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTER_WEIGHTS = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)
_ODD = dict(zip(_SIGNS, _LETTER_WEIGHTS[:10] + _LETTER_WEIGHTS, strict=True))
_EVEN = dict(zip(_SIGNS, (*range(10), *range(26)), strict=True))


def de_document(value: str) -> bool:
    """Passport or identity card: weights 7 3 1 in turn, letters as 10 to 35, modulo 10 (ICAO Doc 9303-3)."""
    plain = bare(value)
    total = sum((7, 3, 1)[place % 3] * int(character, 36) for place, character in enumerate(plain[:-1]))
    return total % 10 == int(plain[-1], 36)


def de_social_security(value: str) -> bool:
    """Pension insurance number: office, day of birth, letter as 01 to 26, serial; digit sums of products modulo 10.

    Weights 2 1 2 5 7 1 2 1 2 1 2 1 (VKVV, section 2 and the annex).
    """
    plain = bare(value)
    digits = [int(c) for c in f"{plain[:8]}{int(plain[8], 36) - 9:02}{plain[9:11]}"]
    born = known_day(int(plain[6:8]), int(plain[4:6]), int(plain[2:4]))
    return bool(born) and crossed(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)) % 10 == int(plain[11])


def de_health_insurance(value: str) -> bool:
    """Insurance number, unchanging part: letter as 01 to 26, digit sums with weights 1 and 2 modulo 10 (SGB V, 290)."""
    plain = bare(value)
    digits = [int(c) for c in f"{int(plain[0], 36) - 9:02}{plain[1:9]}"]
    return bool(crossed(digits, (1, 2) * 5) % 10 == int(plain[9]))


def fr_tva(value: str) -> bool:
    """VAT number: company number modulo 97 behind two digits, or a key of digits and letters without I and O modulo 11.

    Numbers of Monaco have 000 in place of the company's first digits, and no check of their own.
    """
    plain = bare(value).removeprefix("FR")
    key, company = plain[:2], plain[2:]
    if company[:3] != "000" and not fr_siren([int(c) for c in company]):
        return False
    if key.isdigit():
        return int(company + "12") % 97 == int(key)
    first, second = _FRENCH.find(key[0]), _FRENCH.find(key[1])
    number = first * 24 + second - 10 if key[0].isdigit() else first * 34 + second - 100
    return (int(company) + 1 + number // 11) % 11 == number % 11


def fr_nir_corsica(value: str) -> bool:
    """Social security number of someone born in Corsica: 2A counts as 19 and 2B as 18 in the check."""
    plain = bare(value).replace("2A", "19").replace("2B", "18")
    return bool(fr_nir([int(c) for c in plain]))


def nl_btw(value: str) -> bool:
    """VAT number: a BSN or company number by the eleven test, or since 2020 MOD 97-10 over everything with `NL`."""
    plain = bare(value).removeprefix("NL")
    number = "".join(str(int(character, 36)) for character in "NL" + plain)
    return bool(nl_bsn([int(c) for c in plain[:9]])) or int(number) % 97 == 1


def it_fiscal_code(value: str) -> bool:
    """Tax code of a person: month letter, day (women's raised by 40), and the letter of the sum modulo 26.

    Letters L M N P Q R S T U V may stand for digits when two people would share a code (D.M. 23 December 1976).
    """
    plain = bare(value)
    year, day = (int(plain[start : start + 2].translate(_OMOCODE)) for start in (6, 9))
    month = _MONTHS.find(plain[8]) + 1
    total = sum(_EVEN[c] if place % 2 else _ODD[c] for place, c in enumerate(plain[:15]))
    born = known_day(year, month, day - 40 if day > 40 else day)
    return bool(born) and chr(ord("A") + total % 26) == plain[15]
