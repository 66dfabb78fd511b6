"""Runs the small systems that catalog files carry as their own tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bartizan.analysis.facts import system_facts
from bartizan.analysis.program import derive
from bartizan.analysis.spread import spread_data
from bartizan.analysis.topology import Topology
from bartizan.catalog import Catalog
from bartizan.model import System, parse_text
from bartizan.model.yamltree import to_yaml


def example_system(example: Mapping[str, Any]) -> System:
    """Read an example of a catalog file. Raises InputError when it isn't a system."""
    return parse_text(to_yaml({"id": "example", **example}), "example")


def fires(catalog: Catalog, example: Mapping[str, Any]) -> set[str]:
    """Return the ids of all rules that fire on an example."""
    topology = Topology(example_system(example))
    facts = system_facts(topology, spread_data(topology), catalog.positions)
    return {instance.rule for instance in derive(catalog.rules, facts, catalog.vocabulary)}
