"""Checks of ISO/IEC 7064 over letters and digits."""

from __future__ import annotations


def mod97_10(value: str) -> bool:
    """MOD 97-10 over the value as it stands, letters as 10 to 35; the remainder must be 1."""
    number = "".join(str(int(character, 36)) for character in value if character.isalnum())
    return number != "" and int(number) % 97 == 1
