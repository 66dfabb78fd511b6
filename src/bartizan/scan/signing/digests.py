"""The digests that signatures name: SHA-256 and BLAKE2b by Python itself, BLAKE3 by the library `blake3`, if there."""

from __future__ import annotations

import hashlib
import importlib
from typing import Protocol

from bartizan.scan.signing.refused import Refused

__all__ = ["Digest", "algorithm_of", "digest_size", "new_digest"]

_NAMES = {"sha256": "sha256", "blake2": "blake2b", "blake2b": "blake2b", "blake3": "blake3"}
"""Names in statements, and what the algorithm is called here."""
_SIZES = {"sha256": 32, "blake2b": 64, "blake3": 32}


class Digest(Protocol):
    """A digest that grows with each block."""

    def update(self, data: bytes, /) -> object:
        """Add bytes."""

    def hexdigest(self) -> str:
        """Return the digest of what was added, in hexadecimal."""


def algorithm_of(name: str) -> str:
    """Return the algorithm that a statement names. Raises Refused where it can't be computed here."""
    algorithm = _NAMES.get(name)
    if algorithm is None:
        raise Refused("signature-not-verifiable", f"its digests are `{name[:40]}`, which is not supported")
    new_digest(algorithm)
    return algorithm


def digest_size(algorithm: str) -> int:
    """Return how many bytes a digest has."""
    return _SIZES[algorithm]


def new_digest(algorithm: str) -> Digest:
    """Begin a digest. Raises Refused where the library for it is not installed."""
    if algorithm != "blake3":
        return hashlib.new(algorithm)
    try:
        made: Digest = importlib.import_module("blake3").blake3()
    except ImportError as error:
        why = "its digests are BLAKE3, and the library for them is not installed: run `pip install 'bartizan[blake3]'`"
        raise Refused("signature-not-verifiable", why) from error
    return made
