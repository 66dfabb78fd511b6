"""Regular expressions as trees, as far as they must be told apart: by what Bartizan matches, and what Boost does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

import msgspec

__all__ = [
    "Alt",
    "Anchor",
    "Atom",
    "Group",
    "Node",
    "Reference",
    "Repeat",
    "edge",
    "layouts",
    "parse",
    "walk",
    "written",
]

_DEPTH = 60
_QUANTIFIER = re.compile(r"(?:[*+?]|\{(\d{1,5})(,(\d{0,5}))?\})([?+]?)")
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|x\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|[pP]\{\w+\}|[pP]\w|.)", re.DOTALL)
_OPEN = re.compile(
    r"\((?:\?(?:(?P<plain>:)|(?P<look><?[=!])|(?P<atomic>>)|P?<(?P<name>[A-Za-z_]\w*)>|'(?P<quoted>[A-Za-z_]\w*)'"
    r"|(?P<flags>-?[a-zA-Z]+(?:-[a-zA-Z]+)?)(?P<scope>[:)])|(?P<comment>\#[^)]*\))|(?P<other>.)))?"
)
_REFERENCE = re.compile(r"\\(?:[1-9]\d?|[kg](?:\{\w+\}|<\w+>|'\w+'|\d))|\(\?P=\w+\)")
_ANCHORS = ("\\b", "\\B", "\\A", "\\Z", "\\z", "\\G", "\\<", "\\>")
_DIGIT = ("\\d", "[0-9]", "[\\d]", "[[:digit:]]")
# What Python warns of in a class, because it may mean something else one day.
_SET_SIGNS = re.compile(r"\[\[|\[:|--|&&|\|\||~~")
_SEPARATORS = " -./:"


class Atom(msgspec.Struct, frozen=True):
    """One character of a text: a letter, an escape, a class, or any (`.`)."""

    text: str


class Anchor(msgspec.Struct, frozen=True):
    """A place, such as `^` or a word's edge."""

    text: str


class Reference(msgspec.Struct, frozen=True):
    """What a group has matched, once more."""

    text: str


class Group(msgspec.Struct, frozen=True):
    """A group; `opening` is how it begins (`(`, `(?:`, `(?<name>`), `kind` what it is: capture, plain, look, other."""

    opening: str
    kind: str
    body: Alt
    name: str = ""


class Repeat(msgspec.Struct, frozen=True):
    """Something several times; `high` is None without an end, `manner` is empty, `?` (lazy) or `+` (possessive)."""

    node: Node
    low: int
    high: int | None
    manner: str = ""


Node: TypeAlias = Atom | Anchor | Reference | Group | Repeat


class Alt(msgspec.Struct, frozen=True):
    """Alternatives, each a row of nodes."""

    branches: tuple[tuple[Node, ...], ...]


def parse(pattern: str) -> tuple[Alt, str]:
    """Return the tree of an expression, and the flags that stand at its start (`i` of `(?i)`).

    Raises ValueError for what is none, or is nested too deep.
    """
    flags = ""
    while match := re.match(r"\(\?([a-zA-Z]+)\)", pattern):
        flags, pattern = flags + match[1], pattern[match.end() :]
    reader = _Reader(pattern)
    tree = reader.alternatives(0)
    if reader.at < len(pattern):
        raise ValueError("a parenthesis closes what was never open")
    return tree, flags


def written(tree: Alt | Node) -> str:
    """Write a tree as an expression."""
    if isinstance(tree, Alt):
        return "|".join("".join(written(node) for node in branch) for branch in tree.branches)
    if isinstance(tree, Group):
        return f"{tree.opening}{written(tree.body)})"
    if isinstance(tree, Repeat):
        short = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((tree.low, tree.high))
        high = "" if tree.high is None else tree.high
        return (
            written(tree.node)
            + (short or (f"{{{tree.low}}}" if tree.low == tree.high else f"{{{tree.low},{high}}}"))
            + tree.manner
        )
    return tree.text


def walk(tree: Alt | Node) -> Iterator[Node]:
    """Yield every node, outer ones first."""
    if isinstance(tree, Alt):
        for branch in tree.branches:
            for node in branch:
                yield from walk(node)
        return
    yield tree
    if isinstance(tree, Group):
        yield from walk(tree.body)
    elif isinstance(tree, Repeat):
        yield from walk(tree.node)


def edge(tree: Alt | Node, last: bool = False) -> str:
    """Tell what a match begins or, with `last`, ends with: a `word` character, `other` characters only, or `mixed`."""
    if isinstance(tree, Alt):
        return _same([_row(branch, last) for branch in tree.branches])
    if isinstance(tree, Group):
        return edge(tree.body, last) if tree.kind in ("capture", "plain") else "mixed"
    if isinstance(tree, Repeat):
        return edge(tree.node, last) if tree.low else "mixed"
    return _kind(tree.text) if isinstance(tree, Atom) else "mixed"


def _row(branch: tuple[Node, ...], last: bool) -> str:
    """What may be left out stands before what comes next to it: the kinds of both count."""
    kinds = []
    for node in reversed(branch) if last else branch:
        if isinstance(node, Repeat) and not node.low:
            kinds.append(edge(node.node, last))
            continue
        kinds.append(edge(node, last))
        return _same(kinds)
    return "mixed"


