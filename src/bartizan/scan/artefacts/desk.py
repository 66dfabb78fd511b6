"""The desk: where scanners report. It keeps findings, covered bytes, facts and explanations, and the limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from bartizan.catalog.scan_rules import ScanRule
from bartizan.model import Finding, Place
from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.artefacts.evidence import shown
from bartizan.scan.artefacts.found import finding_of

if TYPE_CHECKING:
    from bartizan.scan.artefacts.format import Format

__all__ = ["Desk", "Held", "Inside", "Limits", "Shared", "Spans"]

_EXPANDED, _RATIO = 1 << 30, 300
_MOST_VALUES = 100
"""Values of one fact; a list of requirements may have more than anybody reads."""
_LONGEST = 400
"""Characters of a fact, and of a line of an explanation."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one artefact with all that is inside may cost."""

    seconds: float = 120.0
    depth: int = 8
    members: int = 100_000
    expanded: int = 8 << 30
    """Bytes that come out of compression; no more than 1 GB where that is 300 times what the file has."""
    findings: int = 1_000


class Spans:
    """Byte ranges, joined."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def add(self, start: int, end: int) -> None:
        """Add a range."""
        if end > start:
            self._spans.append((start, end))

    def holes(self, size: int) -> list[tuple[int, int]]:
        """Return what of `size` bytes is not covered."""
        holes, at = [], 0
        for start, end in sorted(self._spans):
            if start > at:
                holes.append((at, min(start, size)))
            at = max(at, end)
            if at >= size:
                break
        if at < size:
            holes.append((at, size))
        return holes


class Shared:
    """What the desks of one artefact have in common: rules, limits and the account of what was used."""

    def __init__(self, rules: Mapping[str, ScanRule], limits: Limits, clock: Callable[[], float] = time.monotonic):
        self.rules, self.limits, self.clock = rules, limits, clock
        self.until = clock() + limits.seconds
        self.size = 0
        """Bytes of the artefact."""
        self.members = self.expanded = 0
        self.findings: dict[str, Finding] = {}
        self.dropped = 0
        self._floor = 0
        """No finding of this rank or less finds room any more."""
        self.said = {"safe"}
        """Verdicts of all findings, also of those beyond the limit."""
        self.claims: set[str] = set()
        self.facts: dict[str, list[str]] = {}
        self.explanations: list[tuple[str, list[str]]] = []

    def keep(self, made: Finding) -> None:
        """Keep a finding; where there are too many, instead of a lesser one: small ones must not hide a grave one."""
        if made.id in self.findings:
            return
        if len(self.findings) >= self.limits.findings:
            self.dropped += 1
            if made.severity.rank <= self._floor:
                return
            least = min(self.findings.values(), key=lambda one: one.severity.rank)
            self._floor = least.severity.rank
            if self._floor >= made.severity.rank:
                return
            del self.findings[least.id]
        self.findings[made.id] = made


Inside: TypeAlias = "Callable[[Desk, str, Content, Sequence[Format]], None]"
"""What examines content inside other content: with the formats that are given, else with those that recognise it."""


class Desk:
    """One file, or one member of a file. `path` names members as `outer!/inner`.

    `cve` are loader CVEs that dangerous findings here belong to, by where the content stands.
    """

    def __init__(self, path: str, shared: Shared, inside: Inside, depth: int = 0, cve: Sequence[str] = ()) -> None:
        self.path, self.depth, self.cve = path, depth, tuple(cve)
        self.covered = Spans()
        self.strangers: dict[str, None] = {}
        """Members that an archive lists, and that no format knows."""
        self._lister: Desk | None = None
        self._shared, self._inside = shared, inside

    def belonging(self, cve: Sequence[str]) -> Desk:
        """Return this desk for a part of the file: dangerous findings there belong to loader CVEs."""
        part = copy(self)
        part.cve = (*self.cve, *cve)
        return part

    def hit(
        self,
        rule: str,
        evidence: str = "",
        *,
        offset: int = -1,
        line: int = 0,
        column: int = 0,
        cve: Iterable[str] = (),
        confidence: int | None = None,
    ) -> None:
        """Report a finding. `evidence` may hold what the file says; it is masked and cut here.

        `offset` counts bytes in this file or member; lines and columns count from 1. `cve` adds to the rule's own.
        """
        said = self._shared.rules[rule]
        place = Place(self.path, line, column)
        cves = [*cve, *(self.cve if said.verdict == "dangerous" else ())]
        made = finding_of(said, place, evidence, offset=offset, cve=cves, confidence=confidence)
        self._shared.said.add(said.verdict)
        self._shared.keep(made)

    def cover(self, start: int, end: int) -> None:
        """Account for bytes: they were understood, or are data that nothing interprets."""
        self.covered.add(start, end)

    def cover_all(self, content: Content) -> None:
        """Account for everything."""
        self.covered.add(0, content.size)

    def claim(self, path: str) -> None:
        """Say that another file of the tree holds data of this one, and nothing that is interpreted."""
        self._shared.claims.add(path)

    def inside(
        self,
        name: str,
        content: Content,
        *,
        formats: Sequence[Format] = (),
        cve: Sequence[str] = (),
        listed: bool = False,
    ) -> None:
        """Examine a member as a file of its own. Raises LimitReached where there are too many or they lie too deep.

        `formats` says what it is to be examined as, where the place tells that and not the content; `cve` are loader
        CVEs that dangerous findings in it belong to. `listed` members are an archive's: that nobody knows one is told.
        """
        shared = self._shared
        shared.members += 1
        if shared.members > shared.limits.members:
            raise LimitReached(f"more than {shared.limits.members} files lie inside")
        if self.depth >= shared.limits.depth:
            raise LimitReached(f"files lie more than {shared.limits.depth} deep inside each other")
        self.check_time()
        desk = Desk(f"{self.path}!/{name}", shared, self._inside, self.depth + 1, (*self.cve, *cve))
        desk._lister = self if listed else None
        self._inside(desk, name, content, formats)

    def unknown(self, name: str) -> None:
        """Say that no format knows what is on this desk; the archive around it tells, once for all of them."""
        if self._lister is not None:
            self._lister.strangers.setdefault(name)

    def expand(self, size: int) -> None:
        """Account for bytes that came out of compression. Raises LimitReached."""
        self._shared.expanded += size
        most = min(self._shared.limits.expanded, max(_EXPANDED, _RATIO * self._shared.size))
        if self._shared.expanded > most:
            raise LimitReached(f"more than {most >> 20} MB come out of compression")
        self.check_time()

    def check_time(self) -> None:
        """Raise LimitReached when the time for this artefact is over. Call it in every long loop."""
        if self._shared.clock() > self._shared.until:
            raise LimitReached(f"looking at it takes longer than {self._shared.limits.seconds:g} s")

    def fact(self, name: str, value: str) -> None:
        """Note something for the bill of materials: `licence`, `architecture`, `base-model`, `parameters`, ..."""
        values = self._shared.facts.setdefault(name, [])
        if value and value not in values and len(values) < _MOST_VALUES:
            values.append(shown(value, _LONGEST))

    def explain(self, lines: Iterable[str]) -> None:
        """Keep a reconstruction (a call tree) for `--explain`."""
        self._shared.explanations.append((self.path, [shown(line, _LONGEST) for line in lines]))


class Held(Desk):
    """A desk that keeps its findings until it is known what they are worth: a second reading that may be nobody's."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.path, desk._shared, desk._inside, desk.depth, desk.cve)
        self._desk = desk
        self.strangers = desk.strangers
        self._kept: list[tuple[str, str, dict[str, Any]]] = []

    def hit(self, rule: str, evidence: str = "", **more: Any) -> None:
        """Keep a finding."""
        self._kept.append((rule, evidence, more))

    def release(self, verdicts: Iterable[str]) -> None:
        """Report what is of one of these verdicts to the desk proper."""
        wanted = frozenset(verdicts)
        for rule, evidence, more in self._kept:
            if self._shared.rules[rule].verdict in wanted:
                self._desk.hit(rule, evidence, **more)
        self._kept.clear()
