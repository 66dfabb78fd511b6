"""Works out what calls of a few pure functions on literals give: names are hidden in them. Nothing else is."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Callable

from bartizan.scan.pickles.values import KEPT_TEXT, Box, Call, Global, Value

__all__ = ["fold", "folds"]

_CODECS = frozenset({
    "rot13", "rot_13", "rot-13", "latin1", "latin-1", "iso-8859-1", "ascii", "utf-8", "utf8", "utf-7", "utf-16",
    "hex", "hex_codec", "base64", "base64_codec", "unicode_escape", "raw_unicode_escape",
})  # fmt: skip
_METHODS = frozenset({
    "join", "lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "casefold", "swapcase",
    "replace", "encode", "decode", "removeprefix", "removesuffix", "hex",
})  # fmt: skip


def _coded(data: str | bytes, name: str = "utf-8") -> str | bytes:
    if name not in _CODECS:
        raise ValueError(name)
    found: str | bytes = codecs.lookup(name).encode(data)[0]  # type: ignore[arg-type]
    return found


def _decoded(data: str | bytes, name: str = "utf-8") -> str | bytes:
    if name not in _CODECS:
        raise ValueError(name)
    found: str | bytes = codecs.lookup(name).decode(data)[0]  # type: ignore[arg-type]
    return found


_FUNCTIONS: dict[str, Callable[..., object]] = {
    "_codecs.encode": _coded, "codecs.encode": _coded, "_codecs.decode": _decoded, "codecs.decode": _decoded,
    "operator.add": lambda a, b: a + b, "operator.concat": lambda a, b: a + b,
    "_operator.add": lambda a, b: a + b, "_operator.concat": lambda a, b: a + b,
    "operator.getitem": lambda a, b: a[b], "_operator.getitem": lambda a, b: a[b],
    "builtins.chr": chr, "builtins.str": lambda *a: str(*a) if len(a) > 1 or isinstance(a[0], str) else None,
    "builtins.bytes": lambda a, *b: bytes(a, *b) if not isinstance(a, int) else None,
    "base64.b64decode": base64.b64decode, "base64.b32decode": base64.b32decode, "base64.b16decode": base64.b16decode,
    "base64.b85decode": base64.b85decode, "binascii.unhexlify": bytes.fromhex, "builtins.bytes.fromhex": bytes.fromhex,
    "builtins.reversed": lambda a: a[::-1],
}  # fmt: skip


def fold(func: Value, args: Value) -> str | bytes | None:
    """Return the text or bytes that a call gives, None where it is not known or not pure."""
    held = _literal(args)
    if not isinstance(held, tuple):
        return None
    try:
        found = _applied(func, held)
    except (ValueError, TypeError, LookupError, AttributeError, UnicodeError):
        return None
    return found if isinstance(found, (str, bytes)) and len(found) <= KEPT_TEXT else None


def folds(func: Global) -> bool:
    """Tell whether calls of a function may be worked out."""
    kind = func.name.partition(".")[0]
    return func.path in _FUNCTIONS or (func.module == "builtins" and kind in ("str", "bytes"))


def _applied(func: Value, held: tuple[object, ...]) -> object:
    if isinstance(func, Global):
        step = _FUNCTIONS.get(func.path)
        if step is not None:
            return step(*held)
        kind, _, method = func.name.partition(".")
        if func.module == "builtins" and kind in ("str", "bytes") and method in _METHODS and held:
            return _method(held[0], method, held[1:]) if isinstance(held[0], (str, bytes)) else None
    elif isinstance(func, Call) and isinstance(func.func, Global) and func.func.path == "builtins.getattr":
        bound = _literal(func.args)
        if isinstance(bound, tuple) and len(bound) == 2 and isinstance(bound[0], (str, bytes)):
            return _method(bound[0], str(bound[1]), held)
    return None


def _method(owner: str | bytes, name: str, held: tuple[object, ...]) -> object:
    if name not in _METHODS or (name in ("encode", "decode") and held and held[0] not in _CODECS):
        return None
    method: Callable[..., object] = getattr(owner, name)
    return method(*held)


def _literal(value: Value, depth: int = 0) -> object:
    """Return the Python value of a literal, or Ellipsis for what is none."""
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return value
    if isinstance(value, Box) and value.whole and value.kind in ("list", "tuple") and depth < 4:
        items = [_literal(item, depth + 1) for item in value.items]
        if Ellipsis in items:
            return Ellipsis
        return tuple(items) if value.kind == "tuple" else items
    if isinstance(value, Box) and value.whole and value.kind == "dict" and depth < 4:
        pairs = [(_literal(key, depth + 1), _literal(one, depth + 1)) for key, one in value.pairs()]
        keys = all(isinstance(key, (str, bytes, int)) for key, _ in pairs)
        return dict(pairs) if keys and all(one is not Ellipsis for _, one in pairs) else Ellipsis
    if isinstance(value, Call) and isinstance(value.func, Global) and value.func.path == "builtins.slice":
        bounds = _literal(value.args, depth + 1)
        if not isinstance(bounds, tuple) or not 1 <= len(bounds) <= 3:
            return Ellipsis
        return slice(*bounds) if all(one is None or isinstance(one, int) for one in bounds) else Ellipsis
    return Ellipsis
