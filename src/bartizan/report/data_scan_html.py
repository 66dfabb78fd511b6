"""A data scan as one page for a browser: nothing is loaded, and there is no script in it."""

from __future__ import annotations

from math import log10

import msgspec
from markupsafe import Markup

from bartizan.report.amounts import count, size
from bartizan.report.data_scan_words import headline, raised, sentences
from bartizan.report.page import policy, style, template
from bartizan.scan.anonymity import TableRisk
from bartizan.scan.results_findings import Artefact, ColumnVerdict
from bartizan.scan.results_merge import DataScan
from bartizan.scan.run_risk import Measured

__all__ = ["render"]

_FILES, _COLUMNS, _TABLES, _MISSED = 100, 40, 50, 200
_GRID_TYPES, _GRID_FILES, _GRID_COLUMNS = 14, 20, 8
_STEPS = 20


class _Figure(msgspec.Struct):
    label: str
    value: str
    note: str


class _Type(msgspec.Struct):
    type: str
    title: str
    class_: str
    level: int
    severity: str
    count: str
    width: int
    files: str
    remedy: str


class _Cell(msgspec.Struct):
    text: str
    level: int
    strength: int


class _Row(msgspec.Struct):
    name: str
    whole: str
    file: bool
    cells: list[_Cell | None]


class _Grid(msgspec.Struct):
    types: list[str]
    rows: list[_Row]
    more: str


class _Column(msgspec.Struct):
    name: str
    class_: str
    level: int
    says: str
    share: str
    count: str


class _File(msgspec.Struct):
    path: str
    format: str
    size: str
    sha256: str
    class_: str
    level: int
    kinds: str
    values: str
    why: list[str]
    columns: list[_Column]
    more: str


class _RiskRow(msgspec.Struct):
    path: str
    columns: str
    rows: str
    k: str
    unique: str
    chance: str
    driver: str


class _Risk(msgspec.Struct):
    says: str
    rows: list[_RiskRow]


def render(scan: DataScan, date: str) -> str:
    """Return the page; `date` says when it was made. Its policy allows its one style sheet, by its hash."""
    sheet = _style()
    page = {
        "name": scan.name,
        "date": date,
        "mood": {"safe": "good", "unknown": "unknown", "dangerous": "bad"}[scan.verdict],
        "headline": headline(scan)[:1].upper() + headline(scan)[1:],
        "sentences": sentences(scan),
        "figures": _figures(scan),
        "types": _types(scan),
        "grid": _grid(scan),
        "files": [_file(one, scan) for one in scan.worst[:_FILES]],
        "more_files": _more(sum(scan.classes.values()), _FILES, "file"),
        "risk": None if scan.risk is None else _risk(scan.risk),
        "missed": scan.missed[:_MISSED],
        "more_missed": _more(scan.missed_count, _MISSED, "entry", "entries"),
        "sections": _sections(scan),
    }
    return template("data_scan.html.j2").render(
        page=page,
        policy=policy(sheet),
        style=Markup(sheet),  # noqa: S704 - our own file
    )


def _sections(scan: DataScan) -> list[tuple[str, str]]:
    found = [("types", "What was found"), ("map", "Where it is"), ("files", "Files")] if scan.types else []
    risk = [("risk", "Re-identification")] if scan.risk is not None else []
    missed = [("missed", "Not inspected")] if scan.missed_count else []
    return [*found, *risk, *missed, ("basis", "How to read this")]


def _figures(scan: DataScan) -> list[_Figure]:
    held = sum(scan.classes.values())
    by_class = ", ".join(f"{number:,} {name}" for name, number in scan.classes.items())
    return [
        _Figure("class of the whole", scan.class_ or "none", "by what was found, and by rules for much together"),
        _Figure("files with sensitive values", f"{held:,}", by_class or f"of {scan.files:,}"),
        _Figure("values", f"{sum(one.count for one in scan.types):,}", count(len(scan.types), "type")),
        _Figure("read", size(scan.bytes), count(scan.files, "file")),
        _Figure("not inspected", f"{scan.missed_count:,}", "files, parts or members"),
    ]


