"""What catalog files hold, one type per kind of file."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Literal

import msgspec

from bartizan.model.base import Id
from bartizan.model.words import Stage


class Strength(StrEnum):
    """How surely a control cuts a step.

    `strong` holds by construction; `moderate` and `weak` work often and only lower the chance of success. In points,
    which are half-decades of the attacker's success probability: weak 1, moderate 2, strong 4.
    """

    WEAK = "weak"
    MODERATE = "moderate"
    STRONG = "strong"

    @property
    def points(self) -> int:
        """Half-decades by which the chance of success falls."""
        return {"weak": 1, "moderate": 2, "strong": 4}[self.value]


class Cut(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How a control cuts a rule's step when it stands at `at` (a variable, or `system`); default: the rule's `at`."""

    strength: Strength
    at: str = ""


class Examples(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Small systems that a rule must and must not fire on, in the language of `system.yaml` without a header."""

    fires_on: list[dict[str, Any]]
    silent_on: list[dict[str, Any]]


class Step(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How an attack goes on without being a weakness of its own: content passes, a session goes on."""

    id: Id
    title: str
    when: list[str]
    then: str
    at: str
    cut_by: dict[Id, Strength | Cut] = {}


class Threat(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One weakness: the facts that must hold, the fact that an attacker gains, and what cuts it.

    `likelihood` is the chance that the step works for an attacker who is in place to try: low, likeliest, high.
    `atlas` lists technique ids in order of importance; the first is the technique that the step is.
    """

    id: Id
    title: str
    description: str
    when: list[str]
    then: str
    at: str
    likelihood: list[float]
    lifecycle: list[Stage]
    atlas: list[str] = []
    owasp_llm: list[str] = []
    owasp_agentic: list[str] = []
    owasp_ml: list[str] = []
    stride: list[str] = []
    cut_by: dict[Id, Strength | Cut]
    remedy: str
    verify: str
    references: list[str] = []
    examples: Examples


class Cost(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Person-days in the first year: `once` for the first place in a system, `each` for every place."""

    once: float
    each: float


class Verification(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How to prove that a control works: by scan, gateway policy, detection, test or attestation."""

    by: Literal["scan", "gateway", "detection", "test", "attestation"]
    how: str


class Control(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What cuts attack steps.

    `placement`: the component kinds it can stand at, or `flow`, `system`. `effectiveness`: the share of attempts that
    it stops where it works as meant, low and high. `nature`: `construction` holds by design, `filter` judges content,
    `human` needs a person's attention, `process` is organisation. Only `construction` may cut strongly. `cuts` names
    rules that this control cuts beside those that name it themselves. `maps`: framework id to item ids.
    """

    id: Id
    title: str
    description: str
    kind: Literal["preventive", "detective", "corrective", "directive"]
    nature: Literal["construction", "filter", "human", "process"]
    lifecycle: list[Stage]
    placement: list[str]
    cost: Cost
    effectiveness: list[float]
    pattern: str = ""
    limits: str = ""
    verification: list[Verification]
    vendor: str = ""
    cuts: dict[Id, Strength | Cut] = {}
    maps: dict[Id, list[str]]


class Item(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One entry of a framework."""

    title: str
    parent: str = ""
    kind: str = ""
    tactics: list[str] = []


class Framework(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Ids and titles of a public or closed framework, at one version."""

    id: Id
    title: str
    version: str
    published: date
    publisher: str
    source: str
    licence: str
    titles: str
    items: dict[str, Item]


class Position(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where an attacker starts: the parties it can act as, and how often it tries per year (low, likeliest, high)."""

    id: Id
    title: str
    description: str
    parties: list[str]
    per_year: list[float]


class Predicate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One word of the rules.

    `args` names the arguments: `component`, `data`, `position`, or a word list. `phrase` says the fact in a report,
    `{0}` being the first argument. `change` says what someone would do to make it untrue, empty where nobody can.
    `gained` marks what attackers gain; everything else follows from the system.
    """

    args: list[str]
    meaning: str
    phrase: str
    change: str = ""
    gained: bool = False


class Excluded(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A technique that no rule produces, and why an architecture can't show it."""

    technique: str
    reason: str


class Pattern(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A secure design as a system that can be reviewed and applied.

    `parameters` are ids in the fragment that `apply` may rename, each with what it stands for. `essential` are the
    controls of which each one is needed: without it a path appears that is above the appetite.
    """

    id: Id
    title: str
    intent: str
    applies: list[str]
    parameters: dict[Id, str] = {}
    essential: list[Id]
    system: dict[str, Any]
