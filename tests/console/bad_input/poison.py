"""Documents in which every text is an attack: found by walking the types, kept where the document still reads."""

from __future__ import annotations

import copy
import types
import typing
from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Any, Literal, get_args, get_origin

import msgspec

from bartizan.model import BartizanError
from bartizan.model.documents import SPECS, Document, parse_document

__all__ = ["PAYLOADS", "Poisoned", "poisoned", "texts_of"]

PAYLOADS = {
    "markup": '"><img src=x onerror=w1()><script>w1()</script>{{7*7}}<svg/onload=w1()>',
    "attribute": "w1' onmouseover='w1()' x=\" onfocus=\"w1() {% debug %}",
    "link": 'javascript:w1()//"><a href=javascript:w1()>',
}
"""What would become markup where a text isn't escaped; a code or an expression; a link where a text becomes one."""
Path = tuple[str | int, ...]


class Poisoned(typing.NamedTuple):
    """A document of which many texts can be anything, and the paths of these; `refused` are the texts that can't."""

    plain: dict[str, Any]
    taken: list[Path]
    refused: list[Path]

    def filled(self, payload: str) -> Document:
        """Return the document with one text in all these places."""
        plain = copy.deepcopy(self.plain)
        for path in self.taken:
            _at(plain, path[:-1])[path[-1]] = payload
        return _read(plain)


def poisoned(document: Document) -> Poisoned:
    """Find the texts of a document that can be anything; lists that are empty get an item first."""
    plain = msgspec.json.decode(msgspec.json.encode(document))
    for path, value in list(_grown(plain["spec"], SPECS[document.kind], ())):
        _tried(plain, ("spec", *path), value)
    taken: list[Path] = []
    refused: list[Path] = []
    for path in list(texts_of(plain["spec"], SPECS[document.kind], ("spec",))):
        (taken if _tried(plain, path, PAYLOADS["markup"]) else refused).append(path)
    return Poisoned(plain, taken, refused)


def texts_of(value: Any, hint: Any, path: Path) -> Iterator[Path]:
    """Give the paths of all texts, also of those that are empty or not there yet."""
    for kind in _options(hint):
        if kind is str and (value is None or isinstance(value, str)):
            yield path
            return
        if _struct(kind) and isinstance(value, dict) and _fits(kind, value):
            for field in msgspec.structs.fields(kind):
                yield from texts_of(value.get(field.encode_name), field.type, (*path, field.encode_name))
            return
        if get_origin(kind) is list and isinstance(value, list):
            for number, item in enumerate(value):
                yield from texts_of(item, get_args(kind)[0], (*path, number))
            return
        if get_origin(kind) is dict and isinstance(value, dict):
            for key, item in value.items():
                yield from texts_of(item, get_args(kind)[1], (*path, key))
            return


def _grown(value: Any, hint: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Give an item for each list that is empty and each optional part that is not there."""
    for kind in _options(hint):
        if _struct(kind):
            if not isinstance(value, dict):
                yield path, _made(kind)
            elif _fits(kind, value):
                for field in msgspec.structs.fields(kind):
                    yield from _grown(value.get(field.encode_name), field.type, (*path, field.encode_name))
            return
        if get_origin(kind) is list:
            if not value:
                yield path, [_made(get_args(kind)[0])]
            for number, item in enumerate(value or []):
                yield from _grown(item, get_args(kind)[0], (*path, number))
            return
        if get_origin(kind) is dict and isinstance(value, dict):
            for key, item in value.items():
                yield from _grown(item, get_args(kind)[1], (*path, key))
            return


def _made(hint: Any) -> Any:
    """Make the smallest value of a type."""
    kind = _options(hint)[0]
    if _struct(kind):
        needed = [field for field in msgspec.structs.fields(kind) if field.required]
        made = {field.encode_name: _made(field.type) for field in needed}
        tag = kind.__struct_config__.tag
        return {kind.__struct_config__.tag_field: tag, **made} if tag else made
    if get_origin(kind) in (list, dict):
        return [] if get_origin(kind) is list else {}
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    return {str: "some", int: 1, float: 1.0, bool: True, date: "2027-01-15"}.get(kind)


def _options(hint: Any) -> list[Any]:
    """Return the types that a value may have, without None and without what is only annotated."""
    if get_origin(hint) is typing.Annotated:
        return _options(get_args(hint)[0])
    if get_origin(hint) in (typing.Union, types.UnionType):
        return [kind for one in get_args(hint) if one is not type(None) for kind in _options(one)]
    return [hint]


def _struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _fits(kind: Any, value: dict[str, Any]) -> bool:
    tag = kind.__struct_config__.tag
    return tag is None or value.get(kind.__struct_config__.tag_field) == tag


def _tried(plain: Any, path: Path, value: Any) -> bool:
    """Put a value in its place where the document still reads then, and tell whether it does."""
    holder = _at(plain, path[:-1])
    missing = isinstance(holder, dict) and path[-1] not in holder
    before = None if missing else holder[path[-1]]
    holder[path[-1]] = value
    try:
        _read(plain)
    except BartizanError:
        if missing:
            del holder[path[-1]]
        else:
            holder[path[-1]] = before
        return False
    return True


def _at(plain: Any, path: Path) -> Any:
    for key in path:
        plain = plain.get(key) if isinstance(plain, dict) else plain[key]
    return plain


def _read(plain: Any) -> Document:
    return parse_document(msgspec.json.encode(plain), "")
