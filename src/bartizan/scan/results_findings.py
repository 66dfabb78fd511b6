"""From the counts of one file to its findings, its verdict and its class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from bartizan.inspection.classification import Classifier, Tally, Verdict
from bartizan.scan.aggregate import FIRST, Aggregate, ColumnTally, Spot
from bartizan.scan.aggregate_columns import ColumnType, Facts, column_types

__all__ = ["Artefact", "ColumnVerdict", "DataFinding", "FileCounts", "Judge", "Judged", "Missed", "remedy"]

_SEVERITIES = ("info", "low", "medium", "high")
_SECRET = "secret"
_RESTRICTED = 3
_SURE = 85
_COLUMNS = 2_000


class DataFinding(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """Values of one type in one place: a line of free text, or a column of a table.

    `column` is the heading for tables, and the character in the line, counted from 1, for free text; `line` the line,
    row, page or paragraph, the first of `rows`; `offset` the byte in it. `rest` says that the finding stands for all
    lines that have none of their own. `member` is the part of a container, with which `path` ends. `evidence` shows the
    shape of the first value, never the value.
    """

    id: str
    rule: str
    title: str
    severity: str
    confidence: int
    path: str
    line: int
    column: str | int
    offset: int
    evidence: str
    remedy: str
    references: tuple[str, ...] = ()
    atlas: tuple[str, ...] = ()
    cwe: tuple[str, ...] = ()
    cve: tuple[str, ...] = ()
    type: str
    class_: str
    category: str
    count: int
    rows: list[int] = []
    rest: bool = False
    member: str = ""

    @property
    def file(self) -> str:
        """The file itself, without the member."""
        return _file(self.path, self.member)


class ColumnVerdict(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """What a column is. `type` is empty where it holds values of types without being of one; `share` is that of the
    records with the likeliest type, of those that aren't empty; `count` are its values.
    """

    column: str
    member: str = ""
    type: str
    share: float
    count: int
    class_: str
    records: int
    types: dict[str, int]


class Artefact(msgspec.Struct, kw_only=True, rename={"class_": "class"}):
    """One file. `class_` is None where nothing was found; that doesn't make it public."""

    path: str
    format: str
    verdict: str
    sha256: str
    size: int
    bytes_read: int
    class_: str | None
    why: tuple[str, ...]
    types: dict[str, int]
    columns: list[ColumnVerdict]
    findings: list[str]
    encoding: str = ""


class Missed(msgspec.Struct, frozen=True):
    """Something that was not inspected, and why."""

    path: str
    reason: str
    member: str = ""

    @property
    def file(self) -> str:
        """The file itself, without the member."""
        return _file(self.path, self.member)


class FileCounts(msgspec.Struct):
    """What a run has read of one file; `missed` says that a part of it was not inspected."""

    path: str
    format: str
    size: int
    sha256: str
    bytes_read: int
    counts: Aggregate
    missed: bool
    encoding: str = ""


class Judged(msgspec.Struct):
    """All that is said about one file. `tally` and `verdict` are None where nothing was found."""

    artefact: Artefact
    findings: list[DataFinding]
    tally: Tally | None
    verdict: Verdict | None


class Judge:
    """Judges files by what types are (`facts`), the classification scheme, and the least confidence that counts."""

    def __init__(self, facts: Mapping[str, Facts], classes: Classifier, threshold: int) -> None:
        self.facts, self.classes, self.threshold = facts, classes, threshold

    def __call__(self, file: FileCounts) -> Judged:
        """Judge a file."""
        findings: list[DataFinding] = []
        columns: list[ColumnVerdict] = []
        types: dict[str, int] = {}
        records: dict[str, int] = {}
        verdicts: list[Verdict] = []
        unsure = False
        for tally in file.counts.tallies():
            weighed = column_types(tally, self.facts, self.threshold)
            unsure |= any(one.unsure for one in weighed)
            real = [one for one in weighed if one.count]
            for one in real:
                types[one.type] = types.get(one.type, 0) + one.count
                records[one.type] = records.get(one.type, 0) + one.records
                findings += _findings(file.path, tally, one, self.facts[one.type], self.threshold)
            if real and tally.column:
                verdicts.append(self.classes.column(_tally(real)))
                if len(columns) < _COLUMNS:
                    columns.append(_column(tally, real, verdicts[-1]))
        whole = Tally(counts=types, records=records) if types else None
        verdict = self.classes.file(whole, verdicts) if whole else None
        artefact = Artefact(
            path=file.path,
            format=file.format,
            verdict=self._verdict(types, unsure or file.missed),
            sha256=file.sha256,
            size=file.size,
            bytes_read=file.bytes_read,
            class_=None if verdict is None else verdict.name,
            why=() if verdict is None else verdict.why,
            types=types,
            columns=columns,
            findings=[one.id for one in findings],
            encoding=file.encoding,
        )
        return Judged(artefact, findings, whole, verdict)

    def _verdict(self, types: Iterable[str], doubt: bool) -> str:
        found = [facts for facts in map(self.facts.__getitem__, types) if facts.level]
        if any(one.level == _RESTRICTED or one.entry.family == _SECRET for one in found):
            return "dangerous"
        return "unknown" if found or doubt else "safe"


