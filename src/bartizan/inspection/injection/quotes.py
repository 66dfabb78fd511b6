"""Attacks that a text only talks about: a report, a test or a lesson that quotes one is none.

A quotation counts as talked about when words beside it say that it is an example, a phrase, an attack and the like.
What stands in it is left out. As an attacker can write such words, too, the text as it stands is scored as well,
with a discount.
"""

from __future__ import annotations

import re

__all__ = ["unquoted"]

_NEAR = 70
_QUOTE = re.compile(
    r"(?<=\w )(?:'([^'\n]{6,400})'|\"([^\"\n]{6,400})\"|`([^`\n]{6,400})`|“([^”\n]{6,400})”|‘([^’\n]{6,400})’)(?!\w)"
)
_ABOUT = re.compile(
    r"\b(?:phrases?|examples?|says|saying|said|quot\w+|detect\w*|flag\w*|block\w*|reject\w*|attack\w*|inject\w*|"
    r"jailbreak\w*|malicious|untrusted|payloads?|patterns?|test\w*|train\w*|lessons?|learn\w*|stud\w+|analy\w+|"
    r"paraphras\w*|discuss\w*|explain\w*|report\w*|document\w*|guidance|changelog|snapshot|fixtures?|wrote|tried|"
    r"contain\w*|mention\w*|texts?|strings?|messages?|prompts? like|such as|like|means?|listed|lists|called|named|"
    r"beispiel\w*|exemple\w*|ejemplo\w*|esempi\w*)\b",
    re.IGNORECASE,
)


def unquoted(text: str) -> str:
    """Return a text without the quotations that it only talks about; the same object where it has none."""
    if not any(mark in text for mark in (" '", ' "', " `", " “", " ‘")):
        return text

    def _left(match: re.Match[str]) -> str:
        start, end = match.span()
        before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
        return '"..."' if _ABOUT.search(before) or _ABOUT.search(after) else match.group()

    made = _QUOTE.sub(_left, text)
    return made if made != text else text
