"""Values that matter in texts, by type, and the form in which two of them are compared.

Comparing is strict on purpose: letter case, blanks and separators that a type allows don't count, look-alike letters
do. A value that merely looks like one of the request's is another value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from bartizan.model.card import ValueType

__all__ = ["EMBEDDED", "Typed", "comparable", "embedded", "folded", "numbers", "without", "words"]


class Typed(NamedTuple):
    """A value in a text: its type, the form that is compared, and where it stands."""

    type: ValueType
    key: str
    start: int
    end: int


# What may stand in an address, in any alphabet: a look-alike letter must not hide it from us.
_PART = r"[^\s@<>()\[\]{},;:'\"`|\\*]"
# Both sides of an `@` are looked at from there and no further than an address may reach: a long text without blanks
# must not be read from every one of its letters.
_LOCAL = re.compile(rf"{_PART}{{1,64}}")
_HOST = re.compile(rf"{_PART}{{1,200}}")
_HOST_END = re.compile(r"\.\w{2,24}\W*$")
_TOP = (
    "com org net edu gov mil int info biz name pro io ai app dev xyz top site online shop store club live tech cloud "
    "page link click me tv cc ly gl gd co us uk ch de at fr it es pt nl be lu li eu dk se no fi pl cz sk hu ro bg gr "
    "al rs hr si mk ba me tr ru ua by cn hk tw jp kr in id my sg th vn au nz ca mx br ar cl za ng ke eg il ae sa "
    "onion zip mov test example invalid"
)
_LABEL = r"\w\u00a1-\uffff"
_DOMAIN = rf"(?:[{_LABEL}-]+\.)+(?:{'|'.join(_TOP.split())})"
# A name of a host begins where its row of letters, signs and points does: from each letter on would take for ever.
# Where a row begins within a path or with a point, or has two points, a sign that is no letter may begin one.
_BEGIN = (
    rf"(?:(?<![{_LABEL}@./-])|(?:(?<=[@/])|(?<=\.\.)|(?<![{_LABEL}.-])(?=\.))"
    r"[\w-]*(?:\.[\w-]+)*\.?(?!\w)(?=[\u00a1-\uffff]))"
)
_URL = re.compile(
    rf"(?:[a-z][a-z0-9+.-]{{1,20}}://[^\s<>\"'`|\\^{{}}]+|(?:javascript|data|mailto|tel):[^\s<>\"'`]+"
    rf"|\bwww\d?\.[^\s<>\"'`|\\^{{}}()]+|{_BEGIN}{_DOMAIN}(?![\w@-])(?:[:/?#][^\s<>\"'`|\\^{{}}]*)?)",
    re.IGNORECASE,
)
# In groups, letters are capitals and the last group has a digit: the word behind an account is not a part of it.
_IBAN = re.compile(
    r"\b[A-Za-z]{2}\d{2}(?:[A-Za-z0-9]{8,30}\b|(?:[ \-][A-Z0-9]{4}){2,7}(?:[ \-](?=[A-Z0-9]{0,2}\d)[A-Z0-9]{1,3})?\b)"
)
_COUNTRY = re.compile(r"[A-Za-z]{2}\d\d")
_COIN = re.compile(r"\b(?:bc1[a-z0-9]{20,80}|0x[0-9a-fA-F]{40}|[13][1-9A-HJ-NP-Za-km-z]{25,34})\b")
_NUMBERED = re.compile(
    r"\b(?:iban|acct|account|konto|compte|conto|cuenta|routing|sort code|bsb|swift|bic)\b"
    r"\W{0,3}(?:n[o°ru.]*\b|number|nummer)?\W{0,4}(?P<value>[A-Z0-9]*\d[\dA-Z \-]{3,32}[\dA-Z])",
    re.IGNORECASE,
)
_ACCOUNT_WORDS = ("iban", "acc", "konto", "compte", "conto", "cuenta", "routing", "sort code", "bsb", "swift", "bic")
_DIGIT = re.compile(r"\d")
_ROW = re.compile(r"\d[\d \t().\-/]{5,}\d")
_STOPS = str.maketrans(dict.fromkeys("\n\r\t\v\f\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\u3000", " "))
# A point or a colon that is followed by something, as it is within an address and not at the end of a sentence.
_INNER = re.compile(r"[.:](?=[^\s.,;:!?)\]}])")
_PHONE = re.compile(
    r"(?<![\w.])(?:\+|00)\d[\d \t().\-/]{6,20}\d(?!\w)|(?<![\w.\-])\(?\d{3}\)?[ .\-]\d{3}[ .\-]\d{4}(?!\w)"
)
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]"
)
# `evil[.]com`, `evil (dot) com`, `hxxp://`: written so that programs don't see what readers do.
_DEFANGED = re.compile(
    r"(?<!\s)\s*[\[({]\s*(?:\.|dot|punkt|point)\s*[\])}]\s*|(?<=\w) (?:dot|\.) (?=\w)", re.IGNORECASE
)
_AT = re.compile(r"(?<!\s)\s*[\[({]\s*(?:@|at)\s*[\])}]\s*", re.IGNORECASE)
_HXXP = re.compile(r"\bhxxp(s?)://", re.IGNORECASE)
_FULL_STOPS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": ".", "\uff20": "@", "\uff0f": "/", "\u2024": "."})
_WRITTEN_OUT = tuple(
    [f"{opening}{sign}" for opening in "[({" for sign in (".", "dot", "at", "@", "punkt", "point")]
    + [" . ", " dot ", "hxxp", "[ . ", "( . "]
)
_TRAILING = ".,;:!?)]}>'\"*_…"
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:[.,'\u2019 ]\d{3})*(?:[.,]\d+)?(?!\w|[.,]\d)")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?|\d+")
_SPACE = re.compile(r"\s+")

EMBEDDED = (ValueType.EMAIL, ValueType.URL, ValueType.ACCOUNT, ValueType.PHONE)
"""Types that are recognised inside of any text."""


def folded(text: str) -> str:
    """Return a text as names, titles and paths are compared: composed, without case, blanks made one."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text).casefold()).strip()


