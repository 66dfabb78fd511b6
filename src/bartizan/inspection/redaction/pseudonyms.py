"""Reversible pseudonyms: AES-SIV, so that the same value gets the same pseudonym and a forged one is noticed."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from bartizan.inspection.redaction.keys import KeyRing
from bartizan.inspection.redaction.pieces import Edit
from bartizan.inspection.redaction.surrogates import PSEUDONYM, from_base32, to_base32
from bartizan.model import InputError

__all__ = ["Pseudonyms", "Revealer"]

_VERSION = b"1"
_ASK = "ask for the key and the tenant that it was written with"


class Pseudonyms:
    """Writes and opens pseudonyms of one tenant.

    A pseudonym is `(TYPE:KEY:CIPHERTEXT)`. AES-256-SIV (RFC 5297) encrypts the value's UTF-8 bytes, with version,
    tenant, type and key name as associated data and a key of its own for each tenant and type. It tells the length of
    the value, and that two values are the same; nothing else.
    """

    def __init__(self, keys: KeyRing, tenant: str) -> None:
        self.keys = keys
        self.tenant = tenant
        self._ciphers: dict[tuple[str, str], AESSIV] = {}

    def hide(self, type: str, value: str) -> str:
        """Return the pseudonym of a value, written with the active key. The value is not empty."""
        key = self.keys.active
        sealed = self._cipher(key, type).encrypt(value.encode("utf-8", "surrogatepass"), self._bound(key, type))
        return f"({type}:{key}:{to_base32(sealed)})"

    def reveal(self, type: str, key: str, body: str) -> str:
        """Return the value behind a pseudonym's three parts.

        Raises InputError, without any part of the value, when the ring lacks the key, or the key or tenant is another
        one, or a character was changed.
        """
        cipher = self._cipher(key, type)
        try:
            plain = cipher.decrypt(from_base32(body), self._bound(key, type))
        except (InvalidTag, ValueError):
            raise InputError(
                f"a pseudonym of type `{type}` can't be opened with key `{key}` of this tenant", help=_ASK
            ) from None
        return plain.decode("utf-8", "surrogatepass")

    def _cipher(self, key: str, type: str) -> AESSIV:
        cipher = self._ciphers.get((key, type))
        if cipher is None:
            made = AESSIV(self.keys.derive(key, "pseudonym", self.tenant, type))
            cipher = self._ciphers[key, type] = made
        return cipher

    def _bound(self, key: str, type: str) -> list[bytes]:
        return [_VERSION, self.tenant.encode(), type.encode(), key.encode()]


class Revealer:
    """Puts the values back in place of pseudonyms; with `lenient`, leaves those that can't be opened."""

    def __init__(self, pseudonyms: Pseudonyms, *, lenient: bool = False) -> None:
        self.pseudonyms = pseudonyms
        self.lenient = lenient

    def edits(self, text: str, column: str = "") -> list[Edit]:  # noqa: ARG002 - an Editor's signature
        """Return an edit for each pseudonym, in order. Raises InputError for one that can't be opened."""
        out: list[Edit] = []
        for match in PSEUDONYM.finditer(text):
            type = match["type"]
            try:
                value = self.pseudonyms.reveal(type, match["key"], match["body"])
            except InputError:
                if not self.lenient:
                    raise
                continue
            out.append(Edit(*match.span(), value, type))
        return out

    def edits_many(self, texts: Sequence[str], column: str = "") -> list[list[Edit]]:
        """Return the edits of each of many texts."""
        return [self.edits(text, column) for text in texts]
