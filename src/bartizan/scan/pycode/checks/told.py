"""Tells the desk what was found in code, with the place: a line of a file, a cell, code inside code."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.desk import Desk

__all__ = ["Told"]


class Told:
    """Where findings of one piece of code go. `before` is put ahead of evidence; `line` stands for all lines.

    `cells` are the first lines of a notebook's cells in its code as a whole, with their numbers.
    """

    def __init__(self, desk: Desk, before: str = "", line: int = 0, cells: Sequence[tuple[int, int]] = ()) -> None:
        self._desk, self._before, self._line, self._cells = desk, before, line, cells

    def hit(self, rule: str, evidence: str, node: ast.expr | ast.stmt) -> None:
        """Report a finding at a node."""
        line = self._line or node.lineno
        column = 0 if self._line else node.col_offset + 1
        before = self._before
        for start, number in reversed(self._cells):
            if start <= line:
                before, line = f"cell {number}: {before}", line - start + 1
                break
        self._desk.hit(rule, before + evidence, line=line, column=column)

    def inner(self, node: ast.expr) -> Told:
        """Return where findings of code that stands inside this code go."""
        before = f"{self._before}in code that is run here: "
        return Told(self._desk, before, self._line or node.lineno, self._cells)

    def examine(self, data: bytes, node: ast.expr) -> None:
        """Examine bytes that stand in the code as a file of their own. Raises LimitReached."""
        self._desk.inside(f"bytes in line {self._line or node.lineno}", MemoryContent(data))

    def check_time(self) -> None:
        """Raise LimitReached when the time is over."""
        self._desk.check_time()
