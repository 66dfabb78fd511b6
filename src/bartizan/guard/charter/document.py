"""An agent's charter as its document says it: what it is for, and within which bounds it works."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from bartizan.guard.principal import Principal
from bartizan.model import InputError, InputErrors, Place
from bartizan.model.base import Id
from bartizan.model.decode import decode, nearest
from bartizan.model.words import Effect
from bartizan.model.yamltree import Node, parse_yaml

__all__ = ["Amounts", "Budget", "Charter", "Day", "HoldsFor", "Hours", "MayHold", "Spending", "parse_charter"]

Day: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\Z|24:00\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_MOST = 1 << 20


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a document: immutable, and every key has to be known."""


class HoldsFor(_Part, frozen=True, kw_only=True):
    """Whose calls it holds for: agents by name, principals, groups, and applications. One that fits is enough."""

    agents: list[str] = []
    principals: list[str] = []
    groups: list[str] = []
    applications: list[str] = []


class MayHold(_Part, frozen=True, kw_only=True):
    """Which data may go to tools: the highest class, empty for any, and data types that may not go at all."""

    highest: str = ""
    forbidden: list[Id] = []


class Hours(_Part, frozen=True, kw_only=True):
    """When it may work: on these days, from one time to another. `to` before `from` is over midnight."""

    days: list[Day] = msgspec.field(default_factory=lambda: list(_DAYS))
    from_: str = msgspec.field(default="00:00", name="from")
    to: str = "24:00"


class Amounts(_Part, frozen=True, kw_only=True):
    """How much may be used; 0 is no limit. Tokens and money are those of models."""

    calls: int = 0
    tokens: int = 0
    money: float = 0.0


class Budget(_Part, frozen=True, kw_only=True):
    """What one session may use, and what all of a day may, by the charter's clock."""

    session: Amounts = Amounts()
    day: Amounts = Amounts()


class Spending(_Part, frozen=True, kw_only=True):
    """What tools that pay may pay, in one currency (ISO 4217); 0 is no limit.

    Where there is any such limit, nothing is paid in a currency that has none, nor an amount that can't be read.
    """

    currency: str
    call: float = 0.0
    session: float = 0.0
    day: float = 0.0


class _Document(_Part, frozen=True, dict=True, kw_only=True):
    """A charter.

    `tools` are patterns `SERVER/TOOL`, in which `*` is any run of characters; a pattern without `/` is about the tool
    at any server. `forbidden` is taken away from them. `effects` are what its tools may do. `steps` are calls that a
    session may make at most, `repeats` how often the same call, or the same round of calls, may come in a row.
    `delegation` is how many agents may have handed the task on before. `unattended` tells that it may do more than
    read while nobody can be asked; what has to be asked about is refused then all the same.
    """

    id: Id
    purpose: str
    owner: str = ""
    holds_for: HoldsFor
    tools: list[str]
    forbidden: list[str] = []
    effects: list[Effect] = msgspec.field(default_factory=lambda: list(Effect))
    data: MayHold = MayHold()
    zone: str = "UTC"
    hours: list[Hours] = []
    budget: Budget = Budget()
    steps: int = 100
    repeats: int = 5
    spending: list[Spending] = []
    delegation: int = 0
    unattended: bool = False


class Charter(_Document, frozen=True, dict=True, kw_only=True):
    """A charter whose document was checked. `digest` is the SHA-256 of its text, `scheme` the classes, lowest first."""

    digest: str = ""
    scheme: tuple[str, ...] = ()

    def has(self, principal: Principal, agent: str) -> bool:
        """Tell whether it holds for an agent."""
        held = self.holds_for
        return (
            agent in held.agents
            or principal.id in held.principals
            or principal.application in held.applications
            or not principal.groups.isdisjoint(held.groups)
        )

    def allows(self, server: str, tool: str) -> bool:
        """Tell whether a tool is one of the charter's."""
        name = f"{server}/{tool}"
        return self._tools.fullmatch(name) is not None and self._forbidden.fullmatch(name) is None

    @cached_property
    def clock(self) -> ZoneInfo:
        """The zone by which its hours and days count."""
        return ZoneInfo(self.zone)

    @cached_property
    def times(self) -> tuple[tuple[frozenset[int], int, int], ...]:
        """The hours as (days of the week from Monday 0, first minute, minute after the last)."""
        return tuple((frozenset(map(_DAYS.index, one.days)), _minute(one.from_), _minute(one.to)) for one in self.hours)

    @cached_property
    def limits(self) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
        """The spending limits of a call, a session and a day by currency."""
        return {
            one.currency: (Decimal(str(one.call)), Decimal(str(one.session)), Decimal(str(one.day)))
            for one in self.spending
        }

    @cached_property
    def _tools(self) -> re.Pattern[str]:
        return _pattern(self.tools)

    @cached_property
    def _forbidden(self) -> re.Pattern[str]:
        return _pattern(self.forbidden)


