"""Values that keep their format: digits for digits, in place, with check digits that are right.

Only for systems that accept nothing else: a surrogate can't be told from a real value, so hiding twice hides twice, and
`reveal` has to be told which types to look for.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from bartizan.catalog.data_types import DataType
from bartizan.inspection.checks import ColumnCheck, column_checks, text_checks
from bartizan.inspection.redaction.ff1 import FF1
from bartizan.inspection.redaction.keys import KeyRing
from bartizan.model import InputError

__all__ = ["FormatKeeper", "Valid", "any_value", "validity"]

_STEPS = 2000  # of cycle walking; a value that needs more is not kept in its format
_LONGEST = 64  # characters that are encrypted
_LEAST = {10: 6, 36: 4}  # characters, for a domain of a million
_BIN = 6
_FIXED = {"ch-ahv": 3}  # leading digits that are the same for everybody
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")

Valid: TypeAlias = Callable[[str, str], bool]
"""Tells whether a value is a right one of its type."""

_Turn: TypeAlias = Callable[[FF1, str, bytes], str]


class _Parts(NamedTuple):
    """What of a value is encrypted: places in the text, their characters as numerals, the radix, and the tweak."""

    places: list[int]
    numerals: str
    radix: int
    tweak: bytes
    capitals: bool = False


class FormatKeeper:
    """Hides and reveals values of one tenant with FF1, under the ring's active key for each type.

    Separators and, where a value has six digits and more, letters stay where they are. Payment cards keep the six
    digits of the issuer and get a right Luhn digit; IBANs keep the country and get right check digits. Other values of
    fewer digits are encrypted over letters and digits, when they are in one case. Nothing but a zero takes the place of
    a leading zero, and with `valid` nothing but a right value that of a right one. Safe for threads.
    """

    def __init__(self, keys: KeyRing, tenant: str, valid: Valid | None = None) -> None:
        self.keys = keys
        self.tenant = tenant
        self.valid = valid or any_value
        self._lock = threading.Lock()
        self._ciphers: dict[tuple[str, int], FF1] = {}

    def hide(self, type: str, value: str) -> str:
        """Return a surrogate. Raises InputError for a value whose format can't be kept, without the value."""
        return self._turn(type, value, lambda cipher, text, tweak: cipher.encrypt(text, tweak))

    def reveal(self, type: str, surrogate: str) -> str:
        """Return the value behind a surrogate of the active key. Raises InputError where `hide` would."""
        return self._turn(type, surrogate, lambda cipher, text, tweak: cipher.decrypt(text, tweak))

    def _turn(self, type: str, value: str, turn: _Turn) -> str:
        compact = "".join(filter(str.isalnum, value))
        repair: Callable[[str], str] = str
        valid = self.valid
        if type == "credit-card" and _luhn(compact):
            parts, repair, valid = _card(value), _with_luhn, any_value
        elif type == "iban-code" and _IBAN.fullmatch(compact) and _mod97(compact) == 1:
            parts, repair, valid = _iban(value), _with_mod97, any_value
        else:
            parts = _plain(value, _FIXED.get(type, 0))
        if not _LEAST[parts.radix] <= len(parts.places) <= _LONGEST:
            raise _without_format(type)
        with self._lock:
            return repair(self._walk(type, value, parts, turn, valid))

    def _walk(self, type: str, value: str, parts: _Parts, turn: _Turn, valid: Valid) -> str:
        """Encrypt until the outcome is of the same kind as the input, which keeps the way back open."""
        cipher = self._cipher(type, parts.radix)
        kind = (*_kind(parts.numerals, parts.radix), valid(type, value))
        text = parts.numerals
        for _ in range(_STEPS):
            text = turn(cipher, text, parts.tweak)
            made = _put_back(value, parts, text)
            if (*_kind(text, parts.radix), valid(type, made)) == kind:
                return made
        raise _without_format(type)

    def _cipher(self, type: str, radix: int) -> FF1:
        cipher = self._ciphers.get((type, radix))
        if cipher is None:
            key = self.keys.derive(self.keys.active, f"ff1-{radix}", self.tenant, type)
            cipher = self._ciphers[type, radix] = FF1(key[:32], radix)
        return cipher


