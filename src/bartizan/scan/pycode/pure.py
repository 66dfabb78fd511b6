"""Operations without effect that folding may carry out on constants, each bounded: text methods, decodings."""

from __future__ import annotations

import base64
import binascii
import bz2
import codecs
import lzma
import operator
import re
import zlib
from collections.abc import Callable
from typing import Any

__all__ = ["BINARY", "DECODERS", "ERRORS", "LARGEST", "PURE", "method", "repeated"]

LARGEST = 4 << 20
"""Characters, bytes or elements that a folded value may have."""
_LONGEST_RANGE = 200_000
_WIDE = re.compile(r"\d{5}|\*|:[^}]*\{")
"""Widths that make much of little, in formats."""


def _formatted(left: Any, right: Any) -> Any:
    """Carry out `%`. Raises ValueError for widths that make it large."""
    if isinstance(left, (str, bytes)):
        shown = left if isinstance(left, str) else left.decode("latin-1")
        if _WIDE.search(shown):
            raise ValueError("too wide")
    return left % right


def repeated(left: Any, right: Any) -> Any:
    """Multiply numbers or repeat a sequence. Raises ValueError where the result would be large."""
    if isinstance(left, float) or isinstance(right, float):
        return left * right
    sizes = [abs(one) if isinstance(one, int) else len(one) for one in (left, right)]
    if max(sizes[0], 1) * max(sizes[1], 1) > LARGEST:
        raise ValueError("too large")
    return left * right


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add, "Sub": operator.sub, "FloorDiv": operator.floordiv, "BitXor": operator.xor,
    "BitAnd": operator.and_, "BitOr": operator.or_, "RShift": operator.rshift, "Mod": _formatted, "Mult": repeated,
    "Div": lambda left, right: f"{left}/{right}" if isinstance(left, str) and isinstance(right, str) else left / right,
}  # fmt: skip
"""Operators by the names of their nodes. A slash joins paths."""
_TEXT_METHODS = frozenset({
    "capitalize", "casefold", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rstrip", "split", "strip",
    "swapcase", "title", "upper", "translate", "join", "format", "encode", "startswith", "endswith",
})  # fmt: skip
_BYTES_METHODS = frozenset({
    "lower", "lstrip", "replace", "rstrip", "split", "strip", "upper", "join", "decode", "hex", "translate",
})  # fmt: skip
ERRORS = (
    TypeError, ValueError, KeyError, IndexError, AttributeError, LookupError, OverflowError, ZeroDivisionError,
    binascii.Error, zlib.error, lzma.LZMAError, OSError, EOFError, MemoryError, RecursionError,
)  # fmt: skip
"""What an operation on unfit constants raises."""
_ENCODINGS = frozenset({
    "utf8", "utf_8", "utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_8_sig", "latin1", "latin_1", "iso8859_1",
    "ascii", "cp1252", "hex", "hex_codec", "base64", "base64_codec", "rot13", "rot_13", "unicode_escape",
    "raw_unicode_escape", "uu", "quopri", "punycode", "idna", "utf_7",
})  # fmt: skip


def _inflated(data: bytes, wbits: int) -> bytes:
    return zlib.decompressobj(wbits).decompress(data, LARGEST)


def _decoded(data: Any, encoding: str = "utf-8", errors: str = "strict") -> Any:
    name = encoding.lower().replace("-", "_")
    if name in ("zlib", "zip", "zlib_codec"):
        return _inflated(data, 15)
    if name in ("bz2", "bz2_codec"):
        return bz2.BZ2Decompressor().decompress(data, LARGEST)
    if name not in _ENCODINGS:
        raise ValueError("an encoding that is not known here")
    return codecs.decode(data, encoding, errors)


