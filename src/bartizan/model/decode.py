"""Node trees to typed values, with an error for each thing that is wrong.

The types are msgspec Structs. msgspec's own decoder stops at the first mistake and knows no source positions; this one
collects every mistake of a file, each with file, line, column, what was expected and the nearest valid word.
"""

from __future__ import annotations

import difflib
import enum
import types
import typing
from datetime import date
from functools import cache
from typing import Any, TypeVar

import msgspec

from bartizan.model.errors import InputError, InputErrors, Place
from bartizan.model.yamltree import Node

T = TypeVar("T")
MOST_SHOWN = 60
"""Characters of a wrong value that a message repeats."""


def decode(node: Node, type_: type[T]) -> T:
    """Build a value of `type_` from `node`.

    Raises InputErrors (or the single InputError) with every mistake found.
    """
    decoder = Decoder()
    value = decoder.value(node, type_, "this")
    decoder.finish()
    return typing.cast("T", value)


def nearest(word: str, words: typing.Iterable[str]) -> str:
    """Return help text that names the valid word closest to `word`, or lists the words when none is close."""
    options = sorted(words)
    close = difflib.get_close_matches(word, options, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    shown = ", ".join(options[:40])
    return f"one of: {shown}{', ...' if len(options) > 40 else ''}" if options else ""


class Decoder:
    """Collects mistakes while it builds values; `finish` raises them."""

    def __init__(self) -> None:
        self.errors: list[InputError] = []

    def finish(self) -> None:
        """Raise what was collected: nothing, the one error, or all of them in source order."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise InputErrors(sorted(self.errors, key=lambda error: error.place or Place()))

    def fail(self, message: str, place: Place, help: str = "") -> None:
        """Note one mistake and go on."""
        self.errors.append(InputError(message, place=place, help=help))

    def value(self, node: Node, type_: Any, what: str) -> Any:
        """Decode `node` as `type_`; `what` names it in messages. Returns None after a mistake."""
        if type_ is Any:
            return node.plain()
        origin = typing.get_origin(type_)
        if origin is typing.Annotated:
            return self._constrained(node, type_, what)
        if origin in (typing.Union, types.UnionType):
            return self._union(node, typing.get_args(type_), what)
        if origin is typing.Literal:
            return self._literal(node, typing.get_args(type_), what)
        if origin is list:
            return self._list(node, typing.get_args(type_)[0], what)
        if origin is dict:
            return self._dict(node, typing.get_args(type_), what)
        if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
            return self.struct(node, type_, what)
        if isinstance(type_, type) and issubclass(type_, enum.Enum):
            return self._word(node, type_, what)
        return self._scalar(node, type_, what)

    def struct(self, node: Node, type_: type[msgspec.Struct], what: str) -> Any:
        """Decode a mapping as a Struct: unknown keys and missing required keys are mistakes."""
        if not isinstance(node.value, dict):
            self.fail(f"{what} must be a mapping, not {_kind(node)}", node.place)
            return None
        fields = _fields(type_)
        values: dict[str, Any] = {}
        before = len(self.errors)
        for key, (place, item) in node.value.items():
            if key == type_.__struct_config__.tag_field:
                continue
            if key not in fields:
                self.fail(f"`{key}` is not a key of {_label(type_, what)}", place, nearest(key, fields))
                continue
            name, field_type, _ = fields[key]
            values[name] = self.value(item, field_type, f"`{key}`")
        for key, (_, _, required) in fields.items():
            if required and key not in node.value:
                self.fail(f"{_label(type_, what)} lacks `{key}`", node.place)
        return type_(**values) if len(self.errors) == before else None

    def _union(self, node: Node, options: tuple[Any, ...], what: str) -> Any:
        if node.value is None and type(None) in options:
            return None
        rest = [option for option in options if option is not type(None)]
        structs = [o for o in rest if isinstance(o, type) and issubclass(o, msgspec.Struct)]
        if isinstance(node.value, dict) and structs:
            return self._tagged(node, structs, what) if len(structs) > 1 else self.struct(node, structs[0], what)
        if isinstance(node.value, list):
            rest = [o for o in rest if typing.get_origin(o) is list] or rest
        else:
            rest = [o for o in rest if typing.get_origin(o) is not list and o not in structs] or rest
        wanted = [o for o in rest if _takes(o, node)] or rest
        return self.value(node, wanted[0], what)

    def _tagged(self, node: Node, structs: list[type[msgspec.Struct]], what: str) -> Any:
        assert isinstance(node.value, dict)
        by_tag = {str(struct.__struct_config__.tag): struct for struct in structs}
        field = str(structs[0].__struct_config__.tag_field)
        if field not in node.value:
            self.fail(f"{what} lacks `{field}`", node.place, nearest("", by_tag))
            return None
        _, tag = node.value[field]
        word = tag.value if isinstance(tag.value, str) else ""
        if word not in by_tag:
            self.fail(f"{_kind(tag)} is not a {field}", tag.place, nearest(word, by_tag))
            return None
        return self.struct(node, by_tag[word], what)

    def _list(self, node: Node, item_type: Any, what: str) -> Any:
        items = node.value if isinstance(node.value, list) else [node]
        if isinstance(node.value, dict) or node.value is None:
            self.fail(f"{what} must be a list, not {_kind(node)}", node.place)
            return []
        return [self.value(item, item_type, f"an item of {what}") for item in items]

    def _dict(self, node: Node, args: tuple[Any, ...], what: str) -> Any:
        if not isinstance(node.value, dict):
            self.fail(f"{what} must be a mapping, not {_kind(node)}", node.place)
            return {}
        out = {}
        for key, (place, item) in node.value.items():
            checked = self.value(Node(key, place), args[0], f"the key `{key}`")
            out[checked] = self.value(item, args[1], f"`{key}`")
        return out

    def _word(self, node: Node, type_: type[enum.Enum], what: str) -> Any:
        words = {str(member.value): member for member in type_}
        text = {True: "yes", False: "no"}.get(node.value) if isinstance(node.value, bool) else node.value
        if isinstance(text, str) and text in words:
            return words[text]
        self.fail(f"{_kind(node)} is not a word for {what}", node.place, nearest(node.text, words))
        return None

    def _literal(self, node: Node, options: tuple[Any, ...], what: str) -> Any:
        if any(type(node.value) is type(option) and node.value == option for option in options):
            return node.value
        self.fail(f"{what} must be {' or '.join(f'`{o}`' for o in options)}, not {_kind(node)}", node.place)
        return None

    def _constrained(self, node: Node, type_: Any, what: str) -> Any:
        base, *metas = typing.get_args(type_)
        value = self.value(node, base, what)
        try:
            return msgspec.convert(value, type_) if value is not None else None
        except msgspec.ValidationError:
            expected = next((meta.description for meta in metas if getattr(meta, "description", None)), "")
            self.fail(f"{_kind(node)} does not fit {what}", node.place, expected)
            return None

    def _scalar(self, node: Node, type_: Any, what: str) -> Any:
        value = node.value
        if type_ is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if type_ is date and isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                self.fail(f"{_kind(node)} is not a date", node.place, "write dates as YYYY-MM-DD")
                return None
        if type(value) is type_:
            return value
        if type_ is str and isinstance(value, int | float) and not isinstance(value, bool):
            return node.text or str(value)
        self.fail(f"{what} must be {_NAMES.get(type_, str(type_))}, not {_kind(node)}", node.place)
        return None


_NAMES: dict[Any, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    date: "a date (YYYY-MM-DD)",
}


@cache
def _fields(type_: type[msgspec.Struct]) -> dict[str, tuple[str, Any, bool]]:
    return {field.encode_name: (field.name, field.type, field.required) for field in msgspec.structs.fields(type_)}


def _takes(option: Any, node: Node) -> bool:
    """Tell whether a union's option is the one meant for a scalar or list node."""
    if isinstance(node.value, list):
        return typing.get_origin(option) is list
    if isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return option in (int, float)
    return option not in (int, float)


def _label(type_: type[msgspec.Struct], what: str) -> str:
    tag = type_.__struct_config__.tag
    return f"{what} (kind `{tag}`)" if tag else what


def _kind(node: Node) -> str:
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, list):
        return "a list"
    if node.value is None:
        return "nothing"
    text = node.text or str(node.value)
    return f"`{text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + '…'}`"
