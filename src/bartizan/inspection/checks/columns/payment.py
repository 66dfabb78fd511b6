"""Payment cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn
from bartizan.inspection.checks.digits import among


def payment_card(d: Sequence[Any]) -> Any:
    """A number range that a card scheme issues at this length, and Luhn (ISO/IEC 7812-1; the schemes' own tables)."""
    return _issued(d) & luhn(d)


def _issued(d: Sequence[Any]) -> Any:
    size = len(d)
    two = d[0] * 10 + d[1]
    four = two * 100 + d[2] * 10 + d[3]
    # Maestro; the range 0604 is of its British forerunner.
    found: Any = (two == 50) | ((two >= 56) & (two <= 69)) | (four == 604)
    if size in {13, 16, 18, 19}:
        found = found | (d[0] == 4)  # Visa
    if size >= 14:
        found = (
            found | ((four >= 3000) & (four <= 3059)) | (four == 3095) | among(two, (36, 38, 39), 100)
        )  # Diners Club
    if size == 15:
        found = found | among(two, (34, 37), 100) | (d[0] == 1)  # American Express; airlines (UATP)
        found = found | (four == 2131) | (four == 1800)  # JCB of old
    if size == 16:
        found = found | ((two >= 51) & (two <= 55)) | ((four >= 2221) & (four <= 2720))  # Mastercard
        found = found | among(four, (8600, 9860, 9792), 10_000)  # Uzcard, Humo, Troy
    if size >= 16:
        # JCB and RuPay share 35; which parts are issued changes.
        found = found | among(two, (35, 81, 82), 100) | ((four >= 2200) & (four <= 2205))  # UnionPay, RuPay; Mir
    return found


def card_expiry(d: Sequence[Any]) -> Any:
    """Month and year, in either order: a month from 1 to 12, a year from 2010 to 2059."""
    if len(d) == 4:
        return _month(d[0], d[1]) & _years(d[2], d[3])
    if len(d) == 6 and _leads_with_year(d):
        return (d[0] * 10 + d[1] == 20) & _years(d[2], d[3]) & _month(d[4], d[5])
    return (d[2] * 10 + d[3] == 20) & _years(d[4], d[5]) & _month(d[0], d[1])


def _leads_with_year(d: Sequence[Any]) -> bool:
    return bool(getattr(d, "groups", (2, 4))[0] == 4)


def _month(tens: Any, ones: Any) -> Any:
    month = tens * 10 + ones
    return (month > 0) & (month < 13)


def _years(tens: Any, ones: Any) -> Any:
    return (tens >= 1) & (tens <= 5) & (ones >= 0)
