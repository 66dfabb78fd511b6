"""What a finding shows of a file: one line, cut, without control characters, and without what may be a secret."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["shown"]

_SECRET_NAME = (
    r"(?:pass(?:word|wd)?|secret|token|api[-_ ]?key|access[-_ ]?key|auth(?:orization)?|credential|bearer|cookie)"
)
_NAMED = re.compile(rf"(?i)({_SECRET_NAME}\w*[\"']?\s*(?:[:=]|\s)\s*[\"']?(?:bearer\s+|basic\s+)?)([^\s\"',;]{{6,}})")
_TOKEN = re.compile(r"[A-Za-z0-9+/=_\-]{20,}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_USER = re.compile(r"(://[^\s/:@]+:)[^\s/@]+@")


def shown(text: str, most: int = 200) -> str:
    """Return text as a finding may show it.

    Hidden and control characters become their code points in `u{}`; long tokens with digits, values beside names of
    secrets, passwords in addresses and e-mail addresses are masked.
    """
    text = text[: most * 4]
    text = _USER.sub(r"\1***@", text)
    text = _NAMED.sub(lambda found: found[1] + "***", text)
    text = _MAIL.sub(lambda found: "***@" + found[0].rpartition("@")[2], text)
    text = _TOKEN.sub(_token, text)
    text = "".join(_visible(letter) for letter in text)
    return text if len(text) <= most else text[: most - 1] + "…"


def _token(found: re.Match[str]) -> str:
    token = found[0]
    mixed = any(letter.isdigit() for letter in token) and any(letter.isalpha() for letter in token)
    return f"{token[:4]}***" if mixed and (len(token) > 40 or not token.isidentifier()) else token


def _visible(letter: str) -> str:
    if letter == " " or (letter.isprintable() and unicodedata.category(letter) not in ("Cf", "Mn", "Co")):
        return letter
    return {"\n": "⏎", "\t": " ", "\r": ""}.get(letter, f"\\u{{{ord(letter):x}}}")
