"""Facts and changes as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bartizan.analysis.need import Need
from bartizan.analysis.result import Change
from bartizan.catalog import Catalog, Fact
from bartizan.model import System


class Speaker:
    """Says facts of one system in words: ids become names where the owner gave names."""

    def __init__(self, catalog: Catalog, system: System) -> None:
        self.catalog = catalog
        components = {key: component.name or key for key, component in system.components.items()}
        data = {key: asset.name or key for key, asset in system.data.items()}
        self.names = {
            "component": components,
            "data": data,
            "identity": {key: identity.name or key for key, identity in system.identities.items()},
            "subject": {**data, **components},
        }

    def name(self, subject: str) -> str:
        """Return the name of a component or data asset; its id when it has none."""
        return self.names["subject"].get(subject, subject)

    def say(self, fact: Fact) -> str:
        """Return a fact as a sentence without a final period."""
        return self._fill(self.catalog.vocabulary[fact[0]].phrase, fact)

    def change(self, need: Need) -> Change:
        """Return what someone would do about one thing that a threat needs."""
        if need.control:
            title = self.catalog.controls[need.control].title
            where = "for the whole system" if need.place == "system" else f"at {self.name(need.place)}"
            return Change(text=f"{title} ({where})", control=need.control, placement=need.place)
        return Change(text=self._fill(self.catalog.vocabulary[need.fact[0]].change, need.fact))

    def changes(self, needs: Iterable[Need], cost: Mapping[str, float], most: int) -> list[Change]:
        """Return the changes for a set of needs, controls first, cheapest first, `most` of each sort."""
        controls = sorted((n for n in needs if n.control), key=lambda n: (cost[n.control], n.control, n.place))
        facts = sorted((n for n in needs if n.fact), key=lambda n: n.fact)
        return [self.change(need) for need in (*controls[:most], *facts[:most])]

    def _fill(self, phrase: str, fact: Fact) -> str:
        kinds = self.catalog.vocabulary[fact[0]].args
        words = [self._word(kind, term) for kind, term in zip(kinds, fact[1:], strict=True)]
        text = phrase.format(*words)
        return text[:1].upper() + text[1:]

    def _word(self, kind: str, term: str) -> str:
        if kind == "position" and term in self.catalog.positions:
            return self.catalog.positions[term].title.lower()
        return self.names.get(kind, {}).get(term, term)
