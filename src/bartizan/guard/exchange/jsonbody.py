"""Bodies of JSON: decoded so that no two readers can see different things in them."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["BodyError", "decode_body", "decode_text", "encode_body", "encode_text"]

_DEEPEST = 100
"""Arrays and objects inside each other; the deepest real requests, schemas of tools, stay below 30."""


class BodyError(ValueError):
    """A body that can't be taken. The message says what is wrong, and holds nothing of the body."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise BodyError("an object has the same key twice, which two readers may read in two ways")
    return made


def _no_constant(name: str) -> None:
    raise BodyError(f"`{name}` is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)


def decode_body(data: bytes) -> Any:
    """Decode a body: UTF-8, one value, no key twice. Raises BodyError for anything else."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BodyError(f"the body is not UTF-8 at byte {error.start}") from None
    return decode_text(text)


def _decoded(text: str) -> Any:
    """Decode JSON, which hardly ever has spaces around it. Raises what the decoder does."""
    try:
        made, end = _DECODER.raw_decode(text)
    except json.JSONDecodeError:
        end = -1
        made = None
    return made if end == len(text) else _DECODER.decode(text)


def decode_text(text: str) -> Any:
    """Decode JSON that stands in a text. Raises BodyError."""
    try:
        made = _decoded(text)
    except json.JSONDecodeError as error:
        raise BodyError(f"the body is not JSON at character {error.pos}") from None
    except RecursionError:
        raise BodyError("the body is nested too deeply") from None
    except ValueError as error:
        if isinstance(error, BodyError):
            raise
        raise BodyError("the body holds a number with too many digits") from None
    if text.count("[") + text.count("{") > _DEEPEST and _depth(made) > _DEEPEST:
        raise BodyError(f"the body is nested more than {_DEEPEST} deep")
    return made


def _depth(tree: Any) -> int:
    level, depth = [tree], 0
    while level:
        depth += 1
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
    return depth


def encode_text(tree: Any) -> str:
    """Encode a tree as compact JSON. Half a surrogate pair is written as an escape, as it came.

    Raises BodyError for a number such as `1e999`, which can be read and not be written again.
    """
    try:
        text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        raise BodyError("the body holds a number that is too large") from None
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(tree, separators=(",", ":"), allow_nan=False)
    return text


def encode_body(tree: Any) -> bytes:
    """Encode a tree as compact JSON in UTF-8. Raises BodyError as `encode_text` does."""
    return encode_text(tree).encode()