def _file(path: str, member: str) -> str:
    return path.removesuffix(f"!{member}") if member else path


def _tally(real: Iterable[ColumnType]) -> Tally:
    return Tally(counts={one.type: one.count for one in real}, records={one.type: one.records for one in real})


def _column(tally: ColumnTally, real: list[ColumnType], verdict: Verdict) -> ColumnVerdict:
    best = real[0]
    return ColumnVerdict(
        column=tally.column,
        member=tally.member,
        type=best.type if best.whole else "",
        share=round(best.share, 4),
        count=best.count,
        class_=verdict.name,
        records=tally.records,
        types={one.type: one.count for one in real},
    )


def _findings(path: str, tally: ColumnTally, one: ColumnType, facts: Facts, at: int) -> Iterator[DataFinding]:
    found = tally.types[one.type]
    where = f"{path}!{tally.member}" if tally.member else path
    # A column that is of this type counts its unsure values, too.
    spots = [spot for level, kept in found.spots.items() if level >= at or one.whole for spot in kept]
    spots = sorted(spots)[:FIRST]
    known = {
        "rule": one.type,
        "title": facts.entry.title,
        "type": one.type,
        "path": where,
        "member": tally.member,
        "class": facts.class_,
        "category": facts.entry.category or "",
        "references": facts.entry.references,
        "remedy": remedy(facts),
        "confidence": one.confidence,
        "severity": _severity(facts, one.confidence),
    }
    if tally.column:
        yield _table(known, tally.column, one, spots)
    else:
        yield from _lines(known, one, spots)


def _table(known: Mapping[str, object], column: str, one: ColumnType, spots: list[Spot]) -> DataFinding:
    first = spots[0] if spots else Spot(0, 0, 0, "")
    return _finding(
        known,
        f"#{column}",
        line=first.line,
        column=column,
        offset=first.offset,
        evidence=f"{_values(one.count)} in {one.share:.0%} of the records, such as {first.shape}",
        count=one.count,
        rows=sorted({spot.line for spot in spots}),
    )


def _lines(known: Mapping[str, object], one: ColumnType, spots: list[Spot]) -> Iterator[DataFinding]:
    """One finding for each of the first lines, and one for the rest."""
    by_line: dict[int, list[Spot]] = {}
    for spot in spots:
        by_line.setdefault(spot.line, []).append(spot)
    for line, here in by_line.items():
        first = here[0]
        yield _finding(
            known,
            f":{line}",
            line=line,
            column=first.position,
            offset=first.offset,
            evidence=first.shape if len(here) == 1 else f"{_values(len(here))}, the first {first.shape}",
            count=len(here),
            rows=[line],
        )
    rest = one.count - len(spots)
    if rest > 0:
        yield _finding(
            known,
            ":rest",
            line=spots[-1].line if spots else 0,
            column=0,
            offset=0,
            evidence=f"{_values(rest)} more, from this line on" if spots else _values(rest),
            count=rest,
            rest=True,
        )


def _finding(known: Mapping[str, object], place: str, **more: object) -> DataFinding:
    return msgspec.convert({**known, **more, "id": f"{known['rule']}@{known['path']}{place}"}, DataFinding)


def _values(number: int) -> str:
    return f"{number:,} value{'' if number == 1 else 's'}"


def _severity(facts: Facts, confidence: int) -> str:
    if facts.entry.family == _SECRET:
        return "critical" if confidence >= _SURE else "high"
    return _SEVERITIES[facts.level]


_REMEDIES = {
    "secret": "Revoke the secret where it was issued and make a new one; then remove it here, and from the history.",
    "payment": "Remove the numbers, or replace them by tokens; only systems in the scope of PCI DSS may hold them.",
    "health": "Remove what is not needed, or replace persons by pseudonyms before the data is used or passed on.",
    "network": "Check whether the addresses lead to persons or to inner systems, and mask them where they do.",
    "marking": "Handle the file as its marking says; it may not be where it is.",
}
_REMEDY = "Keep the values only where they are needed; else remove or mask them, or replace them by pseudonyms."


def remedy(facts: Facts) -> str:
    """Say what to do about values of a type."""
    return _REMEDIES.get(facts.entry.family, _REMEDY)
