"""Keyed tokens: the same value gets the same token, and nobody gets from a token to the value.

Without the key a token of a short number could be found by trying them all, so there is no form without a key.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TypeAlias

from bartizan.catalog.data_types import DataType
from bartizan.inspection.redaction.keys import KeyRing
from bartizan.inspection.redaction.surrogates import to_base32

__all__ = ["LENGTH", "Normalise", "Tokens", "as_written", "normaliser"]

LENGTH = 16
"""Bytes of HMAC-SHA-256 that a token keeps: two of 10^9 values share one with a chance of 10^-21."""

Normalise: TypeAlias = Callable[[str, str], str]
"""From a type and a value to the value's one form, the same for all ways in which it is written."""

_COMPACT = frozenset({"national-id", "tax-id", "document", "vehicle", "payment", "bank", "company"})


class Tokens:
    """Makes tokens and hashes of one tenant with the active key."""

    def __init__(self, keys: KeyRing, tenant: str, normalise: Normalise) -> None:
        self.keys = keys
        self.tenant = tenant
        self.normalise = normalise

    def token(self, type: str, value: str) -> str:
        """Return `(TYPE:26 characters of base32)`."""
        return f"({type}:{to_base32(self._digest('token', type, value))})"

    def hash(self, type: str, value: str) -> str:
        """Return `(hash:32 hex digits)`, which does not tell the type."""
        return f"(hash:{self._digest('hash', type, value).hex()})"

    def _digest(self, purpose: str, type: str, value: str) -> bytes:
        key = self.keys.derive(self.keys.active, purpose, self.tenant, type)
        plain = self.normalise(type, value).encode("utf-8", "surrogatepass")
        return hmac.digest(key, plain, sha256)[:LENGTH]


def as_written(type: str, value: str) -> str:  # noqa: ARG001 - a Normalise's signature
    """Return the value as it is."""
    return value


def normaliser(types: Mapping[str, DataType]) -> Normalise:
    """Return how values of these types are brought to one form.

    Numbers that the catalog describes by digits keep their digits; other numbers of people, companies, cards and
    accounts keep letters and digits, in capitals; telephone numbers keep digits and a plus; e-mail addresses become
    lower case; everything else stays as it is.
    """
    digits = {id for id, type in types.items() if all(form.digits for form in type.forms)}
    compact = {id for id, type in types.items() if type.family in _COMPACT} - digits

    def normalise(type: str, value: str) -> str:
        if type in digits:
            return "".join(filter(str.isdigit, value))
        if type in compact:
            return "".join(filter(str.isalnum, value)).upper()
        if type == "phone-number":
            return "".join(char for char in value if char.isdigit() or char == "+")
        return value.lower() if type == "email-address" else value

    return normalise
