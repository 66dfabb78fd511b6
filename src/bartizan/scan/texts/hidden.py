"""Characters that a person does not see and a model reads: tags, zero-width bits, variation selectors, directions.

Emoji sequences, flags and the joiners of Arabic, Persian and Indic scripts are ordinary. Sources: Unicode 16,
chapter 23; UTS 51 for emoji; UTS 39 for look-alikes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import msgspec

__all__ = [
    "DIRECTIONS_TURNED",
    "INVISIBLE",
    "LOOKALIKES",
    "SELECTORS",
    "TAGS",
    "Hidden",
    "hidden",
    "said_by_tags",
    "unusual",
    "visible",
]

_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
TAGS = re.compile("[\U000e0000-\U000e007f]+")
"""Tag characters: a shadow of ASCII."""
INVISIBLE = "\u200b\u200c\u200d\u2060-\u2064\u180e\ufeff\u034f\u115f\u1160\u3164\uffa0\u206a-\u206f\u17b4\u17b5\u00ad"
"""Characters without width, as a class of a regular expression holds them."""
_RUN = re.compile(f"[{INVISIBLE}]+")
SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Variation selectors, which choose among the looks of the character before."""
_SELECTED = re.compile(f"[{SELECTORS}]{{2,}}")
DIRECTIONS_TURNED = re.compile("[\u202d\u202e]")
"""Overrides of the direction of text."""
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_INSIDE = re.compile(f"(?<=[A-Za-z])[{INVISIBLE}](?=[A-Za-z])")
_JOINED = re.compile(
    "(?<=[\u2190-\u2bff\u3000-\u303f\U0001f000-\U0001faff\ufe0f\U0001f3fb-\U0001f3ff])\u200d"
    "(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
)
_SCRIPT_JOINERS = re.compile(
    "(?<=[\u0600-\u08ff\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff\u1800-\u18af\ufb50-\ufefc])[\u200b-\u200d]+"
)
LOOKALIKES = {
    **dict(zip("аеорсухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅ", "aeopcyxijshdqwABEKMHOPCTYXIJS", strict=True)),
    **dict(zip("οαενρτυικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oaevptuikABEZHIKMNOPTYX", strict=True)),
    "ɡ": "g", "ӏ": "l", "ⅼ": "l", "ո": "n", "օ": "o", "ѡ": "w",
}  # fmt: skip
"""Letters of other scripts that look like Latin ones."""
_MIXED = re.compile(rf"(?<!\w)(?=\w*[A-Za-z])\w*[{''.join(LOOKALIKES)}]\w*(?!\w)")


class Hidden(msgspec.Struct, frozen=True):
    """What is hidden: where, what kind, what it says where that can be read. `rule` is that of the finding."""

    rule: str
    offset: int
    told: str
    message: str = ""


def hidden(text: str) -> Iterator[Hidden]:
    """Yield what is hidden in a text."""
    if text.isascii():
        return
    plain = unusual(text)
    yield from _tags(plain)
    yield from _zero_width(plain)
    yield from _selected(plain)
    yield from _directed(plain)
    yield from _mixed(plain)


def unusual(text: str) -> str:
    """Return a text with zeros for what flags, emoji and the joiners of scripts hold: they are ordinary."""
    plain = _JOINED.sub("\x00", _FLAG.sub(_zeros, text))
    return _SCRIPT_JOINERS.sub(_zeros, plain)


def _zeros(found: re.Match[str]) -> str:
    return "\x00" * len(found[0])


def said_by_tags(run: str) -> str:
    """Return the ASCII text that tag characters stand for."""
    return "".join(chr(ord(letter) - 0xE0000) for letter in run if 0x20 <= ord(letter) - 0xE0000 < 0x7F)


def visible(text: str) -> str:
    """Return a text without characters that don't show, look-alike letters as the Latin ones they look like."""
    if text.isascii():
        return text
    text = TAGS.sub("", _RUN.sub("", _SELECTED.sub("", text)))
    text = _DIRECTIONS.sub("", unicodedata.normalize("NFKC", text))
    return _MIXED.sub(lambda found: "".join(LOOKALIKES.get(letter, letter) for letter in found[0]), text)


