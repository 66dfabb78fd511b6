"""How a pickle begins: cheap looks that take no ordinary text for one."""

from __future__ import annotations

import pickletools
import re
from functools import cache

__all__ = ["begins", "text_pickle"]

_FIRST = frozenset(b"(]})NIJKMLFGSTUVX\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x95\x96CBcP\x97\x80\x82\x83\x84.i")
_TOLD = 2
"""Opcodes that prose doesn't have by chance."""
_GLOBAL = re.compile(rb"[\w.]{1,200}\n[\w.]{1,200}\n")


def begins(head: bytes) -> bool:
    """Tell whether the bytes may begin a pickle: a protocol, or an opcode of protocol 0 or 1 that is borne out."""
    if len(head) >= 3 and head[0] == 0x80 and head[1] <= 5:
        return head[2] in _FIRST
    return text_pickle(head)


_TELLING = frozenset({
    "PUT", "BINPUT", "REDUCE", "BUILD", "APPENDS", "SETITEMS", "EMPTY_DICT", "EMPTY_LIST", "SHORT_BINSTRING",
    "BINUNICODE",
})  # fmt: skip
_STEPS = 400


def text_pickle(head: bytes, *, whole: bool = False) -> bool:
    """Tell whether bytes without a protocol are a pickle, by reading opcodes until STOP or the end of what is here.

    One opcode proves nothing: it must make or find something and end or go on without a mistake. `whole` says that the
    bytes are all there is, so that STOP must be the last.
    """
    if not head or head[0] not in _FIRST or head[0] == 0x80:
        return False
    at, depth, marks, telling = 0, 0, 0, 0
    for _ in range(_STEPS):
        if at >= len(head):
            break
        code = _opcodes().get(head[at])
        size = None if code is None else _argument(head, at + 1, code[1])
        if code is None or size is None:
            return False
        if size < 0:
            break
        name, _, before, after = code
        if name in ("GLOBAL", "INST") and not _GLOBAL.match(head, at + 1):
            return False
        telling += 2 if name in ("GLOBAL", "INST") else name in _TELLING
        at += 1 + size
        if name == "STOP":
            return depth >= 1 and telling >= _TOLD and (not whole or at == len(head))
        moved = _moved(name, before, after, depth, marks)
        if moved is None:
            return False
        depth, marks = moved
    return telling > _TOLD


def _moved(name: str, before: int, after: int, depth: int, marks: int) -> tuple[int, int] | None:
    """Return the depth of the stack and the marks on it after an opcode, None where it wants more than there is."""
    if name == "MARK":
        return depth + 1, marks + 1
    if before < 0:
        return (max(depth, 1), marks - 1) if marks else None
    return (depth + after - before, marks) if depth >= before else None


@cache
def _opcodes() -> dict[int, tuple[str, str, int, int]]:
    """Return by byte: the name, the kind of argument, how many values go (-1 to a mark), how many come."""
    out = {}
    for code in pickletools.opcodes:
        to_mark = pickletools.markobject in code.stack_before
        before = -1 if to_mark else len(code.stack_before)
        out[ord(code.code)] = (code.name, code.arg.name if code.arg else "", before, len(code.stack_after))
    return out


_FIXED = {"": 0, "uint1": 1, "uint2": 2, "int4": 4, "uint4": 4, "uint8": 8, "float8": 8}
_COUNTED = {"string1": 1, "string4": 4, "bytes1": 1, "bytes4": 4, "bytes8": 8, "bytearray8": 8, "unicodestring1": 1,
            "unicodestring4": 4, "unicodestring8": 8, "long1": 1, "long4": 4}  # fmt: skip
_NUMBER = re.compile(rb"-?[0-9.eE+naif]+L?\s*")


def _argument(head: bytes, at: int, kind: str) -> int | None:
    """Return the length of an argument, -1 where it goes on beyond what is here, None where it is none."""
    if kind in _FIXED:
        return _FIXED[kind] if at + _FIXED[kind] <= len(head) else -1
    if kind in _COUNTED:
        width = _COUNTED[kind]
        size = width + int.from_bytes(head[at : at + width], "little")
        return size if at + size <= len(head) else (-1 if size < 1 << 31 else None)
    end = at
    for _ in range(2 if kind == "stringnl_noescape_pair" else 1):
        end = head.find(b"\n", end) + 1
        if not end:
            return -1
    line = head[at : end - 1]
    if kind == "stringnl" and (line[:1] not in (b"'", b'"') or line[-1:] != line[:1]):
        return None
    if kind.startswith(("decimal", "float")) and not _NUMBER.fullmatch(line):
        return None
    return end - at
