"""Reason: a sentence with values, kept apart so that a console can say it in the reader's language."""

from __future__ import annotations

import msgspec

from bartizan.govern.roles import Person
from bartizan.model import InputError

__all__ = ["Reason", "Refused", "is_same", "marked", "said"]


class Reason(msgspec.Struct, frozen=True):
    """A sentence in which `%(name)s` stands for a value. `text` is it in English."""

    message: str
    values: dict[str, str] = {}

    @property
    def text(self) -> str:
        """The sentence in English."""
        return self.message % self.values if self.values else self.message


def said(message: str, **values: object) -> Reason:
    """Make a reason. What extracts messages for translation finds the first argument of this."""
    return Reason(message, {name: str(value) for name, value in values.items()})


def marked(text: str) -> str:
    """Return the text, which is a message: what extracts messages for translation finds the argument of this."""
    return text


class Refused(InputError):
    """Something that can't be done, with the reason as one that can be translated."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text)
        self.reason = reason


def is_same(person: Person, who: str, *, by_name: bool = True) -> bool:
    """Tell whether a name in a document is a person: by id, address of mail or name, in whatever case.

    People choose their own name. So it counts where being the same takes something away, and where being the same
    gives a right, `by_name` is to be False.
    """
    names = {one.casefold() for one in (person.id, person.email, person.name if by_name else "") if one}
    return bool(who) and who.strip().casefold() in names
