"""Numbers of the Americas that hold letters."""

from __future__ import annotations

from bartizan.inspection.checks.digits import bare, known_day, weighted

_DEA_LETTERS = "ABCDEFGHJKLMPRSTUX"
_CURP_ALPHABET = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ"
_RFC_ALPHABET = _CURP_ALPHABET + " Ñ"
_MX_STATES = "AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NE NL NT OC PL QR QT SL SP SR TC TL TS VZ YN ZS"
_RIF_LETTERS = {"V": 4, "E": 8, "J": 12, "P": 16, "G": 20}


def us_dea(value: str) -> bool:
    """Prescriber or handler of controlled substances: a type, a letter or 9, and the DEA's sum of seven digits."""
    text = bare(value)
    d = [int(digit) for digit in text[2:]]
    return text[0] in _DEA_LETTERS and bool(weighted(d, (1, 2, 1, 2, 1, 2)) % 10 == d[6]) and sum(d) > 0


def ca_health_qc(value: str) -> bool:
    """Health insurance of Quebec: four letters, then a day of birth whose month is raised by 50 for women (RAMQ)."""
    d = [int(digit) for digit in bare(value)[4:10]]
    month = d[2] * 10 + d[3]
    return bool(known_day(d[0] * 10 + d[1], month - 50 * (month > 50), d[4] * 10 + d[5]))


def br_cnpj_letters(value: str) -> bool:
    """Company of Brazil with letters, from July 2026: a character counts as its code less 48 (IN RFB 2.229 of 2024)."""
    d = [ord(character) - 48 for character in bare(value)]
    first = weighted(d, (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) * 10 % 11 % 10
    second = weighted(d, (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) * 10 % 11 % 10
    return max(d) > 9 and [first, second] == d[12:]


def br_rg_sp_x(value: str) -> bool:
    """Identity card of Sao Paulo that ends in X, which stands for 10: weights 2 to 9 and 100 modulo 11."""
    d = [int(digit) for digit in bare(value)[:8]]
    return bool((weighted(d, (2, 3, 4, 5, 6, 7, 8, 9)) + 1000) % 11 == 0)


def mx_curp(value: str) -> bool:
    """Person of Mexico: a day of birth, a state, and weights 18 to 2 modulo 10 (RENAPO)."""
    text = bare(value)
    born = known_day(int(text[4:6]) + (1900 if text[16].isdigit() else 2000), int(text[6:8]), int(text[8:10]))
    total = sum(_CURP_ALPHABET.index(character) * (18 - place) for place, character in enumerate(text[:17]))
    return bool(born) and text[11:13] in _MX_STATES and (total + int(text[17])) % 10 == 0


def mx_rfc_day(value: str) -> bool:
    """Taxpayer of Mexico: three or four letters and a day of birth or founding (SAT)."""
    digits = _rfc(value)[-9:-3]
    return bool(known_day(int(digits[:2]), int(digits[2:4]), int(digits[4:])))


def mx_rfc(value: str) -> bool:
    """As `mx_rfc_day`, and weights 13 to 2 modulo 11, 10 written A (SAT, annex of the Código Fiscal)."""
    text = _rfc(value).rjust(13)
    total = sum(_RFC_ALPHABET.index(character) * (13 - place) for place, character in enumerate(text[:12]))
    return mx_rfc_day(value) and _RFC_ALPHABET[-total % 11] == text[12]


def _rfc(value: str) -> str:
    return "".join(character for character in value.upper() if character not in " -")


def mx_elector(value: str) -> bool:
    """Voter of Mexico: six consonants of the names, a day of birth, a state of 01 to 32 or 87 and 88 (INE)."""
    text = bare(value)
    state = int(text[12:14])
    born = known_day(int(text[6:8]), int(text[8:10]), int(text[10:12]))
    return bool(born) and (1 <= state <= 32 or state in {87, 88})


def cl_rut_k(value: str) -> bool:
    """RUT and RUN of Chile that end in K, which stands for 10: weights 2 to 7 from the right, modulo 11."""
    d = [int(digit) for digit in reversed(bare(value)[:-1])]
    return bool((weighted(d, (2, 3, 4, 5, 6, 7, 2, 3)) + 10) % 11 == 0)


def gt_nit(value: str) -> bool:
    """Tax number of Guatemala: weights from 2 upwards from the right, modulo 11, 10 written K (SAT)."""
    text = bare(value)
    total = sum(int(digit) * place for place, digit in enumerate(reversed(text[:-1]), start=2))
    return "0123456789K"[-total % 11] == text[-1] and total > 0


def ve_rif(value: str) -> bool:
    """Tax number of Venezuela: a letter worth 4 to 20, weights 3 2 7 6 5 4 3 2 modulo 11 (SENIAT)."""
    text = bare(value)
    d = [int(digit) for digit in text[1:]]
    rest = (_RIF_LETTERS[text[0]] + weighted(d, (3, 2, 7, 6, 5, 4, 3, 2))) % 11
    return bool((11 - rest if rest > 1 else 0) == d[8])
