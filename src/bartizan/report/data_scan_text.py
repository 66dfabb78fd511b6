"""A data scan for a terminal: what is there, where, and what was not inspected."""

from __future__ import annotations

from collections.abc import Iterable

from bartizan.report.amounts import count
from bartizan.report.data_scan_words import headline, sentences
from bartizan.report.terminal import Column, Pen, clean
from bartizan.scan.results_findings import Artefact, ColumnVerdict
from bartizan.scan.results_merge import DataScan

__all__ = ["render"]

_FILES, _TYPES, _COLUMNS, _KINDS, _MISSED = 20, 15, 6, 5, 10
_STYLES = ("dim", "low", "medium", "critical")
_VERDICTS = {"safe": "good", "unknown": "medium", "dangerous": "bad"}


def render(scan: DataScan, *, width: int = 110, colour: bool = False) -> str:
    """Return the scan as text of at most `width` columns (80 at least)."""
    pen = Pen(max(80, width), colour)
    lines = [*_head(scan, pen), *_types(scan, pen), *_files(scan, pen), *_risk(scan, pen), *_missed(scan, pen)]
    return "\n".join(lines) + "\n"


def _head(scan: DataScan, pen: Pen) -> Iterable[str]:
    first = headline(scan)
    yield from pen.paragraph(f"{scan.verdict}: {first}", 0, _VERDICTS[scan.verdict])
    for sentence in sentences(scan):
        yield from pen.paragraph(sentence, 0)


def _types(scan: DataScan, pen: Pen) -> Iterable[str]:
    if not scan.types:
        return
    yield pen.heading("types", "what was found")
    columns = [
        Column(8, style="severity"),
        Column(13),
        Column(),
        Column(28, style="dim"),
        Column(12, right=True),
        Column(14, right=True),
    ]
    rows = [
        [one.severity, one.class_, one.title, one.type, f"{one.count:,}", count(one.files, "file")]
        for one in scan.types[:_TYPES]
    ]
    yield from pen.table(columns, rows)
    if len(scan.types) > _TYPES:
        yield pen(f"  and {count(len(scan.types) - _TYPES, 'more type')}", "dim")


def _files(scan: DataScan, pen: Pen) -> Iterable[str]:
    if not scan.worst:
        return
    held = sum(scan.classes.values())
    by_class = ", ".join(f"{number:,} {name}" for name, number in scan.classes.items())
    yield pen.heading("files", by_class)
    for one in scan.worst[:_FILES]:
        yield from _file(one, scan, pen)
    if held > _FILES:
        yield pen(f"  and {count(held - _FILES, 'more file')}; --format json lists all", "dim")


def _file(one: Artefact, scan: DataScan, pen: Pen) -> Iterable[str]:
    class_ = one.class_ or ""
    style = _STYLES[scan.levels.get(class_, 0)]
    values = count(sum(one.types.values()), "value")
    path = clean(one.path)
    yield f"  {pen(f'{class_:<13}', style)}{pen(path, 'bold')}  {pen(f'{one.format}, {values}', 'dim')}"
    in_columns = {name for column in one.columns for name in column.types}
    loose = {name: number for name, number in one.types.items() if name not in in_columns}
    if loose:
        yield from pen.paragraph(_several(loose), 15)
    # The most secret first, so that what is left out is the least of it.
    ordered = sorted(one.columns, key=lambda column: -scan.levels.get(column.class_, 0))
    rows = [_column(column) for column in ordered[:_COLUMNS]]
    yield from pen.table([Column(34), Column(13), Column()], rows, indent=15)
    if len(one.columns) > _COLUMNS:
        yield pen(f"{'':15}and {count(len(one.columns) - _COLUMNS, 'more column')}", "dim")


def _column(one: ColumnVerdict) -> list[str]:
    name = f"{one.member}!{one.column}" if one.member else one.column
    if one.type:
        others = {found: number for found, number in one.types.items() if found != one.type}
        said = f"{one.type}, {one.share:.0%} of the filled cells"
        return [name, one.class_, said + (f"; some {_several(others)}" if others else "")]
    return [name, one.class_, f"holds {_several(one.types)}"]


def _several(types: dict[str, int]) -> str:
    order = sorted(types, key=lambda name: -types[name])
    said = ", ".join(f"{name} {types[name]:,}" for name in order[:_KINDS])
    return said + (f" and {count(len(order) - _KINDS, 'more type')}" if len(order) > _KINDS else "")


def _risk(scan: DataScan, pen: Pen) -> Iterable[str]:
    if scan.risk is None:
        return
    yield pen.heading("re-identification")
    for line in scan.risk.says:
        yield from pen.paragraph(line)


def _missed(scan: DataScan, pen: Pen) -> Iterable[str]:
    if not scan.missed_count:
        return
    yield pen.heading("not inspected", f"{scan.missed_count:,}")
    rows = [[one.path, one.reason] for one in scan.missed[:_MISSED]]
    yield from pen.table([Column(52, style="bold"), Column()], rows)
    if scan.missed_count > _MISSED:
        yield pen(f"  and {scan.missed_count - _MISSED:,} more; --format json lists all", "dim")
