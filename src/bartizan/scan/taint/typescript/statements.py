"""Simple statements of TypeScript: imports, declarations of values, assignments and ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.typescript.imports import imports_of
from bartizan.scan.taint.typescript.patterns import assignment, pattern
from bartizan.scan.taint.typescript.reader import Reader, StatementTable, at

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["STATEMENTS"]


def _import(reader: Reader, node: Node) -> list[t.Statement]:
    imports_of(node, reader.text, reader.imports)
    return []


def _export(reader: Reader, node: Node) -> list[t.Statement]:
    held = node.child_by_field_name("declaration") or node.child_by_field_name("value")
    return reader.statement(held) if held is not None else []


def _expression(reader: Reader, node: Node) -> list[t.Statement]:
    return [made for one in node.named_children for made in _expressed(reader, one)]


def _expressed(reader: Reader, node: Node) -> list[t.Statement]:
    assigned = assignment(reader, node)
    if assigned is not None:
        return [assigned]
    if node.type == "sequence_expression":
        return _expression(reader, node)
    return [t.Do(*at(node), reader.expression(node))]


def _declaration(reader: Reader, node: Node) -> list[t.Statement]:
    out: list[t.Statement] = []
    for one in node.named_children:
        name, value = one.child_by_field_name("name"), one.child_by_field_name("value")
        if one.type != "variable_declarator" or name is None or value is None:
            continue
        if reader.imports.required(name, value, reader.text):
            continue
        made = reader.expression(value)
        if isinstance(made, t.Function) and name.type == "identifier" and not made.name:
            made.name = reader.text(name)
            out.append(made)
        else:
            out.append(t.Assign(*at(one), [pattern(reader, name)], made))
    return out


def _return(reader: Reader, node: Node) -> list[t.Statement]:
    return [t.Leave(*at(node), "return", _first(reader, node))]


def _throw(reader: Reader, node: Node) -> list[t.Statement]:
    return [t.Leave(*at(node), "raise", _first(reader, node))]


def _first(reader: Reader, node: Node) -> t.Expression | None:
    held = node.named_children
    return reader.expression(held[0]) if held else None


def _break(_: Reader, node: Node) -> list[t.Statement]:
    return [t.Leave(*at(node), "break")]


def _continue(_: Reader, node: Node) -> list[t.Statement]:
    return [t.Leave(*at(node), "continue")]


STATEMENTS: StatementTable = {
    "import_statement": _import,
    "export_statement": _export,
    "expression_statement": _expression,
    "lexical_declaration": _declaration,
    "variable_declaration": _declaration,
    "return_statement": _return,
    "throw_statement": _throw,
    "break_statement": _break,
    "continue_statement": _continue,
}
