"""Expressions of Purview, which Boost matches, as patterns of data types, where they mean the same."""

from __future__ import annotations

import re

import msgspec

from bartizan.store.regexes import (
    Alt,
    Anchor,
    Atom,
    Group,
    Node,
    Reference,
    Repeat,
    edge,
    layouts,
    parse,
    walk,
    written,
)

__all__ = ["Carried", "carried"]

_BEFORE = ("(?<!\\w)", "(?<!\\d)", "(?<![A-Za-z0-9_])", "(?<![A-Za-z0-9])", "(?<![0-9a-zA-Z])")
_AFTER = ("(?!\\w)", "(?!\\d)", "(?![A-Za-z0-9_])", "(?![A-Za-z0-9])", "(?![0-9a-zA-Z])")
# A class of characters beyond ASCII that is a range, or all others.
_WIDE = re.compile(r"\[\^.*[^\x00-\x7f]|\[.*(?:[^\x00-\x7f]-.|.-[^\x00-\x7f])", re.DOTALL)


class Carried(msgspec.Struct, kw_only=True):
    """A pattern or digit layouts with what goes with them; `why` says why there is none, after the word `it`."""

    pattern: str = ""
    digits: list[str] = []
    bounded: bool = False
    ignore_case: bool = False
    notes: list[str] = []
    why: str = ""


def carried(text: str) -> Carried:
    """Return what an expression is in the subset that Bartizan matches."""
    try:
        tree, flags = parse(text)
    except ValueError as error:
        return Carried(why=f"is not understood ({error})")
    out = Carried(ignore_case="i" in flags)
    if set(flags) - {"i"}:
        out.notes.append(f"the flags `{flags}` of its expression are not carried over")
    values = [node for node in walk(tree) if isinstance(node, Group) and node.name == "value"]
    if values:
        inner, before, after = _unbound(values[0].body)
        tree, told = _with_value(tree, inner), inner
    else:
        tree, before, after = _unbound(tree)
        told = tree
    out.bounded = (before or edge(told) == "other") and (after or edge(told, last=True) == "other")
    if before != after and not out.bounded:
        out.notes.append("a word's edge on one side of its expression only is not carried over")
    out.why = _beyond(tree)
    if out.why:
        return out
    out.digits = (layouts(tree) or []) if out.bounded and not out.ignore_case else []
    out.pattern = written(_inner(tree))
    try:
        if re.compile(out.pattern.encode()).match(b""):
            out.why = "matches nothing at all"
    except re.error as error:
        out.why = f"is none in Python ({error.msg})"
    return out


def _unbound(tree: Alt) -> tuple[Alt, bool, bool]:
    """Take the edges of words, or of a field, from both ends of an expression, and from inside the one group of it."""
    if len(tree.branches) != 1 or not tree.branches[0]:
        return tree, False, False
    row = list(tree.branches[0])
    before, after = _is_edge(row[0], _BEFORE, "^"), len(row) > 1 and _is_edge(row[-1], _AFTER, "$")
    row = row[1:] if before else row
    row = row[:-1] if after else row
    if len(row) == 1 and isinstance(row[0], Group) and row[0].kind in ("capture", "plain"):
        body = row[0].body
        inner, more_before, more_after = _unbound(body)
        return inner, before or more_before, after or more_after
    return Alt((tuple(row),)), before, after


def _is_edge(node: Node, looks: tuple[str, ...], end: str) -> bool:
    """Tell whether a node says `a word begins or ends here`: an anchor, a look, or a group such as `(?:^|[,;])`."""
    if isinstance(node, Anchor):
        return node.text in ("\\b", end)
    if not isinstance(node, Group):
        return False
    if node.kind == "look":
        return written(node) in looks
    kinds = [branch[0] if len(branch) == 1 else None for branch in node.body.branches]
    ends = [one for one in kinds if isinstance(one, Anchor) and one.text in (end, "\\b")]
    others = [one for one in kinds if isinstance(one, Atom) and edge(one) == "other"]
    return bool(ends) and len(ends) + len(others) == len(kinds)


def _beyond(tree: Alt) -> str:
    """Say what an expression has that the subset lacks."""
    for node in walk(tree):
        if isinstance(node, Reference):
            return "refers back to what it matched"
        if isinstance(node, Group) and node.kind == "look":
            return "looks ahead or behind"
        if isinstance(node, Group) and node.kind == "other":
            return f"has the group `{node.opening}`"
        if isinstance(node, Anchor) and node.text not in ("^", "$", "\\b"):
            return f"has the place `{node.text}` in it"
        if isinstance(node, Repeat) and node.manner == "+":
            return "has a possessive repeat"
        if isinstance(node, Atom) and _WIDE.search(node.text):
            return f"has the class `{node.text}`"
        if isinstance(node, Atom) and re.match(r"\\[pPXR]|\\u|\\x\{", node.text):
            return f"has the class `{node.text}`"
    return ""


def _with_value(tree: Alt, body: Alt) -> Alt:
    """Put another body into the group that is the value."""

    def changed(node: Node) -> Node:
        if isinstance(node, Group):
            inner = body if node.name == "value" else _with_value(node.body, body)
            return Group(node.opening, node.kind, inner, node.name)
        return Repeat(changed(node.node), node.low, node.high, node.manner) if isinstance(node, Repeat) else node

    return Alt(tuple(tuple(changed(node) for node in branch) for branch in tree.branches))


def _inner(tree: Alt) -> Alt:
    """Write groups without names, but for the value, and characters beyond ASCII so that their bytes stay together."""
    return Alt(tuple(tuple(_unnamed(node) for node in branch) for branch in tree.branches))


def _unnamed(node: Node) -> Node:
    if isinstance(node, Group):
        opening = "(?P<value>" if node.name == "value" else node.opening if node.kind == "plain" else "(?:"
        return Group(opening, "plain", _inner(node.body))
    if isinstance(node, Repeat):
        inner = _unnamed(node.node)
        whole = isinstance(inner, Atom) and not inner.text.isascii()
        return Repeat(Group("(?:", "plain", Alt(((inner,),))) if whole else inner, node.low, node.high, node.manner)
    if isinstance(node, Atom) and node.text[0] == "[" and not node.text.isascii():
        return _class(node.text)
    return node


def _class(text: str) -> Node:
    """Write a class with characters beyond ASCII as alternatives, since a class here is of bytes."""
    beyond = "".join(letter for letter in text if not letter.isascii())
    plain = "".join(letter for letter in text if letter.isascii())
    branches = [(Atom(letter),) for letter in beyond]
    branches += [(Atom(plain),)] if plain != "[]" else []
    return Group("(?:", "plain", Alt(tuple(branches)))
