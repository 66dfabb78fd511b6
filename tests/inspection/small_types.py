"""A handful of data types, so that tests of the engine don't change with the catalog."""

from __future__ import annotations

from typing import Any

import msgspec

from bartizan.catalog.data_types import DataType
from bartizan.inspection import Inspector, Policy

__all__ = ["SMALL", "data_type", "found", "small"]


def data_type(id: str, *forms: dict[str, Any], **rest: Any) -> DataType:
    plain = {"id": id, "title": id, "family": "personal", "class": "internal", "hits": [], "misses": []}
    return msgspec.convert({**plain, "forms": list(forms), **rest}, DataType)


SMALL = {
    entry.id: entry
    for entry in (
        data_type(
            "card",
            {"digits": ["#### #### #### ####", "################"], "check": "luhn", "alone": 75},
            keywords=["card", "credit card"],
            family="payment",
            category="payment",
            **{"class": "restricted"},
        ),
        data_type("login", {"digits": ["#{6,8}"], "alone": 0}, keywords=["login", "élève"], regions=["ch"]),
        data_type("plate", {"pattern": "[A-Z]{2}[0-9]{3,5}", "alone": 0}, keywords=["plate"], within=30),
        data_type("mail", {"pattern": r"[a-z.]{1,30}@[a-z]{1,20}\.[a-z]{2,5}", "alone": 85}, exclude=[r"no\.reply@.*"]),
        data_type("token", {"pattern": "tok_[0-9a-z]{8,}", "alone": 85, "entropy": 2.0}, family="secret"),
        data_type(
            "assigned",
            {"pattern": r"password\s{0,3}[:=]\s{0,3}(?P<value>[^\s]{4,40})", "alone": 75, "ignore_case": True},
            family="secret",
            **{"class": "restricted"},
        ),
        data_type(
            "isbn", {"pattern": "ISBN[ -][0-9]{9}[0-9X]", "alone": 65}, {"digits": ["#-####-####-#"], "alone": 65}
        ),
        data_type("account", {"pattern": "[A-Z]{2}[0-9]{4,10}", "check": "mod97_10", "alone": 65}),
        data_type("quiet", {"digits": ["#####"], "alone": 65}, default=False),
    )
}


def small(*, plain: bool = False, **policy: Any) -> Inspector:
    """Make an inspector that knows the small types only."""
    return Inspector(Policy(**policy), types=SMALL, cache=None, plain=plain)


def found(text: str, inspector: Inspector, column: str = "") -> list[tuple[str, str, int]]:
    """Return (type, value, confidence) of what is found."""
    return [(span.type, text[span.start : span.end], span.confidence) for span in inspector.inspect(text, column).spans]