DECODERS: dict[str, Callable[..., Any]] = {
    "base64.b64decode": lambda data, *_, **__: base64.b64decode(data),
    "base64.standard_b64decode": base64.b64decode,
    "base64.decodebytes": base64.decodebytes,
    "base64.urlsafe_b64decode": base64.urlsafe_b64decode,
    "base64.b32decode": lambda data, *_, **__: base64.b32decode(data),
    "base64.b16decode": lambda data, *_, **__: base64.b16decode(data, casefold=True),
    "base64.a85decode": base64.a85decode,
    "base64.b85decode": base64.b85decode,
    "binascii.a2b_base64": binascii.a2b_base64,
    "binascii.unhexlify": binascii.unhexlify,
    "binascii.a2b_hex": binascii.unhexlify,
    "builtins.bytes.fromhex": bytes.fromhex,
    "builtins.bytearray.fromhex": bytes.fromhex,
    "zlib.decompress": lambda data, *_, **__: _inflated(data, 47),
    "gzip.decompress": lambda data: _inflated(data, 31),
    "bz2.decompress": lambda data: bz2.BZ2Decompressor().decompress(data, LARGEST),
    "lzma.decompress": lambda data, *_, **__: lzma.LZMADecompressor().decompress(data, LARGEST),
    "codecs.decode": _decoded,
}
"""What turns hidden text into text; the names also tell that something was hidden."""


def _joined(glue: Any, parts: Any) -> Any:
    if len(glue) * len(parts) > LARGEST:
        raise ValueError("too large")
    return glue.join(parts)


def _range(*ends: int) -> list[int]:
    numbers = range(*ends)
    if len(numbers) > _LONGEST_RANGE:
        raise ValueError("too long")
    return list(numbers)


def _bytes(value: Any = b"", *rest: Any) -> bytes:
    if isinstance(value, int) and value > LARGEST:
        raise ValueError("too large")
    return bytes(value, *rest)


def _text(value: Any = "", *rest: Any) -> str:
    return value.decode(*rest) if isinstance(value, bytes) and rest else str(value)


def _path(*parts: Any) -> str:
    return "/".join(str(part) for part in parts) or "."


PURE: dict[str, Callable[..., Any]] = {
    **DECODERS,
    "builtins.chr": chr, "builtins.ord": ord, "builtins.str": _text, "builtins.int": int, "builtins.len": len,
    "builtins.list": list, "builtins.tuple": tuple, "builtins.hex": hex, "builtins.bytearray": _bytes,
    "builtins.bytes": _bytes, "builtins.reversed": lambda value: list(reversed(value)), "builtins.sorted": sorted,
    "builtins.repr": repr, "builtins.enumerate": lambda value: list(enumerate(value)), "builtins.range": _range,
    "builtins.zip": lambda *values: list(zip(*values, strict=False)),
    "builtins.str.join": _joined,
    "codecs.encode": lambda value, encoding="utf-8": _encoded(value, encoding),
    "base64.b64encode": base64.b64encode,
    "os.path.join": _path, "posixpath.join": _path, "os.path.expanduser": str, "pathlib.Path": _path,
    "pathlib.Path.home": lambda: "~",
}  # fmt: skip
"""Functions by their names. Home is `~`."""


def _encoded(value: Any, encoding: str) -> Any:
    if encoding.lower().replace("-", "_") not in _ENCODINGS:
        raise ValueError("an encoding that is not known here")
    return codecs.encode(value, encoding)


def method(value: Any, name: str, arguments: list[Any], words: dict[str, Any]) -> Any:
    """Call a method of a constant. Raises one of ERRORS, ValueError for methods that are not pure or not bounded."""
    if isinstance(value, bytes) and name == "decode":
        return _decoded(value, *arguments, **words)
    if isinstance(value, dict) and name == "get":
        return value.get(*arguments)
    if not (isinstance(value, str) and name in _TEXT_METHODS) and not (
        isinstance(value, bytes) and name in _BYTES_METHODS
    ):
        raise ValueError("not pure")
    if name == "join":
        return _joined(value, *arguments)
    if name == "encode":
        return _encoded(value, *(arguments or ["utf-8"]))
    if name == "format" and (_WIDE.search(str(value)) or re.search(r"\{[^}]*[.\[]", str(value))):
        raise ValueError("too wide, or it reads attributes")
    if name == "replace":
        old, new = arguments[:2]
        if (len(value) + 1) * max(len(new), 1) > LARGEST * 8 and len(old) < len(new):
            raise ValueError("too large")
    return getattr(value, name)(*arguments, **words)
