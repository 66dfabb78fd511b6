"""From bodies to documents and values: JSON or YAML, with the place of each mistake."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar

from litestar import Request

from bartizan.console.api.problems import Refused
from bartizan.model import InputError, InputErrors, Place
from bartizan.model.decode import decode
from bartizan.model.documents import Document, canonical, parse_document
from bartizan.model.yamltree import Node, parse_yaml

__all__ = ["JSON", "MERGE", "YAML", "document_of", "media_type", "merged", "plain_json", "value_of", "yaml_ready"]

JSON, YAML, MERGE = "application/json", "application/yaml", "application/merge-patch+json"
_YAMLS = (YAML, "application/x-yaml", "text/yaml", "text/x-yaml")
_DEEPEST = 40
# YAML takes these for the end of a line, or not at all; in JSON they may stand in texts as they are.
_OWN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_SLASH = re.compile(r"(?<!\\)((?:\\\\)*)\\/")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

T = TypeVar("T")


def media_type(request: Request[Any, Any, Any], *allowed: str) -> str:
    """Return what a body is said to be: one of `allowed`. Raises Refused with 415."""
    given = (request.headers.get("content-type") or "").split(";")[0].strip().lower()
    found = YAML if given in _YAMLS else given
    if found not in allowed:
        raise Refused(
            415,
            "media-type",
            f"a body of this kind isn't taken: `{given[:60]}`" if given else "the request doesn't say what its body is",
            help=f"send `Content-Type: {' or '.join(allowed)}`",
            headers={"Accept": ", ".join(allowed)},
        )
    return found


def document_of(content: bytes, type: str) -> Document:
    """Read a document. Raises InputError or InputErrors, each with its place and its pointer."""
    text = yaml_ready(content) if type == JSON else content
    try:
        document = parse_document(text, "body")
    except InputError as error:
        _point(error, text)
        raise
    if _NUL.search(canonical(document)):
        raise InputError("a text of the document holds the character U+0000, which can't be kept")
    return document


def value_of(content: bytes, wanted: type[T]) -> T:
    """Read a JSON body as a type. Raises InputError or InputErrors."""
    text = yaml_ready(content)
    try:
        return decode(parse_yaml(text, "body"), wanted)
    except InputError as error:
        _point(error, text)
        raise


def merged(old: Any, patch: Any) -> Any:
    """Return what a JSON merge patch (RFC 7396) makes of a value."""
    if not isinstance(patch, dict):
        return patch
    out = dict(old) if isinstance(old, dict) else {}
    for key, value in patch.items():
        if value is None:
            out.pop(key, None)
        else:
            out[key] = merged(out.get(key), value)
    return out


def plain_json(content: bytes) -> Any:
    """Read JSON as plain values. Raises InputError with the place of what is none."""
    try:
        text = content.decode()
        found = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise InputError("the body is not UTF-8", place=Place("body")) from None
    except json.JSONDecodeError as error:
        place = Place("body", error.lineno, error.colno)
        raise InputError(f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}", place=place) from None
    except RecursionError:
        raise InputError(f"the body is nested deeper than {_DEEPEST} levels", place=Place("body")) from None
    except ValueError:
        # Python reads no number of more than some thousand digits.
        raise InputError("a number in the body is too long", place=Place("body")) from None
    return found


def yaml_ready(content: bytes) -> bytes:
    """Return JSON as YAML that says the same, with its lines as they are. Raises InputError for what is no JSON.

    YAML holds nearly all of JSON, but for tabs between values, pairs of surrogates, and some characters in texts.
    """
    plain_json(content)
    text = content.decode().replace("\t", " ")
    text = _OWN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    text = _SLASH.sub(r"\1/", text)
    return _PAIR.sub(_joined, text).encode()


def _joined(found: re.Match[str]) -> str:
    return found[1] + chr(0x10000 + ((int(found[2], 16) - 0xD800) << 10) + (int(found[3], 16) - 0xDC00))


def _no_constant(word: str) -> None:
    raise InputError(f"`{word}` is no number in JSON", place=Place("body"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise InputError(f"`{twice[:60]}` stands twice in this object", place=Place("body"))
    return out


def _point(error: InputError, text: bytes) -> None:
    """Give mistakes the pointer of the value at which they stand."""
    try:
        places = dict(_places(parse_yaml(text, "body"), ""))
    except InputError:
        return
    for one in error.errors if isinstance(error, InputErrors) else [error]:
        if one.place in places:
            vars(one)["pointer"] = places[one.place]


def _places(node: Node, pointer: str) -> list[tuple[Place, str]]:
    out = [(node.place, pointer)]
    if isinstance(node.value, list):
        for number, item in enumerate(node.value):
            out += _places(item, f"{pointer}/{number}")
    elif isinstance(node.value, dict):
        for key, (place, item) in node.value.items():
            below = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            # What is wrong with a key is told at the key, which stands nearer than the mapping that begins with it.
            out += [*_places(item, below), (place, below)]
    return out
