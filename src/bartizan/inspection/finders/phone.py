"""Telephone numbers as people write them, judged with the numbering plans of the package `phonenumbers`.

Texts can hold a number every few bytes, so the library's own parser (50 us and more a call) is left out of the loop.
One expression finds runs of digits and separators. The run's shape, its digits written as 9, tells from a cache whether
any telephone number looks like that. Only then are digits compared with the plans, whose patterns are compiled once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberDesc

from bartizan.inspection.phonewords import CALLS, CAPTIONS, NOUNS, NUMBERS, RIVALS, UNSPACED

_RUN = re.compile(r"[+(0-9][0-9 +()./\u00a0\u2009\u202f\u2010-\u2013-]{5,}[0-9]")
_SHAPE = {ord(digit): "9" for digit in "0123456789"} | dict.fromkeys(map(ord, "\u00a0\u2009\u202f"), " ")
_SHAPE |= dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013"), "-")
_EXTENSION = re.compile(r" ?(?:x|#|ext\.?|extension) ?[0-9]{1,6}(?![0-9A-Za-z_])", re.IGNORECASE)
# Where one run of separators holds several values. Blanks around a sign never stand inside a number.
_CUT = re.compile(r" {2,}| [-/.] | (?=\+)|(?<=[- ]9999) (?=\(99)|^9{1,2}[.)] (?=[(9]+)")
_EXTENDS = frozenset(" xX#eE")
_DATE = re.compile(r"(?<![9./-])(?:9999([-./])99?\1 ?99?|99?([-./])99?\2(?:9999|99))(?![9.-])")
_WHOLE = re.compile(r"\(?\+?\(?9+\)?(?:[ ./-]{0,2}\(?9+\)?)*")

# How countries with a leading 0 group their digits, and whose plan the digits must then follow.
_GROUPINGS: dict[tuple[int, ...], tuple[str, ...]] = {
    (2, 2, 2, 2, 2): ("FR", "DZ", "MA"),
    (3, 3, 2, 2): ("CH", "AL", "XK", "TR", "DE"),
    (4, 3, 2, 2): ("TR", "DE", "AT", "AL"),
    (1, 3, 3, 2, 2): ("TR",),
    (1, 3, 3, 4): ("PH", "TR", "KE"),
    (3, 4, 4): ("GB", "JP", "KR", "CN"),
    (4, 3, 4): ("GB", "PH", "TR", "NG"),
    (5, 3, 3): ("GB", "AT"),
    (5, 6): ("GB", "DE", "IN"),
    (4, 3, 3): ("AU", "CH", "KE", "DE", "BG"),
    (2, 4, 4): ("AU", "JP", "CN"),
    (3, 3, 4): ("ZA", "NL", "IL", "TW", "AL", "HR", "EG"),
    (4, 8): ("CN", "DE"),
    (3, 8): ("CN", "DE"),
    (4, 7): ("GB", "DE", "IT", "PK", "NL"),
    (4, 6): ("GB", "DE", "IT", "NL", "RO"),
    (3, 7): ("DE", "IL", "NL", "ZA", "CH", "IT"),
    (3, 6): ("DE", "IL", "HR", "IT"),
    (2, 7): ("IL", "NZ", "IT"),
    (2, 8): ("IT", "NL", "IL"),
    (2, 4, 3): ("NZ", "BE"),
    (2, 3, 4): ("NZ", "IL", "TH"),
    (4, 2, 2, 2): ("BE", "DE", "AT"),
    (3, 2, 2, 2): ("BE", "SE", "DE"),
    (2, 3, 2, 2): ("BE", "SE"),
    (3, 3, 2, 2, 2): ("DE",),
    (5, 2, 2, 2): ("DE", "AT"),
    (5, 5): ("GB", "DE", "IN"),
}
# Mobile numbers that people write in one row; each plan knows them well enough to be believed after `my number is`.
_BARE = {10: ("US", "CA", "IN", "FR", "CH", "ES"), 11: ("CN", "GB", "PH"), 9: ("ES", "PL", "PT")}
_NO_TRUNK = {8: ("NO", "DK", "SG", "HK"), 9: ("ES", "PT", "PL", "CZ", "GR")}

_PLUS, _NATIONAL, _BARE_ROW = range(3)

_ESCAPES = ("\\n", "\\t", "\\r")
# What sets a row of groups apart from an amount with commas; and a word such as `-Office` after a number.
_LIKELY = re.compile(r"[+(0]|[0-9]{3}-").match
_CAPTION = re.compile(r"[A-Za-z]{3}").match
_KINDS = dict.fromkeys(NUMBERS, 1) | dict.fromkeys(RIVALS, -1) | dict.fromkeys(CALLS, 2) | dict.fromkeys(NOUNS, 3)
# Letters of ASCII in lower case, everything else of it a blank: cheaper than an expression that finds words.
_LETTERS = {code: chr(code).lower() if chr(code).isalpha() else " " for code in range(128)}


class _Shape(NamedTuple):
    start: int
    end: int
    kind: int
    groups: tuple[int, ...]
    brackets: bool  # an area code in brackets
    trunk: int  # which digit is a bracketed (0), or -1
    spaced: bool  # nothing but blanks between the groups


def phone_number(text: str) -> Iterable[tuple[int, int, int]]:
    """Find telephone numbers, international (`+41 44 668 18 00`, `0041...`) and national (`(415) 555-0132`).

    85 is a number that a numbering plan has, or one after a word such as `call` or `tel`; 75 and 65 are less certain.
    A number in the middle of a word, an amount, a date, an address of a machine or a longer row of digits is none.
    """
    # One memchr a digit: prose without digits costs well under a microsecond a kilobyte.
    if not any(digit in text for digit in "0123456789"):
        return []
    return _found(text)


def _found(text: str) -> Iterator[tuple[int, int, int]]:
    for run in _RUN.finditer(text):
        value = run.group()
        # Long tables of numbers would only fill the cache.
        shapes = _shapes(value.translate(_SHAPE)) if len(value) < 48 else _shapes.__wrapped__(value.translate(_SHAPE))
        if not shapes or _inside(text, run.start(), run.end()):
            continue
        for shape in shapes:
            start, end = run.start() + shape.start, run.start() + shape.end
            digits = "".join(filter(str.isdecimal, value[shape.start : shape.end]))
            # A number of a plan is as sure as can be; words near it need no reading.
            sure = shape.kind == _PLUS and _international(shape, digits, 0) == 85
            confidence = 85 if sure else _rate(shape, digits, _cue(text, start, end))
            if confidence:
                extension = text[end : end + 1] in _EXTENDS and _EXTENSION.match(text, end)
                yield start, extension.end() if extension else end, confidence


def _inside(text: str, start: int, end: int) -> bool:
    """Tell whether what touches the run makes it a part of something else: a word, an amount, an address, a time."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before:
        last = before[-1]
        if last.isalnum() or last in "_$€£¥%@\\":
            # A line break that was escaped, `\\n`, is none of the letters before a number.
            return before not in _ESCAPES
        if last in ".-/" and before[0].isalnum():
            return True
        if last in ",:" and before[0].isdecimal() and not _LIKELY(text, start, end):
            return True
    if not after:
        return False
    if after[0].isalnum() or after[0] in "_%€$£@":
        return not _EXTENSION.match(text, end)
    if after[0] == "-":
        return after[1:].isalnum() and not _CAPTION(text, end + 1)
    return after[0] in ",:" and after[1:].isdecimal() and not _LIKELY(text, start, end)


