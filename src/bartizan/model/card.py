"""Tool cards: what a tool does, which arguments matter, and how far each field of its results can be trusted.

A card is drafted from a tool's definition and reviewed by a person. What a tool says of itself (its annotations) is a
claim; the card is what Bartizan holds it to.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from bartizan.model.words import Effect

__all__ = ["Argument", "ResultField", "Role", "ToolCard", "Trust", "ValueType"]


class ValueType(StrEnum):
    """What kind of value an argument or a field holds, as far as it matters where it came from."""

    EMAIL = "email-address"
    ACCOUNT = "account"
    URL = "url"
    PHONE = "phone-number"
    IDENTIFIER = "identifier"
    NAME = "name"
    AMOUNT = "amount"
    DATE = "date"
    PATH = "path"
    SECRET = "secret"
    CODE = "one-time-code"
    ADDRESS = "postal-address"
    COMMAND = "command"
    TEXT = "text"
    FLAG = "flag"


class Role(StrEnum):
    """What an argument decides.

    `critical` ones decide whom or what a call reaches: each must have a good origin. `bound` ones may be anything
    that does not contradict the request. In `text` only what is embedded counts (addresses, links, accounts, secrets).
    `free` ones decide nothing, such as a page size.
    """

    CRITICAL = "critical"
    BOUND = "bound"
    TEXT = "text"
    FREE = "free"


class Trust(StrEnum):
    """Who decides what a field of a result says.

    `owner`: the user or the organisation alone. `service`: the service itself, such as an identifier or who may read
    a file. `plantable`: an outsider may choose it, but only a short value of its type, such as a sender or a title.
    `organisation`: a colleague with an account may write anything, such as a message in a team's channel.
    `untrusted`: an outsider may write anything.
    """

    OWNER = "owner"
    SERVICE = "service"
    PLANTABLE = "plantable"
    ORGANISATION = "organisation"
    UNTRUSTED = "untrusted"


class Argument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An argument: what it decides and what it holds. Lists and objects are held to the same, element by element."""

    role: Role
    type: ValueType = ValueType.TEXT


class ResultField(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A field of a tool's results.

    `path` names members from the outermost in, joined by dots; `*` is any member or element, `**` any number of them,
    and `keys` as the last word means the names of the members themselves. Letter case and `-`, `_`, spaces don't count.
    `when` holds for records whose other fields have these values, such as `{sender: me}`. `class_` is the class of its
    content in the organisation's scheme.
    """

    path: str
    type: ValueType = ValueType.TEXT
    trust: Trust = Trust.UNTRUSTED
    class_: str = msgspec.field(default="", name="class")
    when: dict[str, str] = {}


class ToolCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a tool does to the world, and what holds for its arguments and results.

    `reversible` says whether what it did can be undone, `destroys` whether it deletes or overwrites, `fetches`
    whether it contacts an address that its caller chooses, `private` whether it returns what only the user or the
    organisation should see. `binds` names a tool whose pending call this one confirms, as one-time codes do. `verbs`
    and `objects` are the words, singular and in lower case, by which people ask for it. `result` is the trust of
    everything that `fields` does not name. `definition` is the SHA-256 of the definition that was reviewed.
    """

    tool: str
    server: str = ""
    title: str = ""
    effect: Effect
    reversible: bool = True
    destroys: bool = False
    fetches: bool = False
    private: bool = False
    binds: str = ""
    verbs: list[str] = []
    objects: list[str] = []
    arguments: dict[str, Argument] = {}
    result: Trust = Trust.UNTRUSTED
    class_: str = msgspec.field(default="", name="class")
    fields: list[ResultField] = []
    version: int = 1
    definition: str = ""
    reviewed_by: str = ""
    reviewed_at: str = ""
    reasons: list[str] = []

    @property
    def reviewed(self) -> bool:
        """Whether a person has looked at it."""
        return bool(self.reviewed_by)
