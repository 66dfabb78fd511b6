"""What takes the place of a value, by mode."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum

from bartizan.inspection.redaction.formats import FormatKeeper, Valid
from bartizan.inspection.redaction.keys import KeyRing
from bartizan.inspection.redaction.pseudonyms import Pseudonyms
from bartizan.inspection.redaction.tokens import Normalise, Tokens, as_written
from bartizan.model import InputError
from bartizan.model.words import Category

__all__ = ["KEYED", "Hiding", "Mode", "masked"]


class Mode(StrEnum):
    """How values are hidden."""

    MASK = "mask"
    REPLACE = "replace"
    HASH = "hash"
    TOKEN = "token"
    PSEUDONYM = "pseudonym"
    DROP = "drop"
    FORMAT = "format"


KEYED = frozenset({Mode.HASH, Mode.TOKEN, Mode.PSEUDONYM, Mode.FORMAT})
"""Modes that need a key."""

_LAST = 4
_ENDING = frozenset({"credit-card", "iban-code"})
_SECRET = "*" * 8
_LEAST_HIDDEN = 8  # letters and digits that must be hidden before an ending is shown


def masked(type: str, category: str, value: str) -> str:
    """Return stars for letters and digits; separators stay.

    Cards and accounts show their last four characters, when eight and more are hidden. A credential becomes eight
    stars, whatever its length.
    """
    if category == Category.CREDENTIALS:
        return _SECRET
    hidden = [at for at, char in enumerate(value) if char.isalnum() or (char > "\x7f" and _says(char))]
    if type in _ENDING and len(hidden) >= _LAST + _LEAST_HIDDEN:
        hidden = hidden[:-_LAST]
    out = list(value)
    for at in hidden:
        out[at] = "*"
    # Three stars in a row at least, so that it is seen to be hidden, also by the next run.
    return "".join(out) if "***" in "".join(out) else _SECRET


def _says(char: str) -> bool:
    """Tell whether a character stands for a letter or digit though it is none: circled ones, and invisible tags."""
    return "\U000e0020" < char < "\U000e007f" or unicodedata.category(char) == "So"


class Hiding:
    """Hides values of one tenant: `mode` for all types but those of `modes`. Raises InputError when a key lacks."""

    def __init__(
        self,
        mode: Mode = Mode.REPLACE,
        *,
        modes: Mapping[str, Mode] | None = None,
        keys: KeyRing | None = None,
        tenant: str = "default",
        normalise: Normalise = as_written,
        valid: Valid | None = None,
    ) -> None:
        self.mode = mode
        self.modes = dict(modes or {})
        self.pseudonyms = None if keys is None else Pseudonyms(keys, tenant)
        needs = sorted({mode, *self.modes.values()} & KEYED)
        if needs and keys is None:
            raise InputError(f"mode `{needs[0]}` needs a key", help="give --key FILE, or set BARTIZAN_KEY")
        self._by_mode = _simple() if keys is None else _simple() | _keyed(keys, tenant, normalise, valid)

    def mode_of(self, type: str) -> Mode:
        """Return how values of a type are hidden."""
        return self.modes.get(type, self.mode)

    def hide(self, type: str, category: str, value: str) -> str:
        """Return what takes the place of a value, which is not empty."""
        return self._by_mode[self.mode_of(type)](type, category, value)


_Hide = Callable[[str, str, str], str]


def _simple() -> dict[Mode, _Hide]:
    return {
        Mode.MASK: masked,
        Mode.REPLACE: lambda type, _, __: f"<{type}>",
        Mode.DROP: lambda _, __, ___: "",
    }


def _keyed(keys: KeyRing, tenant: str, normalise: Normalise, valid: Valid | None) -> dict[Mode, _Hide]:
    tokens = Tokens(keys, tenant, normalise)
    pseudonyms = Pseudonyms(keys, tenant)
    formats = FormatKeeper(keys, tenant, valid)

    def in_format(type: str, _: str, value: str) -> str:
        try:
            return formats.hide(type, value)
        except InputError:
            # Too short, or not of one case: it must not stay as it is, and a pseudonym can be reversed as well.
            return pseudonyms.hide(type, value)

    return {
        Mode.HASH: lambda type, _, value: tokens.hash(type, value),
        Mode.TOKEN: lambda type, _, value: tokens.token(type, value),
        Mode.PSEUDONYM: lambda type, _, value: pseudonyms.hide(type, value),
        Mode.FORMAT: in_format,
    }
