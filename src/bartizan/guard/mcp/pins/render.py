"""Plain values as YAML that people compare line by line: long texts as they read, nothing hidden in them.

Texts of several lines stand as literal blocks where nothing in them would get lost or go unseen; all others that need
it are quoted, and what doesn't show is escaped there. `bartizan.model.yamltree` reads it back as the same.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

__all__ = ["render_yaml"]

_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$./+-]*\Z")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"})
_WIDE = 100
_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me", "Zs"})


def render_yaml(value: dict[str, Any]) -> str:
    """Return a mapping as YAML."""
    return "\n".join(_mapping(value, "")) + "\n"


def _mapping(value: dict[str, Any], indent: str) -> Iterator[str]:
    for key, inner in value.items():
        yield from _entry(f"{indent}{_key(key)}:", inner, indent)


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    """Yield the lines of a value behind its key or its dash."""
    flat = _flat(value)
    if flat is not None and len(head) + len(flat) < _WIDE:
        yield f"{head} {flat}"
    elif isinstance(value, dict):
        yield head
        yield from _mapping(value, indent + "  ")
    elif isinstance(value, list):
        yield head
        yield from _items(value, indent + "  ")
    elif isinstance(value, str) and "\n" in value and _literal(value):
        ends = "" if value.endswith("\n") else "-"
        yield f"{head} |2{ends}"
        body = value.removesuffix("\n")
        yield from (f"{indent}  {line}" if line else "" for line in body.split("\n"))
    else:
        yield f"{head} {_scalar(value)}"


def _items(value: list[Any], indent: str) -> Iterator[str]:
    for item in value:
        if isinstance(item, dict) and item and _flat(item) is None:
            lines = list(_mapping(item, indent + "  "))
            yield f"{indent}- {lines[0][len(indent) + 2 :]}"
            yield from lines[1:]
        else:
            yield from _entry(f"{indent}-", item, indent)


def _flat(value: Any) -> str | None:
    """Return a value on one line where that is short: scalars, and lists and mappings of few of them."""
    if isinstance(value, dict):
        if any(isinstance(one, dict | list) and one for one in value.values()) or len(value) > 4:
            return None if value else "{}"
        parts = [f"{_key(key)}: {_scalar(one)}" for key, one in value.items()]
        text = "{" + ", ".join(parts) + "}"
    elif isinstance(value, list):
        if any(isinstance(one, dict | list) and one for one in value):
            return None
        text = "[" + ", ".join(_scalar(one) for one in value) + "]"
    elif isinstance(value, str) and "\n" in value:
        return None
    else:
        return _scalar(value)
    return text if len(text) < _WIDE - 20 else None


def _key(key: str) -> str:
    return key if _PLAIN.match(key) and key.lower() not in _WORDS else _quoted(key)


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return value if _PLAIN.match(value) and value.lower() not in _WORDS else _quoted(value)
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    return json.dumps(value)


def _quoted(text: str) -> str:
    """Return a text between quotes, what doesn't show escaped."""
    out = json.dumps(text, ensure_ascii=False)
    return "".join(one if one == " " or unicodedata.category(one) not in _SHOWN else _escape(one) for one in out)


def _escape(letter: str) -> str:
    code = ord(letter)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def _literal(text: str) -> bool:
    """Tell if a text can stand as a literal block and be seen whole."""
    return (
        not text.startswith((" ", "\n"))
        and not text.endswith("\n\n")
        and text.strip("\n") != ""
        and all(one in " \n" or unicodedata.category(one) not in _SHOWN for one in text)
        and not any(line.endswith(" ") and len(line.strip()) == 0 for line in text.split("\n"))
    )
