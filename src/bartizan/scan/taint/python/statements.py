"""Simple statements of Python: imports, assignments, ways out, and expressions on a line of their own."""

from __future__ import annotations

import ast

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.python.reader import Reader, StatementTable, at

__all__ = ["STATEMENTS"]


def _import(reader: Reader, node: ast.Import) -> list[t.Statement]:
    for alias in node.names:
        name = alias.asname or alias.name.partition(".")[0]
        reader.imports[name] = alias.name if alias.asname else name
    return []


def _import_from(reader: Reader, node: ast.ImportFrom) -> list[t.Statement]:
    origin = "." * node.level + (node.module or "")
    dot = "" if origin.endswith(".") else "."
    for alias in node.names:
        reader.imports[alias.asname or alias.name] = f"{origin}{dot}{alias.name}"
    return []


def _return(reader: Reader, node: ast.Return) -> list[t.Statement]:
    return [t.Leave(*at(node), "return", reader.perhaps(node.value))]


def _raise(reader: Reader, node: ast.Raise) -> list[t.Statement]:
    return [t.Leave(*at(node), "raise", reader.perhaps(node.exc))]


def _break(_: Reader, node: ast.Break) -> list[t.Statement]:
    return [t.Leave(*at(node), "break")]


def _continue(_: Reader, node: ast.Continue) -> list[t.Statement]:
    return [t.Leave(*at(node), "continue")]


def _global(reader: Reader, node: ast.Global) -> list[t.Statement]:
    reader.global_names[-1].update(node.names)
    return []


def _assign(reader: Reader, node: ast.Assign) -> list[t.Statement]:
    return [_assigned(reader, node, node.targets, node.value)]


def _annotated_assign(reader: Reader, node: ast.AnnAssign) -> list[t.Statement]:
    return [_assigned(reader, node, [node.target], node.value)] if node.value else []


def _augmented_assign(reader: Reader, node: ast.AugAssign) -> list[t.Statement]:
    return [_assigned(reader, node, [node.target], node.value, joins=True)]


def _assigned(
    reader: Reader, node: ast.stmt, targets: list[ast.expr], value: ast.expr, *, joins: bool = False
) -> t.Assign:
    names = {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
    scope = "global" if names & reader.global_names[-1] else ""
    return t.Assign(*at(node), reader.each(targets), reader.expression(value), joins, scope)


def _expression(reader: Reader, node: ast.Expr) -> list[t.Statement]:
    if isinstance(node.value, ast.Yield | ast.YieldFrom):
        return [t.Leave(*at(node), "yield", reader.perhaps(node.value.value))]
    return [] if isinstance(node.value, ast.Constant) else [t.Do(*at(node), reader.expression(node.value))]


def _assert(reader: Reader, node: ast.Assert) -> list[t.Statement]:
    return [t.Do(*at(node), reader.expression(node.test))]


def _delete(reader: Reader, node: ast.Delete) -> list[t.Statement]:
    return [t.Do(*at(node), one) for one in reader.each(node.targets)]


STATEMENTS: StatementTable = {
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Global: _global,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated_assign,
    ast.AugAssign: _augmented_assign,
    ast.Expr: _expression,
    ast.Assert: _assert,
    ast.Delete: _delete,
}
