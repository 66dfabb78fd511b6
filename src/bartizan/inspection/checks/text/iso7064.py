"""Checks of ISO/IEC 7064 over letters and digits."""

from __future__ import annotations

_NUMBERS = {code: str(int(chr(code), 36)) for code in (*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1))}


def mod97_10(value: str) -> bool:
    """MOD 97-10 over the value as it stands, letters as 10 to 35; the remainder must be 1."""
    number = "".join(filter(str.isalnum, value)).translate(_NUMBERS)
    return number != "" and int(number) % 97 == 1
