"""Coverage per framework: of the items that this system's threats call for, which are met."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from bartizan.analysis.graph import Graph
from bartizan.analysis.result import FrameworkCoverage
from bartizan.catalog import Catalog


def coverage(
    catalog: Catalog, graph: Graph, in_place: Iterable[str], planned: Iterable[str]
) -> dict[str, FrameworkCoverage]:
    """Compare the frameworks' items behind every control that could cut a step here with what is in place and planned.

    An item is covered when some control in place maps to it, planned when one of the plan does, else a gap.
    """
    useful = {option.control for edge in graph.edges for option in edge.options}
    have = _items(catalog, in_place)
    will = _items(catalog, planned)
    out: dict[str, FrameworkCoverage] = {}
    for framework, wanted in sorted(_items(catalog, useful).items()):
        order = {item: index for index, item in enumerate(catalog.frameworks[framework].items)}
        met = have.get(framework, set()) & wanted
        soon = (will.get(framework, set()) & wanted) - met
        out[framework] = FrameworkCoverage(
            covered=sorted(met, key=order.__getitem__),
            planned=sorted(soon, key=order.__getitem__),
            gaps=sorted(wanted - met - soon, key=order.__getitem__),
        )
    return out


def _items(catalog: Catalog, controls: Iterable[str]) -> dict[str, set[str]]:
    out: dict[str, set[str]] = defaultdict(set)
    for control in controls:
        entry = catalog.controls.get(control)
        for framework, items in (entry.maps if entry else {}).items():
            out[framework].update(items)
    return out
