"""Passwords: what makes one good enough, and how it is kept.

Sources: NIST SP 800-63B-4 section 3.1.1 (length, no rules of composition, a list of what is expected or common, Unicode
normalised), OWASP ASVS 5 chapter 6.2, and OWASP's Password Storage Cheat Sheet (argon2id with 19 MiB and 2 passes).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from threading import BoundedSemaphore
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bartizan.console.identity.common import foreseeable

__all__ = ["LONGEST", "SHORTEST", "Checked", "Passwords", "faults"]

SHORTEST, LONGEST = 12, 256
"""Characters of a password, after normalisation."""
_AT_ONCE = 4
"""Passwords that are hashed at the same time: each takes 19 MiB, and a flood of sign-ins must not take all memory."""


class Checked(NamedTuple):
    """Whether a password is right, and where it is: the hash to keep from now on, or empty when the old one is good."""

    right: bool
    rehashed: str = ""


class Passwords:
    """Hashes and checks passwords with argon2id."""

    def __init__(self, *, memory_kib: int = 19_456, passes: int = 2, lanes: int = 1) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._turn = BoundedSemaphore(_AT_ONCE)
        # Checked where there is no account, so that it takes as long as where there is one.
        self._nobody = self.hash("there is no such account")

    def hash(self, password: str) -> str:
        """Return what to keep of a password."""
        with self._turn:
            return self._hasher.hash(_normal(password))

    def check(self, kept: str, password: str) -> Checked:
        """Check a password against what is kept; nothing is kept where there is no account, and it takes as long."""
        with self._turn:
            try:
                self._hasher.verify(kept or self._nobody, _normal(password)[: 4 * LONGEST])
            except (VerificationError, InvalidHashError):
                return Checked(right=False)
        if not kept:
            return Checked(right=False)
        return Checked(right=True, rehashed=self.hash(password) if self._hasher.check_needs_rehash(kept) else "")


def faults(password: str, about: Iterable[str] = ()) -> list[str]:
    """Return what is wrong with a new password, nothing where it is good: `short`, `long`, `common` or `control`.

    `about` is what others know of the person: name, address, organisation.
    """
    text = _normal(password)
    if len(text) < SHORTEST:
        return ["short"]
    if len(text) > LONGEST:
        return ["long"]
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        return ["control"]
    words = {part for one in about for part in re.split(r"[^\w]+", one.casefold()) if len(part) >= 3}
    return ["common"] if foreseeable(text, words) else []


def _normal(password: str) -> str:
    """Return the same text for a password however a keyboard composes its letters."""
    return unicodedata.normalize("NFKC", password)
