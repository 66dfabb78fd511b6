"""Numbers of Brazil."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.digits import varied, weighted


def br_cpf(d: Sequence[Any]) -> Any:
    """Weights 10 to 2 and 11 to 2 modulo 11, a remainder of 10 written 0 (Receita Federal)."""
    first = weighted(d, (10, 9, 8, 7, 6, 5, 4, 3, 2)) * 10 % 11 % 10 == d[9]
    second = weighted(d, (11, 10, 9, 8, 7, 6, 5, 4, 3, 2)) * 10 % 11 % 10 == d[10]
    return first & second & varied(d)


def br_cnpj(d: Sequence[Any]) -> Any:
    """Weights 5 to 2 and 9 to 2, then 6 to 2 and 9 to 2, modulo 11, a remainder of 10 written 0 (Receita Federal)."""
    first = weighted(d, (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) * 10 % 11 % 10 == d[12]
    second = weighted(d, (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) * 10 % 11 % 10 == d[13]
    return first & second & (sum(d[:8]) > 0)


def br_cnh(d: Sequence[Any]) -> Any:
    """Driving licence: weights 9 to 1 and 1 to 9 modulo 11, the second less 2 where the first was 10."""
    first = weighted(d, (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 11
    second = weighted(d, (1, 2, 3, 4, 5, 6, 7, 8, 9)) % 11
    lowered = (second - 2 * (first == 10)) * (second < 10)
    return (lowered == d[10]) & (first % 10 == d[9]) & varied(d)


def br_pis(d: Sequence[Any]) -> Any:
    """PIS, PASEP, NIS and RENAVAM: weights 3 2 9 8 7 6 5 4 3 2 modulo 11, a remainder of 10 written 0 (Caixa)."""
    return (weighted(d, (3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) * 10 % 11 % 10 == d[10]) & (sum(d) > 0)


def br_voter_title(d: Sequence[Any]) -> Any:
    """A state of 01 to 28 in places nine and ten, and two check digits modulo 11 (TSE, resolution 21.538).

    In Sao Paulo (01) and Minas Gerais (02) a check digit of 0 is written 1.
    """
    state = d[8] * 10 + d[9]
    large = (state == 1) | (state == 2)
    first = weighted(d, (2, 3, 4, 5, 6, 7, 8, 9)) % 11
    first = first % 10 + ((first == 0) & large)
    second = (d[8] * 7 + d[9] * 8 + first * 9) % 11
    second = second % 10 + ((second == 0) & large)
    return (state > 0) & (state < 29) & (first == d[10]) & (second == d[11])


def br_sus(d: Sequence[Any]) -> Any:
    """National health card: 1, 2, 7, 8 or 9 in front, weights 15 to 1 modulo 11 (DATASUS)."""
    lead = (d[0] == 1) | (d[0] == 2) | (d[0] > 6)
    return lead & (weighted(d, (15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0)


def br_rg_sp(d: Sequence[Any]) -> Any:
    """Identity card of Sao Paulo: weights 2 to 9 and 100 modulo 11."""
    return (weighted(d, (2, 3, 4, 5, 6, 7, 8, 9, 100)) % 11 == 0) & (sum(d) > 0)
