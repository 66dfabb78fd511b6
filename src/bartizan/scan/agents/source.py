"""Text files of assistants: bytes to text, and JSON with comments, TOML and front matter to trees with positions."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

from bartizan.model import InputError, Place
from bartizan.model.yamltree import Node, parse_yaml
from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.errors import LimitReached, Malformed

__all__ = ["Lines", "front_matter", "json_tree", "text_of", "toml_tree", "yaml_tree"]

LONGEST = 8 << 20
"""Bytes of a configuration or an instruction file that are read."""
DEEPEST = 64

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def text_of(content: Content) -> str:
    """Return the text; what is no UTF-8 becomes U+FFFD, as assistants read it. Raises Malformed, LimitReached."""
    if content.size > LONGEST:
        raise LimitReached(f"the text is longer than {LONGEST >> 20} MB")
    data = content.read(0, content.size)
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    text = data.decode(encoding, errors="replace")
    if "\0" in text[:4096]:
        raise Malformed("the file is binary where text is expected", text.index("\0"))
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Lines:
    """Tells the line of an offset. Lines count from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def at(self, offset: int) -> int:
        """Return the line that holds an offset, in characters."""
        return bisect_right(self._starts, offset)


_SPACE = re.compile(r"(?:[\s\ufeff]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_PLAIN = re.compile(r"-?[0-9][0-9.eE+-]*|true|false|null")
_WORDS = {"true": True, "false": False, "null": None}


def json_tree(text: str, file: str = "") -> tuple[Node, list[tuple[str, int]]]:
    """Parse JSON with comments and trailing commas, as editors take it.

    Returns the tree and the keys that stand twice with their lines; the last one counts, as in JavaScript. Raises
    Malformed.
    """
    parser = _Json(text, file)
    root, at = parser.value(parser.skip(0), 0)
    at = parser.skip(at)
    if at < len(text.rstrip("\0")):
        raise Malformed("something follows the JSON value", at)
    return root, parser.twice


class _Json:
    def __init__(self, text: str, file: str) -> None:
        self._text, self._file, self._lines = text, file, Lines(text)
        self.twice: list[tuple[str, int]] = []

    def skip(self, at: int) -> int:
        """Pass over space and comments."""
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def place(self, at: int) -> Place:
        return Place(self._file, self._lines.at(at), 0)

    def value(self, at: int, depth: int) -> tuple[Node, int]:
        """Parse a value at an offset; give it and the offset after it."""
        if depth > DEEPEST:
            raise Malformed(f"the JSON is nested deeper than {DEEPEST} levels", at)
        letter = self._text[at : at + 1]
        if letter == "{":
            return self._object(at, depth)
        if letter == "[":
            return self._array(at, depth)
        if letter == '"':
            text, end = self._string(at)
            return Node(text, self.place(at), text), end
        found = _PLAIN.match(self._text, at)
        if not found:
            raise Malformed("this is not valid JSON", at)
        word = found[0]
        try:
            value = _WORDS[word] if word in _WORDS else float(word) if set(word) & set(".eE") else int(word)
        except ValueError:
            raise Malformed("this is not valid JSON", at) from None
        return Node(value, self.place(at), word), found.end()

    def _string(self, at: int) -> tuple[str, int]:
        found = _STRING.match(self._text, at)
        if not found:
            raise Malformed("a JSON string does not end", at)
        body = _ESCAPE.sub(lambda one: chr(int(one[1], 16)) if one[1] else _SHORT.get(one[2], one[2]), found[1])
        return body.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), found.end()

    def _object(self, at: int, depth: int) -> tuple[Node, int]:
        entries: dict[str, tuple[Place, Node]] = {}
        start, at = at, self.skip(at + 1)
        while self._text[at : at + 1] != "}":
            key, after = self._string(at)
            place, after = self.place(at), self.skip(after)
            if self._text[after : after + 1] != ":":
                raise Malformed("a JSON key has no value", after)
            node, after = self.value(self.skip(after + 1), depth + 1)
            if key in entries:
                self.twice.append((key, place.line))
            entries[key] = (place, node)
            at = self._next(after, "}")
        return Node(entries, self.place(start)), at + 1

    def _array(self, at: int, depth: int) -> tuple[Node, int]:
        items: list[Node] = []
        start, at = at, self.skip(at + 1)
        while self._text[at : at + 1] != "]":
            node, after = self.value(at, depth + 1)
            items.append(node)
            at = self._next(after, "]")
        return Node(items, self.place(start)), at + 1

    def _next(self, at: int, end: str) -> int:
        """Pass over a comma, or stay at the end."""
        at = self.skip(at)
        letter = self._text[at : at + 1]
        if letter == ",":
            return self.skip(at + 1)
        if letter != end:
            raise Malformed("this is not valid JSON", at)
        return at


def toml_tree(text: str, file: str = "") -> Node:
    """Parse TOML; lines are those where a key's name first stands after its table. Raises Malformed."""
    try:
        plain = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Malformed("this is not valid TOML") from error
    return _located(plain, text.splitlines(), file, 1, 0)


def _located(value: object, lines: list[str], file: str, line: int, depth: int) -> Node:
    if depth > DEEPEST:
        raise Malformed(f"the TOML is nested deeper than {DEEPEST} levels")
    place = Place(file, line, 0)
    if isinstance(value, dict):
        entries = {}
        for key, item in value.items():
            at = _line_of(str(key), lines, line)
            entries[str(key)] = (Place(file, at, 0), _located(item, lines, file, at, depth + 1))
        return Node(entries, place)
    if isinstance(value, list):
        return Node([_located(item, lines, file, line, depth + 1) for item in value], place)
    plain = value if isinstance(value, bool | int | float | str) else str(value)
    return Node(plain, place, str(value))


def _line_of(key: str, lines: list[str], start: int) -> int:
    sign = re.compile(rf"""(?:^|[\[.{{,\s"'])["']?{re.escape(key)}["']?\s*(?:=|\.|\])""")
    for number in range(start - 1, min(len(lines), start + 20_000)):
        if key in lines[number] and sign.search(lines[number]):
            return number + 1
    return start


def yaml_tree(text: str, file: str = "") -> Node:
    """Parse YAML. Raises Malformed."""
    try:
        return parse_yaml(text, file)
    except InputError as error:
        raise Malformed("this is not valid YAML") from error


_FRONT = re.compile(r"\A\ufeff?\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*)")


def front_matter(text: str, file: str = "") -> tuple[Node | None, int]:
    """Return the YAML mapping that a Markdown file begins with, and where its body begins, in characters.

    Front matter that is no YAML is read line by line, as assistants do that are not strict either.
    """
    found = _FRONT.match(text)
    if not found:
        return None, 0
    first = text.count("\n", 0, found.start(1))
    try:
        node = parse_yaml("\n" * first + found[1], file)
        if isinstance(node.value, dict):
            return node, found.end()
    except InputError:
        pass
    entries: dict[str, tuple[Place, Node]] = {}
    for number, line in enumerate(found[1].split("\n"), first + 1):
        pair = _PAIR.match(line)
        if pair:
            place = Place(file, number, 0)
            entries[pair[1]] = (place, Node(pair[2].strip().strip("\"'"), place, pair[2]))
    return Node(entries, Place(file, first + 1, 0)), found.end()
