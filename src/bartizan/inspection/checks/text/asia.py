"""Numbers of Asia that hold letters."""

from __future__ import annotations

from bartizan.inspection.checks.columns.east_asia import cn_resident_id_place
from bartizan.inspection.checks.digits import bare, weighted

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NRIC_SERIES = {"S": 0, "T": 4, "F": 0, "G": 4, "M": 3}
_NRIC_LETTERS = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}
_UEN_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWX0123456789"
_UEN_KINDS = (
    "CC CD CH CL CM CP CS CX DP FB FC FM FN GA GB GS HS LL LP MB MC MD MH MM MQ NB NR PA PB PF RF RP SM SS TC TU VH XL"
)
_TW_REGIONS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def sg_nric(value: str) -> bool:
    """Person in Singapore: a series of S, T, F, G or M, weights 2 7 6 5 4 3 2 modulo 11 make the last letter (ICA)."""
    text = value.upper()
    total = weighted([int(digit) for digit in text[1:8]], (2, 7, 6, 5, 4, 3, 2))
    return _NRIC_LETTERS[text[0]][(total + _NRIC_SERIES[text[0]]) % 11] == text[8]


def sg_uen(value: str) -> bool:
    """Entity of Singapore: of a business, a local company or another kind, each with its own letter (ACRA)."""
    text = value.upper()
    if text[0] in "RST":
        if text[3:5] not in _UEN_KINDS:
            return False
        total = weighted([_UEN_ALPHABET.index(character) for character in text[:9]], (4, 3, 5, 3, 10, 2, 2, 5, 7))
        return _UEN_ALPHABET[(total - 5) % 11] == text[9]
    d = [int(digit) for digit in text[:-1]]
    if len(d) == 8:
        return "XMKECAWLJDB"[weighted(d, (10, 4, 9, 3, 8, 2, 7, 1)) % 11] == text[8]
    return "ZKCMDNERGWH"[weighted(d, (10, 8, 6, 4, 9, 7, 5, 3, 1)) % 11] == text[9]


def in_gstin(value: str) -> bool:
    """Taxpayer of India: Luhn in base 36 over the fifteen characters, the state in front (GSTN)."""
    text = value.upper()
    total = 0
    for place, character in enumerate(text):
        product = _BASE_36.index(character) * (1 + place % 2)
        total += product // 36 + product % 36
    # The check character itself has weight 1 and is its complement, so the whole adds up to a multiple of 36.
    state = int(text[:2])
    return total % 36 == 0 and (1 <= state <= 38 or state in {97, 99})


def cn_resident_id_x(value: str) -> bool:
    """Identity card of China that ends in X, which stands for 10: ISO 7064 MOD 11-2 (GB 11643)."""
    d = [int(digit) for digit in value[:17]]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return bool(cn_resident_id_place(d)) and bool(weighted(d, weights) % 11 == 2)


def cn_uscc(value: str) -> bool:
    """Organisation of China: powers of 3 modulo 31 over digits and letters but I, O, S, V and Z (GB 32100)."""
    d = [_USCC_ALPHABET.index(character) for character in value.upper()]
    return bool((weighted(d, _USCC_WEIGHTS) + d[17]) % 31 == 0)


def hk_hkid(value: str) -> bool:
    """Person of Hong Kong: letters count from A = 10, a missing one 36, weights 9 to 1 modulo 11."""
    d = [_BASE_36.index(character) for character in bare(value)]
    return bool(weighted(d if len(d) == 9 else [36, *d], (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0)


def tw_national_id(value: str) -> bool:
    """Person in Taiwan: a region letter worth 10 to 35, weights 1 9 8 7 6 5 4 3 2 1 1 modulo 10.

    Residence certificates before 2021 have a second letter, A to D, of which the last digit of its worth counts.
    """
    text = value.upper()
    region = 10 + _TW_REGIONS.index(text[0])
    second = int(text[1]) if text[1].isdigit() else _TW_REGIONS.index(text[1])
    d = [region // 10, region % 10, second, *(int(digit) for digit in text[2:])]
    return bool(weighted(d, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0)
