"""Where two texts meet: whether a value may have been cut there, with its halves in both."""

from __future__ import annotations

import re

__all__ = ["SAID", "head_of", "may_go_on", "may_join", "tail_of"]

SAID = frozenset(
    ("content", "input", "instructions", "output", "prompt", "reasoning", "reasoning_content", "refusal", "system",
     "text", "thinking", "transcript")
)  # fmt: skip
"""Members that hold what is said. Fields of data that stand beside each other, such as amounts, are not one text."""

_NEAR = 96
"""Characters on each side of a joint that are looked at, as labels help to tell what a value is."""
_LONGEST = 2048
"""Characters without a space that still count as one word."""
_LEAST = 8
"""Signs of a word over a joint from which it may be a value, unless there are digits on both sides."""

_SIGNS = frozenset("@.+/=:_-")
"""Signs apart from letters and digits that values are cut at."""
_TELLING = re.compile(r"[0-9@_+/=]|[A-Za-z]-|[A-Z]{3}")


def may_join(before: str, after: str) -> bool:
    """Tell whether a value may go over from the end of one text to the beginning of another.

    Most texts end with a word or a full stop, and the next begins with a word: those have nothing in common. Single
    signs are spelt out.
    """
    last, first = before[-1:], after[:1]
    if last == "." and first.isupper():
        return False
    if last.isspace() or first.isspace() or (last.isdigit() and first.isdigit()):
        return before[-8:].rstrip()[-1:].isdigit() and after[:8].lstrip()[:1].isdigit()
    if not (_is_sign(last) and _is_sign(first)):
        return False
    if len(after) == 1:
        return True
    word = before[-64:].rsplit(None, 1)[-1] + after[:64].split(None, 1)[0]
    return len(word) >= _LEAST and _TELLING.search(word) is not None


def may_go_on(before: str) -> bool:
    """Tell whether a text ends so that a value may go on in the next one, of which nothing is known yet."""
    if before[-8:].rstrip()[-1:].isdigit():
        return True
    return _is_sign(before[-1:]) and _TELLING.search(before[-64:].rsplit(None, 1)[-1]) is not None


def _is_sign(sign: str) -> bool:
    return sign.isalnum() or sign in _SIGNS


def tail_of(text: str) -> str:
    """Return the end of a text, from the beginning of a word on."""
    if len(text) <= _NEAR:
        return text
    at = len(text) - _NEAR
    while at > 0 and len(text) - at < _LONGEST and not text[at - 1].isspace():
        at -= 1
    return text[at:]


def head_of(text: str) -> str:
    """Return the beginning of a text, up to the end of a word."""
    at = _NEAR
    while at < len(text) and at < _LONGEST and not text[at].isspace():
        at += 1
    return text[:at]