@lru_cache(maxsize=8192)
def _shapes(run: str) -> tuple[_Shape, ...]:
    """Cut a run, digits as 9, where values part, and give what looks like a telephone number."""
    out = []
    start = 0
    for cut in [*_CUT.finditer(run), None]:
        end = cut.start() if cut else len(run)
        shape = _shape(run[start:end], start)
        if shape:
            out.append(shape)
        start = cut.end() if cut else 0
    return tuple(out)


def _shape(piece: str, offset: int) -> _Shape | None:
    if piece.count("(") > piece.count(")"):
        # The bracket that the whole number stands in.
        piece, offset = piece[1:], offset + 1
    size = piece.count("9")
    international = "+" in piece
    if not 6 <= size <= (18 if international else 15) or not _WHOLE.fullmatch(piece):
        return None
    if piece.count("(") != piece.count(")") or _DATE.search(piece):
        return None
    groups = tuple(map(len, re.findall("9+", piece)))
    bracketed = piece.find("(9)", 1)
    trunk = piece.count("9", 0, bracketed) if bracketed > 0 else -1
    brackets = bool(re.match(r"9?[ -]?\(9{2,}\)", piece))
    signs = set(piece) - set("9 ()+")
    if not international and _not_a_number(piece, groups, signs):
        return None
    kind = _PLUS if international else _BARE_ROW if len(groups) == 1 else _NATIONAL
    return _Shape(offset, offset + len(piece), kind, groups, brackets, trunk, not signs and not brackets)


