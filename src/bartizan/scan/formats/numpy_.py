"""NumPy's .npy: a header that is a Python literal, then an array, or a pickle where the elements are objects.

Source: NumPy's format description (NEP 1), versions 1.0 to 3.0. The loader evaluates the header as a literal; so does
this, within bounds.
"""

from __future__ import annotations

import ast
import math
import re

from bartizan.scan.artefacts.content import Window, exactly
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.pickles.examine import examine_pickle

__all__ = ["FORMAT"]

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 1 << 20
_MOST_ARRAYS = 100_000
_SIMPLE = re.compile(r"[<>|=]?([?bBiufcmMSUVaO])(\d{0,9})(?:\[[^\]]{1,20}\])?")
_WIDTH = {"?": 1, "b": 1, "B": 1, "O": 8}


def recognise(look: Look) -> bool:
    """Tell by the magic number."""
    return look.head.startswith(_MAGIC)


def examine(look: Look, desk: Desk) -> None:
    """Read the headers of the arrays that follow each other, and the pickles of objects. Raises Malformed."""
    at = 0
    for _ in range(_MOST_ARRAYS):
        desk.check_time()
        at = _array(look, desk, at)
        if look.content.read(at, len(_MAGIC)) != _MAGIC:
            return


def _array(look: Look, desk: Desk, at: int) -> int:
    version = exactly(look.content, at, 8)[6:8]
    width = 2 if version[0] == 1 else 4
    if version not in (b"\1\0", b"\2\0", b"\3\0"):
        raise Malformed("the array is of an unknown version of the format", at)
    length = int.from_bytes(exactly(look.content, at + 8, width), "little")
    start = at + 8 + width + length
    if not 0 < length <= _LONGEST_HEADER:
        raise Malformed(f"the header is announced with {length} bytes", at)
    size, objects = _header(exactly(look.content, at + 8 + width, length), version[0], at)
    desk.cover(at, start)
    if objects:
        return start + _objects(look, desk, start)
    if start + size > look.size:
        raise Malformed("the file ends before its array does", at)
    desk.cover(start, start + size)
    return start + size


def _objects(look: Look, desk: Desk, start: int) -> int:
    """Examine the pickle that stands for an array of objects; returns its size."""
    read = 0

    def examine(look: Look, desk: Desk) -> None:
        nonlocal read
        read = examine_pickle(look.content, desk, count=1)
        desk.cover(0, look.size)

    format = Format(name="numpy-objects", title="NumPy's objects", group="model", recognise=recognise, examine=examine)
    desk.inside("objects", Window(look.content, start), formats=[format], cve=["CVE-2019-6446"])
    desk.cover(start, start + read)
    return read


def _header(text: bytes, version: int, at: int) -> tuple[int, bool]:
    """Return the size of the array in bytes, and whether its elements are objects. Raises Malformed."""
    try:
        header = _literal(text.decode("utf-8" if version > 2 else "latin-1"))
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError) as error:
        raise Malformed("the header is no literal", at) from error
    if not isinstance(header, dict) or header.keys() != {"descr", "fortran_order", "shape"}:
        raise Malformed("the header doesn't describe an array", at)
    shape = header["shape"]
    if not isinstance(shape, tuple) or not all(type(size) is int and 0 <= size < 1 << 62 for size in shape):
        raise Malformed("the array has no shape", at)
    width, objects = _type(header["descr"], at, 0)
    return math.prod(shape[:64]) * width, objects


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except SyntaxError:
        # Python 2 wrote sizes as 10L.
        return ast.literal_eval(re.sub(r"(\d)L\b", r"\1", text))


def _type(described: object, at: int, depth: int) -> tuple[int, bool]:
    """Return the width of a type in bytes, and whether it holds objects."""
    if depth > 20:
        raise Malformed("the array's type is nested too deeply", at)
    if isinstance(described, str):
        found = _SIMPLE.fullmatch(described)
        if found is None:
            raise Malformed("the array has an unknown type", at)
        letter, digits = found.groups()
        width = int(digits) if digits else _WIDTH.get(letter, 8 if letter in "mM" else 0)
        return width * (4 if letter == "U" else 1), letter == "O"
    if isinstance(described, tuple) and len(described) == 2:
        width, objects = _type(described[0], at, depth + 1)
        return width * _count(described[1], at), objects
    if not isinstance(described, list):
        raise Malformed("the array has an unknown type", at)
    total, any_objects = 0, False
    for field in described:
        if not isinstance(field, tuple) or len(field) not in (2, 3):
            raise Malformed("the array has an unknown type", at)
        width, objects = _type(field[1], at, depth + 1)
        total += width * (_count(field[2], at) if len(field) == 3 else 1)
        any_objects |= objects
    return total, any_objects


def _count(shape: object, at: int) -> int:
    sizes = shape if isinstance(shape, tuple) else (shape,)
    if not all(type(size) is int and 0 <= size < 1 << 40 for size in sizes) or len(sizes) > 64:
        raise Malformed("the array has an unknown type", at)
    return math.prod(sizes)


FORMAT = Format(name="numpy", title="NumPy array", group="model", recognise=recognise, examine=examine)
