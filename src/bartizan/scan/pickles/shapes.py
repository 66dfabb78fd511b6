"""Whether arguments fit the shape that the catalog says is safe for a callable."""

from __future__ import annotations

from collections.abc import Callable

from bartizan.scan.pickles.values import Box, Call, Datum, Global, Value, kind_of, plain

__all__ = ["fits"]


def fits(words: list[str], args: Value, known: Callable[[Global], bool]) -> bool:
    """Tell whether a tuple of arguments fits the words. `known` tells what is safe by name."""
    if not isinstance(args, Box) or args.kind != "tuple" or not args.whole:
        return isinstance(args, Box) and args.kind == "tuple" and words in (["any", "..."], ["class", "any", "..."])
    items = args.items
    required = list(words)
    if required and required[-1] == "...":
        required.pop()
        if len(items) > len(required):
            required += [required[-1]] * (len(items) - len(required))
        elif len(items) == len(required) - 1:
            required.pop()
    if len(items) > len(required):
        return False
    if any(not word.endswith("?") for word in required[len(items) :]):
        return False
    return all(_fit(word.removesuffix("?"), item, known) for word, item in zip(required, items, strict=False))


def _fit(word: str, value: Value, known: Callable[[Global], bool]) -> bool:
    return any(_fits_one(one.removesuffix("?"), value, known) for one in word.split("|"))


def _fits_one(word: str, value: Value, known: Callable[[Global], bool]) -> bool:
    if word == "any":
        return True
    if word.startswith("'"):
        return value == word[1:-1]
    if word == "data":
        return plain(value)
    if word.startswith("@"):
        return isinstance(value, Global) and not value.why and value.path == word[1:]
    if word == "builtin":
        return isinstance(value, Global) and value.module == "builtins" and known(value)
    if word in ("class", "function"):
        if isinstance(value, Global):
            return known(value)
        return word == "function" and isinstance(value, Call)
    if word == "object":
        return isinstance(value, Datum) and value.kind == "object"
    kind = kind_of(value)
    return kind == word or (word == "int" and kind == "bool") or (word == "float" and kind == "int")
