"""What a form says: read field by field, with what is wrong kept beside the field that it is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, TypeAlias, TypeVar

from litestar.enums import RequestEncodingType
from litestar.params import Body

from bartizan.console.words import message

__all__ = ["Form", "FormData"]

FormData: TypeAlias = Annotated[dict[str, str | list[str]], Body(media_type=RequestEncodingType.URL_ENCODED)]
"""How a handler takes a form: `data: FormData`."""
E_ = TypeVar("E_", bound=StrEnum)


class Form:
    """A form that was sent. Reading a field notes in `errors` what is wrong with it; `ok` when nothing is.

    `values` is what was sent, to show again. Texts are stripped; control characters but line ends are refused.
    """

    def __init__(self, data: dict[str, str | list[str]]) -> None:
        self.values = data
        self.errors: dict[str, str] = {}

    @property
    def ok(self) -> bool:
        """Whether all that was read was right."""
        return not self.errors

    def fail(self, name: str, text: str) -> None:
        """Note that something is wrong with a field, as a message; the first one stays."""
        self.errors.setdefault(name, text)

    def text(self, name: str, *, required: bool = False, longest: int = 500, lines: bool = False) -> str:
        """Return a text; with `lines` it may have several."""
        value = self._one(name).replace("\r\n", "\n").strip()
        if required and not value:
            self.fail(name, message("This is needed."))
        if len(value) > longest:
            self.fail(name, message("This is too long."))
        if any(ord(sign) < 32 and not (lines and sign in "\n\t") for sign in value) or "\x7f" in value:
            self.fail(name, message("This holds characters that can't be shown."))
        return value

    def lines(self, name: str, *, longest: int = 200, most: int = 100) -> list[str]:
        """Return the lines of a text, without empty ones."""
        found = [line.strip() for line in self.text(name, longest=longest * most, lines=True).split("\n")]
        found = [line for line in found if line]
        if len(found) > most or any(len(line) > longest for line in found):
            self.fail(name, message("This is too long."))
        return found

    def many(self, name: str, known: Iterable[str]) -> list[str]:
        """Return all that was chosen among known values, in their order."""
        sent = self.values.get(name, [])
        chosen = {sent} if isinstance(sent, str) else set(sent)
        choices = list(known)
        if chosen - {"", *choices}:
            self.fail(name, message("Choose one of those that are there."))
        return [value for value in choices if value in chosen]

    def choice(self, name: str, known: Iterable[str], *, required: bool = True) -> str:
        """Return what was chosen among known values, empty when nothing was and needn't be."""
        value = self._one(name)
        if value not in set(known) and (required or value):
            self.fail(name, message("Choose one of those that are there."))
            return ""
        return value

    def member(self, name: str, of: type[E_]) -> E_:
        """Return a member of an enumeration; the first one when what was sent is none."""
        value = self._one(name)
        members = list(of)
        if value not in {str(one) for one in members}:
            self.fail(name, message("Choose one of those that are there."))
            return members[0]
        return of(value)

    def day(self, name: str, *, required: bool = False, first: date | None = None) -> date | None:
        """Return a day, not before `first`."""
        value = self._one(name)
        if not value:
            if required:
                self.fail(name, message("This is needed."))
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(name, message("This is no date; write it as 2030-12-31."))
            return None
        if first is not None and day < first:
            self.fail(name, message("This day is too early."))
        return day

    def number(self, name: str, *, least: float = 0, most: float = 1e12, default: float = 0) -> float:
        """Return a number within bounds, `default` where none was sent."""
        value = self._one(name).replace(" ", "").replace("’", "").replace("'", "")
        if not value:
            return default
        try:
            number = float(value.replace(",", "."))
        except ValueError:
            self.fail(name, message("This is no number."))
            return default
        if not least <= number <= most:
            self.fail(name, message("This number is out of bounds."))
            return default
        return number

    def whole(self, name: str, *, least: int = 0, most: int = 1_000_000_000, default: int = 0) -> int:
        """Return a whole number within bounds, such as the hidden `version` of a document."""
        number = self.number(name, least=least, most=most, default=default)
        if number != int(number):
            self.fail(name, message("This is no whole number."))
        return int(number)

    def flag(self, name: str) -> bool:
        """Tell whether a box was ticked."""
        return bool(self._one(name))

    def _one(self, name: str) -> str:
        value = self.values.get(name, "")
        return value if isinstance(value, str) else (value[-1] if value else "")