def any_value(type: str, value: str) -> bool:  # noqa: ARG001 - a Valid's signature
    """Say that every value is right."""
    return True


def validity(types: Mapping[str, DataType]) -> Valid:
    """Return how values of these types are told from wrong ones: by the checksums that the catalog names."""
    columns, texts = column_checks(), text_checks()
    checks = {id: [form.check for form in type.forms if form.check] for id, type in types.items()}

    def valid(type: str, value: str) -> bool:
        names = checks.get(type, [])
        digits = [int(char) for char in value if char.isascii() and char.isdigit()]
        return not names or any(
            texts[name](value) if name in texts else _passes(columns[name], digits) for name in names
        )

    return valid


def _passes(check: ColumnCheck, digits: list[int]) -> bool:
    try:
        return bool(check(digits))
    except IndexError:
        return False  # the check is for a longer form of the type


def _without_format(type: str) -> InputError:
    return InputError(f"a value of type `{type}` has no format that can be kept", help="use a pseudonym or a token")


def _put_back(value: str, parts: _Parts, numerals: str) -> str:
    out = list(value)
    for place, char in zip(parts.places, numerals.upper() if parts.capitals else numerals, strict=True):
        out[place] = char
    return "".join(out)


def _kind(numerals: str, radix: int) -> tuple[bool, bool]:
    """What of a text must stay as it was: a leading zero, and that radix 36 is what it is read with again."""
    few = sum(map(str.isdigit, numerals)) < _LEAST[10]
    return numerals[0] == "0", radix == 10 or (few and not numerals.isdigit())


def _plain(value: str, fixed: int) -> _Parts:
    """Take the digits after `fixed` of them, or letters and digits where the digits are few."""
    digits = [at for at, char in enumerate(value) if char.isascii() and char.isdigit()]
    places = digits[fixed:]
    if len(places) >= _LEAST[10]:
        return _Parts(
            places, "".join(value[at] for at in places), 10, "".join(value[at] for at in digits[:fixed]).encode()
        )
    places = [at for at, char in enumerate(value) if char.isascii() and char.isalnum()]
    text = "".join(value[at] for at in places)
    # `islower` and `isupper` are false for digits alone and for both cases in one value.
    if text.islower() or text.isupper():
        return _Parts(places, text.lower(), 36, b"", text.isupper())
    return _Parts([], "", 10, b"")


def _card(value: str) -> _Parts:
    digits = [at for at, char in enumerate(value) if char.isdigit()]
    kept = min(_BIN, len(digits) - 1 - _LEAST[10])
    inner = digits[kept:-1]
    tweak = "".join(value[at] for at in digits[:kept]).encode()
    return _Parts(inner, "".join(value[at] for at in inner), 10, tweak)


def _iban(value: str) -> _Parts:
    letters = [at for at, char in enumerate(value) if char.isalnum()]
    places = [at for at in letters[4:] if value[at].isdigit()]
    tweak = "".join(value[at] for at in letters if value[at].isalpha()).encode()
    return _Parts(places, "".join(value[at] for at in places), 10, tweak)


def _luhn_sum(digits: str) -> int:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return sum(map(int, digits[-1::-2])) + sum(doubled)


def _luhn(digits: str) -> bool:
    """Tell whether this is a number of 12 to 19 digits with a right check digit (ISO/IEC 7812-1)."""
    return digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 19 and _luhn_sum(digits) % 10 == 0


def _with_luhn(value: str) -> str:
    digits = "".join(filter(str.isdigit, value))
    right = str(-_luhn_sum(digits[:-1] + "0") % 10)
    last = max(at for at, char in enumerate(value) if char.isdigit())
    return value[:last] + right + value[last + 1 :]


def _mod97(compact: str) -> int:
    """Return the remainder that is 1 for a right IBAN (ISO 13616, ISO 7064 MOD 97-10)."""
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97


def _with_mod97(value: str) -> str:
    places = [at for at, char in enumerate(value) if char.isalnum()]
    compact = "".join(value[at] for at in places)
    check = f"{98 - _mod97(compact[:2] + '00' + compact[4:]):02d}"
    out = list(value)
    out[places[2]], out[places[3]] = check[0], check[1]
    return "".join(out)
