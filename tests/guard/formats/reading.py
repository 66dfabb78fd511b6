"""Reads bodies with a format, and tells what of a body it left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from bartizan.guard.exchange import Exchange, Format, Kind, Piece, decode_body, encode_body
from bartizan.guard.formats import formats


def read(id: str, body: Any, *, answer: bool = False) -> Exchange:
    format = formats()[id]
    data = encode_body(body)
    exchange = Exchange(id, data, decode_body(data))
    (format.answer if answer else format.request)(exchange)
    return exchange


def format_of(id: str) -> Format:
    return formats()[id]


def told(exchange: Exchange) -> dict[str, tuple[str, str, str]]:
    """By path: text, origin and role of every piece that is no name."""
    return {one.path: (one.text, one.origin.value, one.role) for one in exchange.pieces if one.kind is not Kind.KEY}


def piece(exchange: Exchange, path: str) -> Piece:
    return next(one for one in exchange.pieces if one.path == path and one.kind is not Kind.KEY)


def opaque(exchange: Exchange) -> set[tuple[str, str]]:
    return {(one.kind, one.path) for one in exchange.opaque}


def strings(tree: Any, path: str = "") -> Iterator[tuple[str, str, bool]]:
    """Every string of a tree with its path, and whether it is the name of a member."""
    if isinstance(tree, str):
        yield path, tree, False
    elif isinstance(tree, list):
        for number, one in enumerate(tree):
            yield from strings(one, f"{path}/{number}")
    elif isinstance(tree, dict):
        for name, one in tree.items():
            inner = f"{path}/{name.replace('~', '~0').replace('/', '~1')}"
            yield inner, name, True
            yield from strings(one, inner)


def left_out(exchange: Exchange, words: Collection[str], names: Collection[str]) -> list[str]:
    """Paths of strings that are neither a piece, nor opaque, nor a fixed word, nor the name of a known member."""
    taken = {(one.path, one.kind is Kind.KEY) for one in exchange.pieces}
    within = {one.path.partition("/#")[0] for one in exchange.pieces if "/#" in one.path}
    hidden = {one.path for one in exchange.opaque}
    return [
        path
        for path, text, name in strings(exchange.tree)
        if (path, name) not in taken
        and path not in within
        and path not in hidden
        and text not in (names if name else words)
        and text
    ]
