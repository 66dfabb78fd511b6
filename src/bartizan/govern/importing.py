"""Rows of a file, to what would change: nothing is changed here, so that people see it before it is.

A column that a file lacks leaves alone what the register says, an empty cell empties it. What can't stand in a cell,
such as the claims about a vendor, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from bartizan.catalog import Catalog
from bartizan.govern.columns import LISTS, Cells, Column, List, heading, several
from bartizan.govern.inventory import DERIVED, first_description, inventory
from bartizan.govern.proofs import problems
from bartizan.govern.sheetfile import MOST_TEXT, Row, Sheet
from bartizan.govern.sites import Sites
from bartizan.model import InputError, InputErrors, Place, System
from bartizan.model.assurance import Proof
from bartizan.model.documents import Document, Kind, Stored, canonical, parse_document

__all__ = ["KINDS", "Change", "Known", "Outcome", "Plan", "named", "plan"]

KINDS = {"systems": Kind.SYSTEM, "tools": Kind.TOOL, "vendors": Kind.VENDOR, "exceptions": Kind.EXCEPTION}
"""The kind of document that each list's rows become; rows of `evidence` become evidence."""
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z")
_SYSTEM_KEYS = {"title": "name"}


class Outcome(StrEnum):
    """What comes of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a row would do: a document on top of version `version`, or a piece of evidence; or what is wrong with it.

    `fields` are the keys of columns whose cells change something.
    """

    row: int
    name: str
    outcome: Outcome
    fields: list[str] = []
    mistake: str = ""
    document: Document | None = None
    version: int = 0
    proof: Proof | None = None


class Plan(msgspec.Struct, frozen=True):
    """What a file would do. `ignored` are headings that no column of the list has."""

    what: str
    changes: list[Change]
    ignored: list[str]

    def count(self, outcome: Outcome) -> int:
        """Return how many rows come out like that."""
        return sum(change.outcome is outcome for change in self.changes)


class Known(msgspec.Struct, frozen=True):
    """What rows are held against: the present documents by name, the evidence of a system, and the catalog."""

    document: Callable[[Kind, str], Stored | None]
    proofs: Callable[[str], Collection[Proof]]
    catalog: Catalog


def plan(sheet: Sheet, list_id: str, known: Known, each: Callable[[Change], Change] | None = None) -> Plan:
    """Tell what each row of a file would do, row by row; `each` may put something else in a change's place.

    Raises InputError when a column is lacking without which nothing goes.
    """
    listed = LISTS[list_id]
    places = _places(sheet, listed)
    columns = [(column, places[column.key]) for column in listed.columns if column.key in places and column.imported]
    titles = {heading(name) for column in listed.columns for name in (column.key, *column.titles.values())}
    ignored = [text for text in sheet.headings if text and heading(text) not in titles]
    read = _Evidence(known) if list_id == "evidence" else _Documents(KINDS[list_id], known)
    changes = _changes(sheet.rows, columns, read)
    return Plan(list_id, list(map(each, changes) if each else changes), ignored)


def named(sheet: Sheet, list_id: str) -> tuple[Kind, set[str]]:
    """Return of which documents the rows of a file speak, so that they can be read at once. Raises what `plan` does."""
    place = _places(sheet, LISTS[list_id])["system" if list_id == "evidence" else "name"]
    names = {row.cells[place].strip() for row in sheet.rows if place < len(row.cells)}
    return KINDS.get(list_id, Kind.SYSTEM), names


def _places(sheet: Sheet, listed: List) -> dict[str, int]:
    """Where each column stands in the file."""
    keys = {heading(name): column.key for column in listed.columns for name in (column.key, *column.titles.values())}
    places: dict[str, int] = {}
    for place, text in enumerate(sheet.headings):
        if key := keys.get(heading(text)):
            places.setdefault(key, place)
    if missing := [key for key in listed.needed if key not in places]:
        names = ", ".join(f"`{key}`" for key in missing)
        raise InputError(
            f"the file lacks the column {names}",
            place=Place(sheet.file),
            help="an export of the list shows the columns",
        )
    return places


class _Reader:
    """What makes a change of the cells of a row. Raises InputError for cells that say nothing sensible."""

    def change(self, row: int, cells: dict[str, Any]) -> Change:
        raise NotImplementedError

    def name(self, cells: dict[str, Any]) -> str:
        raise NotImplementedError


def _changes(rows: Sequence[Row], columns: Sequence[tuple[Column, int]], reader: _Reader) -> Iterator[Change]:
    seen: dict[str, int] = {}
    for row in rows:
        cells: dict[str, Any] = {}
        try:
            cells = _cells(row, columns)
            name = reader.name(cells)
            _once(name, seen, row.number)
            yield reader.change(row.number, cells)
        except InputErrors as errors:
            yield _wrong(row, cells, "; ".join(str(error.message) for error in errors.errors[:3]))
        except InputError as error:
            yield _wrong(row, cells, error.message + (f": {error.help}" if error.help else ""))


def _once(name: str, seen: dict[str, int], row: int) -> None:
    if name in seen:
        raise InputError(f"`{name[:100]}` stands in row {seen[name]} already")
    seen[name] = row


def _wrong(row: Row, cells: dict[str, Any], mistake: str) -> Change:
    name = str(cells.get("name") or cells.get("system") or "")
    return Change(row=row.number, name=name[:100], outcome=Outcome.WRONG, mistake=mistake)


