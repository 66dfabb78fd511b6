"""How much a call would pay, read from its arguments so that no spelling makes it less."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from bartizan.model.card import ToolCard, ValueType

__all__ = ["Amount", "amounts_of"]

_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "Fr.": "CHF", "US$": "USD"}
_TEXT = re.compile(
    r"\s*(?P<before>[A-Za-z]{3}|US\$|Fr\.|[$€£¥₹])?\s*(?P<number>[0-9](?:[0-9 ,.'’_\u00a0\u202f]*[0-9])?)"
    r"\s*(?P<after>[A-Za-z]{3}|[$€£¥₹])?\s*\Z"
)
_CURRENCY_NAMES = frozenset({"currency", "currency_code", "currencycode", "ccy", "iso_currency"})
_LONGEST = 60


class Amount(NamedTuple):
    """An amount and its currency, empty when the call doesn't say. `value` is None for one that can't be read."""

    value: Decimal | None
    currency: str


def amounts_of(card: ToolCard, arguments: Mapping[str, Any]) -> list[Amount]:
    """Return what a call would pay: each number in its arguments of type amount.

    Of a text that can be read in two ways, such as `1.000`, the larger reading counts. Numbers are taken in the unit in
    which they stand, so for a tool that counts cents the limit is met sooner, never later. An amount that is negative,
    no finite number, or no number at all can't be read.
    """
    amounts = []
    for value, currency in _values(card, arguments):
        amount = _amount(value)
        amounts.append(amount if amount.currency else amount._replace(currency=currency))
    return amounts


def _values(card: ToolCard, arguments: Mapping[str, Any]) -> Iterator[tuple[object, str]]:
    """Yield what stands where the card says amount, each with the currency that is named nearest to it.

    Arguments inside objects are `outer.inner` in a card; what it doesn't name is what holds it is. However deep.
    """
    left: list[tuple[object, str, bool, str]] = [(arguments, "", False, "")]
    while left:
        value, plain, counts, currency = left.pop()
        if isinstance(value, Mapping):
            named = next((one.strip().upper() for name, one in value.items() if _is_currency(name, one)), currency)
            inner = []
            for name, one in value.items():
                place = f"{plain}.{name}" if plain else name
                told = card.arguments.get(place)
                amount = counts if told is None else told.type is ValueType.AMOUNT
                if not (one is None and told is not None) and not (told is None and _is_currency(name, one)):
                    inner.append((one, place, amount, named))
            left += reversed(inner)
        elif isinstance(value, list | tuple):
            left += [(one, plain, counts, currency) for one in reversed(value)]
        elif counts:
            yield value, currency


def _is_currency(name: str, value: object) -> bool:
    return isinstance(value, str) and name.lower().replace("-", "_") in _CURRENCY_NAMES


def _amount(value: object) -> Amount:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return Amount(None, "")
    if isinstance(value, str):
        return _read(value)
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    return Amount(number if number.is_finite() and number >= 0 else None, "")


def _read(text: str) -> Amount:
    found = _TEXT.match(text) if len(text) <= _LONGEST else None
    if found is None or (found["before"] and found["after"]):
        try:
            number = Decimal(text) if len(text) <= _LONGEST else None
        except InvalidOperation:
            number = None
        return Amount(number if number is not None and number.is_finite() and number >= 0 else None, "")
    word = found["before"] or found["after"] or ""
    digits = re.sub(r"[ '’_\u00a0\u202f]", "", found["number"])
    readings = [digits.replace(",", "").replace(".", "")] if re.search(r"[.,][0-9]{3}\Z", digits) else []
    last = max(digits.rfind("."), digits.rfind(","))
    whole = digits[:last].replace(",", "").replace(".", "") if last >= 0 else digits
    readings.append(f"{whole or '0'}.{digits[last + 1 :]}" if last >= 0 else whole)
    return Amount(max(map(Decimal, readings)), _SIGNS.get(word, word.upper()))
