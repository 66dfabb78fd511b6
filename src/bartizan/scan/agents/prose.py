"""Markdown to passages: sentences with their lines, what is quoted or fenced, what no reader sees, code apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import msgspec

from bartizan.scan.texts.hidden import visible

__all__ = ["Fence", "Passage", "plain", "split"]


class Passage(msgspec.Struct, frozen=True):
    """One sentence, with its line. `quoted`: it stands in a quotation or a block; `hidden`: no reader sees it."""

    text: str
    line: int
    quoted: bool = False
    hidden: bool = False


class Fence(msgspec.Struct, frozen=True):
    """One block of code, with its language in lower case and the line of its first line."""

    language: str
    text: str
    line: int


_COMMENT = re.compile(r"<!--(.*?)(?:-->|\Z)", re.DOTALL)
_REFERENCE = re.compile(
    r"^[ \t]*\[(?://|comment|_|\w{0,3})\]:[ \t]*(?:#|<>|/|about:blank)[ \t]*[(\"'](.*)[)\"'][ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_UNSEEN = re.compile(
    r"<(\w+)\b[^>]*(?:\bhidden\b|display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])|font-size\s*:\s*0"
    r"|color\s*:\s*(?:white|#fff(?:fff)?|transparent)\b)[^>]*>(.*?)</\1\s*>",
    re.DOTALL | re.IGNORECASE,
)
_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n]*$")
_START = re.compile(r"^[ \t]*(?:[-*+]|\d+[.)]|#{1,6}|\||>)[ \t]*")
_END = re.compile(r"(?<=[.!?;])[\"'”)\]]*\s+(?=[\"'“(\[*_`]*[A-ZÀ-Ý0-9¡¿])")
_TEXT_BLOCKS = frozenset({"", "text", "txt", "md", "markdown", "prompt", "xml", "html", "plaintext", "plain", "none"})


def split(text: str, first: int = 1) -> tuple[list[Passage], list[Fence]]:
    """Split Markdown into sentences and blocks of code. `first` is the line that the text begins on."""
    unseen: list[Passage] = []

    def take(found: re.Match[str]) -> str:
        line = first + text.count("\n", 0, found.start())
        unseen.extend(
            Passage(one.text, one.line, hidden=True)
            for one in _sentences(found[found.lastindex or 0].splitlines(), line)
        )
        return "\n" * found[0].count("\n")

    spans, fences = _blocks(text, first)
    for pattern in (_COMMENT, _REFERENCE, _UNSEEN):
        for found in pattern.finditer(text):
            if not any(start <= found.start() < end for start, end in spans):
                take(found)
    shown = _outside(text, spans)
    passages = list(_sentences(shown.splitlines(), first))
    for fence in fences:
        if fence.language in _TEXT_BLOCKS:
            passages += [
                Passage(one.text, one.line, quoted=True) for one in _sentences(fence.text.splitlines(), fence.line)
            ]
    return passages + unseen, fences


def _blocks(text: str, first: int) -> tuple[list[tuple[int, int]], list[Fence]]:
    """Return where blocks of code stand, in characters, and the blocks."""
    spans: list[tuple[int, int]] = []
    fences: list[Fence] = []
    at, mark, language, start, body_at, body_line, line = 0, "", "", 0, 0, first, first
    for row in text.splitlines(keepends=True):
        found = _FENCE.match(row.rstrip("\n"))
        if found and not mark:
            mark, language, start, body_at, body_line = found[1], found[2].lower(), at, at + len(row), line + 1
        elif found and mark and found[1].startswith(mark) and not found[2]:
            spans.append((start, at + len(row)))
            fences.append(Fence(language, text[body_at:at], body_line))
            mark = ""
        at += len(row)
        line += 1
    if mark:
        spans.append((start, len(text)))
        fences.append(Fence(language, text[body_at:], body_line))
    return spans, fences


def _outside(text: str, spans: list[tuple[int, int]]) -> str:
    """Return text without its blocks and what is not shown, line breaks kept."""
    out, at = [], 0
    for start, end in spans:
        out += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end
    shown = "".join([*out, text[at:]])
    for pattern in (_COMMENT, _REFERENCE, _UNSEEN):
        shown = pattern.sub(lambda found: "\n" * found[0].count("\n"), shown)
    return shown


def _sentences(rows: list[str], first: int) -> Iterator[Passage]:
    """Join the lines of a paragraph, and split it into sentences."""
    held: list[str] = []
    line = first
    quoted = False
    for number, row in enumerate([*rows, ""], first):
        starts = _START.match(row)
        if held and (not row.strip() or starts):
            yield from _parts(" ".join(held), line, quoted)
            held = []
        if row.strip():
            if not held:
                line, quoted = number, row.lstrip().startswith(">")
            held.append(row.strip())
            if len(held) > 40:
                yield from _parts(" ".join(held), line, quoted)
                held = []


def _parts(paragraph: str, line: int, quoted: bool) -> Iterator[Passage]:
    for part in _END.split(paragraph):
        if len(part) > 3:
            yield Passage(part[:4000], line, quoted)


_MARKUP = re.compile(r"\*{1,3}|_{2,3}|~~|^[ \t]*(?:#{1,6}|>+|[-+]|\d+[.)])[ \t]+")
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]*)[^)]*\)")
_SPACED = re.compile(r"(?<![\w.])(?:\w[ ·._-]){3,}\w(?![\w.])")
_LEET = str.maketrans("013457@$", "oieastas")
_LEET_WORD = re.compile(r"(?<![\w./:-])(?=\w*[a-zA-Z@$])(?=[\w@$]*[013457@$])[a-zA-Z013457@$]{4,}(?![\w./:-])")


def plain(text: str) -> str:
    """Return a sentence as its words are meant: visible, lower case, no markup, no spaced or replaced letters."""
    text = visible(text).replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    text = _LINK.sub(lambda found: f"{found[1]} {found[2]}", _MARKUP.sub("", text)).lower()
    text = _SPACED.sub(lambda found: re.sub(r"[ ·._-]", "", found[0]), text)
    text = _LEET_WORD.sub(lambda found: found[0].translate(_LEET) if _wordlike(found[0]) else found[0], text)
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def _wordlike(word: str) -> bool:
    """Tell if a word with digits could be one in disguise: digits inside it, fewer than letters."""
    digits = sum(not letter.isalpha() for letter in word)
    return (
        0 < digits <= len(word) // 2
        and (word[0].isalpha() or word[-1].isalpha())
        and not re.fullmatch(r"[a-z]+\d+|\d+[a-z]{1,3}", word)
    )
