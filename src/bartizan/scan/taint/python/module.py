"""A whole file of Python."""

from __future__ import annotations

from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.taint import tree as t
from bartizan.scan.taint.python.control import STATEMENTS as _CONTROL
from bartizan.scan.taint.python.definitions import EXPRESSIONS as _FUNCTIONS
from bartizan.scan.taint.python.definitions import STATEMENTS as _DEFINITIONS
from bartizan.scan.taint.python.expressions import EXPRESSIONS as _PLAIN
from bartizan.scan.taint.python.operators import EXPRESSIONS as _OPERATORS
from bartizan.scan.taint.python.reader import Reader
from bartizan.scan.taint.python.statements import STATEMENTS as _SIMPLE
from bartizan.scan.texts.python_source import parse_python

__all__ = ["python_module"]

_STATEMENTS = {**_SIMPLE, **_CONTROL, **_DEFINITIONS}
_EXPRESSIONS = {**_PLAIN, **_OPERATORS, **_FUNCTIONS}


def python_module(source: str, path: str = "") -> t.Module:
    """Return the tree of a file. Raises Malformed for what is no Python, LimitReached for what nests too deeply."""
    reader = Reader(_STATEMENTS, _EXPRESSIONS)
    try:
        body = reader.block(parse_python(source).body)
    except RecursionError:
        raise LimitReached("its syntax nests too deeply") from None
    return t.Module(path, "python", body, reader.imports, source)
