"""Names, literals, calls and what reaches into values, in Python."""

from __future__ import annotations

import ast

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.python.reader import ExpressionTable, Reader, at

__all__ = ["EXPRESSIONS"]


def _constant(_: Reader, node: ast.Constant) -> t.Expression:
    value = node.value
    return t.Constant(*at(node), value if isinstance(value, str | bytes | int | float | None) else None)


def _name(_: Reader, node: ast.Name) -> t.Expression:
    return t.Name(*at(node), node.id)


def _attribute(reader: Reader, node: ast.Attribute) -> t.Expression:
    return t.Attribute(*at(node), reader.expression(node.value), node.attr)


def _subscript(reader: Reader, node: ast.Subscript) -> t.Expression:
    base = reader.expression(node.value)
    if isinstance(node.slice, ast.Slice):
        return t.Mixed(*at(node), [base])
    return t.Index(*at(node), base, reader.expression(node.slice))


def _call(reader: Reader, node: ast.Call) -> t.Expression:
    keywords = [(one.arg or "**", reader.expression(one.value)) for one in node.keywords]
    return t.Call(*at(node), reader.expression(node.func), reader.each(node.args), keywords)


def _held(reader: Reader, node: ast.Await | ast.Starred | ast.NamedExpr) -> t.Expression:
    return reader.expression(node.value)


def _text(reader: Reader, node: ast.JoinedStr) -> t.Expression:
    return t.Text(
        *at(node), reader.each(one.value if isinstance(one, ast.FormattedValue) else one for one in node.values)
    )


def _items(reader: Reader, node: ast.List | ast.Tuple | ast.Set) -> t.Expression:
    return t.Collection(*at(node), reader.each(node.elts))


def _mapping(reader: Reader, node: ast.Dict) -> t.Expression:
    pairs = [(reader.perhaps(key), reader.expression(value)) for key, value in zip(node.keys, node.values, strict=True)]
    return t.Collection(*at(node), pairs=pairs, mapping=True)


EXPRESSIONS: ExpressionTable = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.Await: _held,
    ast.Starred: _held,
    ast.NamedExpr: _held,
    ast.JoinedStr: _text,
    ast.List: _items,
    ast.Tuple: _items,
    ast.Set: _items,
    ast.Dict: _mapping,
}
