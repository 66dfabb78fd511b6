"""Files of tool cards: text to cards, and cards to text that a person can review, with a comment a reason.

What tools say of themselves is in no key of a card but its name and title; in comments it stands shortened and without
line ends, so that no definition can write a line of its own into the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, Literal

import msgspec

from bartizan.model import InputError, Place
from bartizan.model.card import ToolCard
from bartizan.model.decode import decode
from bartizan.model.yamltree import Node, parse_yaml

__all__ = ["format_cards", "parse_cards"]

_PLAIN = re.compile(r"[^\W\d][\w./@ -]*\w|[^\W\d]")
_WORDS_OF_YAML = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "none"})
_LONGEST_COMMENT = 160
_LINE = 116


class _File(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a file of cards holds; what stands at its top holds for all cards that don't say otherwise."""

    bartizan: Literal[1] = 1
    server: str = ""
    reviewed_by: str = ""
    reviewed_at: str = ""
    cards: list[ToolCard]


def parse_cards(content: bytes | str, file: str) -> list[ToolCard]:
    """Return the cards of a file. Keys at its top that start with `x-` are a place for anchors.

    Raises InputError for what is no file of cards, and for a tool that has two.
    """
    tree = parse_yaml(content, file)
    if isinstance(tree.value, dict):
        tree = Node({key: item for key, item in tree.value.items() if not key.startswith("x-")}, tree.place)
    read = decode(tree, _File)
    seen: set[tuple[str, str]] = set()
    cards: list[ToolCard] = []
    for one in read.cards:
        card = msgspec.structs.replace(
            one,
            server=one.server or read.server,
            reviewed_by=one.reviewed_by or read.reviewed_by,
            reviewed_at=one.reviewed_at or (read.reviewed_at if not one.reviewed_by else ""),
        )
        if not card.tool:
            raise InputError("a card names no tool", place=Place(file))
        if (card.server, card.tool) in seen:
            raise InputError(f"`{card.tool}` has two cards", place=Place(file), help="keep one of them")
        seen.add((card.server, card.tool))
        cards.append(card)
    return cards


def format_cards(cards: Iterable[ToolCard], *, heading: Sequence[str] = ()) -> str:
    """Return cards as YAML that `parse_cards` reads back; `heading` stands above as comments. Reasons are comments."""
    lines = [f"# {_comment(line)}" for line in heading]
    lines += ["bartizan: 1", "", "cards:"]
    for card in cards:
        lines += _card(card)
        lines.append("")
    if lines[-1] == "cards:":
        lines[-1] = "cards: []"
    return "\n".join(lines).rstrip("\n") + "\n"


def _card(card: ToolCard) -> list[str]:
    lines = [f"  # {_comment(reason)}" for reason in card.reasons]
    lines.append(f"  - tool: {_scalar(card.tool)}")
    values = msgspec.to_builtins(card)
    for field in msgspec.structs.fields(ToolCard):
        name = field.encode_name
        value = values[name]
        if name in ("tool", "reasons") or (name not in ("effect", "reversible", "result") and value == _default(field)):
            continue
        if name == "arguments":
            lines.append("    arguments:")
            lines += [f"      {_scalar(key)}: {_flow(_trimmed(one))}" for key, one in value.items()]
        elif name == "fields":
            lines.append("    fields:")
            lines += [f"      - {_flow(_trimmed(one))}" for one in value]
        elif isinstance(value, list):
            lines += _words(name, value)
        else:
            lines.append(f"    {name}: {_flow(value)}")
    return lines


def _default(field: msgspec.structs.FieldInfo) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default.value if isinstance(field.default, Enum) else field.default


def _trimmed(one: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a reader assumes anyway."""
    return {
        key: value for key, value in one.items() if value not in ("", {}) and not (key == "type" and value == "text")
    }


def _words(name: str, words: list[Any]) -> list[str]:
    lines, line = [], f"    {name}: ["
    for number, word in enumerate(words):
        piece = _flow(word) + (", " if number + 1 < len(words) else "]")
        if len(line) + len(piece) > _LINE:
            lines.append(line.rstrip())
            line = "      "
        line += piece
    return [*lines, line]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _scalar(str(value))


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS_OF_YAML and "  " not in text:
        return text
    return '"' + "".join(_escaped(mark) for mark in text) + '"'


def _escaped(mark: str) -> str:
    if mark in '"\\':
        return "\\" + mark
    if mark.isprintable():
        return mark
    code = ord(mark)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _comment(text: str) -> str:
    line = "".join(mark if mark.isprintable() else "\ufffd" for mark in text)
    return line if len(line) <= _LONGEST_COMMENT else line[: _LONGEST_COMMENT - 1] + "…"
