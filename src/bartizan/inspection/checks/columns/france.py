"""Numbers of France and Monaco."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn
from bartizan.inspection.checks.digits import remainder


def fr_nir(d: Sequence[Any]) -> Any:
    """Social security number without Corsican letters: 97 minus thirteen digits modulo 97.

    The first digit is the sex (1 to 4, 7, 8), then year and month; months 20 to 42 and 50 to 99 stand for unknown ones
    (INSEE).
    """
    month = d[3] * 10 + d[4]
    known = ((month > 0) & (month < 13)) | ((month > 19) & (month < 43)) | (month > 49)
    sex = (d[0] > 0) & (d[0] != 5) & (d[0] != 6) & (d[0] != 9)
    return sex & known & (remainder(d[:13], 97) + d[13] * 10 + d[14] == 97)


def fr_nif(d: Sequence[Any]) -> Any:
    """Tax number (SPI): ten digits modulo 511 give the last three; it begins with 0 to 3."""
    return (d[0] < 4) & (remainder(d[:10], 511) == d[10] * 100 + d[11] * 10 + d[12]) & (sum(d[:10]) > 0)


def fr_siren(d: Sequence[Any]) -> Any:
    """Company number: Luhn, not all digits 0."""
    return luhn(d) & (sum(d) > 0)


def fr_siret(d: Sequence[Any]) -> Any:
    """Establishment number: Luhn over all and over the company number.

    Those of La Poste sum up to a multiple of five instead, its head office (00048) apart.
    """
    post = (d[0] == 3) & (d[1] == 5) & (d[2] == 6) & (sum(d[3:9]) == 0)
    branch = post & (sum(d) % 5 == 0) & (sum(d[9:]) > 0)
    return luhn(d[:9]) & (sum(d[:9]) > 0) & (branch | (luhn(d) & ((post == False) | (remainder(d[9:], 3000) == 48))))  # noqa: E712


def fr_rpps(d: Sequence[Any]) -> Any:
    """Health professional number: begins with 1 or 8, and Luhn's check digit (Agence du Numerique en Sante)."""
    return ((d[0] == 1) | (d[0] == 8)) & luhn(d)
