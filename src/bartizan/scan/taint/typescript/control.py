"""Statements of TypeScript that hold blocks: branches, loops and guarded blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.typescript.patterns import pattern
from bartizan.scan.taint.typescript.reader import Reader, StatementTable, at

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["STATEMENTS"]


def _if(reader: Reader, node: Node) -> list[t.Statement]:
    test = reader.field(node, "condition")
    body, other = _block(reader, node, "consequence"), _clause(reader, node, "alternative")
    return [t.Branch(*at(node), test, body, other)]


def _switch(reader: Reader, node: Node) -> list[t.Statement]:
    subject = reader.field(node, "value")
    body = node.child_by_field_name("body")
    ways: list[t.Statement] = []
    for case in reversed(body.named_children if body is not None else []):
        value = case.child_by_field_name("value")
        inner = reader.each([one for one in case.named_children if one != value])
        if inner and isinstance(inner[-1], t.Leave) and inner[-1].how == "break":
            inner.pop()
        if value is None:
            ways = inner + ways
        else:
            test = t.Compare(*at(case), "==", subject, reader.expression(value))
            ways = [t.Branch(*at(case), test, inner, ways)]
    return ways


def _for_in(reader: Reader, node: Node) -> list[t.Statement]:
    left = node.child_by_field_name("left")
    target = pattern(reader, left) if left is not None else None
    over = reader.field(node, "right")
    if any(one.type == "in" for one in node.children):
        over = t.Call(*at(node), t.Attribute(*at(node), over, "keys"), [])
    return [t.Loop(*at(node), target, over, None, _block(reader, node, "body"))]


def _for(reader: Reader, node: Node) -> list[t.Statement]:
    start = _block(reader, node, "initializer")
    held = node.child_by_field_name("condition")
    test = reader.expression(held) if held is not None and held.type != "empty_statement" else None
    if isinstance(test, t.Compare) and test.operator in ("<", "<="):
        loop = t.Loop(*at(node), None, test.right, None, _block(reader, node, "body"), counted=True)
    else:
        endless = test or t.Constant(*at(node), True)
        loop = t.Loop(*at(node), None, None, endless, _block(reader, node, "body"))
    return [*start, loop]


def _while(reader: Reader, node: Node) -> list[t.Statement]:
    test = reader.field(node, "condition")
    return [t.Loop(*at(node), None, None, test, _block(reader, node, "body"))]


def _try(reader: Reader, node: Node) -> list[t.Statement]:
    handler = node.child_by_field_name("handler")
    caught = _block(reader, handler, "body") if handler is not None else []
    after = _clause(reader, node, "finalizer")
    silent = handler is not None and not caught
    return [t.Guarded(*at(node), _block(reader, node, "body"), [caught], silent), *after]


def _block(reader: Reader, node: Node, name: str) -> list[t.Statement]:
    return reader.block(node.child_by_field_name(name))


def _clause(reader: Reader, node: Node, name: str) -> list[t.Statement]:
    """Return the statements behind `else` or `finally`."""
    clause = node.child_by_field_name(name)
    return [made for one in (clause.named_children if clause is not None else []) for made in reader.block(one)]


STATEMENTS: StatementTable = {
    "if_statement": _if,
    "switch_statement": _switch,
    "for_in_statement": _for_in,
    "for_statement": _for,
    "while_statement": _while,
    "do_statement": _while,
    "try_statement": _try,
}
