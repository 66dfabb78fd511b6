"""Numbers of Spain, Portugal, Italy, Greece, Malta and Turkey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn
from bartizan.inspection.checks.digits import known_day, remainder, weighted


def es_nss(d: Sequence[Any]) -> Any:
    """Social security number: province, serial, and both modulo 97; a serial below ten million drops its first 0."""
    province = d[0] * 10 + d[1]
    pair = d[10] * 10 + d[11]
    short = remainder([*d[:2], *d[3:10]], 97) == pair
    long = remainder(d[:10], 97) == pair
    known = (province > 0) & ((province < 54) | (province == 66))
    return known & ((short & (d[2] == 0)) | (long & (d[2] > 0)))


def pt_nif(d: Sequence[Any]) -> Any:
    """Tax number: weights 9 to 2 modulo 11, ten and eleven being 0; it does not begin with 0 or 4 (45 apart)."""
    check = (11 - weighted(d[:8], (9, 8, 7, 6, 5, 4, 3, 2)) % 11) % 11 % 10 == d[8]
    return (d[0] > 0) & ((d[0] != 4) | (d[1] == 5)) & check


def pt_niss(d: Sequence[Any]) -> Any:
    """Social security number: begins with 1 or 2; prime weights from 29 down to 2, nine minus the sum modulo 10."""
    check = 9 - weighted(d, (29, 23, 19, 17, 13, 11, 7, 5, 3, 2)) % 10 == d[10]
    return (d[0] > 0) & (d[0] < 3) & check


def it_vat_code(d: Sequence[Any]) -> Any:
    """VAT number: Luhn; the office in the eighth to tenth digit is 001 to 100, 120, 121, 888 or 999."""
    office = d[7] * 100 + d[8] * 10 + d[9]
    known = ((office > 0) & (office < 101)) | (office == 120) | (office == 121) | (office == 888) | (office == 999)
    return luhn(d) & known & (sum(d[:7]) > 0)


def it_health_card(d: Sequence[Any]) -> Any:
    """Health card: issuer prefix 80, country 380, and the region from 001 to 200 (EN 1867)."""
    region = d[5] * 100 + d[6] * 10 + d[7]
    return (d[0] == 8) & (d[1] == 0) & (d[2] == 3) & (d[3] == 8) & (d[4] == 0) & (region < 201)


def gr_afm(d: Sequence[Any]) -> Any:
    """Tax number: weights 256 down to 2 by halves, modulo 11, then 10."""
    return (weighted(d, (256, 128, 64, 32, 16, 8, 4, 2)) % 11 % 10 == d[8]) & (sum(d) > 0)


def gr_amka(d: Sequence[Any]) -> Any:
    """Social security number: day of birth, and Luhn's check digit."""
    return luhn(d) & known_day(d[4] * 10 + d[5], d[2] * 10 + d[3], d[0] * 10 + d[1])


def mt_vat(d: Sequence[Any]) -> Any:
    """VAT number: weights 3 4 6 7 8 9 10 1 modulo 37; the first digit is not 0."""
    return (d[0] > 0) & (weighted(d, (3, 4, 6, 7, 8, 9, 10, 1)) % 37 == 0)


def tr_national_id(d: Sequence[Any]) -> Any:
    """Citizen number: the tenth digit from odd and even places, the eleventh from the sum of all (Nufus Isleri)."""
    tenth = weighted(d, (3, 1, 3, 1, 3, 1, 3, 1, 3, 1)) % 10 == 0
    return (d[0] > 0) & tenth & (sum(d[:10]) % 10 == d[10])


def tr_vkn(d: Sequence[Any]) -> Any:
    """Tax number: each digit moved by its place, times a power of two modulo 9 (Gelir Idaresi Baskanligi)."""
    total: Any = d[9]
    for place, digit in enumerate(d[:9]):
        moved = (digit + 9 - place) % 10
        total = total + moved * 2 ** (9 - place) % 9 + 9 * (moved == 9)
    return (total % 10 == 0) & (sum(d) > 0)
