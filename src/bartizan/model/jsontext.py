"""JSON as the trees of `yamltree`, which know positions: nearly all JSON is YAML, and the rest is made so here."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from bartizan.model.errors import InputError, Place

__all__ = ["plain_json", "yaml_ready"]

_DEEPEST = 40
# YAML takes these for the end of a line, or not at all; in JSON they may stand in texts as they are.
_OWN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_SLASH = re.compile(r"(?<!\\)((?:\\\\)*)\\/")


def plain_json(content: bytes, file: str) -> Any:
    """Read JSON as plain values. Raises InputError with the place of what is none."""
    try:
        text = content.decode()
        found = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise InputError("the text is not UTF-8", place=Place(file)) from None
    except json.JSONDecodeError as error:
        place = Place(file, error.lineno, error.colno)
        raise InputError(f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}", place=place) from None
    except RecursionError:
        raise InputError(f"the text is nested deeper than {_DEEPEST} levels", place=Place(file)) from None
    except ValueError:
        # Python reads no number of more than some thousand digits.
        raise InputError("a number in the text is too long", place=Place(file)) from None
    return found


def yaml_ready(content: bytes, file: str) -> bytes:
    """Return JSON as YAML that says the same, with its lines as they are. Raises InputError for what is no JSON.

    YAML holds nearly all of JSON, but for tabs between values, pairs of surrogates, and some characters in texts.
    """
    plain_json(content, file)
    text = content.decode().replace("\t", " ")
    text = _OWN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    text = _SLASH.sub(r"\1/", text)
    return _PAIR.sub(_joined, text).encode()


def _joined(found: re.Match[str]) -> str:
    return found[1] + chr(0x10000 + ((int(found[2], 16) - 0xD800) << 10) + (int(found[3], 16) - 0xDC00))


def _no_constant(word: str) -> None:
    raise InputError(f"`{word}` is no number in JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise InputError(f"`{twice[:60]}` stands twice in this object")
    return out
