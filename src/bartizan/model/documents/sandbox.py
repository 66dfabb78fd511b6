"""Sandbox: an experiment with an end: who may use which models with which data until when, and how it is judged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal, TypeAlias

import msgspec

from bartizan.model.base import Id

__all__ = ["Budget", "Criterion", "Egress", "MayHold", "Measure", "SandboxSpec", "moment"]

Measure: TypeAlias = Literal[
    "calls", "people", "refusals", "refused-share", "findings", "injection-signals", "tokens", "money"
]
"""What can be read from events. `refused-share` is in percents of all calls, `injection-signals` counts calls."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a document: immutable, and every key has to be known."""


class MayHold(_Part, frozen=True):
    """Which data may be used: the highest class, and data types that may not be used at all."""

    highest: str
    forbidden: list[Id] = []


class Egress(_Part, frozen=True):
    """Where data may go: upstreams by id, and regions. An empty list is no restriction."""

    upstreams: list[Id] = []
    regions: list[str] = []


class Budget(_Part, frozen=True):
    """What the whole sandbox may use from its start to its end; 0 is no limit."""

    tokens: int = 0
    money: float = 0.0


class Criterion(_Part, frozen=True):
    """When it has succeeded, or has to end: a number of its events that is reached.

    `types` keeps `findings` to some data types, `rules` keeps `refusals` to some rules, and `level` is the injection
    signal from which one counts.
    """

    measure: Measure
    reaches: float
    what: str = ""
    types: list[Id] = []
    rules: list[str] = []
    level: int = 50

    @property
    def title(self) -> str:
        """What it is about, in words: its own, or its numbers."""
        of = self.types or self.rules
        kept = f" of {', '.join(of)}" if of else ""
        return self.what or f"{self.measure}{kept} reach {self.reaches:g}"


class SandboxSpec(_Part, frozen=True, dict=True, kw_only=True):
    """A sandbox. `starts` and `ends` are days or RFC 3339 times; a day is the beginning of it in UTC.

    Who: with `users` or `groups` one of them, with `applications` also through one of these. `tools` are those that
    callers run and those of providers; `*` in `models` or `tools` is any.
    """

    id: Id
    purpose: str
    owner: str
    users: list[str] = []
    groups: list[str] = []
    applications: list[str] = []
    data: MayHold
    models: list[str]
    tools: list[str] = []
    egress: Egress = Egress()
    budget: Budget = Budget()
    starts: str
    ends: str
    success: list[Criterion] = []
    kill: list[Criterion] = []


def moment(text: str) -> float:
    """Read a day (its beginning in UTC) or an RFC 3339 time as seconds since 1970. Raises ValueError."""
    made = datetime.fromisoformat(text)
    if made.tzinfo is None:
        if len(text) > len("2026-01-01"):
            raise ValueError("a time without an offset")
        made = made.replace(tzinfo=UTC)
    return made.timestamp()
