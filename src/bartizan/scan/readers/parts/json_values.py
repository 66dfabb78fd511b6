"""JSON text to values so that nothing gets lost: repeated keys are kept, and big numbers keep their digits."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from bartizan.scan.readers.parts.rows import pairs_in

__all__ = ["decoded", "decoded_all"]

_DECODE = msgspec.json.Decoder().decode


def decoded(data: bytes) -> Any:
    """Decode one document. Raises ValueError, RecursionError.

    Of a key that an object repeats, the usual decoders keep the last value only, which would hide the others.
    """
    try:
        value = _DECODE(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Letters that are broken, NaN, and control characters in strings.
        return json.loads(data.decode("utf-8", "replace"), object_pairs_hook=_kept, strict=False)
    # An upper bound of what `pairs_in` counts, unless a key ends in a backslash.
    if data.count(b'":') - data.count(b'\\":') > pairs_in([value]):
        return json.loads(data, object_pairs_hook=_kept, strict=False)
    return value


def decoded_all(lines: list[bytes]) -> list[Any] | None:
    """Decode many documents at once; None where one of them is none."""
    whole = b"[" + b",".join(lines) + b"]"
    try:
        values = _DECODE(whole)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if len(values) != len(lines):
        # Two halves of something that is no document alone.
        return None
    if whole.count(b'":') - whole.count(b'\\":') > pairs_in(values):
        return None
    return values  # type: ignore[no-any-return]


def _kept(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in pairs:
        # The values of a repeated key stand side by side, as in a list.
        out[key] = [out[key], value] if key in out else value
    return out