def parse_charter(content: bytes, name: str, scheme: Sequence[str] = ()) -> Charter:
    """Read a document. `scheme` are the organisation's classes, lowest first.

    Raises InputError or InputErrors with the position of each thing that is wrong.
    """
    if len(content) > _MOST:
        raise InputError("the charter is too large", place=Place(name))
    tree = parse_yaml(content, name)
    read = decode(tree, _Document)
    errors = _wrong(read, tree, scheme)
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
    values = {field: getattr(read, field) for field in _Document.__struct_fields__}
    return Charter(**values, digest=sha256(content).hexdigest(), scheme=tuple(scheme))


def _wrong(read: _Document, tree: Node, scheme: Sequence[str]) -> list[InputError]:
    """Return what no type can say is wrong."""
    errors: list[InputError] = []

    def wrong(sentence: str, *keys: str, help: str = "") -> None:
        errors.append(InputError(sentence, place=_place(tree, *keys), help=help))

    if not read.purpose.strip():
        wrong("`purpose` is empty", "purpose", help="say what the agent is for, so that others can judge its bounds")
    held = read.holds_for
    if not (held.agents or held.principals or held.groups or held.applications):
        wrong("the charter holds for nobody", "holds_for", help="name agents, principals, groups or applications")
    if not read.tools:
        wrong("no tool is named", "tools", help="name patterns such as `mail/search_*`; `*` is any tool")
    if read.data.highest and read.data.highest not in scheme:
        help = nearest(read.data.highest, scheme)
        wrong(f"`{read.data.highest[:60]}` is no class", "data", "highest", help=help)
    if not _is_zone(read.zone):
        wrong(f"`{read.zone[:60]}` is no time zone", "zone", help="write it as Europe/Zurich or UTC")
    if any(not _TIME.match(time) for one in read.hours for time in (one.from_, one.to)):
        wrong("`hours` have something that is no time", "hours", help="write times as 08:00 or 24:00")
    elif any(one.from_ == one.to or not one.days for one in read.hours):
        wrong("`hours` have a span without any time in it", "hours")
    if read.steps < 1 or read.repeats < 1:
        wrong("`steps` and `repeats` are at least 1", "steps" if read.steps < 1 else "repeats")
    if read.delegation < 0:
        wrong("`delegation` is below 0", "delegation")
    if any(n < 0 for part in (read.budget.session, read.budget.day) for n in (part.calls, part.tokens, part.money)):
        wrong("a budget is below 0", "budget")
    errors += _wrong_spending(read.spending, tree)
    return errors


def _wrong_spending(spending: Sequence[Spending], tree: Node) -> list[InputError]:
    place = _place(tree, "spending")
    out = [
        InputError(f"`{one.currency[:20]}` is no currency", place=place, help="write it as EUR or USD (ISO 4217)")
        for one in spending
        if not _CURRENCY.match(one.currency)
    ]
    if any(not 0 <= n < float("inf") for one in spending for n in (one.call, one.session, one.day)):
        out.append(InputError("a spending limit is below 0", place=place))
    if len({one.currency for one in spending}) < len(spending):
        out.append(InputError("a currency has two spending limits", place=place))
    return out


def _place(tree: Node, *keys: str) -> Place:
    """Return where a value stands, or what should hold it."""
    for key in keys:
        if not isinstance(tree.value, dict) or key not in tree.value:
            break
        tree = tree.value[key][1]
    return tree.place


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _pattern(patterns: Sequence[str]) -> re.Pattern[str]:
    """Return one expression for all patterns."""
    parts = []
    for one in patterns:
        full = one if "/" in one else f"*/{one}"
        parts.append(".*".join(re.escape(piece) for piece in re.split(r"\*+", full)))
    return re.compile("|".join(f"(?:{part})" for part in parts) or r"(?!)", re.DOTALL)
