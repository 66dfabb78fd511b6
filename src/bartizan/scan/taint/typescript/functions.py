"""Functions of TypeScript: their parameters and what they do, alike for declarations, methods and values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.typescript.patterns import assignment, names_in
from bartizan.scan.taint.typescript.reader import Reader, at

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["function"]


def function(reader: Reader, node: Node) -> t.Function:
    """Return a function."""
    body = node.child_by_field_name("body")
    held = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
    nodes = [] if held is None else [held] if held.type == "identifier" else held.named_children
    parameters = [made for one in nodes if (made := _parameter(reader, one)) is not None]
    if body is not None and body.type == "statement_block":
        inner = reader.block(body)
    else:
        assigned = assignment(reader, body) if body is not None else None
        returned = [t.Leave(*at(node), "return", reader.expression(body))] if body is not None else []
        inner = [*([assigned] if assigned is not None else []), *returned]
    return t.Function(*at(node), reader.text(node.child_by_field_name("name")), parameters, inner)


def _parameter(reader: Reader, node: Node) -> t.Parameter | None:
    pattern = node.child_by_field_name("pattern") or node.child_by_field_name("left") or node
    said = reader.text(node.child_by_field_name("type")).lstrip(": ")
    value = node.child_by_field_name("value") or node.child_by_field_name("right")
    if pattern.type == "identifier":
        default = reader.expression(value) if value is not None else None
        return t.Parameter(reader.text(pattern), "plain", said == "boolean", said in ("number", "bigint"), default)
    if pattern.type == "rest_pattern":
        return t.Parameter(reader.text(pattern).lstrip("."), "rest")
    if pattern.type in ("object_pattern", "array_pattern"):
        return t.Parameter("args", parts=names_in(pattern, reader.text))
    return _parameter(reader, pattern) if pattern.type == "assignment_pattern" else None
