"""Statements of Python that hold blocks: branches, loops, guarded blocks and contexts."""

from __future__ import annotations

import ast

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.python.reader import Reader, StatementTable, at

__all__ = ["STATEMENTS"]


def _if(reader: Reader, node: ast.If) -> list[t.Statement]:
    return [t.Branch(*at(node), reader.expression(node.test), reader.block(node.body), reader.block(node.orelse))]


def _for(reader: Reader, node: ast.For | ast.AsyncFor) -> list[t.Statement]:
    over = reader.expression(node.iter)
    counted = False
    if isinstance(over, t.Call) and isinstance(over.function, t.Name) and over.function.name == "range":
        counted = bool(over.arguments)
        over = over.arguments[:2][-1] if over.arguments else over
    loop = t.Loop(*at(node), reader.expression(node.target), over, None, reader.block(node.body), counted)
    return [loop, *reader.block(node.orelse)]


def _while(reader: Reader, node: ast.While) -> list[t.Statement]:
    loop = t.Loop(*at(node), None, None, reader.expression(node.test), reader.block(node.body))
    return [loop, *reader.block(node.orelse)]


def _try(reader: Reader, node: ast.Try | ast.TryStar) -> list[t.Statement]:
    silent = any(all(isinstance(one, ast.Pass) for one in handler.body) for handler in node.handlers)
    handlers = [reader.block(handler.body) for handler in node.handlers]
    guarded = t.Guarded(*at(node), reader.block([*node.body, *node.orelse]), handlers, silent)
    return [guarded, *reader.block(node.finalbody)]


def _with(reader: Reader, node: ast.With | ast.AsyncWith) -> list[t.Statement]:
    out: list[t.Statement] = []
    for item in node.items:
        value = reader.expression(item.context_expr)
        if item.optional_vars is None:
            out.append(t.Do(*at(node), value))
        else:
            out.append(t.Assign(*at(node), [reader.expression(item.optional_vars)], value))
    return out + reader.block(node.body)


def _match(reader: Reader, node: ast.Match) -> list[t.Statement]:
    subject = reader.expression(node.subject)
    place = at(node.subject)
    ways: list[t.Statement] = []
    for case in reversed(node.cases):
        values = reader.each(one for one in ast.walk(case.pattern) if isinstance(one, ast.Constant))
        test: t.Expression = t.Mixed(*place, [subject, *values])
        if values:
            test = t.Compare(*place, "==", subject, t.Mixed(*place, values, choice=True))
        ways = [t.Branch(*at(node), test, reader.block(case.body), ways)]
    return ways


STATEMENTS: StatementTable = {
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Match: _match,
}
