"""Names, calls, collections and what reaches into values, in TypeScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.typescript.functions import function
from bartizan.scan.taint.typescript.literals import key_of
from bartizan.scan.taint.typescript.reader import ExpressionTable, Reader, at

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["EXPRESSIONS"]


def _name(reader: Reader, node: Node) -> t.Expression:
    return t.Name(*at(node), reader.text(node))


def _member(reader: Reader, node: Node) -> t.Expression:
    return t.Attribute(*at(node), reader.field(node, "object"), reader.text(node.child_by_field_name("property")))


def _subscript(reader: Reader, node: Node) -> t.Expression:
    return t.Index(*at(node), reader.field(node, "object"), reader.field(node, "index"))


def _call(reader: Reader, node: Node) -> t.Expression:
    called, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if given is not None and given.type == "template_string":
        arguments = [reader.expression(given)]
    else:
        arguments = _items(reader, given)
    if called is not None and called.type == "import":
        return t.Call(*at(node), t.Name(*at(node), "import"), arguments)
    return t.Call(*at(node), reader.expression(called), arguments)


def _new(reader: Reader, node: Node) -> t.Expression:
    arguments = _items(reader, node.child_by_field_name("arguments"))
    return t.Call(*at(node), reader.field(node, "constructor"), arguments)


def _array(reader: Reader, node: Node) -> t.Expression:
    return t.Collection(*at(node), _items(reader, node))


def _items(reader: Reader, node: Node | None) -> list[t.Expression]:
    return [reader.expression(one) for one in (node.named_children if node else []) if one.type != "comment"]


def _object(reader: Reader, node: Node) -> t.Expression:
    out = t.Collection(*at(node), mapping=True)
    for one in node.named_children:
        if one.type == "pair":
            key = one.child_by_field_name("key")
            if key is not None:
                out.pairs.append((key_of(reader, key), reader.field(one, "value")))
        elif one.type == "shorthand_property_identifier":
            out.pairs.append((t.Constant(*at(one), reader.text(one)), reader.expression(one)))
        elif one.type == "spread_element":
            out.pairs.append((None, reader.expression(one)))
        elif one.type == "method_definition":
            made = function(reader, one)
            out.pairs.append((t.Constant(*at(one), made.name), made))
    return out


EXPRESSIONS: ExpressionTable = {
    "identifier": _name,
    "shorthand_property_identifier": _name,
    "property_identifier": _name,
    "this": _name,
    "member_expression": _member,
    "subscript_expression": _subscript,
    "call_expression": _call,
    "new_expression": _new,
    "array": _array,
    "object": _object,
}
