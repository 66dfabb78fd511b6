"""A whole file of TypeScript or JavaScript."""

from __future__ import annotations

from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.taint import tree as t
from bartizan.scan.taint.typescript.control import STATEMENTS as _CONTROL
from bartizan.scan.taint.typescript.definitions import EXPRESSIONS as _FUNCTIONS
from bartizan.scan.taint.typescript.definitions import STATEMENTS as _DEFINITIONS
from bartizan.scan.taint.typescript.expressions import EXPRESSIONS as _PLAIN
from bartizan.scan.taint.typescript.literals import EXPRESSIONS as _LITERALS
from bartizan.scan.taint.typescript.operators import EXPRESSIONS as _OPERATORS
from bartizan.scan.taint.typescript.parsers import parser_of
from bartizan.scan.taint.typescript.reader import Reader
from bartizan.scan.taint.typescript.statements import STATEMENTS as _SIMPLE

__all__ = ["typescript_module"]

_STATEMENTS = {**_SIMPLE, **_CONTROL, **_DEFINITIONS}
_EXPRESSIONS = {**_PLAIN, **_LITERALS, **_OPERATORS, **_FUNCTIONS}


def typescript_module(source: str, path: str = "") -> t.Module:
    """Return the tree of a file. Raises MissingParser without the wheels, LimitReached for what nests too deeply."""
    data = source.encode("utf-8", "replace")
    parsed = parser_of(path.endswith((".tsx", ".jsx", ".js", ".mjs", ".cjs"))).parse(data)
    reader = Reader(data, _STATEMENTS, _EXPRESSIONS)
    try:
        body = reader.block(parsed.root_node)
    except RecursionError:
        raise LimitReached("its syntax nests too deeply") from None
    return t.Module(path, "javascript", body, reader.imports.names, source)
