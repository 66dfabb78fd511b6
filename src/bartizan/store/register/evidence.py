"""Evidence about controls; only ever added to."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, func, select

from bartizan.model.assurance import Proof
from bartizan.model.documents import Kind
from bartizan.store.register.assessments import mark_due
from bartizan.store.register.database import Database
from bartizan.store.register.interface import Kept, Page
from bartizan.store.register.listing import LARGEST, check_limit
from bartizan.store.register.tables import DOCUMENT, EVIDENCE, EVIDENCE_COUNT
from bartizan.store.register.upsert import insert_or_nothing, upsert

__all__ = ["SqlEvidence", "row_of"]

_CHUNK = 1000
_SYSTEMS = 100


class SqlEvidence:
    """Evidence of a register; see the interface."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, proofs: Sequence[Proof], *, at: str, by: str = "") -> int:
        """Keep evidence that `by` brings in; what is there already isn't kept twice. Returns how many were new.

        Systems about which there is something new become due.
        """
        # In one order everywhere, so that two who add the same don't wait for each other for ever.
        by_digest = {row["digest"]: row for row in (row_of(proof, at, by) for proof in proofs)}
        rows = sorted(by_digest.values(), key=_in_order)
        if not rows:
            return 0
        new: Counter[tuple[str, str, str]] = Counter()
        with self._database.transaction() as connection:
            statement = insert_or_nothing(connection, EVIDENCE).returning(
                EVIDENCE.c.system, EVIDENCE.c.source, EVIDENCE.c.outcome
            )
            for start in range(0, len(rows), _CHUNK):
                kept = connection.execute(statement, rows[start : start + _CHUNK])
                new.update((row.system, row.source, row.outcome) for row in kept)
            if new:
                counts = [
                    {"system": system, "source": source, "outcome": outcome, "pieces": pieces}
                    for (system, source, outcome), pieces in sorted(new.items())
                ]
                connection.execute(upsert(connection, EVIDENCE_COUNT, add=("pieces",)), counts)
                mark_due(connection, {system for system, _, _ in new})
        return new.total()

    def latest(self, system: str) -> Sequence[Kept]:
        """Return for each control, place and source of a system the latest piece.

        The latest is what was observed last, not what came in last.
        """
        return self.latest_of((system,))[system]

    def latest_of(self, systems: Collection[str]) -> Mapping[str, Sequence[Kept]]:
        """Return what `latest` does for each of some systems, in few round trips."""
        wanted = sorted(set(systems))
        found: dict[str, list[Kept]] = {system: [] for system in wanted}
        for start in range(0, len(wanted), _SYSTEMS):
            with self._database.transaction(write=False) as connection:
                rows = connection.execute(_latest(wanted[start : start + _SYSTEMS])).all()
            for row in rows:
                found[row.system].append(_kept(row))
        return found

    def list(
        self,
        *,
        system: str = "",
        units: frozenset[str] | None = None,
        source: str = "",
        outcome: str = "",
        after: int = 0,
        limit: int = 50,
    ) -> Page[Kept]:
        """Return a page, the latest first; `units` are those of the systems, `after` is an `id` (not included)."""
        check_limit(limit)
        wanted = {"system": system, "source": source, "outcome": outcome}
        filters = [EVIDENCE.c[name] == value for name, value in wanted.items() if value]
        counted = [EVIDENCE_COUNT.c[name] == value for name, value in wanted.items() if value]
        if units is not None:
            seen = select(DOCUMENT.c.name).where(DOCUMENT.c.kind == Kind.SYSTEM.value, DOCUMENT.c.unit.in_(units))
            filters.append(EVIDENCE.c.system.in_(seen))
            counted.append(EVIDENCE_COUNT.c.system.in_(seen))
        before: list[ColumnElement[bool]] = [EVIDENCE.c.id < min(after, LARGEST)] if after > 0 else []
        statement = select(EVIDENCE).where(*filters, *before).order_by(EVIDENCE.c.id.desc()).limit(limit + 1)
        count = select(func.coalesce(func.sum(EVIDENCE_COUNT.c.pieces), 0)).where(*counted)
        with self._database.transaction(write=False) as connection:
            kept = [_kept(row) for row in connection.execute(statement)]
            total = int(connection.execute(count).scalar_one())
        further = str(kept[limit - 1].id) if len(kept) > limit else ""
        return Page(items=kept[:limit], next=further, total=total)


def row_of(proof: Proof, at: str, by: str = "") -> dict[str, Any]:
    """Return the row of a piece of evidence."""
    # Without what it leaves empty, so that a field that a later version adds doesn't make another piece of it.
    said = {key: value for key, value in msgspec.structs.asdict(proof).items() if value not in (None, "")}
    body = msgspec.json.encode(said, order="deterministic")
    return {
        "system": proof.system,
        "control": proof.control,
        "place": proof.place,
        "source": proof.source.value,
        "outcome": proof.outcome,
        "observed_at": proof.observed_at,
        "at": at,
        "brought_by": by,
        "digest": hashlib.sha256(body).hexdigest(),
        "body": body.decode(),
    }


def _latest(systems: Sequence[str]) -> Select[Any]:
    columns = EVIDENCE.c
    rank = func.row_number().over(
        partition_by=(columns.system, columns.control, columns.place, columns.source),
        order_by=(columns.observed_at.desc(), columns.id.desc()),
    )
    ranked = select(EVIDENCE, rank.label("rank")).where(columns.system.in_(systems)).subquery()
    order = (ranked.c.system, ranked.c.control, ranked.c.place, ranked.c.source)
    return select(ranked).where(ranked.c.rank == 1).order_by(*order)


def _in_order(row: dict[str, Any]) -> tuple[str, str]:
    return row["system"], row["digest"]


def _kept(row: Row[Any]) -> Kept:
    return Kept(id=row.id, at=row.at, by=row.brought_by, proof=msgspec.json.decode(row.body, type=Proof))
