"""Arrays that joblib writes between the opcodes: after BUILD of a wrapper an optional padding, then the items.

The layout is checked on files that joblib wrote, not read from its source.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from bartizan.scan.artefacts.content import Content, exactly
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.pickles.values import Box, Call, Global, Value, arguments

__all__ = ["joblib_arrays"]

_CODES = frozenset("biufcmMSaVU")
"""Letters of NumPy's types that a number of bytes follows."""


def _item_size(dtype: Value) -> int | None:
    """Return the bytes of an item, None where items are objects. Raises Malformed where it can't be told."""
    if isinstance(dtype, Call) and isinstance(dtype.func, Global) and dtype.func.path == "numpy.dtype":
        code = next(iter(arguments(dtype)), None)
        if isinstance(code, str):
            return _by_code(code, dtype)
    raise Malformed("an array's type is none that is known")


def _by_code(code: str, dtype: Call) -> int | None:
    code = code.lstrip("<>=|")
    if code in ("O", "O8", "O4"):
        return None
    if code == "?":
        return 1
    if not code[1:].isdigit() or code[0] not in _CODES:
        raise Malformed("an array's type is none that is known")
    size = int(code[1:])
    if code[0] == "V" and _fields_have_objects(dtype):
        return None
    return size * 4 if code[0] == "U" else size


def _fields_have_objects(dtype: Call) -> bool:
    """Tell whether a record has a field of objects: numpy's flag for it, or a field's own type."""
    todo: list[Value] = list(dtype.states)
    for _ in range(10_000):
        if not todo:
            return False
        value = todo.pop()
        if isinstance(value, Box):
            todo += value.items
        elif isinstance(value, Call):
            items = arguments(value)
            if items and isinstance(items[0], str) and items[0].lstrip("<>=|").startswith("O"):
                return True
            todo += value.states
    return True


def joblib_arrays(content: Content, desk: Desk, call: Call, offset: int, nested: Callable[[int], int]) -> int:
    """Pass over the array after its wrapper, or examine the pickle that stands for it. Returns the offset after it."""
    fields: dict[object, Value] = {}
    for state in call.states:
        if isinstance(state, Box) and state.kind == "dict":
            fields |= dict(state.pairs())
    size = _item_size(fields.get("dtype"))
    if size is None:
        return nested(offset)
    shape = fields.get("shape")
    counts = shape.items if isinstance(shape, Box) and shape.whole else [-1]
    if not all(isinstance(count, int) and count >= 0 for count in counts):
        raise Malformed("an array has no shape", offset)
    if fields.get("numpy_array_alignment_bytes") is not None:
        padding = exactly(content, offset, 1)[0]
        offset += 1 + padding
    end = offset + size * math.prod(count for count in counts if isinstance(count, int))
    if end > content.size:
        raise Malformed("the file ends within an array", offset)
    desk.cover(offset, end)
    return end
