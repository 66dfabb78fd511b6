"""What a loss weighs: severity, money, and how surely attacks that lead to it must be cut."""

from __future__ import annotations

import msgspec

from bartizan.analysis.topology import Topology
from bartizan.catalog import Fact
from bartizan.model import Level, LossKind, Range, to_range
from bartizan.model.component import McpServer, Model, Tool
from bartizan.model.words import Category, Effect, ModelType, Reach, ZoneKind

LEVELS = list(Level)
MONEY = {Level.LOW: (1e3, 2e4), Level.MEDIUM: (1e4, 2e5), Level.HIGH: (1e5, 2e6), Level.CRITICAL: (5e5, 2e7)}
"""Money per event where the owner gave none: 5th and 95th percentile. An assumption, shown as one in every review."""
WORTH = {Level.LOW: 0.03, Level.MEDIUM: 0.1, Level.HIGH: 0.35, Level.CRITICAL: 1.0}
_GRAVE = {Category.SENSITIVE_PERSONAL, Category.HEALTH, Category.BIOMETRIC, Category.CHILDREN, Category.CREDENTIALS}
_JUDGES = {ModelType.DETECTOR, ModelType.BIOMETRIC}


class LossValue(msgspec.Struct, frozen=True):
    """One loss: `id` is `kind:subject`; `given` tells whether the owner stated the magnitude."""

    id: str
    kind: LossKind
    subject: str
    severity: Level
    magnitude: Range
    given: bool

    @property
    def worth(self) -> float:
        """How much reaching it is worth, 0 to 1."""
        return WORTH[self.severity]


def value_loss(topology: Topology, handles: dict[str, set[str]], fact: Fact) -> LossValue:
    """Value the loss that a `loss(kind, subject)` fact stands for: what the owner stated, else defaults by kind."""
    _, word, subject = fact
    kind = LossKind(word)
    stated = next((loss for loss in topology.system.losses if loss.kind is kind and loss.of == subject), None)
    severity = stated.severity if stated and stated.severity else _severity(topology, handles, kind, subject)
    given = stated is not None and stated.magnitude is not None
    if stated is not None and stated.magnitude is not None:
        magnitude = to_range(stated.magnitude)
    else:
        magnitude = to_range([*MONEY[severity]])
    return LossValue(f"{word}:{subject}", kind, subject, severity, magnitude, given)


def is_ours(topology: Topology, fact: Fact) -> bool:
    """Tell whether the owner bears a loss: not the takeover of a visitor's device or of what somebody else runs."""
    _, word, subject = fact
    if subject not in topology.components:
        return True
    if word == LossKind.TAKEOVER and topology.zone_kind[subject] in (ZoneKind.INTERNET, ZoneKind.VENDOR):
        return False
    return topology.ours(subject)


def demand(loss: LossValue, appetite: Level | float) -> int:
    """Return the points that a cut on the way to this loss must reach; 0 when it is within the appetite."""
    if isinstance(appetite, Level):
        return loss.severity.rank if loss.severity.rank > appetite.rank else 0
    if loss.magnitude.high <= appetite:
        return 0
    ratio = loss.magnitude.high / max(appetite, 1.0)
    return 2 if ratio <= 3 else 3 if ratio <= 30 else 4


def _severity(topology: Topology, handles: dict[str, set[str]], kind: LossKind, subject: str) -> Level:
    if kind in (LossKind.DISCLOSURE, LossKind.DUTY):
        rank = _data_rank(topology, subject) - (kind is LossKind.DUTY)
    else:
        rank = _component_rank(topology, handles, kind, subject)
    return LEVELS[min(4, max(1, rank)) - 1]


def _data_rank(topology: Topology, subject: str) -> int:
    data = topology.system.data[subject]
    scheme = topology.system.scheme
    rank = {0: 1, 1: 2, 2: 3, 3: 4}[scheme.weight(scheme.level(data.class_))]
    grave = bool(_GRAVE & set(data.categories)) or (data.records or 0) >= 100_000
    return rank + 1 if grave and rank > 1 else rank


def _component_rank(topology: Topology, handles: dict[str, set[str]], kind: LossKind, subject: str) -> int:
    critical = topology.system.criticality.rank
    component = topology.components[subject]
    shift = {1: -1, 2: 0, 3: 0, 4: 1}[critical]
    if kind is LossKind.ACTION:
        return _action_rank(component) + shift if isinstance(component, Tool | McpServer) else 2 + shift
    if kind is LossKind.TAKEOVER:
        worst = max((_data_rank(topology, item) for item in handles[subject]), default=2)
        return max(3, worst, critical)
    if kind in (LossKind.CORRUPTION, LossKind.POISONING):
        return critical + (isinstance(component, Model) and component.automates)
    if kind is LossKind.EVASION:
        judges = isinstance(component, Model) and (component.automates or component.type in _JUDGES)
        return (3 if judges else 2) + shift
    if kind is LossKind.OUTAGE:
        return critical
    if kind is LossKind.THEFT:
        return 2 + (critical >= 3)
    if kind is LossKind.HARM:
        return (3 if subject in topology.faces_outside else 2) + shift
    return 2 + shift


def _action_rank(component: Tool | McpServer) -> int:
    effects = set(component.effect)
    if Effect.PAY in effects or Effect.EXECUTE in effects:
        return 4 if Effect.PAY in effects or not component.reversible else 3
    if Effect.SEND in effects and component.reach is Reach.ANY:
        return 3
    return 3 if not component.reversible else 2
