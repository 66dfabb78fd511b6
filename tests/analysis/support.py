"""What the tests of the analysis share: one day, short reviews, and which losses are derivable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

import msgspec
from hypothesis import settings

from bartizan.analysis import Options, example_system, review
from bartizan.analysis.context import Analysis
from bartizan.analysis.graph import cheapest
from bartizan.analysis.result import Review, ThreatView
from bartizan.analysis.review import analyse
from bartizan.catalog import Catalog
from bartizan.model import Placed, System
from tests.support import packaged_catalog

__all__ = [
    "AS_OF",
    "FEW_TRIALS",
    "all_threats",
    "analysed",
    "catalog",
    "derivable",
    "gained",
    "losses",
    "open_losses",
    "reviewed",
    "share",
    "threat_ids",
    "with_controls",
]

AS_OF = date(2026, 11, 23)
FEW_TRIALS = Options(trials=10)
"""For reviews whose money nobody looks at."""


def share(part: float) -> settings:
    """Settings with a part of the profile's examples, for tests whose examples take long."""
    return settings(max_examples=round(settings().max_examples * part))


@cache
def catalog() -> Catalog:
    """The packaged catalog, read once."""
    return packaged_catalog()


def analysed(system: System, known: Catalog | None = None, options: Options = FEW_TRIALS) -> Analysis:
    """The attack graph of a system and what stands in it."""
    return analyse(system, known or catalog(), AS_OF, options)


def reviewed(system: System | dict[str, Any], known: Catalog | None = None, options: Options = FEW_TRIALS) -> Review:
    """The review of a system, or of a fragment as catalog examples write it."""
    whole = system if isinstance(system, System) else example_system(system)
    return review(whole, known or catalog(), as_of=AS_OF, options=options)


def with_controls(system: System, pairs: Iterable[tuple[str, str]]) -> System:
    """The system with further controls in place, as (control, place)."""
    more = [Placed(control=control, on=[place]) for control, place in pairs]
    return msgspec.structs.replace(system, controls=[*system.controls, *more])


def derivable(analysis: Analysis, level: int) -> set[str]:
    """The ids of the losses that attacks lead to when a step counts as cut from `level` points on."""
    reach = cheapest(analysis.graph, analysis.state.alive(level), analysis.state.price)
    return {value.id for fact, value in analysis.values.items() if reach.has(fact)}


def open_losses(analysis: Analysis) -> set[str]:
    """The ids of the losses above the appetite that attacks still lead to."""
    wanted = {level: derivable(analysis, level) for level in set(analysis.demands.values())}
    return {
        analysis.values[fact].id
        for fact, level in analysis.demands.items()
        if analysis.values[fact].id in wanted[level]
    }


def threat_ids(analysis: Analysis) -> set[str]:
    """The ids of all threats, whatever stands against them."""
    return {edge.threat for edge in analysis.graph.edges if edge.threat}


def losses(system: dict[str, Any]) -> set[str]:
    """The ids of all losses that some attack on a fragment leads to, whatever stands against it."""
    return derivable(analysed(example_system(system)), 99)


def gained(system: dict[str, Any]) -> set[tuple[str, ...]]:
    """The facts that attackers gain in a fragment."""
    return set(analysed(example_system(system)).graph.facts)


def all_threats(found: Review) -> list[ThreatView]:
    """The ranked threats and the appendix."""
    return [*found.threats, *found.appendix]
