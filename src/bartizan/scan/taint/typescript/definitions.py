"""Functions and classes of TypeScript, as statements and as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.typescript.functions import function
from bartizan.scan.taint.typescript.reader import ExpressionTable, Reader, StatementTable, at

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["EXPRESSIONS", "STATEMENTS"]


def _function(reader: Reader, node: Node) -> list[t.Statement]:
    return [function(reader, node)]


def _class(reader: Reader, node: Node) -> list[t.Statement]:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    outer, reader.owner = reader.owner, reader.text(name)
    inner = [made for one in (body.named_children if body else []) for made in _part(reader, one)]
    owner, reader.owner = reader.owner, outer
    return [t.Class(*at(node), owner, _bases(reader, node), inner)]


def _bases(reader: Reader, node: Node) -> list[t.Expression]:
    return [
        reader.expression(one)
        for held in node.named_children
        if held.type == "class_heritage"
        for part in held.named_children
        for one in (part.named_children if part.type == "extends_clause" else [part])
        if one.type in ("identifier", "member_expression")
    ]


def _part(reader: Reader, node: Node) -> list[t.Statement]:
    if node.type == "method_definition":
        made = function(reader, node)
        made.owner = reader.owner
        made.plain = any(one.type == "static" for one in node.children)
        if not made.plain:
            made.parameters.insert(0, t.Parameter("this"))
        return [made]
    if node.type in ("public_field_definition", "field_definition"):
        name = node.child_by_field_name("name") or node.child_by_field_name("property")
        value = node.child_by_field_name("value")
        if name is not None and value is not None:
            target: t.Expression = t.Name(*at(name), reader.text(name))
            return [t.Assign(*at(node), [target], reader.expression(value))]
    return []


STATEMENTS: StatementTable = {
    "function_declaration": _function,
    "generator_function_declaration": _function,
    "class_declaration": _class,
    "abstract_class_declaration": _class,
    "class": _class,
}

EXPRESSIONS: ExpressionTable = {
    "arrow_function": function,
    "function_expression": function,
    "generator_function": function,
    "function_declaration": function,
}
