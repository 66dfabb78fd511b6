"""What is different between two versions of a document, as paths that people can read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from bartizan.model.documents import Document

__all__ = ["Difference", "differences"]

_KEYS = ("id", "kind", "control", "threat", "criterion", "title", "asset", "component", "number", "name")
"""What tells entries of a list apart, beside `from` and `to` for flows."""
_LONGEST = 2000
"""Characters of a value that are shown."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference: `path` such as `spec.components.bot.autonomy`; `before` or `after` is None where it is absent."""

    path: str
    before: str | None
    after: str | None


def differences(old: Document | None, new: Document | None) -> list[Difference]:
    """Return what is different, in the order of the document; nothing stands for a document that isn't there (yet).

    Entries of lists are told apart by what names them, so that an entry put in front doesn't change all that follow.
    """
    before = {} if old is None else msgspec.to_builtins(old)
    after = {} if new is None else msgspec.to_builtins(new)
    return list(_walk("", before, after))


class _Absent:
    """What isn't there."""


_ABSENT = _Absent()


def _walk(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if old == new and type(old) is type(new):
        return
    one, other = _members(old), _members(new)
    if one is None or other is None or not (one or other):
        if not (_nothing(old) and _nothing(new)):
            yield Difference(path=path, before=_shown(old), after=_shown(new))
        return
    for key in [*one, *(key for key in other if key not in one)]:
        yield from _walk(_joined(path, key), one.get(key, _ABSENT), other.get(key, _ABSENT))
    if one.keys() == other.keys() and [*one] != [*other] and isinstance(new, list):
        yield Difference(path=f"{path} (order)", before=", ".join(one), after=", ".join(other))


def _nothing(value: Any) -> bool:
    """Tell whether a value is as good as none: of a document that is new, what it leaves empty is no news."""
    return isinstance(value, _Absent) or value in (None, "", [], {})


def _members(value: Any) -> dict[str, Any] | None:
    """Return the parts of a value by name, None for one that has no parts."""
    if isinstance(value, _Absent):
        return {}
    if isinstance(value, dict):
        return value
    if not isinstance(value, list):
        return None
    named: dict[str, Any] = {}
    for item in value:
        name = _name(item)
        number, key = 1, f"[{name}]"
        while key in named:
            number += 1
            key = f"[{name} #{number}]"
        named[key] = item
    return named


def _name(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)[:80]
    if "from" in item and "to" in item and not item.get("id"):
        return f"{item['from']}->{item['to']}"
    return next((str(item[key])[:80] for key in _KEYS if item.get(key)), "")


def _joined(path: str, key: str) -> str:
    if key.startswith("["):
        return f"{path}{key}"
    return f"{path}.{key}" if path else key


def _shown(value: Any) -> str | None:
    if isinstance(value, _Absent):
        return None
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
