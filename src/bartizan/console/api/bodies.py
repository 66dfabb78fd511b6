"""From bodies to documents and values: JSON or YAML, with the place of each mistake."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from litestar import Request

from bartizan.console.api.problems import Refused
from bartizan.model import InputError, InputErrors, Place
from bartizan.model.decode import decode
from bartizan.model.documents import Document, canonical, parse_document
from bartizan.model.jsontext import yaml_ready
from bartizan.model.yamltree import Node, parse_yaml

__all__ = ["JSON", "LINES", "MERGE", "XML", "YAML", "document_of", "media_type", "merged", "value_of"]

JSON, YAML, MERGE = "application/json", "application/yaml", "application/merge-patch+json"
XML, LINES = "application/xml", "application/x-ndjson"
_YAMLS = (YAML, "application/x-yaml", "text/yaml", "text/x-yaml")
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
    text = yaml_ready(content, "body") if type == JSON else content
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
    text = yaml_ready(content, "body")
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
