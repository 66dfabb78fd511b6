"""What a finding shows of a file: one line, cut, without control characters, and without what may be a secret."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

__all__ = ["shown"]

_SECRET_NAME = (
    r"(?:pass(?:word|wd)?|secret|token|api[-_ ]?key|access[-_ ]?key|auth(?:orization)?|credential|bearer|cookie)"
)
_NAMED = re.compile(rf"(?i)({_SECRET_NAME}\w*[\"']?\s*(?:[:=]|\s)\s*[\"']?(?:bearer\s+|basic\s+)?)([^\s\"',;]{{6,}})")
_TOKEN = re.compile(r"[A-Za-z0-9+/=_\-]{20,}")
_JOINTS = re.compile(r"[-_/=+]")
_MAIL = re.compile(r"(?<![\w/.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b")
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
    """Mask what looks drawn at random; names of models and packages, which are words with numbers, stay."""
    token = found[0]
    if not any(letter.isdigit() for letter in token) or not any(letter.isalpha() for letter in token):
        return token
    pieces = _JOINTS.split(token)
    # A key is one long piece; base64 may hold `/` and `+`, and then letters and digits change places all the time.
    changes = sum(_kind(a) != _kind(b) for piece in pieces for a, b in pairwise(piece))
    drawn = any(len(piece) >= 16 and not piece.isalpha() and not piece.isdigit() for piece in pieces)
    return f"{token[:4]}***" if drawn or (len(token) >= 32 and changes > len(token) / 3) else token


def _kind(letter: str) -> int:
    return 0 if letter.islower() else 1 if letter.isupper() else 2 if letter.isdigit() else 3


def _visible(letter: str) -> str:
    if letter == " " or (letter.isprintable() and unicodedata.category(letter) not in ("Cf", "Mn", "Co")):
        return letter
    return {"\n": "⏎", "\t": " ", "\r": ""}.get(letter, f"\\u{{{ord(letter):x}}}")
