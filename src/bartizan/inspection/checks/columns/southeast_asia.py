"""Numbers of Thailand, the Philippines, Malaysia, Indonesia and Vietnam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn
from bartizan.inspection.checks.digits import among, known_day, weighted


def _th_whole(d: Sequence[Any]) -> Any:
    return (11 - weighted(d, (13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)) % 11) % 10 == d[12]


_TH_PROVINCES = (
    *range(10, 28), *range(30, 50), *range(50, 59), *range(60, 68), *range(70, 78), *range(80, 87), *range(90, 97),
)  # fmt: skip


def th_tnin(d: Sequence[Any]) -> Any:
    """Person of Thailand: a category of 1 to 8, a province, weights 13 to 2 modulo 11 (Ministry of the Interior)."""
    known = among(d[1] * 10 + d[2], _TH_PROVINCES, 100)
    return (d[0] > 0) & (d[0] < 9) & known & _th_whole(d)


def th_tin(d: Sequence[Any]) -> Any:
    """Legal person of Thailand: a 0 in front, weights 13 to 2 modulo 11 (Department of Business Development)."""
    return (d[0] == 0) & _th_whole(d) & (sum(d) > 0)


def ph_tin(d: Sequence[Any]) -> Any:
    """Taxpayer of the Philippines: weights 9 to 2 modulo 11 make the ninth digit; a branch follows (BIR)."""
    return (weighted(d[:8], (9, 8, 7, 6, 5, 4, 3, 2)) % 11 == d[8]) & (sum(d[:9]) > 0)


_MY_PLACES = (
    *range(1, 17), *range(21, 60), *range(60, 69), 71, 72, *range(74, 80), *range(82, 94), 98, 99,
)  # fmt: skip


def my_nric(d: Sequence[Any]) -> Any:
    """Identity card of Malaysia: a day of birth and a place of birth; there is no check digit (JPN)."""
    born = known_day(d[0] * 10 + d[1], d[2] * 10 + d[3], d[4] * 10 + d[5])
    return born & among(d[6] * 10 + d[7], _MY_PLACES, 100)


_ID_PROVINCES = (
    *range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81, 82, *range(91, 98),
)  # fmt: skip


def id_nik(d: Sequence[Any]) -> Any:
    """Person of Indonesia: a province, a regency, a day of birth raised by 40 for women, a serial (law 24 of 2013)."""
    day = d[6] * 10 + d[7]
    born = known_day(d[10] * 10 + d[11], d[8] * 10 + d[9], day - 40 * (day > 40))
    place = among(d[0] * 10 + d[1], _ID_PROVINCES, 100) & (d[2] + d[3] > 0) & (d[4] + d[5] > 0)
    return place & born & (sum(d[12:]) > 0)


def id_npwp(d: Sequence[Any]) -> Any:
    """Taxpayer of Indonesia: Luhn over nine digits, then office and branch; since 2024 a 0 before (DJP, PMK 112)."""
    if len(d) == 15:
        return luhn(d[:9]) & (sum(d[:9]) > 0)
    return (d[0] == 0) & luhn(d[1:10]) & (sum(d[1:10]) > 0)


def vn_mst(d: Sequence[Any]) -> Any:
    """Taxpayer of Vietnam: weights 31 29 23 19 17 13 7 5 3 modulo 11; a branch may follow (Ministry of Finance)."""
    return (10 - weighted(d, (31, 29, 23, 19, 17, 13, 7, 5, 3)) % 11 == d[9]) & (sum(d[2:9]) > 0)


def vn_cccd(d: Sequence[Any]) -> Any:
    """Identity card of Vietnam: a province of 001 to 096, and 0 to 3 for sex and century (decree 137 of 2015)."""
    province = d[1] * 10 + d[2]
    return (d[0] == 0) & (province > 0) & (province < 97) & (d[3] < 4)
