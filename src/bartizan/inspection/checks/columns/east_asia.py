"""Numbers of Korea, Japan, China and Taiwan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.digits import among, crossed, known_day, weighted

_RRN = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def _kr_born(d: Sequence[Any]) -> Any:
    return known_day(d[0] * 10 + d[1], d[2] * 10 + d[3], d[4] * 10 + d[5])


def kr_rrn_day(d: Sequence[Any]) -> Any:
    """Resident of Korea: a day of birth, and 1 to 4 for sex and century; no check digit since October 2020."""
    return _kr_born(d) & (d[6] > 0) & (d[6] < 5)


def kr_rrn(d: Sequence[Any]) -> Any:
    """As `kr_rrn_day`, and weights 2 to 9 and 2 to 5 modulo 11, which numbers given before October 2020 keep."""
    return kr_rrn_day(d) & ((11 - weighted(d, _RRN) % 11) % 10 == d[12])


def kr_frn_day(d: Sequence[Any]) -> Any:
    """Foreigner in Korea: a day of birth, and 5 to 8 for sex and century; no check digit since October 2020."""
    return _kr_born(d) & (d[6] > 4) & (d[6] < 9)


def kr_frn(d: Sequence[Any]) -> Any:
    """As `kr_frn_day`, and weights 2 to 9 and 2 to 5 modulo 11, raised by 2, as before October 2020."""
    return kr_frn_day(d) & ((13 - weighted(d, _RRN) % 11) % 10 == d[12])


def kr_brn(d: Sequence[Any]) -> Any:
    """Business of Korea: weights 1 3 7 1 3 7 1 3 5 modulo 10, the tens of the ninth product added (NTS)."""
    total = weighted(d[:9], (1, 3, 7, 1, 3, 7, 1, 3, 5)) + d[8] * 5 // 10 + d[9]
    return (total % 10 == 0) & (d[0] > 0)


def kr_crn(d: Sequence[Any]) -> Any:
    """Corporation of Korea: a court of 11 and up, weights 1 2 modulo 10 (Supreme Court registry)."""
    return (d[0] > 0) & ((weighted(d, (1, 2) * 6) + d[12]) % 10 == 0)


def kr_driver_license(d: Sequence[Any]) -> Any:
    """Driving licence of Korea: an issuing office of 11 to 26 or 28; the check digits are not published."""
    office = d[0] * 10 + d[1]
    return (office > 10) & (office < 29) & (office != 27)


def jp_my_number(d: Sequence[Any]) -> Any:
    """Individual of Japan: weights 6 5 4 3 2 7 6 5 4 3 2 modulo 11 (ministerial ordinance 85 of 2014, article 5)."""
    rest = weighted(d, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return ((11 - rest) * (rest > 1) == d[11]) & (sum(d) > 0)


def jp_corporate_number(d: Sequence[Any]) -> Any:
    """Corporation of Japan: the check digit in front, weights 2 1 modulo 9 (Ministry of Finance, 2014)."""
    return (9 - weighted(d[1:], (2, 1) * 6) % 9 == d[0]) & (sum(d[1:]) > 0)


_PROVINCES = (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71)


def cn_resident_id_place(d: Sequence[Any]) -> Any:
    """A province, and a day of birth since 1900; for identity cards of China whose check character is X."""
    year = d[6] * 1000 + d[7] * 100 + d[8] * 10 + d[9]
    born = known_day(year, d[10] * 10 + d[11], d[12] * 10 + d[13])
    return among(d[0] * 10 + d[1], (*_PROVINCES, 81, 82, 83), 100) & (year >= 1900) & (year < 2100) & born


def cn_resident_id(d: Sequence[Any]) -> Any:
    """Identity card of China: a province, a day of birth, ISO 7064 MOD 11-2 (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return cn_resident_id_place(d) & ((weighted(d, weights) + d[17]) % 11 == 1)


def tw_ubn(d: Sequence[Any]) -> Any:
    """Company of Taiwan: digit sums of weights 1 2 1 2 1 2 4 1, modulo 5 since 2023 (Ministry of Finance).

    A 7 in place seven makes 28, whose digit sum may count as 1 or as 0.
    """
    total = crossed(d, (1, 2, 1, 2, 1, 2, 4, 1))
    seven = (d[6] == 7) & ((total + 1) % 5 == 0)
    return ((total % 5 == 0) | seven) & (sum(d) > 0)
