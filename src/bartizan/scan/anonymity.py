"""How anonymous a table is: whom its columns would single out, once names and numbers are gone.

Rows that are alike in all quasi-identifiers (birth date, postcode, gender and their like) form a class. k is the size
of the smallest class: k-anonymity (Sweeney, 2002). l is the least number of different values that a sensitive column
has in a class: l-diversity (Machanavajjhala and others, 2007).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

__all__ = ["Driver", "TableRisk", "guess_quasi", "risk_text", "table_risk"]

_BUCKETS = ((1, 1), (2, 4), (5, 9), (10, 49), (50, 0))
_QUASI = re.compile(
    r"birth|dob\b|geburt|naissance|nascita|datelindja|\bage\b|alter\b|post.?code|postal|zip|\bplz\b|\bcap\b|npa\b"
    r"|gender|\bsex\b|geschlecht|sexe|gjinia|nationalit|citizenship|country|city|town|region|canton|kanton|\bort\b|ville"
    r"|ethnic|\brace\b|religion|marital|zivilstand|occupation|profession|beruf|job.?title|employer|education|language"
    r"|admission|discharge|height|weight|latitude|longitude|\blat\b|\blon\b",
    re.IGNORECASE,
)
_TYPES = frozenset(
    {"date-of-birth", "postal-code", "postal-address", "location", "gps-coordinates", "date-time", "age"}
)
_SPLIT = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\W]+")


class Driver(msgspec.Struct, frozen=True):
    """What one quasi-identifier does: the share of rows that are unique by it alone, and by all others."""

    column: str
    values: int
    unique_alone: float
    unique_without: float


class TableRisk(msgspec.Struct, frozen=True, kw_only=True):
    """How anonymous a table is.

    `k` is the size of the smallest class, 0 for a table without rows. `sizes` tells how many rows are in classes of a
    size (`1`, `2-4`, `5-9`, `10-49`, `50+`). `highest` is the chance that somebody who knows a person's
    quasi-identifiers finds the row of the worst protected person, `average` that of the average one. `drivers` begin
    with the column whose removal makes fewest rows unique. `diversity` is l by sensitive column.
    """

    rows: int
    quasi: list[str]
    k: int
    classes: int
    unique_rows: int
    unique_share: float
    sizes: dict[str, int]
    highest: float
    average: float
    drivers: list[Driver] = []
    diversity: dict[str, int] = {}


def guess_quasi(columns: Iterable[str], types: Mapping[str, str] | None = None) -> list[str]:
    """Return the columns that look like quasi-identifiers, by their heading or by the type of data found in them."""
    known = types or {}
    return [name for name in columns if known.get(name) in _TYPES or _QUASI.search(" ".join(_SPLIT.split(name)))]


def table_risk(columns: Mapping[str, Sequence[str]], quasi: Sequence[str], sensitive: Sequence[str] = ()) -> TableRisk:
    """Measure a table's anonymity; columns are of one length. Raises KeyError for a column that is not there."""
    picked = [columns[name] for name in quasi]
    rows = len(next(iter(columns.values()), ()))
    keys = list(zip(*picked, strict=True)) if picked else [()] * rows
    classes = Counter(keys)
    unique = _unique(classes)
    return TableRisk(
        rows=rows,
        quasi=list(quasi),
        k=min(classes.values(), default=0),
        classes=len(classes),
        unique_rows=unique,
        unique_share=_share(unique, rows),
        sizes=_sizes(classes),
        highest=1 / min(classes.values()) if classes else 0.0,
        average=_share(len(classes), rows),
        drivers=_drivers(picked, quasi, rows),
        diversity={name: _least_values(keys, columns[name]) for name in sensitive},
    )


def _unique(classes: Mapping[Any, int]) -> int:
    return sum(size == 1 for size in classes.values())


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _sizes(classes: Mapping[Any, int]) -> dict[str, int]:
    out: dict[str, int] = {}
    for low, high in _BUCKETS:
        label = str(low) if low == high else f"{low}-{high}" if high else f"{low}+"
        out[label] = sum(size for size in classes.values() if low <= size and (not high or size <= high))
    return out


def _drivers(picked: Sequence[Sequence[str]], quasi: Sequence[str], rows: int) -> list[Driver]:
    out: list[Driver] = []
    for at, name in enumerate(quasi):
        others = [column for index, column in enumerate(picked) if index != at]
        without = _unique(Counter(zip(*others, strict=True))) if others else 0
        alone = Counter(picked[at])
        out.append(Driver(name, len(alone), _share(_unique(alone), rows), _share(without, rows)))
    return sorted(out, key=lambda driver: (driver.unique_without, -driver.unique_alone))


def _least_values(keys: Sequence[tuple[str, ...]], column: Sequence[str]) -> int:
    values: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for key, value in zip(keys, column, strict=True):
        values[key].add(value)
    return min(map(len, values.values()), default=0)


def risk_text(risk: TableRisk) -> str:
    """Return a table's anonymity for people."""
    if not risk.rows:
        return "no rows\n"
    lines = [
        f"{risk.rows:,} rows in {risk.classes:,} classes of {', '.join(risk.quasi) or 'no quasi-identifiers'}",
        f"k = {risk.k}: the worst protected person is found with a chance of {risk.highest:.1%}, the average one with "
        f"{risk.average:.1%}",
        f"{risk.unique_rows:,} rows ({risk.unique_share:.1%}) are unique",
        "rows by size of their class: " + ", ".join(f"{size}: {count:,}" for size, count in risk.sizes.items()),
    ]
    lines += [
        f"without {driver.column} ({driver.values:,} values), {driver.unique_without:.1%} of the rows would be unique"
        for driver in risk.drivers
    ]
    lines += [f"l = {least} for {name}" for name, least in risk.diversity.items()]
    return "\n".join(lines) + "\n"
