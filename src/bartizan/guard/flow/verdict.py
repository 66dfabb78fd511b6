"""What the flow monitor says of a call: a ruling, and for each value that matters where it came from."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from bartizan.model import Ruling
from bartizan.model.card import ValueType
from bartizan.model.words import Effect

__all__ = ["Origin", "Source", "Verdict"]


class Source(StrEnum):
    """Where a value of a call came from. The first group is good, the second is not."""

    REQUEST = "request"
    OWNER = "owner"
    SERVICE = "service"
    CREATED = "created"
    DESIGNATED = "designated"
    APPROVED = "approved"
    HANDED = "handed-over"
    PLANTED = "plantable"
    CONTENT = "content"
    NOWHERE = "nowhere"


GOOD = frozenset({Source.REQUEST, Source.OWNER, Source.SERVICE, Source.CREATED, Source.DESIGNATED, Source.APPROVED,
                  Source.HANDED})  # fmt: skip


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where one value of a call came from.

    `argument` is the argument's name, with a JSON pointer behind it for a value inside. `value` is the value itself,
    for who decides; it goes into no event and no log. `call` is the number of the earlier call whose result has it, -1
    without one, `field` the path in that result. `words` says it in a sentence, without the value.
    """

    argument: str
    value: str
    type: ValueType
    source: Source
    call: int = -1
    tool: str = ""
    field: str = ""
    words: str = ""

    @property
    def good(self) -> bool:
        """Whether the value may decide what the call reaches."""
        return self.source in GOOD


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What is decided about one call.

    `number` counts the session's calls from 0. `rule` is the id of what decided, `reason` a sentence for people
    without any value in it, `risk` what could happen, in words. `tainted` tells whether the session had read what an
    outsider may have written.
    """

    number: int
    tool: str
    arguments: dict[str, Any]
    effect: Effect
    ruling: Ruling
    rule: str
    reason: str
    risk: str = ""
    tainted: bool = False
    origins: tuple[Origin, ...] = ()
