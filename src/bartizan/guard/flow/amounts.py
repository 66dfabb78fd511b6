"""Whether an amount follows from what the request says and what services told: a sum, a share, a percentage."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

__all__ = ["explained"]

_MOST = 200


def explained(amount: float, said: Iterable[float], told: Collection[float], read: Iterable[float]) -> bool:
    """Tell whether an amount is one of the numbers, or comes from two or three of them by the usual sums.

    `said` are the request's numbers, `told` the amounts that services told, `read` the numbers of the places that the
    request names. What is merely read counts by itself only where the request names no number.
    """
    asked = list(dict.fromkeys(said))[:_MOST]
    near = list(dict.fromkeys(read))[:_MOST]
    known = {round(number, 2) for number in (*asked, *told, *(() if asked else near)) if number}

    def among(number: float) -> bool:
        return any(round(number + error, 2) in known for error in (0.0, 0.005, -0.005))

    if not amount:
        return 0.0 in asked
    if among(amount):
        return True
    # Any number less itself is nothing, and any less more than it is a debt.
    return amount > 0 and (_sum(amount, [*asked, *near], among) or _share(amount, asked, among))


def _sum(amount: float, parts: list[float], among: Callable[[float], bool]) -> bool:
    """Tell whether an amount is a known one, more or less by what is said, or by half of it when two share."""
    return any(
        among(amount - part) or among(amount + part) or among(part - amount)
        for other in parts
        for part in (other, other / 2)
    )


def _share(amount: float, asked: list[float], among: Callable[[float], bool]) -> bool:
    """Tell whether an amount is a multiple or a percentage of a known one, as the request says."""
    if any(1 < factor <= 20 and (among(amount / factor) or among(amount * factor)) for factor in asked):
        return True
    for percent in (number for number in asked if 0 < number <= 100):
        if any(among((amount - extra) * 100 / percent) for extra in (0.0, *asked)):
            return True
        if among(amount / (1 + percent / 100)) or (percent < 100 and among(amount / (1 - percent / 100))):
            return True
    return False