def _cells(row: Row, columns: Sequence[tuple[Column, int]]) -> dict[str, Any]:
    """Return what the cells say, by key; what was cut at an export isn't said."""
    out: dict[str, Any] = {}
    for column, place in columns:
        if place in row.formula:
            raise InputError(f"`{column.key}` holds a formula", help="save the file with values in place of formulas")
        text = row.cells[place] if place < len(row.cells) else ""
        text = text if column.cells is Cells.WORDS else text.strip()
        if len(text) >= MOST_TEXT and text.endswith("…"):
            continue
        out[column.key] = _value(column, text)
    return out


def _value(column: Column, text: str) -> Any:
    if column.cells is Cells.WORDS:
        return several(text)
    if column.cells is Cells.DAY and text:
        return _day(column.key, text).isoformat()
    return text


def _day(key: str, text: str) -> date:
    try:
        if found := _GERMAN_DAY.match(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return datetime.fromisoformat(text).date() if "T" in text or ":" in text else date.fromisoformat(text)
    except ValueError:
        raise InputError(f"`{text[:40]}` under `{key}` is no day", help="write it as 2026-11-28") from None


class _Documents(_Reader):
    def __init__(self, kind: Kind, known: Known) -> None:
        self._kind = kind
        self._known = known

    def name(self, cells: dict[str, Any]) -> str:
        if not cells.get("name"):
            raise InputError("the row has no `name`")
        return str(cells["name"])

    def change(self, row: int, cells: dict[str, Any]) -> Change:
        name = self.name(cells)
        stored = self._known.document(self._kind, name)
        before = stored.document if stored else None
        values = {key: value for key, value in cells.items() if key not in ("name", "unit")}
        tree: dict[str, Any] = msgspec.to_builtins(before.spec) if before else {}
        if self._kind is Kind.SYSTEM:
            tree = _system(tree, before, name, values)
        else:
            _put(tree, values)
        unit = cells.get("unit", before.unit if before else "")
        document = _parsed({"kind": self._kind.value, "name": name, "unit": unit, "spec": tree})
        if before is None or stored is None:
            fields = [key for key, value in cells.items() if value]
            return Change(row=row, name=name, outcome=Outcome.CREATED, fields=fields, document=document)
        if canonical(document) == canonical(before):
            return Change(row=row, name=name, outcome=Outcome.UNCHANGED, document=document, version=stored.version)
        return Change(
            row=row,
            name=name,
            outcome=Outcome.CHANGED,
            fields=_differing(before, document, cells),
            document=document,
            version=stored.version,
        )


def _differing(before: Document, after: Document, cells: dict[str, Any]) -> list[str]:
    old, new = msgspec.to_builtins(before.spec), msgspec.to_builtins(after.spec)
    keys = {key: _SYSTEM_KEYS.get(key, key) if after.kind is Kind.SYSTEM else key for key in cells}
    changed = [key for key, own in keys.items() if key not in ("name", "unit") and old.get(own) != new.get(own)]
    return [*(["unit"] if before.unit != after.unit else []), *changed]


def _put(tree: dict[str, Any], values: dict[str, Any]) -> None:
    """Put cells into a document; an empty one takes the key out, so that its default holds."""
    for key, value in values.items():
        if value:
            tree[key] = value
        else:
            tree.pop(key, None)


def _system(tree: dict[str, Any], before: Document | None, name: str, values: dict[str, Any]) -> dict[str, Any]:
    plain = {_SYSTEM_KEYS.get(key, key): value for key, value in values.items() if key not in DERIVED}
    said = {key: _several(values[key]) for key in DERIVED if key in values}
    if before is None:
        tree = {"id": name, **first_description(str(values.get("title") or name), said)}
    else:
        assert isinstance(before.spec, System)
        now = inventory(before.spec)
        for key, value in said.items():
            if sorted(value) != now[key]:
                raise InputError(
                    f"`{key}` follows from what the system's description says", help="change it in the description"
                )
    _put(tree, plain)
    return tree


def _several(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else several(value)


def _parsed(tree: dict[str, Any]) -> Document:
    return parse_document(msgspec.json.encode(tree), "row")


class _Evidence(_Reader):
    def __init__(self, known: Known) -> None:
        self._known = known
        self._there: dict[str, tuple[System, Sites, Collection[Proof]]] = {}

    def name(self, cells: dict[str, Any]) -> str:
        if not cells.get("system"):
            raise InputError("the row has no `system`")
        return " ".join(str(value) for value in cells.values())

    def change(self, row: int, cells: dict[str, Any]) -> Change:
        system, sites, there = self._of(str(cells["system"]))
        try:
            proof = msgspec.convert({key: value for key, value in cells.items() if value}, Proof)
        except msgspec.ValidationError as error:
            raise InputError(str(error).replace(" - at `$.", " under `").lower()) from None
        name = f"{proof.control} · {system.id}"
        # What was exported is put back as it is, also what the system has no place for any more.
        if proof in there:
            return Change(row=row, name=name, outcome=Outcome.UNCHANGED, proof=proof)
        if wrong := problems(proof, system, self._known.catalog, sites):
            raise wrong[0] if len(wrong) == 1 else InputErrors(wrong)
        return Change(row=row, name=name, outcome=Outcome.CREATED, proof=proof)

    def _of(self, name: str) -> tuple[System, Sites, Collection[Proof]]:
        """Return a system, its places and the evidence about it. Raises InputError for one that there isn't."""
        if name not in self._there:
            stored = self._known.document(Kind.SYSTEM, name)
            if stored is None:
                raise InputError(f"there is no system `{name[:100]}`")
            system = stored.document.spec
            assert isinstance(system, System)
            self._there[name] = system, Sites(system), self._known.proofs(name)
        return self._there[name]
