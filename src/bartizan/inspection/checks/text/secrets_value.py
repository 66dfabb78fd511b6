"""What the characters of a text say about whether it is a secret; the checks of the other modules here ask it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property, lru_cache, reduce
from itertools import pairwise
from math import log2
from operator import or_
from string import ascii_lowercase

__all__ = ["Value"]

_COMMON = {
    letter: frozenset(followers)
    for letter, followers in zip(
        ascii_lowercase,
        (
            "bcdgilmnprst",
            "abceilorsuy",
            "acehiklorstu",
            "adefilorsu",
            "acdeflmnprstvx",
            "adefilorstu",
            "aeghilnorstu",
            "aeiortuy",
            "abcdefglmnoprstvz",
            "aeiopsu",
            "aehilnopstuw",
            "adeilopstuy",
            "abeilmopsu",
            "acdefginostvy",
            "bcdfglmnoprstuvw",
            "aehiloprstuy",
            "ilrsu",
            "acdegimnorstuy",
            "acehiklmopqstuwy",
            "acehilmorstuwy",
            "abcdefgilmnprst",
            "aeio",
            "aehinorst",
            "acdefilmpstx",
            "acdefilmnoprstuz",
            "aehiouz",
        ),
        strict=True,
    )
}
"""For each letter from a to z, the letters that often follow it: 2 % or more of its pairs in the words of programs."""

_MEMORY = 4096
"""Characters, and pairs of them, of which it is remembered what they are: what is looked at has few."""
_TEMPLATE = re.compile(
    r"\$[({]|(\A|[:/@])\$[A-Za-z_]\w*(\Z|\W)|\{\{|\{[A-Za-z_0-9.:!]*\}|%[({]|%[sd](?![A-Za-z0-9])|#\{|<[^<>]*>"
    r"|\A%\w+%\Z|\A@\w+@\Z|\A__\w+__\Z|\A\[.*\]\Z"
)
_TEMPLATE_SIGNS = frozenset("${%<@_[")
"""What a template holds at least one of."""
_MASKED = re.compile(r"([xX*#?.•_-])\1{3,}|\A(.)\2*\Z|\A[xX0]+\Z|\*{3}|\.{3}")
_EXAMPLE = re.compile(
    r"example|placeholder|change[-_ ]?(me|it|this)|y(?<![a-z]y)our?[-_ a-z]|insert|replace|redacted|dummy|todo|fixme"
    r"|removed|goes[-_ ]?here|put[-_ ]your|samplingonly|not[-_]?a[-_]?real"
)
_ANY_EXAMPLE = re.compile(_EXAMPLE.pattern, re.IGNORECASE)
_CALL = re.compile(r"[A-Za-z_]\w*\(|\)\.|::|->|=>|\w\(\)|\+=|==|&&|\|\||;\Z|\A\.\w|\A[A-Za-z_][\w.]*\[")
_DOTTED = re.compile(r"\A[A-Za-z_$][\w$]*([.][A-Za-z_$][\w$-]*)+\Z")
_PATH = re.compile(
    r"\A(\.{0,2}|~|[A-Za-z]:)[/\\]+[\w.-]+([/\\]|\Z)|\A[A-Za-z][\w.-]*/[\w.@-]+\Z|://|\A[\w.-]+\.[a-z]{2,5}(:\d+)?(/|\Z)"
)
_ADDRESS = re.compile(r"\A[\w.+-]+@[\w-]+(\.[\w-]+)+\Z|\A\d{1,3}(\.\d{1,3}){3}\b")
_CLOCK = re.compile(r"\A\d{1,4}([-/.:]\d{1,4})+([T ].*)?\Z|\Av?\d+(\.\d+)+\S*\Z|\A0[xX][0-9A-Fa-f]+\Z")
_DIGEST = re.compile(r"\A(sha\d{1,3}|md5|blake\w+)[-:=]", re.IGNORECASE)


class Value:
    """A text that may be a secret."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def entropy(self) -> float:
        """Shannon entropy in bits a character."""
        size = len(self.text)
        return -sum(n / size * log2(n / size) for n in Counter(self.text).values())

    @cached_property
    def classes(self) -> int:
        """How many of lower case, upper case, digits and everything else occur, 0 to 4."""
        return reduce(or_, map(_classes_of, set(self.text)), 0).bit_count()

    @cached_property
    def digits(self) -> int:
        """The number of digits."""
        return sum(map(str.isdigit, self.text))

    @cached_property
    def letters(self) -> int:
        """The number of letters."""
        return sum(map(str.isalpha, self.text))

    @cached_property
    def surprise(self) -> float:
        """How unlike words the text runs, 0 to 1: rare pairs of letters and changes of class, per pair of characters.

        Names and prose stay below 0.2, random letters and digits are around 0.5.
        """
        return sum(map(_surprise, self.text, self.text[1:])) / max(1, len(self.text) - 1)

    @cached_property
    def run(self) -> int:
        """The longest row of characters that each follow (`abcd`, `4321`) or repeat (`aaaa`) the one before."""
        best = row = 1
        step = None
        for one, two in pairwise(self.text):
            move = ord(two) - ord(one)
            row = row + 1 if move == step else 2 if move in (-1, 0, 1) else 1
            step = move if move in (-1, 0, 1) else None
            best = max(best, row)
        return best

    @cached_property
    def placeholder(self) -> bool:
        """Whether it stands for a value that is filled in elsewhere, or is masked."""
        text = self.text
        if not _TEMPLATE_SIGNS.isdisjoint(text) and _TEMPLATE.search(text):
            return True
        # Words are found faster where case is taken away than by an expression that passes it over.
        example = _EXAMPLE.search(text.lower()) if text.isascii() else _ANY_EXAMPLE.search(text)
        return example is not None or _MASKED.search(text) is not None

    @cached_property
    def code(self) -> bool:
        """Whether it reads as a name, a call, a path, an address, a date, a number, a version or a digest."""
        if any(pattern.search(self.text) for pattern in (_CALL, _ADDRESS, _CLOCK, _DIGEST)):
            return True
        if self.surprise >= 0.3 and len(self.text) >= 20 and "://" not in self.text:
            return False
        return _DOTTED.search(self.text) is not None or _PATH.search(self.text) is not None


@lru_cache(maxsize=_MEMORY)
def _classes_of(character: str) -> int:
    """Return the classes of one character as bits, see `Value.classes`."""
    tests = (character.islower(), character.isupper(), character.isdigit(), not character.isalnum())
    return sum(passed << place for place, passed in enumerate(tests))


@lru_cache(maxsize=_MEMORY)
def _surprise(one: str, two: str) -> float:
    """Weigh a pair of neighbours: 1 for letter next to digit and rare letters, a half where case rises."""
    if one.isdigit() != two.isdigit():
        return float(one.isalnum() and two.isalnum())
    if not (one.isascii() and two.isascii() and one.isalpha() and two.isalpha()):
        return 0.0
    if one.islower() and two.isupper():
        return 0.5
    if one.isupper() and two.islower():
        return 0.0
    return float(two.lower() not in _COMMON[one.lower()])
