"""Operators of TypeScript: sums that join texts, choices, comparisons and assignments as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.typescript.reader import ExpressionTable, Reader, at

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["EXPRESSIONS"]

_ARITHMETIC = frozenset({"-", "*", "/", "%", "**", "<<", ">>", ">>>", "|", "&", "^"})
_COMPARES = {"===": "==", "!==": "!=", "==": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "in": "in"}


def _binary(reader: Reader, node: Node) -> t.Expression:
    sign = reader.text(node.child_by_field_name("operator"))
    left, right = reader.field(node, "left"), reader.field(node, "right")
    if sign == "+":
        return t.Plus(*at(node), left, right)
    if sign in _COMPARES:
        return t.Compare(*at(node), _COMPARES[sign], left, right)
    if sign in ("||", "&&", "??"):
        return t.Mixed(*at(node), [left, right], choice=True)
    return t.Mixed(*at(node), [left, right], amount=sign in _ARITHMETIC, grows=sign in ("*", "**"))


def _conditional(reader: Reader, node: Node) -> t.Expression:
    ways = [reader.field(node, "consequence"), reader.field(node, "alternative")]
    return t.Mixed(*at(node), ways, choice=True)


def _assigned(reader: Reader, node: Node) -> t.Expression:
    return reader.field(node, "right")


EXPRESSIONS: ExpressionTable = {
    "binary_expression": _binary,
    "ternary_expression": _conditional,
    "assignment_expression": _assigned,
}
