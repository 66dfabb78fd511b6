"""Lists the threats of a system: one entry per weakness and place, ranked by what each leads to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bartizan.analysis.context import Analysis
from bartizan.analysis.explain import Speaker
from bartizan.analysis.graph import Edge, Reach, cheapest
from bartizan.analysis.need import Needs
from bartizan.analysis.paths import Path
from bartizan.analysis.rank import Onward, losses_ahead, onward, still_leading, through
from bartizan.analysis.result import Change, ThreatView
from bartizan.model import Level, Status, Verdict

RANKED = 20
CHANGES = 4
DEAD_END = 0.002
"""Worth of a weakness that leads to no loss by itself; it helps an attacker all the same."""
_STATUS = {
    Verdict.ACCEPT: Status.ACCEPTED,
    Verdict.MITIGATE: Status.MITIGATED,
    Verdict.FALSE_POSITIVE: Status.FALSE_POSITIVE,
}


def list_threats(
    analysis: Analysis, speaker: Speaker, paths: Sequence[Path]
) -> tuple[list[ThreatView], list[ThreatView]]:
    """Return the ranked list (at most RANKED, one place per rule) and everything else that is derivable."""
    return _Lister(analysis, speaker, paths).run()


class _Lister:
    def __init__(self, analysis: Analysis, speaker: Speaker, paths: Sequence[Path]) -> None:
        self.analysis = analysis
        self.speaker = speaker
        self.graph = analysis.graph
        self.price = analysis.state.price
        self.alive = [True] * len(self.graph.edges)
        self.reach: Reach = cheapest(self.graph, self.alive, self.price)
        worth = {fact: value.worth for fact, value in analysis.values.items()}
        self.ahead: Onward = onward(self.graph, self.reach, self.alive, self.price, worth)
        self.on_path: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            for edge in path.threats:
                if path.id not in self.on_path[edge.threat]:
                    self.on_path[edge.threat].append(path.id)
        self.leading = self._leading()
        self.needs: dict[int, Needs] = {}
        self.changeable = frozenset(name for name, word in analysis.catalog.vocabulary.items() if word.change)
        self.cost = {name: control.cost.once + control.cost.each for name, control in analysis.catalog.controls.items()}

    def run(self) -> tuple[list[ThreatView], list[ThreatView]]:
        groups: dict[str, list[Edge]] = defaultdict(list)
        for edge in self.graph.edges:
            if edge.threat:
                groups[edge.threat].append(edge)
        scored = sorted(((self._score(edges), threat) for threat, edges in groups.items()), key=lambda s: (-s[0], s[1]))
        places: dict[str, list[str]] = defaultdict(list)
        for _, threat in scored:
            places[threat.split("@")[0]].append(threat)
        order = [
            (score, threat, self._status(threat, groups[threat])) for score, threat in self._varied(scored, groups)
        ]
        top: dict[str, str] = {}
        for _, threat, status in order:
            if status is Status.OPEN and len(top) < RANKED:
                top.setdefault(groups[threat][0].rule, threat)
        listed = set(top.values())
        self._prepare([groups[threat] for threat in top.values()])
        ranked: list[ThreatView] = []
        appendix: list[ThreatView] = []
        for score, threat, status in order:
            also = [other for other in places[threat.split("@")[0]] if other != threat]
            view = self._view(threat, groups[threat], score, status, also, full=threat in listed)
            (ranked if threat in listed else appendix).append(view)
        return ranked, appendix

    def _prepare(self, groups: Iterable[list[Edge]]) -> None:
        """Work out what the listed threats need, once for each assurance."""
        by_level: dict[int, list[Edge]] = defaultdict(list)
        for edges in groups:
            by_level[self._level(self._best(edges))] += edges
        for level, edges in by_level.items():
            alive = self.analysis.state.alive(level)
            reach = cheapest(self.graph, alive, self.price)
            self.needs[level] = Needs(self.graph, self.analysis.state, reach, level, self.changeable)
            self.needs[level].prepare(edges)

    def _best(self, edges: Iterable[Edge]) -> Edge:
        """Return the edge of a threat that the best path goes through."""
        return max(edges, key=lambda e: (through(self.graph, e.index, self.reach, self.ahead, self.price), -e.index))

    def _varied(self, scored: list[tuple[float, str]], groups: dict[str, list[Edge]]) -> list[tuple[float, str]]:
        """Order threats: each technique and each rule once before any comes again, so that a list shows breadth.

        Techniques come by how likely any of their threats leads to something, the threats of a technique by their own
        scores: what can happen in many ways and places comes before what can happen in one.
        """
        rules = self.analysis.catalog.threats
        keys = {
            threat: self._technique(rules[edges[0].rule].atlas) or edges[0].rule for threat, edges in groups.items()
        }
        weight: dict[str, float] = defaultdict(float)
        for score, threat in scored:
            weight[keys[threat]] = 1 - (1 - weight[keys[threat]]) * (1 - score / 100)
        turns: dict[str, int] = defaultdict(int)
        order: list[tuple[int, float, int, float, str]] = []
        for place, (score, threat) in enumerate(scored):
            rule = groups[threat][0].rule
            turn = max(turns[keys[threat]], turns[rule])
            turns[keys[threat]] += 1
            turns[rule] = turn + 1
            order.append((turn, -weight[keys[threat]], place, score, threat))
        return [(score, threat) for _, _, _, score, threat in sorted(order)]

    @staticmethod
    def _technique(atlas: list[str]) -> str:
        """Return the parent of the technique that a step is: `AML.T0051` for `AML.T0051.001`."""
        return atlas[0][:9] if atlas else ""

    def _score(self, edges: Iterable[Edge]) -> float:
        best = max(through(self.graph, edge.index, self.reach, self.ahead, self.price) for edge in edges)
        dead = max(DEAD_END * edge.likelihood[1] for edge in edges)
        return round(100 * max(best, dead), 3)

    def _level(self, edge: Edge) -> int:
        """Return the points at which a cut of this edge counts: what the loss behind it demands, at least 2."""
        return max(2, self.analysis.demands.get(self.ahead.loss[edge.head], 0))

    def _status(self, threat: str, edges: list[Edge]) -> Status:
        """Tell where a threat stands: one whose ways to losses above the appetite are all cut is mitigated."""
        decision = self.analysis.decisions.get(threat)
        if decision is not None:
            return _STATUS[decision.verdict]
        if any(edge.index in self.leading for edge in edges):
            return Status.OPEN
        if any(self.ahead.loss[edge.head] in self.analysis.demands for edge in edges):
            return Status.MITIGATED
        points = self.analysis.state.points
        held = all(edge.held and points[edge.index] >= self._level(edge) for edge in edges)
        return Status.MITIGATED if held else Status.OPEN

    def _leading(self) -> set[int]:
        """Return the edges on some open way to a loss above the appetite."""
        found: set[int] = set()
        demands = self.analysis.demands
        for level in sorted(set(demands.values())):
            alive = self.analysis.state.alive(level)
            reach = cheapest(self.graph, alive, self.price)
            found |= still_leading(
                self.graph, alive, reach, [loss for loss, asked in demands.items() if asked == level]
            )
        return found

    def _view(
        self, threat: str, edges: list[Edge], score: float, status: Status, also: list[str], *, full: bool
    ) -> ThreatView:
        best = self._best(edges)
        entry = self.analysis.catalog.threats[best.rule]
        ending = self.ahead.loss[best.head]
        worst = self.analysis.values[ending].severity if ending >= 0 else Level.LOW
        return ThreatView(
            id=threat,
            rule=best.rule,
            title=entry.title,
            description=entry.description,
            severity=worst,
            score=score,
            at=best.at,
            components=self._components(best, edges),
            also_at=also if full else [],
            atlas=entry.atlas,
            owasp_llm=entry.owasp_llm,
            owasp_agentic=entry.owasp_agentic,
            owasp_ml=entry.owasp_ml,
            stride=entry.stride,
            lifecycle=entry.lifecycle,
            leads_to=self._leads_to(edges, ending, full),
            paths=self.on_path.get(threat, []),
            why=[self.speaker.say(fact) for fact in best.instance.body],
            removed_by=self._removed_by(edges, best) if full else [],
            remedy=entry.remedy,
            verify=entry.verify,
            status=status,
            decision=self.analysis.decisions.get(threat),
        )

    def _components(self, best: Edge, edges: Iterable[Edge]) -> list[str]:
        known = self.analysis.topology.components
        names = [best.at, *(value for _, value in best.instance.binding)]
        names += sorted({value for edge in edges for _, value in edge.instance.binding})
        return [name for name in dict.fromkeys(names) if name in known][:12]

    def _leads_to(self, edges: Iterable[Edge], ending: int, full: bool) -> list[str]:
        values = self.analysis.values
        if not full:
            return [values[ending].id] if ending >= 0 else []
        ahead = losses_ahead(self.graph, self.alive, self.reach, [edge.head for edge in edges])
        found = [fact for fact in ahead if fact in values]
        found.sort(key=lambda fact: (fact != ending, -values[fact].worth, values[fact].id))
        return [values[fact].id for fact in found]

    def _removed_by(self, edges: list[Edge], best: Edge) -> list[Change]:
        found = self.needs[self._level(best)].of_edges(edges)
        return self.speaker.changes(found, self.cost, CHANGES)
