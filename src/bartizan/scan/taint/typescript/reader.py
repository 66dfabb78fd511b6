"""What the readers of TypeScript share: the way into blocks and expressions, and what is known of the place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.taint import tree as t
from bartizan.scan.taint.typescript.imports import Imports

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["ExpressionTable", "Reader", "StatementTable", "at"]

StatementTable: TypeAlias = "Mapping[str, Callable[[Reader, Node], list[t.Statement]]]"
"""From the type of a node, as tree-sitter's grammar names it, to the function that reads it."""

ExpressionTable: TypeAlias = "Mapping[str, Callable[[Reader, Node], t.Expression]]"

_DEEPEST = 400
_BLOCKS = frozenset({"statement_block", "program", "class_static_block", "switch_body"})
_PASSED = frozenset({
    "await_expression", "parenthesized_expression", "non_null_expression", "as_expression", "satisfies_expression",
    "type_assertion", "spread_element",
})  # fmt: skip


class _Depth:
    """Counts how deep nodes lie in one another while it is entered. Raises LimitReached."""

    def __init__(self) -> None:
        self._levels = 0

    def __enter__(self) -> None:
        if self._levels >= _DEEPEST:
            raise LimitReached("its syntax nests too deeply")
        self._levels += 1

    def __exit__(self, *_: object) -> None:
        self._levels -= 1


class Reader:
    """Reads nodes of `data` by the tables given. `owner` is the class around."""

    def __init__(self, data: bytes, statements: StatementTable, expressions: ExpressionTable) -> None:
        self._data = data
        self._statements = statements
        self._expressions = expressions
        self._depth = _Depth()
        self.imports = Imports()
        self.owner = ""

    def text(self, node: Node | None) -> str:
        """The source of a node, empty for none."""
        return self.between(node.start_byte, node.end_byte) if node is not None else ""

    def between(self, start: int, end: int) -> str:
        """The source between two bytes."""
        return self._data[start:end].decode("utf-8", "replace")

    def block(self, node: Node | None) -> list[t.Statement]:
        """Return the statements of a block, or a single statement as one."""
        if node is None:
            return []
        return self.each(node.named_children) if node.type in _BLOCKS else self.statement(node)

    def each(self, nodes: list[Node]) -> list[t.Statement]:
        """Return what statements do, one after the other."""
        return [made for one in nodes for made in self.statement(one)]

    def statement(self, node: Node) -> list[t.Statement]:
        """Return what a statement does. Raises LimitReached."""
        with self._depth:
            read = self._statements.get(node.type)
            if read is not None:
                return read(self, node)
            if node.type.endswith(("_expression", "identifier")):
                return [t.Do(*at(node), self.expression(node))]
            return self.each(node.named_children) if _carries(node) else []

    def expression(self, node: Node | None) -> t.Expression:
        """Return an expression; one that no table knows is a mixture of its parts. Raises LimitReached."""
        if node is None:
            return t.Mixed(1, 1, [])
        with self._depth:
            while node.type in _PASSED and node.named_children:
                node = node.named_children[-1 if node.type == "type_assertion" else 0]
            read = self._expressions.get(node.type)
            if read is not None:
                return read(self, node)
            return t.Mixed(*at(node), [self.expression(one) for one in node.named_children if _valued(one)])

    def field(self, node: Node, name: str) -> t.Expression:
        """Return the expression that a node holds under a name of the grammar."""
        return self.expression(node.child_by_field_name(name))


def at(node: Node) -> tuple[int, int]:
    """Return line and column of a node, from 1."""
    return node.start_point[0] + 1, node.start_point[1] + 1


def _carries(node: Node) -> bool:
    """Whether a node that is no statement may hold some."""
    return not node.type.startswith(("interface", "type_", "comment", "enum", "import", "ambient"))


def _valued(node: Node) -> bool:
    """Whether a node is no comment and says nothing about types."""
    return not node.type.startswith(("type_", "comment")) and "type" not in node.type.split("_")
