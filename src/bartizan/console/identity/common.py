"""Tells passwords that an attacker tries first: made of common words, rows of keys, repetitions and known names alone.

A list of leaked passwords would be large and somebody else's. Nearly all long ones on such lists are put together from
few parts, so the parts are listed, and a password is taken apart into them.
"""

from __future__ import annotations

from collections.abc import Set

__all__ = ["foreseeable"]

_COMMON = """
    password passwort passwd pass motdepasse parola fjalekalim kennwort secret geheim segreto sekret login logon
    signin admin administrator root user guest test testing temp default master manager system server service
    security secure sicherheit welcome willkommen bienvenue benvenuto mireseerdhe hello hallo bonjour ciao letmein
    access changeme change please abc iloveyou love amore liebe amour dashuri baby angel princess prinzessin
    sunshine monkey dragon shadow tiger superman batman pokemon starwars football fussball baseball basketball
    soccer hockey chelsea arsenal juventus bayern liverpool barcelona ferrari mercedes porsche computer internet
    google apple microsoft samsung windows linux office summer winter spring autumn sommer herbst fruehling estate
    inverno primavera printemps automne hiver january february march april may june july august september october
    november december januar februar maerz mai juni juli oktober dezember monday tuesday wednesday thursday friday
    saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag michael jennifer jessica daniel
    thomas charlie robert andrea nicole stefan martin peter the and you are for my your new our company firma bank
    house home money geld password1 trustno freedom whatever purple orange yellow schatz hund katze summertime
    blink flower cookie chocolate ginger pepper hunter killer jordan harley ranger buster bartizan console gateway
    register
"""
_WORDS = frozenset(_COMMON.split())
_ROWS = (
    *("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn"),
    *("1qaz2wsx3edc4rfv5tgb", "0123456789", "abcdefghijklmnopqrstuvwxyz"),
)
_WALKS = tuple(row for one in _ROWS for row in (one * 2, one[::-1] * 2))
_LEET = str.maketrans("013457@$!|€", "oieastasile")
_FREE = 3
"""Letters that no part explains and that are few enough to be tried: `!`, `_1`."""
_PARTS = 3
"""Different parts that can be tried in every order."""


def foreseeable(password: str, about: Set[str] = frozenset()) -> bool:
    """Tell whether a password consists of few common parts, or of few letters; `about` are words about its owner."""
    text = password.casefold()
    if len(set(text)) < 5 or _repeats(text):
        return True
    return _explained(text, _WORDS | about)


def _repeats(text: str) -> bool:
    """Tell whether the text is one short text again and again."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 2 + 1))


def _explained(text: str, words: Set[str]) -> bool:
    """Tell whether known parts leave at most a few letters over.

    Takes the way through the text that leaves the fewest letters and then has the fewest parts.
    """
    best: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    for end in range(1, len(text) + 1):
        left, parts = best[end - 1]
        found = [(left + (text[end - 1] not in " -_.,"), parts)]
        for start in range(max(0, end - 32), end - 2):
            part = text[start:end]
            if part in words or part.translate(_LEET) in words or _walk(part):
                left, parts = best[start]
                found.append((left, parts if part in parts else (*parts, part)))
        best.append(min(found, key=lambda one: (one[0], len(one[1]))))
    left, parts = best[-1]
    return left <= _FREE and len(parts) <= _PARTS


def _walk(part: str) -> bool:
    """Tell whether a part is a row of keys, a row of numbers or letters, one letter again and again, or a year."""
    if len(set(part)) == 1 or any(part in walk for walk in _WALKS):
        return True
    return len(part) == 4 and part.isdigit() and 1930 <= int(part) <= 2049
