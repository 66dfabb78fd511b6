"""From the results of all shards to what reports say, as a stream: one file's counts are in memory at a time.

Artefacts, findings and what was missed are written to a folder as lines of JSON, from which reports read them as often
as they need; in memory are sums, and the files that matter most.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import IO, Any

import msgspec

from bartizan.inspection.classification import Tally, Verdict
from bartizan.model import BartizanError
from bartizan.scan.aggregate import Aggregate
from bartizan.scan.aggregate_columns import Facts
from bartizan.scan.blocks import Unread
from bartizan.scan.plan import HASH, Part, Planned, reason
from bartizan.scan.results_findings import Artefact, DataFinding, FileCounts, Judge, Judged, Missed, remedy
from bartizan.scan.run_risk import Measured
from bartizan.scan.shard import PartResult

__all__ = ["DataScan", "Spool", "TypeTotal", "merge"]

_WORST = 200
_RANKS = {"safe": 0, "unknown": 1, "dangerous": 2}
_GRADES = ("info", "low", "medium", "high", "critical")


class TypeTotal(msgspec.Struct):
    """A type over all files: `severity` is the highest of its findings."""

    type: str
    title: str
    class_: str
    level: int
    family: str
    remedy: str
    severity: str = "info"
    count: int = 0
    files: int = 0


class DataScan(msgspec.Struct):
    """A scan in sums, and the files that matter most, the worst first.

    `name` says what was scanned, `digest` names the content of all files. `class_` is None where nothing was found.
    `classes` counts files by class, `verdicts` by verdict, `severities` counts findings; `levels` places classes on the
    scale 0 to 3. `missed` are the first things that were not inspected, of `missed_count`. `risk` is what was asked
    about re-identification.
    """

    name: str = ""
    verdict: str = "safe"
    class_: str | None = None
    why: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    digest: str = ""
    files: int = 0
    bytes: int = 0
    inspected: int = 0
    seconds: float = 0.0
    findings: int = 0
    missed_count: int = 0
    classes: dict[str, int] = {}
    levels: dict[str, int] = {}
    verdicts: dict[str, int] = {}
    severities: dict[str, int] = {}
    types: list[TypeTotal] = []
    worst: list[Artefact] = []
    missed: list[Missed] = []
    risk: Measured | None = None

    @property
    def severity(self) -> str:
        """The highest severity of a finding, empty without one."""
        return max(self.severities, key=_GRADES.index, default="")


class Spool:
    """Lines of JSON in a folder: artefacts, findings, and what was missed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._encoder = msgspec.json.Encoder()

    def write(
        self, judged: Iterable[tuple[Judged | None, list[Missed]]]
    ) -> Iterator[tuple[Judged | None, list[Missed]]]:
        """Write what comes, and pass it on. Raises BartizanError when there is no room."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._open("artefacts") as artefacts, self._open("findings") as findings, self._open("missed") as out:
                for one, missed in judged:
                    if one is not None:
                        self._put(artefacts, [one.artefact])
                        self._put(findings, one.findings)
                    self._put(out, missed)
                    yield one, missed
        except OSError as error:
            raise BartizanError(
                f"`{self.folder}` can't be written: {reason(error)}", help="choose a place with room by --run-dir"
            ) from None

    def lines(self, kind: str) -> Iterator[bytes]:
        """Give the lines of a kind: `artefacts`, `findings` or `missed`, without their ends."""
        with (self.folder / f"{kind}.jsonl").open("rb") as file:
            for line in file:
                yield line[:-1]

    def findings(self) -> Iterator[DataFinding]:
        """Give the findings."""
        decoder = msgspec.json.Decoder(DataFinding)
        return (decoder.decode(line) for line in self.lines("findings"))

    def missed(self) -> Iterator[Missed]:
        """Give what was not inspected."""
        decoder = msgspec.json.Decoder(Missed)
        return (decoder.decode(line) for line in self.lines("missed"))

    def remove(self) -> None:
        """Take the folder away."""
        for kind in ("artefacts", "findings", "missed"):
            (self.folder / f"{kind}.jsonl").unlink(missing_ok=True)
        self.folder.rmdir()

    def _open(self, kind: str) -> IO[bytes]:
        return (self.folder / f"{kind}.jsonl").open("wb")

    def _put(self, file: IO[bytes], entries: Iterable[Any]) -> None:
        for entry in entries:
            file.write(self._encoder.encode(entry) + b"\n")


def merge(
    manifest: Iterable[Planned], results: Iterable[tuple[Part, PartResult]], judge: Judge, spool: Spool
) -> DataScan:
    """Judge every file of a finished run, write it to the spool, and return the sums."""
    sums = _Sums(judge)
    unread = ((None, [_missed(entry.path, Unread(entry.unread, entry.member))]) for entry in manifest if entry.unread)
    for judged, missed in spool.write(_chain(unread, _files(results, judge, sums))):
        sums.add(judged, missed)
    return sums.done()


def _chain(
    unread: Iterable[tuple[None, list[Missed]]], files: Iterable[tuple[Judged, list[Missed]]]
) -> Iterator[tuple[Judged | None, list[Missed]]]:
    yield from files
    yield from unread


def _files(
    results: Iterable[tuple[Part, PartResult]], judge: Judge, sums: _Sums
) -> Iterator[tuple[Judged, list[Missed]]]:
    for _, group in groupby(results, lambda pair: pair[0].address):
        file = _File(sums)
        for part, result in group:
            file.add(part, result)
        yield judge(file.counts()), file.missed()


class _File:
    """Adds up the parts of one file as they come."""

    def __init__(self, sums: _Sums) -> None:
        self.sums = sums
        self.part: Part | None = None
        self.found = Aggregate()
        self.misses: dict[Missed, None] = {}
        self.sha256 = ""
        self.encoding = ""
        self.failed = 0
        self.lines = 0
        self.before: list[int] = []

    def add(self, part: Part, result: PartResult) -> None:
        self.part = part
        self.sha256 = self.sha256 or result.sha256
        self.encoding = self.encoding or result.encoding
        for entry in result.unread:
            self.misses[_missed(part.path, entry)] = None
        if result.unread_count > len(result.unread):
            more = result.unread_count - len(result.unread)
            reason = f"{more:,} more parts could not be inspected, for reasons like these"
            self.misses[Missed(part.path, reason)] = None
        if part.unit == HASH:
            self.before = result.before
            return
        shift = self.before.pop(0) if self.before else self.lines
        self.found.join(result.columns, 0 if part.unit.first else shift)
        self.lines += result.lines
        self.failed += 0 if result.stamp else part.weight
        self.sums.scan.inspected += result.bytes

    def counts(self) -> FileCounts:
        assert self.part is not None
        return FileCounts(
            path=self.part.path,
            format=self.part.format,
            size=self.part.size,
            sha256=self.sha256,
            bytes_read=self.part.size - self.failed,
            counts=self.found,
            missed=bool(self.misses),
            encoding=self.encoding,
        )

    def missed(self) -> list[Missed]:
        return list(self.misses)


def _missed(path: str, entry: Unread) -> Missed:
    return Missed(f"{path}!{entry.member}" if entry.member else path, entry.reason, entry.member)


class _Sums:
    """Adds up files as they come."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.scan = DataScan()
        self.content = hashlib.sha256()
        self.types: dict[str, TypeTotal] = {}
        self.classes: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()
        self.severities: Counter[str] = Counter()
        self.worst: list[tuple[tuple[int, int, int], int, Artefact]] = []
        self.counts: Counter[str] = Counter()
        self.people: Counter[str] = Counter()
        self.highest: Verdict | None = None

    def add(self, judged: Judged | None, missed: list[Missed]) -> None:
        scan = self.scan
        scan.missed_count += len(missed)
        scan.missed += missed[: _WORST - len(scan.missed)]
        if judged is None:
            return
        artefact = judged.artefact
        scan.files += 1
        self.content.update(f"{artefact.path}\0{artefact.sha256}\n".encode())
        scan.bytes += artefact.bytes_read
        scan.findings += len(judged.findings)
        self.verdicts[artefact.verdict] += 1
        self.severities.update(one.severity for one in judged.findings)
        self._types(artefact, judged.findings)
        if judged.verdict is None or judged.tally is None:
            return
        self.classes[judged.verdict.name] += 1
        self.counts.update(judged.tally.counts)
        self.people.update({name: judged.tally.people(name) for name in judged.tally.counts})
        if self.highest is None or judged.verdict.level > self.highest.level:
            self.highest = judged.verdict
        # The counter breaks ties, first come first, and keeps artefacts from being compared.
        weight = (_RANKS[artefact.verdict], judged.verdict.level, sum(artefact.types.values()))
        entry = (weight, -scan.files, artefact)
        if len(self.worst) < _WORST:
            heapq.heappush(self.worst, entry)
        else:
            heapq.heappushpop(self.worst, entry)

    def _types(self, artefact: Artefact, findings: list[DataFinding]) -> None:
        for name, count in artefact.types.items():
            facts = self.judge.facts[name]
            total = self.types.get(name)
            if total is None:
                total = self.types[name] = _total(name, facts)
            total.count += count
            total.files += 1
        for one in findings:
            total = self.types[one.type]
            total.severity = max(total.severity, one.severity, key=_GRADES.index)

    def done(self) -> DataScan:
        scan, classes = self.scan, self.judge.classes
        scan.types = sorted(
            self.types.values(), key=lambda one: (-one.level, -_GRADES.index(one.severity), -one.count, one.type)
        )
        scan.worst = [entry[2] for entry in sorted(self.worst, key=lambda entry: entry[:2], reverse=True)]
        scan.classes = {name: self.classes[name] for name in reversed(classes.scheme.classes) if self.classes[name]}
        scan.levels = {name: classes.scheme.weight(level) for level, name in enumerate(classes.scheme.classes)}
        scan.verdicts = dict(self.verdicts)
        scan.severities = {grade: self.severities[grade] for grade in reversed(_GRADES) if self.severities[grade]}
        if self.highest is not None:
            whole = Tally(counts=dict(self.counts), distinct=dict(self.people))
            verdict = classes.whole_set([whole], [self.highest])
            scan.class_, scan.why = verdict.name, verdict.why
            scan.categories = tuple(one.value for one in verdict.categories)
        scan.digest = f"sha256:{self.content.hexdigest()}" if scan.files else ""
        worst = max(self.verdicts, key=_RANKS.__getitem__, default="safe")
        scan.verdict = "unknown" if worst == "safe" and scan.missed_count else worst
        return scan


def _total(name: str, facts: Facts) -> TypeTotal:
    return TypeTotal(name, facts.entry.title, facts.class_, facts.level, facts.entry.family, remedy(facts))