def _same(kinds: list[str]) -> str:
    return kinds[0] if len(set(kinds)) == 1 else "mixed"


def _kind(text: str) -> str:
    if text == "." or _SET_SIGNS.search(text):
        return "mixed"
    try:
        matched = re.compile(text)
    except re.error:
        return "mixed"
    words = {bool(re.match(r"[A-Za-z0-9_]", letter)) for letter in map(chr, range(1, 128)) if matched.match(letter)}
    if not words:
        return "mixed"  # beyond ASCII the two engines differ in what a word is
    return "mixed" if len(words) > 1 else "word" if words.pop() else "other"


def layouts(tree: Alt) -> list[str] | None:
    """Return the digit layouts that an expression means, as in `###-##-####`; None when it means anything else."""
    if len(tree.branches) == 1 and len(tree.branches[0]) == 1:
        only = tree.branches[0][0]
        if isinstance(only, Group) and only.kind in ("capture", "plain"):
            return layouts(only.body)
    out = [_layout(branch) for branch in tree.branches]
    return [layout for layout in out if layout] if all(out) else None


def _layout(branch: tuple[Node, ...]) -> str:
    out = ""
    for node in branch:
        if isinstance(node, Repeat) and isinstance(node.node, Atom) and node.node.text in _DIGIT and node.low:
            if node.high is None or node.manner:
                return ""
            out += "#" * node.low if node.low == node.high else f"#{{{node.low},{node.high}}}"
        elif isinstance(node, Atom) and node.text in _DIGIT:
            out += "#"
        elif isinstance(node, Atom) and node.text[-1] in _SEPARATORS and len(node.text.lstrip("\\")) == 1:
            out += node.text[-1]
        else:
            return ""
    separators = [letter for letter in re.sub(r"\{\d+,\d+\}", "", out) if letter != "#"]
    neat = bool(out) and out[0] == "#" and out[-1] in "#}" and not re.search(r"[ ./:-]{2}", out)
    return out if neat and len(separators) <= 5 else ""


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def alternatives(self, depth: int) -> Alt:
        if depth > _DEPTH:
            raise ValueError("groups are nested too deep")
        branches, row = [], list[Node]()
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            if self.pattern[self.at] == "|":
                branches.append(tuple(row))
                row = []
                self.at += 1
            elif (node := self._repeated(depth)) is not None:
                row.append(node)
        return Alt((*branches, tuple(row)))

    def _repeated(self, depth: int) -> Node | None:
        node = self._one(depth)
        while node is not None and (match := _QUANTIFIER.match(self.pattern, self.at)):
            self.at = match.end()
            sign = match[0][0]
            low = int(match[1]) if sign == "{" else int(sign == "+")
            high = (
                (int(match[3]) if match[3] else None if match[2] else low)
                if sign == "{"
                else 1
                if sign == "?"
                else None
            )
            if high is not None and high < low:
                raise ValueError("a repeat ends before it begins")
            node = Repeat(node, low, high, match[4])
        return node

    def _one(self, depth: int) -> Node | None:
        letter = self.pattern[self.at]
        if reference := _REFERENCE.match(self.pattern, self.at):
            return Reference(self._take(reference.end()))
        if letter == "(":
            return self._group(depth)
        if letter == "[":
            return Atom(self._take(self._class_end()))
        if letter == "\\":
            escape = _ESCAPE.match(self.pattern, self.at)
            if escape is None:
                raise ValueError("a backslash stands at the end")
            text = self._take(escape.end())
            return Anchor(text) if text in _ANCHORS else Atom(text)
        if letter in "*+?":
            raise ValueError("a repeat repeats nothing")
        text = self._take(self.at + 1)
        return Anchor(text) if letter in "^$" else Atom(text)

    def _take(self, end: int) -> str:
        begin, self.at = self.at, end
        return self.pattern[begin:end]

    def _group(self, depth: int) -> Node | None:
        match = _OPEN.match(self.pattern, self.at)
        assert match is not None
        opening = self._take(match.end())
        if match["comment"]:
            return None
        if match["other"] or (match["flags"] and match["scope"] == ")"):
            raise ValueError(f"`{opening}` is not understood")
        body = self.alternatives(depth + 1)
        if self.pattern[self.at : self.at + 1] != ")":
            raise ValueError("a group is not closed")
        self.at += 1
        name = match["name"] or match["quoted"] or ""
        kind = "look" if match["look"] else "other" if match["atomic"] or match["flags"] not in (None, "i") else "plain"
        return Group(opening, "capture" if name or opening == "(" else kind, body, name)

    def _class_end(self) -> int:
        at = self.at + 1
        at += self.pattern[at : at + 1] == "^"
        at += self.pattern[at : at + 1] == "]"
        while at < len(self.pattern) and self.pattern[at] != "]":
            if self.pattern[at] == "\\":
                at += 1
            elif self.pattern.startswith("[:", at) and ":]" in self.pattern[at:]:
                at = self.pattern.index(":]", at) + 1
            at += 1
        if at >= len(self.pattern):
            raise ValueError("a class is not closed")
        return at + 1
