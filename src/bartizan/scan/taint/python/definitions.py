"""Functions and classes of Python, with the expressions that are functions: lambdas and comprehensions."""

from __future__ import annotations

import ast

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.python.parameters import parameters_of
from bartizan.scan.taint.python.reader import ExpressionTable, Reader, StatementTable, at

__all__ = ["EXPRESSIONS", "STATEMENTS"]


def _function(reader: Reader, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[t.Statement]:
    decorators = reader.each(node.decorator_list)
    plain = any(isinstance(one, t.Name) and one.name == "staticmethod" for one in decorators)
    owner, reader.owner = reader.owner, ""
    reader.global_names.append(set())
    body = reader.block(node.body)
    reader.global_names.pop()
    reader.owner = owner
    return [
        t.Function(
            *at(node), node.name, parameters_of(node.args, reader.expression), body,
            ast.get_docstring(node) or "", decorators, owner, plain,
        )
    ]  # fmt: skip


def _class(reader: Reader, node: ast.ClassDef) -> list[t.Statement]:
    owner, reader.owner = reader.owner, node.name
    body = reader.block(node.body)
    reader.owner = owner
    return [t.Class(*at(node), node.name, reader.each(node.bases), body, ast.get_docstring(node) or "")]


def _lambda(reader: Reader, node: ast.Lambda) -> t.Expression:
    body: list[t.Statement] = [t.Leave(*at(node), "return", reader.expression(node.body))]
    return t.Function(*at(node), "", parameters_of(node.args, reader.expression), body)


def _elements(reader: Reader, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> t.Expression:
    return _comprehension(reader, node, node.generators, reader.expression(node.elt))


def _pairs(reader: Reader, node: ast.DictComp) -> t.Expression:
    made = t.Collection(*at(node), reader.each([node.key, node.value]))
    return _comprehension(reader, node, node.generators, made)


def _comprehension(
    reader: Reader, node: ast.expr, generators: list[ast.comprehension], made: t.Expression
) -> t.Expression:
    """Return a call of a function that yields what is made, in loops over what is gone over."""
    body: list[t.Statement] = [t.Leave(*at(node), "yield", made)]
    for one in reversed(generators):
        for test in reversed(one.ifs):
            body = [t.Branch(*at(node), reader.expression(test), body, [])]
        body = [t.Loop(*at(node), reader.expression(one.target), reader.expression(one.iter), None, body)]
    return t.Call(*at(node), t.Function(*at(node), "<comprehension>", [], body), [])


STATEMENTS: StatementTable = {
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
}

EXPRESSIONS: ExpressionTable = {
    ast.Lambda: _lambda,
    ast.ListComp: _elements,
    ast.SetComp: _elements,
    ast.GeneratorExp: _elements,
    ast.DictComp: _pairs,
}
