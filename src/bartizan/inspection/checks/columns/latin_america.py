"""Numbers of Spanish-speaking America."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn
from bartizan.inspection.checks.digits import among, known_day, varied, weighted

_RISING = (2, 3, 4, 5, 6, 7, 8, 9)
_CUIT_PREFIXES = (20, 23, 24, 25, 26, 27, 30, 33, 34, 50, 51, 55)
_RUC_PREFIXES = (10, 15, 16, 17, 20)


def mx_clabe(d: Sequence[Any]) -> Any:
    """Bank account of Mexico: weights 3 7 1 modulo 10 (Asociación de Bancos de México, CLABE)."""
    weights = (3, 7, 1) * 5 + (3, 7)
    return ((weighted(d[:17], weights) + d[17]) % 10 == 0) & (sum(d[:3]) > 0)


def mx_nss(d: Sequence[Any]) -> Any:
    """Social security number of Mexico: Luhn over eleven digits, the first two an office of 01 to 97 (IMSS)."""
    office = d[0] * 10 + d[1]
    return (office > 0) & (office < 98) & luhn(d)


def ar_cuit(d: Sequence[Any]) -> Any:
    """CUIT and CUIL of Argentina: a known prefix, weights 5 4 3 2 7 6 5 4 3 2 modulo 11, 10 written 9 (ARCA)."""
    rest = -weighted(d, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return among(d[0] * 10 + d[1], _CUIT_PREFIXES, 100) & (rest - (rest == 10) == d[10])


def ar_cbu(d: Sequence[Any]) -> Any:
    """Bank account of Argentina: weights 7 1 3 9 over bank and branch, 3 9 7 1 over the account, modulo 10 (BCRA)."""
    bank = (weighted(d[:7], (7, 1, 3, 9, 7, 1, 3)) + d[7]) % 10 == 0
    account = (weighted(d[8:21], (3, 9, 7, 1) * 3 + (3,)) + d[21]) % 10 == 0
    return bank & account & (sum(d[:7]) > 0)


def cl_rut(d: Sequence[Any]) -> Any:
    """RUT and RUN of Chile whose check digit is not K: weights 2 to 7 from the right, modulo 11."""
    body = list(reversed(d[:-1]))
    return (weighted(body, (2, 3, 4, 5, 6, 7, 2, 3)) + d[-1]) % 11 == 0


def co_nit(d: Sequence[Any]) -> Any:
    """Tax number of Colombia: weights 41 37 29 23 19 17 13 7 3 modulo 11 (DIAN, Orden Administrativa 4 of 1989)."""
    rest = weighted(d, (41, 37, 29, 23, 19, 17, 13, 7, 3)) % 11
    return (rest + (11 - 2 * rest) * (rest > 1) == d[9]) & (sum(d) > 0)


def pe_ruc(d: Sequence[Any]) -> Any:
    """Tax number of Peru: 10, 15, 16, 17 or 20 in front, weights 5 4 3 2 7 6 5 4 3 2 modulo 11 (SUNAT)."""
    rest = (11 - weighted(d, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 10
    return among(d[0] * 10 + d[1], _RUC_PREFIXES, 100) & (rest == d[10])


def _ec_province(d: Sequence[Any]) -> Any:
    province = d[0] * 10 + d[1]
    return ((province > 0) & (province < 25)) | (province == 30) | (province == 50)


def ec_cedula(d: Sequence[Any]) -> Any:
    """Identity card of Ecuador: a province of 01 to 24, 30 or 50, a third digit to 6, Luhn (Registro Civil)."""
    return _ec_province(d) & (d[2] < 7) & luhn(d[:10])


def ec_ruc(d: Sequence[Any]) -> Any:
    """Tax number of Ecuador: of a person (an identity card and 001), a public body (6, 9) or a company (9) (SRI)."""
    branch = sum(d[10:]) > 0
    person = (d[2] < 7) & luhn(d[:10]) & branch
    public = ((d[2] == 6) | (d[2] == 9)) & (weighted(d, (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0) & (sum(d[9:]) > 0)
    company = (d[2] == 9) & (weighted(d, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0) & branch
    return _ec_province(d) & (person | public | company)


def uy_cedula(d: Sequence[Any]) -> Any:
    """Identity card of Uruguay: weights 2 9 8 7 6 3 4 modulo 10 (Dirección Nacional de Identificación Civil)."""
    return ((weighted(d[:7], (2, 9, 8, 7, 6, 3, 4)) + d[7]) % 10 == 0) & varied(d)


def uy_rut(d: Sequence[Any]) -> Any:
    """Tax number of Uruguay: an office of 01 to 22, 001 in places nine to eleven, modulo 11 (DGI)."""
    office = d[0] * 10 + d[1]
    shape = (office > 0) & (office < 23) & (sum(d[2:8]) > 0) & (d[8] == 0) & (d[9] == 0) & (d[10] == 1)
    return shape & ((weighted(d, (4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) + d[11]) % 11 == 0)


def py_ruc(d: Sequence[Any]) -> Any:
    """Tax number of Paraguay: weights from 2 upwards from the right, modulo 11, 10 written 0 (SET)."""
    body = list(reversed(d[:-1]))
    return -weighted(body, _RISING) % 11 % 10 == d[-1]


def gt_cui(d: Sequence[Any]) -> Any:
    """Identity number of Guatemala: weights 2 to 9 modulo 11, a department of 01 to 22, a municipality (RENAP)."""
    department, municipality = d[9] * 10 + d[10], d[11] * 10 + d[12]
    place = (department > 0) & (department < 23) & (municipality > 0) & (municipality < 34)
    return place & (weighted(d[:8], _RISING) % 11 == d[8])


def do_cedula(d: Sequence[Any]) -> Any:
    """Identity card of the Dominican Republic: Luhn over eleven digits (Junta Central Electoral)."""
    return luhn(d) & (sum(d) > 0)


def sv_dui(d: Sequence[Any]) -> Any:
    """Identity card of El Salvador: weights 9 to 2 modulo 10 (RNPN)."""
    return ((weighted(d[:8], (9, 8, 7, 6, 5, 4, 3, 2)) + d[8]) % 10 == 0) & (sum(d) > 0)


def sv_nit(d: Sequence[Any]) -> Any:
    """Tax number of El Salvador: a department, a day, and modulo 11 with weights that serials from 101 on changed."""
    serial = d[10] * 100 + d[11] * 10 + d[12]
    old = weighted(d, (14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)) % 11 % 10
    new = -weighted(d, (2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11 % 10
    born = known_day(d[8] * 10 + d[9], d[6] * 10 + d[7], d[4] * 10 + d[5])
    lead = (d[0] == 0) | (d[0] == 1) | (d[0] == 9)
    return lead & born & (((serial < 101) & (old == d[13])) | ((serial > 100) & (new == d[13])))


def cu_ni(d: Sequence[Any]) -> Any:
    """Identity number of Cuba: a day of birth, year first, and a digit for the century; no check digit is published."""
    return known_day(d[0] * 10 + d[1], d[2] * 10 + d[3], d[4] * 10 + d[5])
