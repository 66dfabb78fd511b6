"""Literals of TypeScript: texts and what is escaped in them, numbers, keys of objects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.typescript.reader import ExpressionTable, Reader, at

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["EXPRESSIONS", "key_of"]

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|(.))", re.DOTALL)


def key_of(reader: Reader, node: Node) -> t.Expression:
    """Return the key of a pair: computed, or the text it is."""
    if node.type == "computed_property_name":
        return reader.expression(node.named_children[0] if node.named_children else None)
    return t.Constant(*at(node), _unescaped(reader.text(node).strip("\"'")))


def _string(reader: Reader, node: Node) -> t.Expression:
    return t.Constant(*at(node), _unescaped(reader.text(node)[1:-1]))


def _number(reader: Reader, node: Node) -> t.Expression:
    digits = reader.text(node).replace("_", "").rstrip("n")
    try:
        return t.Constant(*at(node), float(digits) if not digits.lower().startswith("0x") else int(digits, 16))
    except ValueError:
        return t.Constant(*at(node), None)


def _boolean(_: Reader, node: Node) -> t.Expression:
    return t.Constant(*at(node), node.type == "true")


def _nothing(_: Reader, node: Node) -> t.Expression:
    return t.Constant(*at(node), None)


def _template(reader: Reader, node: Node) -> t.Expression:
    parts: list[t.Expression] = []
    start = node.start_byte + 1
    for one in node.named_children:
        if one.type == "template_substitution":
            parts += [_raw(reader, node, start, one.start_byte), *map(reader.expression, one.named_children[:1])]
            start = one.end_byte
    return t.Text(*at(node), [*parts, _raw(reader, node, start, max(node.end_byte - 1, start))])


def _raw(reader: Reader, node: Node, start: int, end: int) -> t.Expression:
    return t.Constant(*at(node), _unescaped(reader.between(start, end)))


def _unescaped(raw: str) -> str:
    return _ESCAPE.sub(_letter, raw) if "\\" in raw else raw


def _letter(found: re.Match[str]) -> str:
    number = found[1] or found[2] or found[3]
    if number:
        value = int(number, 16)
        return chr(value) if value <= 0x10FFFF and not 0xD800 <= value <= 0xDFFF else "\ufffd"
    return _ESCAPES.get(found[4], found[4])


EXPRESSIONS: ExpressionTable = {
    "string": _string,
    "number": _number,
    "true": _boolean,
    "false": _boolean,
    "null": _nothing,
    "undefined": _nothing,
    "template_string": _template,
}
