"""Numbers of Australia and New Zealand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn
from bartizan.inspection.checks.digits import among, weighted


def au_abn(d: Sequence[Any]) -> Any:
    """Business number: the first digit less one, weights 10 1 3 5 7 9 11 13 15 17 19 modulo 89 (ABR)."""
    return (d[0] > 0) & ((weighted(d, (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) - 10) % 89 == 0)


def au_acn(d: Sequence[Any]) -> Any:
    """Company number: weights 8 to 1 and the check digit modulo 10 (ASIC)."""
    return ((weighted(d[:8], (8, 7, 6, 5, 4, 3, 2, 1)) + d[8]) % 10 == 0) & (sum(d) > 0)


def au_tfn(d: Sequence[Any]) -> Any:
    """Tax file number of nine digits: weights 1 4 3 7 5 8 6 9 10 modulo 11 (Australian Taxation Office)."""
    return (weighted(d, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0) & (sum(d) > 0)


def au_medicare(d: Sequence[Any]) -> Any:
    """Health card: 2 to 6 in front, weights 1 3 7 9 modulo 10 make the ninth digit, then issue and line."""
    whole = weighted(d[:8], (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == d[8]
    return whole & (d[0] > 1) & (d[0] < 7) & (d[9] > 0) & (d[-1] > 0)


def au_healthcare_identifier(d: Sequence[Any]) -> Any:
    """Identifiers of people (800360), professionals (800361) and organisations (800362), with Luhn (AS 5017)."""
    kind = (d[0] == 8) & (d[1] == 0) & (d[2] == 0) & (d[3] == 3) & (d[4] == 6) & (d[5] < 3)
    return kind & luhn(d)


def nz_ird(d: Sequence[Any]) -> Any:
    """Tax number of 10,000,001 to 149,999,999: weights 3 2 7 6 5 4 3 2, else 7 4 3 2 5 2 7 6, modulo 11 (IRD)."""
    body: Sequence[Any] = d[:-1] if len(d) == 9 else [0, *d[:-1]]
    first = -weighted(body, (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    second = -weighted(body, (7, 4, 3, 2, 5, 2, 7, 6)) % 11
    whole = (first == d[-1]) | ((first == 10) & (second == d[-1]))
    size = body[0] * 10 + body[1]
    return whole & (size > 0) & (size < 15)


_NZ_BANKS = (*range(1, 4), 6, 8, 9, *range(10, 34), 35, 38, 88)


def nz_bank_account(d: Sequence[Any]) -> Any:
    """Bank account: a bank of the register, a branch and an account (Payments NZ, bank branch register)."""
    return among(d[0] * 10 + d[1], _NZ_BANKS, 100) & (sum(d[2:6]) > 0) & (sum(d[6:13]) > 0)


def nz_nzbn(d: Sequence[Any]) -> Any:
    """Business number: a GS1 number of the prefix 9429, weights 1 3 modulo 10 (nzbn.govt.nz)."""
    prefix = (d[0] == 9) & (d[1] == 4) & (d[2] == 2) & (d[3] == 9)
    return prefix & (weighted(d, (1, 3) * 6 + (1,)) % 10 == 0)