def _types(scan: DataScan) -> list[_Type]:
    most = max((one.count for one in scan.types), default=1)
    return [
        _Type(
            type=one.type,
            title=one.title,
            class_=one.class_,
            level=one.level,
            severity=one.severity,
            count=f"{one.count:,}",
            width=max(1, round(_STEPS * one.count / most)),
            files=f"{one.files:,}",
            remedy=one.remedy,
        )
        for one in scan.types
    ]


def _grid(scan: DataScan) -> _Grid:
    shown = sorted(scan.types, key=lambda one: (-one.level, -one.files, -one.count))[:_GRID_TYPES]
    levels = {one.type: one.level for one in shown}
    rows: list[_Row] = []
    for one in scan.worst[:_GRID_FILES]:
        rows.append(_Row(_short(one.path), one.path, True, _cells(one.types, levels)))
        rows += [
            _Row(_short(_name(column)), _name(column), False, _cells(column.types, levels))
            for column in one.columns[:_GRID_COLUMNS]
        ]
    left = [_more(sum(scan.classes.values()), _GRID_FILES, "file"), _more(len(scan.types), _GRID_TYPES, "type")]
    return _Grid(list(levels), rows, " ".join(filter(None, left)))


def _cells(types: dict[str, int], levels: dict[str, int]) -> list[_Cell | None]:
    return [
        _Cell(_brief(types[name]), level, min(4, 1 + int(log10(types[name])))) if name in types else None
        for name, level in levels.items()
    ]


def _file(one: Artefact, scan: DataScan) -> _File:
    class_ = one.class_ or ""
    kinds = sorted(one.types, key=lambda name: -one.types[name])
    return _File(
        path=one.path,
        format=one.format,
        size=size(one.size),
        sha256=one.sha256,
        class_=class_,
        level=scan.levels.get(class_, 0),
        kinds=", ".join(kinds[:3]) + (f" and {len(kinds) - 3} more" if len(kinds) > 3 else ""),
        values=count(sum(one.types.values()), "value"),
        why=raised(one.why),
        columns=[_column(column, scan) for column in one.columns[:_COLUMNS]],
        more=_more(len(one.columns), _COLUMNS, "column"),
    )


def _column(one: ColumnVerdict, scan: DataScan) -> _Column:
    others = ", ".join(f"{name} {number:,}" for name, number in one.types.items() if name != one.type)
    some = f"; some {others}" if others else ""
    says = f"{one.type}{some}" if one.type else f"holds {others}"
    share = f"{one.share:.0%} of {one.records:,}"
    return _Column(_name(one), one.class_, scan.levels.get(one.class_, 0), says, share, f"{one.count:,}")


def _risk(measured: Measured) -> _Risk:
    return _Risk(
        says=" ".join(measured.says),
        rows=[
            _RiskRow(
                path=one.path,
                columns=", ".join(one.risk.quasi),
                rows=f"{one.risk.rows:,}" + ("+" if one.cut else ""),
                k=f"{one.risk.k:,}",
                unique=f"{one.risk.unique_rows:,} ({one.risk.unique_share:.1%})",
                chance=f"{one.risk.highest:.1%}",
                driver=_driver(one.risk),
            )
            for one in measured.tables[:_TABLES]
        ],
    )


def _driver(risk: TableRisk) -> str:
    if not risk.drivers:
        return ""
    first = risk.drivers[0]
    return f"{first.column}: without it, {first.unique_without:.1%} of the rows would be unique"


def _name(one: ColumnVerdict) -> str:
    return f"{one.member}!{one.column}" if one.member else one.column


def _short(text: str, most: int = 44) -> str:
    """Cut a path at its front, as its end tells more."""
    return text if len(text) <= most else f"…{text[-most + 1 :]}"


def _brief(number: int) -> str:
    for unit, worth in (("M", 1_000_000), ("k", 1_000)):
        if number >= worth:
            return f"{number / worth:.0f}{unit}" if number >= 10 * worth else f"{number / worth:.1f}{unit}"
    return str(number)


def _more(number: int, shown: int, one: str, many: str = "") -> str:
    return (
        f"{count(number - shown, f'more {one}', f'more {many}' if many else '')}; the JSON output lists all."
        if number > shown
        else ""
    )


def _style() -> str:
    # The policy forbids styles on elements, so each width that a bar may have is a class.
    widths = "".join(f".w{step}{{width:{100 * step / _STEPS:g}%}}" for step in range(1, _STEPS + 1))
    return style("review.css", "data_scan.css", more=widths)
