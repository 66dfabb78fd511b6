"""What is remembered of texts: the latest, in bounds, and nothing of the texts."""

from __future__ import annotations

from bartizan.guard.protection.remembered import Remembered
from bartizan.inspection import Inspection


def test_what_is_used_stays_and_the_rest_goes() -> None:
    known = Remembered(b"s" * 32, most=3)
    found = [Inspection([], str(number)) for number in range(9)]
    digests = [known.digest(f"text {number}") for number in range(9)]
    for digest, one in zip(digests, found, strict=True):
        known.put(digest, one)
        assert known.get(digest) is one
        assert known.get(digests[0]) is found[0]
    held = [known.get(digest) for digest in digests]
    assert held[1] is None
    assert 3 <= sum(one is not None for one in held) <= 6


def test_a_digest_is_of_this_secret_only() -> None:
    one, other = Remembered(b"a" * 32), Remembered(b"b" * 32)
    assert one.digest("text") == one.digest("text") != one.digest("text ")
    assert one.digest("text") != other.digest("text")
    assert one.digest("\ud83d") != one.digest("?")
