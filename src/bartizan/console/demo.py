"""A made-up organisation for people who look around: an insurer with systems, tools, evidence and a history.

The documents were written for one day. They are moved so that this day is today: what was proven last week then is
proven last week now. What is said about real vendors, with the address of the page that says it, keeps its days.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bartizan.model import BartizanError
from bartizan.model.assurance import Proof
from bartizan.model.documents import SPECS, Document, Kind, parse_document
from bartizan.store.register import Conflict, Register

__all__ = ["DEMO", "Loaded", "folder", "load_demo", "moved"]

DEMO = date(2026, 11, 28)
"""The day for which the files were written."""
_EDITIONS = ("earlier", "published")
"""Folders of versions that a later one has replaced."""
_BESIDE = Path(__file__).parent / "example"
_REPOSITORY = Path(__file__).parents[3] / "examples" / "organisation"


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What was put into the register. Nothing, when an organisation is there already."""

    versions: int = 0
    evidence: int = 0


def folder() -> Path:
    """Return where the files are: in the package, or in the repository. Raises BartizanError where they are in none."""
    for place in (_BESIDE, _REPOSITORY):
        if (place / "documents").is_dir():
            return place
    raise BartizanError("the demo organisation isn't installed", help="install the wheel, or work in the repository")


def load_demo(register: Register, today: date, *, place: Path | None = None) -> Loaded:
    """Put the demo organisation into a register as if it had grown there, and return how much that was.

    A register that has all of it is left alone, also when people have changed it since, and so is one that is somebody
    else's. Evidence comes last, so that a load that was broken off is finished by the next one. Raises BartizanError
    when the files can't be found.
    """
    place = place or folder()
    days = today - DEMO
    history = list(_history(place, days))
    first = register.documents.version(Kind.ORGANISATION, "organisation", 1)
    ours = {document.title for document, *_ in history if document.kind is Kind.ORGANISATION}
    if first is not None and first.document.title not in ours:
        return Loaded()
    if first is not None and register.evidence.list(limit=1).total >= len(set(_proofs(place))):
        return Loaded()
    versions = sum(_put(register, *one) for one in history)
    return Loaded(versions=versions, evidence=_add(register, place, days))


def moved(place: Path, today: date, file: str) -> Iterator[dict[str, str]]:
    """Give the rows of a file of the demo organisation, with the days that stand in them moved."""
    with (place / file).open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield {key: _day(value, today - DEMO) for key, value in row.items()}


def _day(text: str, days: timedelta) -> str:
    try:
        return (date.fromisoformat(text) + days).isoformat()
    except ValueError:
        return text


def _put(register: Register, document: Document, at: str, by: str, why: str) -> bool:
    """Keep the next version of a document, unless it is there from a load before."""
    there = register.documents.get(document.kind, document.name)
    if there is not None and there.at >= at:
        return False
    try:
        register.documents.put(document, expected=there.version if there else 0, by=by, why=why, at=at)
    except Conflict:  # another replica loads at the same time
        return False
    return True


def _add(register: Register, place: Path, days: timedelta) -> int:
    """Keep the evidence, each piece as if it had come in at the evening of its day."""
    by_day: dict[date, list[Proof]] = {}
    for proof in _proofs(place):
        moved = msgspec.convert(_moved(msgspec.to_builtins(proof, builtin_types=(date,)), days), Proof)
        by_day.setdefault(moved.observed_at, []).append(moved)
    return sum(register.evidence.add(by_day[day], at=f"{day.isoformat()}T18:00:00Z") for day in sorted(by_day))


def _proofs(place: Path) -> Iterator[Proof]:
    with (place / "evidence.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield msgspec.convert({key: value for key, value in row.items() if value}, Proof)


def _history(place: Path, days: timedelta) -> Iterator[tuple[Document, str, str, str]]:
    """Give every version of every document with its time, who wrote it and why, the oldest first."""
    documents = dict(_documents(place / "documents", days))
    editions = {name: dict(_documents(place / name, days)) for name in _EDITIONS}
    with (place / "history.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            at = datetime.fromisoformat(row["at"]) + days
            found = (editions[row["edition"]] if row["edition"] else documents)[Kind(row["kind"]), row["name"]]
            yield found, at.strftime("%Y-%m-%dT%H:%M:%SZ"), row["by"], row["why"]


def _documents(place: Path, days: timedelta) -> Iterator[tuple[tuple[Kind, str], Document]]:
    for path in sorted(place.rglob("*.yaml")):
        document = parse_document(path.read_bytes(), path.name)
        yield (document.kind, document.name), _shifted(document, days)


def _shifted(document: Document, days: timedelta) -> Document:
    tree = _moved(msgspec.to_builtins(document.spec, builtin_types=(date,)), days)
    if document.kind is Kind.SANDBOX:  # its days may be times, so they are texts
        for key in ("starts", "ends"):
            tree[key] = (date.fromisoformat(tree[key]) + days).isoformat()
    return msgspec.structs.replace(document, spec=msgspec.convert(tree, SPECS[document.kind]))


def _moved(tree: Any, days: timedelta) -> Any:
    """Return plain values with all days moved, but those of claims that were read at an address."""
    if isinstance(tree, dict):
        if str(tree.get("source", "")).startswith("https://"):
            return tree
        return {key: _moved(value, days) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_moved(value, days) for value in tree]
    return tree + days if isinstance(tree, date) else tree