def words(text: str) -> list[str]:
    """Return a text's words and whole numbers, without case; parts of names that `_`, `-` and dots join are words."""
    return [word.replace("\u2019", "'") for word in _WORD.findall(text.casefold())]


def numbers(text: str) -> list[float]:
    """Return the numbers of a text. `1,000.50`, `1'000.50`, `1.000,50` and `1000.5` are read alike."""
    return [value for match in _NUMBER.finditer(text) if (value := _number(match[0])) is not None]


def _number(written: str) -> float | None:
    digits = written.replace("'", "").replace("\u2019", "").replace(" ", "")
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "," if comma < point else "."
        digits = digits.replace(thousands, "").replace(",", ".")
    elif comma >= 0:
        digits = digits.replace(",", "" if len(digits) - comma == 4 else ".")
    try:
        return float(digits)
    except ValueError:
        return None


def comparable(type_: ValueType, value: str) -> str:
    """Return the form in which values of a type are compared; the same for two values only when they mean the same."""
    if type_ is ValueType.EMAIL:
        inner = re.search(r"^[^@,;<>\n]*<([^<>@\s]*@[^<>@\s]*)>\s*$", value)
        return folded(inner[1] if inner else value).removeprefix("mailto:")
    if type_ is ValueType.URL:
        return _address(value)
    if type_ is ValueType.ACCOUNT:
        return re.sub(r"[\s\-]", "", value).upper()
    if type_ is ValueType.PHONE:
        return re.sub(r"[^\d]", "", value.strip()).lstrip("0")
    if type_ is ValueType.AMOUNT:
        number = _number(value.strip().strip("$€£ "))
        return value.strip() if number is None else f"{number:.6f}"
    if type_ in (ValueType.SECRET, ValueType.CODE, ValueType.COMMAND):
        return value.strip()
    return folded(value)


