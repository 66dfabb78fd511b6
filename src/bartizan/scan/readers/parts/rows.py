"""Decoded values (dicts, lists, strings, numbers) as blocks, one for each path: `messages.content`, without indices.

Works on many values at once, so that the cost is that of a few passes over lists, not of a walk for each value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from operator import itemgetter
from typing import Any

from bartizan.scan.blocks import Block
from bartizan.scan.readers.parts.records import block_of

__all__ = ["Places", "label", "pairs_in", "values_by_path"]

Places = Sequence[int]
"""Where each value stands: a row, or an element's number, counted from 1."""

_MAP = 200
"""Keys of objects at one path from which they are taken for data, not for names of fields."""
_REMEMBERED = 20_000
_DATA = re.compile(r"[@\s]|\d{4}")


def label(key: str) -> str:
    """Return a key as part of a path; `*` for a key that looks like data, which no heading is to show."""
    return "*" if len(key) > 80 or not key or _DATA.search(key) else key


def values_by_path(
    values: Sequence[Any], places: Places, path: str = "", seen: set[tuple[str, str]] | None = None
) -> Iterator[Block]:
    """Give every string, number and key among the values, by path. True, false and null hold nothing.

    Keys that are `seen` already, with their path, are not given again.
    """
    seen = set() if seen is None else seen
    waiting: list[tuple[str, Sequence[Any], Places]] = [(path, values, places)]
    while waiting:
        path, values, places = waiting.pop()
        kinds = set(map(type, values))
        if kinds == {str}:
            yield _block(list(map(str.encode, values)) if _clean(values) else _bytes(values), path, places)
            continue
        for kind, some, where in _by_kind(values, places, kinds):
            if kind is str:
                yield _block(_bytes(some), path, where)
            elif kind is bytes:
                yield _block(list(some), path, where)
            elif kind is dict:
                below = list(_fields(some, where, path, seen))
                yield from (item for item in below if isinstance(item, Block))
                waiting.extend(reversed([item for item in below if not isinstance(item, Block)]))
            elif kind is list or kind is tuple:
                flat = list(chain.from_iterable(some))
                spread = list(chain.from_iterable(map(repeat, where, map(len, some))))
                if flat:
                    waiting.append((path, flat, spread))
            elif kind is int:
                yield _block([b"%d" % value for value in some], path, where)
            elif kind is float:
                yield _block([_number(value) for value in some], path, where)
            elif kind is not bool and kind is not type(None):
                yield _block([str(value).encode("utf-8", "replace") for value in some], path, where)


def _clean(values: Sequence[str]) -> bool:
    """Whether no value has half of a surrogate pair, which JSON may hold and UTF-8 may not."""
    try:
        "".join(values).encode()
    except UnicodeEncodeError:
        return False
    return True


def _bytes(values: Sequence[str]) -> list[bytes]:
    return [value.encode("utf-8", "surrogatepass") for value in values]


def _number(value: float) -> bytes:
    """A number as people write it: a whole one without point and exponent."""
    return b"%d" % int(value) if value.is_integer() and abs(value) < 2**53 else str(value).encode()


def _block(records: list[bytes], path: str, places: Places) -> Block:
    if isinstance(places, range) and places.step == 1:
        return block_of(records, path, places.start)
    return block_of(records, path, places=places)


def _by_kind(values: Sequence[Any], places: Places, kinds: set[type]) -> Iterator[tuple[type, Sequence[Any], Places]]:
    """The values of each type, with their places; in a fixed order."""
    if len(kinds) == 1:
        yield kinds.pop(), values, places
        return
    for kind in sorted(kinds, key=lambda kind: kind.__name__):
        if kind is bool or kind is type(None):
            continue
        chosen = [(value, place) for value, place in zip(values, places, strict=True) if type(value) is kind]
        yield kind, [value for value, _ in chosen], [place for _, place in chosen]


def _fields(
    objects: Sequence[dict[Any, Any]], places: Places, path: str, seen: set[tuple[str, str]]
) -> Iterator[tuple[str, Sequence[Any], Places] | Block]:
    """The values of each field of many objects, and the keys themselves, once each."""
    first = objects[0]
    keys: dict[Any, None] = dict.fromkeys(first)
    same = all(map(first.keys().__eq__, map(dict.keys, objects)))
    if not same:
        keys = dict.fromkeys(chain.from_iterable(objects))
    names = [str(key) for key in keys]
    if new := [name for name in names if (path, name) not in seen]:
        if len(seen) < _REMEMBERED:
            seen.update((path, name) for name in new)
        yield block_of(_bytes(new), path, places=[places[0]] * len(new))
    if len(keys) > _MAP:
        values = list(chain.from_iterable(map(dict.values, objects)))
        spread = list(chain.from_iterable(map(repeat, places, map(len, objects))))
        yield _below(path, "*"), values, spread
        return
    unnamed: tuple[list[Any], list[int]] = ([], [])
    for key, name in zip(keys, names, strict=True):
        below = label(name)
        if same and below != "*":
            yield _below(path, below), list(map(itemgetter(key), objects)), places
            continue
        has = [key in one for one in objects]
        some, where = [one[key] for one in objects if key in one], [p for p, h in zip(places, has, strict=True) if h]
        if below == "*":
            # Identifiers as keys: what stands below them is of one kind.
            unnamed[0].extend(some)
            unnamed[1].extend(where)
        else:
            yield _below(path, below), some, where
    if unnamed[0]:
        yield _below(path, "*"), *unnamed


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def pairs_in(values: Sequence[Any]) -> int:
    """Count the fields of all objects among the values, at every depth."""
    count = 0
    level: list[Any] = list(values)
    while level:
        objects = [value for value in level if type(value) is dict]
        count += sum(map(len, objects))
        lists = [value for value in level if type(value) is list]
        level = list(chain.from_iterable(map(dict.values, objects)))
        level.extend(chain.from_iterable(lists))
        if not objects and not lists:
            break
    return count
