"""What the readers of Python share: the way into blocks and expressions, and what is known of the place."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from bartizan.scan.taint import tree as t

__all__ = ["ExpressionTable", "Reader", "StatementTable", "at"]

StatementTable: TypeAlias = Mapping[type[ast.stmt], Callable[["Reader", Any], list[t.Statement]]]
"""From the type of a node to the function that reads it; the function takes a node of that type."""

ExpressionTable: TypeAlias = Mapping[type[ast.expr], Callable[["Reader", Any], t.Expression]]


class Reader:
    """Reads nodes by the tables given. `owner` is the class around, `global_names` what each function calls global."""

    def __init__(self, statements: StatementTable, expressions: ExpressionTable) -> None:
        self._statements = statements
        self._expressions = expressions
        self.imports: dict[str, str] = {}
        self.owner = ""
        self.global_names: list[set[str]] = [set()]

    def block(self, nodes: list[ast.stmt]) -> list[t.Statement]:
        """Return statements; those that no table knows do nothing."""
        out: list[t.Statement] = []
        for node in nodes:
            read = self._statements.get(type(node))
            if read is not None:
                out += read(self, node)
        return out

    def expression(self, node: ast.expr) -> t.Expression:
        """Return an expression; one that no table knows is a mixture of its parts."""
        read = self._expressions.get(type(node))
        if read is not None:
            return read(self, node)
        return t.Mixed(*at(node), self.each(one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)))

    def each(self, nodes: Iterable[ast.expr]) -> list[t.Expression]:
        """Return expressions."""
        return [self.expression(one) for one in nodes]

    def perhaps(self, node: ast.expr | None) -> t.Expression | None:
        """Return an expression where there is one."""
        return self.expression(node) if node else None


def at(node: ast.expr | ast.stmt) -> tuple[int, int]:
    """Return line and column of a node, from 1."""
    return node.lineno, node.col_offset + 1