def _address(value: str) -> str:
    """Return an address without the scheme of the web, in which the host has no case, and paths end in no slash."""
    text = value.strip().strip("<>")
    lower = text.lower()
    for scheme in ("https://", "http://"):
        if lower.startswith(scheme):
            text = text[len(scheme) :]
            break
    host, slash, rest = text.partition("/")
    rest = unquote(rest) if "%" in rest else rest
    return (host.lower() + slash + rest).rstrip("/")


def embedded(text: str) -> list[Typed]:
    """Return the addresses, links, accounts and phone numbers in a text. Hidden characters don't hide them."""
    plain = text if text.isascii() else _HIDDEN.sub("", text).translate(_FULL_STOPS)
    lower = plain.lower()
    found = list(_found(plain, lower))
    if any(sign in lower for sign in _WRITTEN_OUT):
        bared = _AT.sub("@", _DEFANGED.sub(".", _HXXP.sub(r"http\1://", plain)))
        if bared != plain:
            known = {(value.type, value.key) for value in found}
            again = _found(bared, bared.lower())
            found += [Typed(v.type, v.key, 0, len(text)) for v in again if (v.type, v.key) not in known]
    return found


def _found(text: str, lower: str) -> Iterator[Typed]:
    plain = text
    if "@" in text:
        taken = list(_mails(text))
        for start, end in taken:
            yield Typed(ValueType.EMAIL, comparable(ValueType.EMAIL, text[start:end]), start, end)
        plain = without(text, taken)
    yield from _links(plain)
    if _DIGIT.search(text):
        yield from _numbered(text, lower)


def _mails(text: str) -> Iterator[tuple[int, int]]:
    last = 0
    at = text.find("@")
    while at >= 0:
        local = _LOCAL.match(text[max(last, at - 64) : at][::-1])
        host = _HOST.match(text, at + 1)
        if local is not None and host is not None and _HOST_END.search(host[0]):
            last = at + 1 + len(host[0].rstrip(_TRAILING))
            yield at - len(local[0]), last
        at = text.find("@", max(at + 1, last))


def _links(text: str) -> Iterator[Typed]:
    """Yield links, looked for in the words only that have a point or a colon inside."""
    end, blanks = 0, ""
    for inner in _INNER.finditer(text):
        if inner.start() < end:
            continue
        blanks = blanks or text.translate(_STOPS)
        start = blanks.rfind(" ", 0, inner.start()) + 1
        end = blanks.find(" ", inner.start())
        end = len(text) if end < 0 else end
        for match in _URL.finditer(text, start, end):
            value = match[0].rstrip(_TRAILING.replace(")", "") if "(" in match[0] else _TRAILING)
            yield Typed(ValueType.URL, comparable(ValueType.URL, value), match.start(), match.start() + len(value))


def without(text: str, spans: list[tuple[int, int]]) -> str:
    """Return a text with blanks in place of some of it, so that positions stay."""
    pieces, last = [], 0
    for begin, end in spans:
        start = max(begin, last)
        if start >= end:
            continue
        pieces += [text[last:start], " " * (end - start)]
        last = end
    return "".join([*pieces, text[last:]])


def _numbered(text: str, lower: str) -> Iterator[Typed]:
    patterns = [_IBAN] if _COUNTRY.search(text) else []
    row = _ROW.search(text) is not None
    if any(len(word) > 25 for word in text.split()):
        patterns.append(_COIN)
    if any(word in lower for word in _ACCOUNT_WORDS):
        patterns.append(_NUMBERED)
    seen: set[str] = set()
    spans: list[tuple[int, int]] = []
    for pattern in patterns:
        for match in pattern.finditer(text):
            value = match["value"] if pattern is _NUMBERED else match[0]
            key = comparable(ValueType.ACCOUNT, value)
            if sum(character.isdigit() for character in key) >= 5 and key not in seen:
                seen.add(key)
                spans.append(match.span())
                yield Typed(ValueType.ACCOUNT, key, match.start(), match.end())
    for match in _PHONE.finditer(without(text, sorted(spans)) if spans else text) if row else ():
        key = comparable(ValueType.PHONE, match[0])
        if 8 <= len(key) <= 15:
            yield Typed(ValueType.PHONE, key, match.start(), match.end())
