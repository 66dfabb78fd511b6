"""Whether an amount follows from what the request says and what services told: a sum, a share, a percentage."""

from __future__ import annotations

from collections.abc import Collection, Iterable

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

    if among(amount) or (not amount and 0.0 in asked):
        return True
    if amount <= 0:  # any number less itself
        return False
    for other in (*asked, *near):
        # More or less by what is said, or the other's half of it when two share.
        for part in (other, other / 2):
            if among(amount - part) or among(amount + part) or among(part - amount):
                return True
    for factor in asked:
        if factor and 1 < factor <= 20 and (among(amount / factor) or among(amount * factor)):
            return True
    for percent in asked:
        if not 0 < percent <= 100:
            continue
        for extra in (0.0, *asked):
            if among((amount - extra) * 100 / percent):
                return True
        if among(amount / (1 + percent / 100)) or (percent < 100 and among(amount / (1 - percent / 100))):
            return True
    return False
