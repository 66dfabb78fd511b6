"""Markings of secrecy that are ordinary words, and mean something only alone on a line or in a header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_LONGEST_LINE = 120
"""Characters of a line that may be a header or a footer; an anchor's `reach` must be greater by a marking's length."""
_EDGE = " \t\r*#_|<>=-\u2013\u2014.:;,[](){}\"'\u00ab\u00bb!"
_CUT_BEFORE = re.compile(r"(?:[|\u2022\u00b7/\t\u2013\u2014]| -|  |\u00a9 ?[0-9]{4}) ?$")
_CUT_AFTER = re.compile(r" ?(?:[|\u2022\u00b7/\t\u2013\u2014]|- |  )")


def _words(phrases: Sequence[str], *, any_case: bool) -> re.Pattern[str]:
    joined = "|".join(sorted(phrases, key=len, reverse=True)).replace(" ", "[ _-]")
    return re.compile(rf"(?<![\w-])(?:{joined})(?![\w-])", re.IGNORECASE if any_case else 0)


_CH_INTERNAL = _words(["INTERN", "INTERNE", "INTERNO"], any_case=False)
_CH_CONFIDENTIAL = _words(["VERTRAULICH", "CONFIDENTIEL", "CONFIDENZIALE", "CONFIDENZIAL"], any_case=False)
_SECRET = _words(
    [
        "GEHEIM",
        "STRENG GEHEIM",
        "SECRET",
        "TOP SECRET",
        "SEGRETO",
        "SEGRETISSIMO",
        "RISERVATISSIMO",
        "SEKRET",
        "TEPËR SEKRET",
        "TRÈS SECRET",
        "SECRET DÉFENSE",
        "ZEER GEHEIM",
        "SECRETO",
        "STRIKT GEHEIM",
    ],
    any_case=False,
)
_INTERNAL = _words(
    [
        "internal",
        "internal use",
        "internal use only",
        "for internal use",
        "for internal use only",
        "company internal",
        "nur für den internen Gebrauch",
        "nur für internen Gebrauch",
        "nur zum internen Gebrauch",
        "firmenintern",
        "usage interne",
        "à usage interne",
        "réservé à l'usage interne",
        "uso interno",
        "solo per uso interno",
        "uso interno solo",
        "për përdorim të brendshëm",
        "i brendshëm",
        "intern gebruik",
        "voor intern gebruik",
        "intern",
    ],
    any_case=True,
)
_CONFIDENTIAL = _words(
    [
        "confidential",
        "company confidential",
        "business confidential",
        "commercial in confidence",
        "in confidence",
        "private and confidential",
        "confidential information",
        "vertraulich",
        "firmenvertraulich",
        "confidentiel",
        "riservato",
        "confidenziale",
        "confidencial",
        "konfidencial",
        "vertrouwelijk",
        "konfidentiell",
        "fortrolig",
        "poufne",
        "důvěrné",
    ],
    any_case=True,
)
_STRICTLY = _words(
    [
        "strictly confidential",
        "highly confidential",
        "most confidential",
        "top confidential",
        "strictly private and confidential",
        "restricted",
        "highly restricted",
        "for your eyes only",
        "eyes only",
        "strictly private",
        "streng vertraulich",
        "strikt vertraulich",
        "strengst vertraulich",
        "strictement confidentiel",
        "très confidentiel",
        "hautement confidentiel",
        "strettamente confidenziale",
        "strettamente riservato",
        "estrictamente confidencial",
        "rreptësisht konfidenciale",
        "strikt vertrouwelijk",
        "strengt fortrolig",
        "strängt konfidentiell",
        "board confidential",
        "secret",
    ],
    any_case=True,
)
_PROPRIETARY = _words(
    [
        "proprietary",
        "company proprietary",
        "proprietary information",
        "proprietary and confidential",
        "confidential and proprietary",
        "confidential proprietary",
        "trade secret",
        "geschäftsgeheimnis",
        "betriebsgeheimnis",
        "secret d'affaires",
        "segreto aziendale",
        "sekret tregtar",
    ],
    any_case=True,
)


def ch_internal_marking(text: str) -> Iterator[tuple[int, int, int]]:
    """Find INTERN, INTERNE and INTERNO in capitals, alone (Swiss Information Security Act, article 13)."""
    return _alone(text, _CH_INTERNAL)


def ch_confidential_marking(text: str) -> Iterator[tuple[int, int, int]]:
    """Find VERTRAULICH and its like in capitals, alone (Swiss Information Security Act, article 13)."""
    return _alone(text, _CH_CONFIDENTIAL)


def secret_marking(text: str) -> Iterator[tuple[int, int, int]]:
    """Find GEHEIM, SECRET, SEGRETO and their like in capitals, alone, as states use them."""
    return _alone(text, _SECRET)


def internal_marking(text: str) -> Iterator[tuple[int, int, int]]:
    """Find what companies write on internal papers, with a capital in front, alone."""
    return _alone(text, _INTERNAL)


def confidential_marking(text: str) -> Iterator[tuple[int, int, int]]:
    """Find what companies write on confidential papers, with a capital in front, alone."""
    return _alone(text, _CONFIDENTIAL)


def strict_marking(text: str) -> Iterator[tuple[int, int, int]]:
    """Find what companies write on papers for few readers, with a capital in front, alone."""
    return _alone(text, _STRICTLY)


def proprietary_marking(text: str) -> Iterator[tuple[int, int, int]]:
    """Find claims of ownership and trade secrets, with a capital in front, alone."""
    return _alone(text, _PROPRIETARY)


def _alone(text: str, words: re.Pattern[str]) -> Iterator[tuple[int, int, int]]:
    """Yield words that are all of a line (75), or all between two dividers of a short one (65)."""
    for match in words.finditer(text):
        if not match.group()[0].isupper():
            continue
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        end = len(text) if end < 0 else end
        if end - start > _LONGEST_LINE:
            continue
        before, after = text[start : match.start()], text[match.end() : end]
        free_before, free_after = not before.strip(_EDGE), not after.strip(_EDGE)
        if free_before and free_after:
            yield *match.span(), 75
        elif (free_before or _CUT_BEFORE.search(before)) and (free_after or _CUT_AFTER.match(after)):
            yield *match.span(), 65
