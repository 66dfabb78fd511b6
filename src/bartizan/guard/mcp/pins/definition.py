"""Definitions as an MCP server lists them, in one canonical form, so that two of them are the same or are not.

The canonical form is JSON with sorted keys and without spaces, in which whole numbers are written without a fraction
(as in RFC 8785): a server may write the members of an object in any order, and nothing else. Its SHA-256 is the digest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any

import msgspec

__all__ = ["Definition", "Kind", "Listing", "Unpinnable", "canonical", "define", "digest_of", "make_listing", "normal"]

_DEEPEST = 32
"""Objects and arrays inside each other: a file of pins holds eight more."""
_MOST_VALUES = 20_000
_LARGEST = 256 * 1024
"""Bytes of one definition: nobody reviews more."""
_EXACT = 2**53
_LARGEST_WHOLE = 10**30
_LONGEST_NAME = 512


class Unpinnable(ValueError):
    """A definition that nobody can review: too large, too deep, or not to be written down. Holds none of its texts."""


class Kind(StrEnum):
    """What a server defines."""

    TOOL = "tool"
    PROMPT = "prompt"
    TEMPLATE = "template"

    @property
    def key(self) -> str:
        """The member that names a definition."""
        return "uriTemplate" if self is Kind.TEMPLATE else "name"

    @property
    def words(self) -> str:
        """What people call it."""
        return "resource template" if self is Kind.TEMPLATE else self.value


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """A tool, a prompt or a resource template: its name, all of its members, and the digest of these."""

    kind: Kind
    name: str
    body: dict[str, Any]
    digest: str

    @property
    def description(self) -> str:
        """What it says of itself, empty without a text."""
        said = self.body.get("description")
        return said if isinstance(said, str) else ""

    @property
    def schema(self) -> Any:
        """The schema of its arguments. That of a prompt is made of its list, that of a template is empty."""
        if self.kind is Kind.TOOL:
            return self.body.get("inputSchema", {})
        return _schema_of_prompt(self.body.get("arguments")) if self.kind is Kind.PROMPT else {}


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What a server says of itself and defines. `unpinnable` are definitions that can't be kept: kind, name and why."""

    revision: str = ""
    name: str = ""
    version: str = ""
    instructions: str = ""
    definitions: tuple[Definition, ...] = ()
    unpinnable: tuple[tuple[Kind, str, str], ...] = ()

    @property
    def digest(self) -> str:
        """The digest of all definitions and of the instructions, in whatever order they came."""
        return digest_of(
            [self.instructions, *sorted([one.kind.value, one.name, one.digest] for one in self.definitions)]
        )

    def of(self, kind: Kind) -> list[Definition]:
        """Return the definitions of a kind, in the server's order."""
        return [one for one in self.definitions if one.kind is kind]


def make_listing(
    items: Iterable[tuple[Kind, Any]], *, revision: str = "", name: str = "", version: str = "", instructions: str = ""
) -> Listing:
    """Make a listing of what a server's answers hold. What can't be pinned is named, not left out."""
    made: list[Definition] = []
    bad: list[tuple[Kind, str, str]] = []
    for kind, item in items:
        try:
            made.append(define(kind, item))
        except Unpinnable as error:
            said = item.get(kind.key) if isinstance(item, dict) else None
            bad.append((kind, said if isinstance(said, str) else "", str(error)))
    return Listing(revision=revision, name=name, version=version, instructions=instructions,
                   definitions=tuple(made), unpinnable=tuple(bad))  # fmt: skip


def define(kind: Kind, item: Any) -> Definition:
    """Make a definition of what a server lists. Raises Unpinnable."""
    body = normal(item)
    if not isinstance(body, dict):
        raise Unpinnable("it is no object")
    name = body.get(kind.key)
    if not isinstance(name, str) or not name or len(name) > _LONGEST_NAME:
        raise Unpinnable(f"its `{kind.key}` is no text of 1 to {_LONGEST_NAME} characters")
    data = canonical(body)
    if len(data) > _LARGEST:
        raise Unpinnable(f"it is larger than {_LARGEST:,} bytes")
    return Definition(kind=kind, name=name, body=body, digest=sha256(data).hexdigest())


def normal(value: Any) -> Any:
    """Return JSON's values with whole numbers as such. Raises Unpinnable for what a file of pins can't hold."""
    left = [_MOST_VALUES]

    def walk(one: Any, depth: int) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise Unpinnable(f"it holds more than {_MOST_VALUES:,} values")
        if isinstance(one, dict | list):
            if depth >= _DEEPEST:
                raise Unpinnable(f"it is nested more than {_DEEPEST} deep")
            if isinstance(one, list):
                return [walk(item, depth + 1) for item in one]
            return {_text(key): walk(item, depth + 1) for key, item in one.items()}
        return _text(one) if isinstance(one, str) else _scalar(one)

    return walk(value, 0)


def _text(value: str) -> str:
    """Return a text that UTF-8 can hold: without halves of surrogate pairs."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Unpinnable("it holds half a surrogate pair") from None
    return value


def _scalar(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise Unpinnable("it holds a number that is none")
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, int) and abs(value) < _LARGEST_WHOLE:
        return value
    raise Unpinnable("it holds a number that is too large" if isinstance(value, int) else "it holds what JSON doesn't")


def canonical(value: Any) -> bytes:
    """Return the canonical form of what `normal` has returned."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a value's canonical form, in hexadecimal."""
    return sha256(canonical(value)).hexdigest()


def _schema_of_prompt(arguments: Any) -> dict[str, Any]:
    """Return a prompt's list of arguments as the schema that it stands for; all of them are texts."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for one in arguments if isinstance(arguments, list) else []:
        if isinstance(one, Mapping) and isinstance(one.get("name"), str):
            properties[one["name"]] = {"type": "string", **{k: v for k, v in one.items() if k in _PROMPT_TEXTS}}
            if one.get("required") is True:
                required.append(one["name"])
    return {"type": "object", "properties": properties, "required": required}


_PROMPT_TEXTS = ("title", "description")
