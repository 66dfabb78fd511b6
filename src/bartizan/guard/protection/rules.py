"""Rules about data: what is done about a value, by its type and class, by who wrote the text, and where it goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from bartizan.guard.exchange import Origin
from bartizan.model import InputError, Scheme

__all__ = ["DataRule", "Handled", "Handling", "Handlings", "Side"]

Side: TypeAlias = Literal["request", "answer"]


class Handling(StrEnum):
    """What is done about a value."""

    ALLOW = "allow"
    MASK = "mask"
    TOKEN = "token"
    PSEUDONYM = "pseudonym"
    ASK = "ask"
    BLOCK = "block"


class DataRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule; the first that fits a value decides. What a list leaves empty, it doesn't ask for.

    `on` is the side of the call, `from` who wrote the text, `types` ids or families of data types, `at_least` the
    lowest class, `upstreams` where it goes. `ask` names whom to ask, for `do: ask`.
    """

    id: str
    do: Handling
    on: list[Side] = []
    from_: list[Origin] = msgspec.field(default=[], name="from")
    types: list[str] = []
    at_least: str = ""
    upstreams: list[str] = []
    ask: str = ""


class Handled(NamedTuple):
    """What is done about a value, and the rule that says so."""

    do: Handling
    rule: str
    ask: str = ""


_NO_RULE = Handled(Handling.BLOCK, "no-data-rule")


class Handlings:
    """The rules, looked up once for each kind of value.

    `families` are the types' families, `scheme` the organisation's classes. What no rule fits is blocked. Raises
    InputError for a rule that names what doesn't exist.
    """

    def __init__(self, rules: Iterable[DataRule], families: Mapping[str, str], scheme: Scheme) -> None:
        self._rules = list(rules)
        self._families, self._scheme = families, scheme
        self._known: dict[tuple[str, str, str, str, str], Handled] = {}
        words = set(families) | set(families.values())
        for rule in self._rules:
            if rule.at_least:
                scheme.level(rule.at_least)
            for word in rule.types:
                if word not in words:
                    raise InputError(f"data rule `{rule.id}`: `{word}` is neither a data type nor a family of them")
            if rule.do is Handling.ASK and not rule.ask:
                raise InputError(f"data rule `{rule.id}` asks, and says not whom", help="add `ask:`")

    def inspects(self, side: Side, upstream: str) -> bool:
        """Tell whether anything can happen to a value on this side: whether looking for values is worth it."""
        for rule in self._rules:
            if (not rule.on or side in rule.on) and (not rule.upstreams or upstream in rule.upstreams):
                if rule.do is not Handling.ALLOW:
                    return True
                if not rule.from_ and not rule.types and not rule.at_least:
                    return False
        return True

    def of(self, side: Side, origin: str, upstream: str, type: str, class_: str) -> Handled:
        """Return what is done about a value of a type and class in a text of that origin."""
        at = (side, origin, upstream, type, class_)
        known = self._known.get(at)
        if known is None:
            known = self._known[at] = next(
                (
                    Handled(rule.do, rule.id, rule.ask)
                    for rule in self._rules
                    if self._fits(rule, side, origin, upstream, type, class_)
                ),
                _NO_RULE,
            )
        return known

    def _fits(self, rule: DataRule, side: Side, origin: str, upstream: str, type: str, class_: str) -> bool:
        return (
            (not rule.on or side in rule.on)
            and (not rule.from_ or origin in rule.from_)
            and (not rule.upstreams or upstream in rule.upstreams)
            and (not rule.types or type in rule.types or self._families.get(type, "") in rule.types)
            and (not rule.at_least or self._scheme.level(class_) >= self._scheme.level(rule.at_least))
        )