def _tags(text: str) -> Iterator[Hidden]:
    runs = list(TAGS.finditer(text))
    if not runs:
        return
    message = said_by_tags("".join(run[0] for run in runs))
    rule = "hidden-message" if len(message) >= 4 else "hidden-characters"
    yield Hidden(rule, runs[0].start(), f"tag characters say: {message}" if message else "tag characters", message)


def _zero_width(text: str) -> Iterator[Hidden]:
    text = text[1:] if text.startswith("\ufeff") else text
    runs = list(_RUN.finditer(text))
    bits = "".join(run[0] for run in runs if len(run[0]) >= 8)
    message = _bits(bits) if bits else ""
    if message:
        first = next(run for run in runs if len(run[0]) >= 8)
        yield Hidden("hidden-message", first.start(), f"zero-width characters say: {message}", message)
        return
    longest = max(runs, key=lambda run: len(run[0]), default=None)
    if longest is not None and len(longest[0]) >= 8:
        yield Hidden("hidden-characters", longest.start(), f"{len(longest[0])} characters in a row that don't show")
        return
    inside = list(_INSIDE.finditer(text))
    soft = sum(found[0] == "\u00ad" for found in inside)
    if len(inside) - soft >= 3:
        yield Hidden(
            "hidden-characters", inside[0].start(), f"{len(inside) - soft} characters that don't show split words"
        )


def _bits(run: str) -> str:
    """Read two kinds of characters as zeros and ones, both ways, in bytes of eight or seven bits."""
    kinds = sorted(set(run), key=run.count, reverse=True)[:2]
    if len(kinds) != 2:
        return ""
    run = "".join(letter for letter in run if letter in kinds)
    for zero, one in (sorted(kinds), sorted(kinds, reverse=True)):
        bits = run.replace(zero, "0").replace(one, "1")
        for size in (8, 7):
            codes = [int(bits[at : at + size], 2) for at in range(0, len(bits) - size + 1, size)]
            if len(codes) >= 2 and all(32 <= code < 127 or code in (9, 10, 13) for code in codes):
                return "".join(map(chr, codes))
    return ""


def _selected(text: str) -> Iterator[Hidden]:
    runs = [run for run in _SELECTED.finditer(text) if len(run[0]) >= 4]
    if not runs:
        return
    data = bytes(_selector(letter) for run in runs for letter in run[0])
    message = data.decode("ascii", errors="ignore")
    readable = len(message) >= 4 and len(message) == len(data) and message.isprintable()
    told = f"variation selectors say: {message}" if readable else f"{len(data)} variation selectors in a row"
    yield Hidden(
        "hidden-message" if readable else "hidden-characters", runs[0].start(), told, message if readable else ""
    )


def _selector(letter: str) -> int:
    code = ord(letter)
    return code - 0xFE00 if code < 0xFF00 else code - 0xE0100 + 16


def _directed(text: str) -> Iterator[Hidden]:
    found = list(_DIRECTIONS.finditer(text))
    turned = [one for one in found if DIRECTIONS_TURNED.match(one[0])]
    right = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)
    if turned:
        yield Hidden("hidden-direction", turned[0].start(), f"U+{ord(turned[0][0]):04X} turns the direction of text")
    elif found and not right:
        yield Hidden("hidden-direction", found[0].start(), f"U+{ord(found[0][0]):04X} in text that runs left to right")


def _mixed(text: str) -> Iterator[Hidden]:
    for found in _MIXED.finditer(text):
        word = found[0]
        plain = "".join(LOOKALIKES.get(letter, letter) for letter in word)
        inside = re.search(rf"[{''.join(LOOKALIKES)}]+[A-Za-z]", word)
        latin = sum(letter.isascii() and letter.isalpha() for letter in word)
        cyrillic = any("\u0400" <= letter <= "\u052f" for letter in word)
        if (
            plain.isascii()
            and plain.replace("_", "").isalpha()
            and inside
            and len(word) >= 4
            and latin >= (2 if cyrillic else 3)
        ):
            yield Hidden("hidden-lookalikes", found.start(), f"`{plain}` holds letters of another script")
            return
