"""How a pickle begins: looks that take no ordinary text for one, and no bytes of another format."""

from __future__ import annotations

import pickletools
import re
from functools import cache

from bartizan.scan.pickles.proof import Proof

__all__ = ["begins", "text_pickle"]

_FIRST = frozenset(b"(]})NIJKMLFGSTUVX\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x95\x96CBcP\x97\x80\x82\x83\x84.i")
_ENDED, _OPEN = 2, 3
"""How much must speak for a pickle where STOP is the last byte, and where more follows or STOP is not here."""
_STEPS = 400
_GLOBAL = re.compile(rb"[\w.]{1,200}\n[\w.]{1,200}\n")


def begins(head: bytes, *, whole: bool = False) -> bool:
    """Tell whether the bytes may begin a pickle: a protocol, or an opcode of protocol 0 or 1 that is borne out."""
    if len(head) >= 3 and head[0] == 0x80 and head[1] <= 5:
        return head[2] in _FIRST
    return text_pickle(head, whole=whole)


def text_pickle(head: bytes, *, whole: bool = False) -> bool:
    """Tell whether bytes without a protocol are a pickle, by reading opcodes until STOP or the end of what is here.

    Words and lines begin with the letters of opcodes, so that one which can be read proves nothing: what is on the
    stack must be of use to the next, and some of them must make, number, fill or call something. `whole` says that the
    bytes are all there is.
    """
    if not head or head[0] not in _FIRST or head[0] == 0x80:
        return False
    at, proof = 0, Proof()
    for _ in range(_STEPS):
        if at >= len(head):
            break
        name, kind = _opcodes().get(head[at], ("", ""))
        size = _argument(head, at + 1, kind) if name else None
        if size is None or (name in ("GLOBAL", "INST") and size >= 0 and not _GLOBAL.match(head, at + 1)):
            return False
        if size < 0:
            break
        if not proof.step(name, head[at + 1 : at + 1 + size]):
            return False
        at += 1 + size
        if name == "STOP":
            return proof.weight >= (_ENDED if whole and at == len(head) else _OPEN)
    return proof.weight >= _OPEN


@cache
def _opcodes() -> dict[int, tuple[str, str]]:
    """Return the name and the kind of argument by byte."""
    return {ord(code.code): (code.name, code.arg.name if code.arg else "") for code in pickletools.opcodes}


_FIXED = {"": 0, "uint1": 1, "uint2": 2, "int4": 4, "uint4": 4, "uint8": 8, "float8": 8}
_COUNTED = {"string1": 1, "string4": 4, "bytes1": 1, "bytes4": 4, "bytes8": 8, "bytearray8": 8, "unicodestring1": 1,
            "unicodestring4": 4, "unicodestring8": 8, "long1": 1, "long4": 4}  # fmt: skip
_WHOLE = re.compile(rb"[+-]?(?:0[xob][0-9a-f]+|\d[\d_]*)L?", re.IGNORECASE)
_FLOAT = re.compile(rb"[+-]?(?:nan|inf(?:inity)?|(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?)", re.IGNORECASE)
_PRINTED = re.compile(rb"[ -~]*")
_QUOTED = re.compile(rb"(['\"]).*\1", re.DOTALL)
_LINES = {
    "decimalnl_short": _WHOLE,
    "decimalnl_long": _WHOLE,
    "floatnl": _FLOAT,
    "stringnl": _QUOTED,
    "stringnl_noescape": _PRINTED,
}
"""What a line holds; an id is printed ASCII, as the loader refuses others."""


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
    form = _LINES.get(kind)
    return end - at if form is None or form.fullmatch(head[at : end - 1].strip()) else None
