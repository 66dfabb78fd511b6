"""Wording of texts in templates: instructions to a model, those that override or carry away, characters not seen."""

from __future__ import annotations

import re

from bartizan.scan.texts.hidden import DIRECTIONS_TURNED, INVISIBLE, SELECTORS, TAGS, said_by_tags, unusual

__all__ = ["hidden_characters", "instructs", "overrides"]

_OVERRIDE = re.compile(
    r"(?i)\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,30}\b(?:previous|prior|above|earlier|preceding|system"
    r"|safety|all other|other)\b[^.\n]{0,25}\b(?:instructions?|prompts?|rules|guidelines|messages?|polic(?:y|ies)"
    r"|restrictions?)\b"
)
_CARRIES = re.compile(
    r"(?is)\b(?:send|post|upload|transmit|forward|exfiltrate|leak|e-?mail|report|submit|encode|append|include|put|add)\b"
    r".{0,80}\b(?:conversations?|chat|messages?|history|system prompt|secrets?|passwords?|api keys?|tokens?"
    r"|credentials?|personal data|user'?s? (?:data|input|name|question)|what the user)\b"
    r".{0,120}?(?:https?://|\bto \S+@\S+\.)"
)
_PICTURE = re.compile(r"!\[[^\]\n]{0,80}\]\(\s*https?://[^)\s]{1,200}[?&/=](?:[^)\s]{0,80}=\s*)?(?:\{|\[|<|\$|'|\"|\))")
_QUOTED = re.compile(
    r"(?i)(?:[\"'“‘`«(]|such as|like|e\.g\.|attempts?(?: to)?|tr(?:y|ies|ying) to|asks? (?:you )?to"
    r"|(?:do|must|should|will|can) ?not|don'?t|never|refuse to|any|if)\s*[\"'“‘`]?\s*\Z"
)
"""What stands before words that are spoken of, not said."""
_COMMAND = re.compile(
    r"(?i)\b(?:you (?:must|should|are|will|have to|need to|can)|always|never|do not|don'?t|must|respond|reply|answer"
    r"|say|tell|recommend|suggest|include|append|insert|mention|ignore|instead|pretend|act as|remember to|make sure"
    r"|ensure|replace|redirect|send|direct|claim|advise|use|write|set|change|visit|contact|pay|transfer)\b"
)
_RUNS = re.compile(f"[{INVISIBLE}\u200e\u200f]{{3,}}|[{SELECTORS}]{{3,}}")
_SCATTERED = re.compile("[\u200b\u2060-\u2064\ufeff]")


def overrides(text: str) -> str:
    """Return the words that override instructions or carry data away, or nothing. Not those that are spoken of."""
    for pattern in (_OVERRIDE, _CARRIES, _PICTURE):
        for found in pattern.finditer(text):
            if not _QUOTED.search(text[max(found.start() - 40, 0) : found.start()]):
                return found[0][:120]
    return ""


def instructs(text: str) -> bool:
    """Tell a text that tells a model what to do: a few words of which one commands."""
    return len(re.findall(r"[^\W\d_]{2,}", text)) >= 4 and bool(_COMMAND.search(text))


def hidden_characters(text: str) -> str:
    """Return what is hidden in a text by characters that show nothing, or nothing. Flags and emoji don't count.

    Templates are written by programmers: a few such characters are told where prose would need many.
    """
    if text.isascii():
        return ""
    text = unusual(text)
    tags = TAGS.search(text)
    if tags:
        return "tags that say: " + said_by_tags(tags[0])
    if DIRECTIONS_TURNED.search(text):
        return "an override of the direction of text"
    run = _RUNS.search(text)
    if run:
        return f"{len(run[0])} characters in a row that show nothing"
    scattered = len(_SCATTERED.findall(text[1:]))
    return f"{scattered} characters that show nothing" if scattered >= 8 else ""
