"""Which items of frameworks the statements of policies answer for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from bartizan.catalog import Catalog, Framework
from bartizan.govern.policies.draft import by_number
from bartizan.model.documents import PolicySpec

__all__ = ["Covered", "coverage"]


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """A framework: items that some statement is mapped to, with those statements, and those that none is.

    A statement is told by its policy's name and its number: `acceptable-use-policy 1.2`. Headings, which only gather
    other items, are not counted; a statement that is mapped to one counts for all below it.
    """

    framework: str
    title: str
    version: str
    covered: dict[str, list[str]] = {}
    gaps: list[str] = []

    @property
    def share(self) -> float:
        """The share of items that are covered, 0 to 1."""
        return len(self.covered) / max(len(self.covered) + len(self.gaps), 1)


def coverage(policies: Mapping[str, PolicySpec], catalog: Catalog, frameworks: Iterable[str] = ()) -> list[Covered]:
    """Return how policies, by name, cover frameworks; without any named, those that a statement is mapped to."""
    by: dict[str, dict[str, list[str]]] = {}
    for name, policy in sorted(policies.items()):
        for one in sorted(policy.statements, key=by_number):
            for framework, items in one.maps.items():
                for item in items:
                    by.setdefault(framework, {}).setdefault(item, []).append(f"{name} {one.number}")
    wanted = set(frameworks) or set(by)
    return [_covered(entry, by.get(name, {})) for name, entry in catalog.frameworks.items() if name in wanted]


def _covered(framework: Framework, by: Mapping[str, list[str]]) -> Covered:
    headings = {item.parent for item in framework.items.values()}
    covered: dict[str, list[str]] = {}
    gaps = []
    for name in framework.items:
        if name in headings:
            continue
        found: list[str] = []
        at = name
        while at:
            found += [one for one in by.get(at, []) if one not in found]
            at = framework.items[at].parent
        if found:
            covered[name] = found
        else:
            gaps.append(name)
    return Covered(framework=framework.id, title=framework.title, version=framework.version, covered=covered, gaps=gaps)
