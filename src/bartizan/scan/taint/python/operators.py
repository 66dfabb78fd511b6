"""Operators of Python: sums that join texts, choices and comparisons."""

from __future__ import annotations

import ast

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.python.reader import ExpressionTable, Reader, at

__all__ = ["EXPRESSIONS"]

_COMPARISONS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def _binary(reader: Reader, node: ast.BinOp) -> t.Expression:
    left, right = reader.expression(node.left), reader.expression(node.right)
    if isinstance(node.op, ast.Add):
        return t.Plus(*at(node), left, right)
    if isinstance(node.op, ast.Mod):
        return t.Plus(*at(node), left, right, fill=True)
    if isinstance(node.op, ast.Div):
        # Paths are joined so.
        return t.Plus(*at(node), t.Plus(*at(node), left, t.Constant(*at(node), "/")), right)
    return t.Mixed(*at(node), [left, right], amount=True, grows=isinstance(node.op, ast.Mult | ast.Pow))


def _either(reader: Reader, node: ast.BoolOp) -> t.Expression:
    return t.Mixed(*at(node), reader.each(node.values), choice=True)


def _conditional(reader: Reader, node: ast.IfExp) -> t.Expression:
    return t.Mixed(*at(node), reader.each([node.body, node.orelse]), choice=True)


def _compare(reader: Reader, node: ast.Compare) -> t.Expression:
    parts: list[t.Expression] = []
    left = reader.expression(node.left)
    for operator, right_node in zip(node.ops, node.comparators, strict=True):
        right = reader.expression(right_node)
        parts.append(t.Compare(*at(node), _COMPARISONS[type(operator)], left, right))
        left = right
    return parts[0] if len(parts) == 1 else t.Mixed(*at(node), parts)


EXPRESSIONS: ExpressionTable = {
    ast.BinOp: _binary,
    ast.BoolOp: _either,
    ast.IfExp: _conditional,
    ast.Compare: _compare,
}