def _not_a_number(piece: str, groups: tuple[int, ...], signs: set[str]) -> bool:
    if len(groups) == 1:
        return False
    # A decimal fraction, an address of a machine, a social security number, or a number of a person by birth date.
    if signs == {"."} and " " not in piece and (len(groups) == 2 or (len(groups) == 4 and max(groups) < 4)):
        return True
    if (
        groups in {(3, 2, 4), (3, 3), (2, 4), (4, 2), (5, 1), (6, 4), (6, 5), (6, 7), (4, 4, 4, 4)}
        or len(groups) > 6
        or max(groups) > 9
    ):
        return True
    return 1 in groups[1:] and "(9)" not in piece and not piece.startswith("99-9/")


def _rate(shape: _Shape, digits: str, cue: int) -> int:
    if shape.kind == _PLUS:
        return _international(shape, digits, cue)
    if digits.startswith("00"):
        rated = _international(shape, digits[2:], cue) if len(digits) >= 10 else 0
        if cue > 0:
            return rated or _with_cue(shape, digits, 0, cue)
        # Without the sign, only separators and a valid number set it apart from a row of digits.
        bare = shape.kind == _BARE_ROW
        return (65 if bare else 75) if rated == 85 and cue == 0 else 65 if rated == 75 and not bare and cue == 0 else 0
    alone = _bare(digits, cue) if shape.kind == _BARE_ROW else _national(shape, digits)
    if cue > 0:
        return _with_cue(shape, digits, alone, cue)
    if cue < 0:
        return 65 if alone >= 75 else 0
    return alone


def _with_cue(shape: _Shape, digits: str, alone: int, cue: int) -> int:
    if cue == 1:
        return alone
    if alone:
        return 85
    if shape.kind == _BARE_ROW or len(digits) > 13:
        return 0
    plans = _NO_TRUNK.get(len(digits), ())
    return 85 if any(_plan(region)(digits) for region in plans) else 75


def _international(shape: _Shape, digits: str, cue: int) -> int:
    trunk = shape.trunk - 2 if shape.kind != _PLUS else shape.trunk
    if trunk > 0 and digits[trunk : trunk + 1] == "0":
        digits = digits[:trunk] + digits[trunk + 1 :]
    for size in (1, 2, 3):
        code = int(digits[:size])
        if code in COUNTRY_CODE_TO_REGION_CODE:
            national = digits[size:]
            if _valid(code, national) or (national[:1] == "0" and _valid(code, national[1:])):
                return 85
            if len(national) not in _lengths(code):
                return 0
            return 75 if cue > 0 or len(shape.groups) > 1 else 65
    return 0


def _national(shape: _Shape, digits: str) -> int:
    groups = shape.groups
    if groups in {(3, 3, 4), (1, 3, 3, 4)} and digits[-10] in "23456789" and digits[:-10] in {"", "1"}:
        return _american(shape, digits[-10:])
    if digits[0] == "0":
        if not 9 <= len(digits) <= 12 or groups[0] > 6 or groups == (4, 4, 4):
            return 0
        if groups[0] == 1 and groups not in _GROUPINGS:
            return 0
        regions = _GROUPINGS.get(groups, ())
        return 75 if any(_plan(region)(digits.removeprefix("0")) or _plan(region)(digits) for region in regions) else 65
    if shape.brackets and 8 <= len(digits) <= 13 and digits[:2] not in {"19", "20"}:
        return 75 if _plan("BR")(digits) else 65
    return 0


def _american(shape: _Shape, digits: str) -> int:
    """The North American form; made-up numbers have areas and exchanges that its plan has not."""
    known = any(area(digits) for area in _american_plans())
    if shape.brackets:
        return 85 if known else 75
    if shape.spaced:
        return 65 if known else 0
    return 75 if known else 65


def _bare(digits: str, cue: int) -> int:
    """A row of digits counts after a word that says so; `number` alone asks for a number of a plan."""
    if cue > 1:
        return 75 if (7 if cue > 2 else 8) <= len(digits) <= 13 else 0
    if cue == 1:
        return 65 if any(_plan(region)(digits.removeprefix("0")) for region in _BARE.get(len(digits), ())) else 0
    return 0


@cache
def _plan(region: str) -> Callable[[str], object]:
    """The national numbers of a region, without the trunk prefix."""
    return re.compile(_general(PhoneMetadata.metadata_for_region(region)).national_number_pattern or "").fullmatch


@cache
def _american_plans() -> list[Callable[[str], object]]:
    """Numbers with the areas that the United States and Canada have, and those that cost the caller nothing."""
    out: list[Callable[[str], object]] = []
    for region in ("US", "CA"):
        metadata = PhoneMetadata.metadata_for_region(region)
        assert metadata is not None
        for kind in (metadata.fixed_line, metadata.toll_free):
            assert kind is not None
            out.append(re.compile(kind.national_number_pattern or "").fullmatch)
    return out


@cache
def _lengths(code: int) -> frozenset[int]:
    region = COUNTRY_CODE_TO_REGION_CODE[code][0]
    return frozenset(_general(PhoneMetadata.metadata_for_region_or_calling_code(code, region)).possible_length)


def _general(metadata: PhoneMetadata | None) -> PhoneNumberDesc:
    assert metadata is not None
    assert metadata.general_desc is not None
    return metadata.general_desc


def _valid(code: int, national: str) -> bool:
    if code == 1:
        return len(national) == 10 and national[0] > "1" and national[3] > "1"
    return any(region != "001" and _plan(region)(national) for region in COUNTRY_CODE_TO_REGION_CODE[code])


def _cue(text: str, start: int, end: int) -> int:
    """What the nearest word about numbers says: 3 a phone, 2 a call, 1 a number, -1 some other number."""
    before = text[max(0, start - 56) : start]
    if "\\" in before:
        before = before.replace("\\n", " ").replace("\\t", " ")
    kinds = [kind for word in _words(before) if (kind := _KINDS.get(word))]
    if not kinds:
        if not before.isascii() and any(word in before for word in UNSPACED):
            return 3
    elif max(kinds) > 1:
        # The nearest word decides, and one about another number takes the others' force.
        return 0 if kinds[-1] < 0 else next(kind for kind in reversed(kinds) if kind > 1)
    if not CAPTIONS.isdisjoint(_words(text[end : end + 16])[:1]):
        return 3
    return min(kinds, default=0)


def _words(text: str) -> list[str]:
    return (text if text.isascii() else text.lower()).translate(_LETTERS).split()
