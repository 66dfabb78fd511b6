"""Assessments: what follows for systems, kept so that lists need not compute it, and when it has to be made anew."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from bartizan.model.assurance import Assessment, ControlState
from bartizan.model.documents import Kind, Organisation
from bartizan.model.words import Level
from bartizan.store.register.database import Database
from bartizan.store.register.interface import Figures
from bartizan.store.register.rows import document_of
from bartizan.store.register.tables import ASSESSMENT, DOCUMENT, DUE_MARK, REVIEW, VERSION
from bartizan.store.register.upsert import upsert

__all__ = ["SqlAssessments", "assessment_of", "mark_due", "row_of"]

_RANKS = {level: rank for rank, level in enumerate(Level, 1)}
_LAST_TIER = 999


class SqlAssessments:
    """Assessments of a register; see the interface."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mark(self, system: str) -> int:
        """Return how much has come in about a system, to be passed to `keep`: take it before reading anything."""
        with self._database.transaction(write=False) as connection:
            return _mark(connection, system)

    def keep(self, assessment: Assessment, review: bytes, *, mark: int | None = None) -> None:
        """Keep an assessment and the whole review as JSON in place of the earlier one.

        `mark` is what `mark()` gave before anything was read for it: what came in since makes the system due again.
        Without it, all that is there counts as seen. One that was made from less than the one that is kept, or of a
        system that is gone, is let fall.
        """
        with self._database.transaction() as connection:
            system = assessment.system
            present = select(DOCUMENT.c.version).where(*_is_system(system)).with_for_update()
            version = connection.execute(present).scalar_one_or_none()
            now = _mark(connection, system)
            seen = now if mark is None else min(mark, now)
            kept = select(ASSESSMENT.c.mark, ASSESSMENT.c.version).where(ASSESSMENT.c.system == system)
            before = connection.execute(kept).one_or_none()
            if version is None or (before and (before.version, before.mark) > (assessment.version, seen)):
                return
            row = {**row_of(assessment, _tier_rank(connection, assessment.tier)), "mark": seen}
            connection.execute(upsert(connection, ASSESSMENT), row)
            body = {"system": system, "body": zlib.compress(review, 6)}
            connection.execute(upsert(connection, REVIEW), body)

    def get(self, system: str) -> Assessment | None:
        """Return a system's assessment."""
        with self._database.transaction(write=False) as connection:
            statement = select(ASSESSMENT.c.body).where(ASSESSMENT.c.system == system)
            body = connection.execute(statement).scalar_one_or_none()
        return assessment_of(body) if body is not None else None

    def review(self, system: str) -> bytes | None:
        """Return the whole review as JSON."""
        with self._database.transaction(write=False) as connection:
            body = connection.execute(select(REVIEW.c.body).where(REVIEW.c.system == system)).scalar_one_or_none()
        return zlib.decompress(body) if body is not None else None

    def due(self, on: date, limit: int = 100) -> Sequence[str]:
        """Return systems without an assessment of their present version and evidence, or with one that has ended.

        Those without any come first.
        """
        order = (ASSESSMENT.c.system.is_not(None), DOCUMENT.c.name)
        statement = _due(select(DOCUMENT.c.name), on).order_by(*order).limit(limit)
        with self._database.transaction(write=False) as connection:
            return list(connection.execute(statement).scalars())

    def waiting(self, on: date, units: frozenset[str] | None = None) -> int:
        """Return how many systems, or of those in some units, `due` would give without a limit."""
        statement = _due(select(func.count()), on)
        if units is not None:
            statement = statement.where(DOCUMENT.c.unit.in_(units))
        with self._database.transaction(write=False) as connection:
            return int(connection.execute(statement).scalar_one())

    def stale(self, *, kind: Kind | None = None, system: str = "") -> None:
        """Note that assessments have to be made anew: of one system, or of all.

        `kind` is what has changed; that of which nothing follows for systems (tools, vendors, policies, sandboxes)
        leaves them as they are.
        """
        if kind in (None, Kind.SYSTEM, Kind.ORGANISATION, Kind.EXCEPTION):
            with self._database.transaction() as connection:
                mark_due(connection, {system})

    def figures(self, units: frozenset[str] | None = None) -> Figures:
        """Return what all systems, or those of some units, come to. Mistakes count as not assessed."""
        joined = DOCUMENT.outerjoin(ASSESSMENT, ASSESSMENT.c.system == DOCUMENT.c.name)
        columns = (ASSESSMENT.c.above, ASSESSMENT.c.controls)
        statement = select(*columns, func.count()).select_from(joined).where(DOCUMENT.c.kind == Kind.SYSTEM.value)
        if units is not None:
            statement = statement.where(DOCUMENT.c.unit.in_(units))
        systems, assessed, above = 0, 0, 0
        controls = dict.fromkeys(ControlState, 0)
        with self._database.transaction(write=False) as connection:
            rows = connection.execute(statement.group_by(*columns)).all()
        for is_above, counted, number in rows:
            systems += number
            assessed += number if counted is not None else 0
            above += number if is_above else 0
            for state, count in msgspec.json.decode(counted or "{}", type=dict[ControlState, int]).items():
                controls[state] += count * number
        return Figures(systems=systems, assessed=assessed, above=above, controls=controls)

    def totals(self, units: frozenset[str] | None = None) -> dict[str, dict[str, int]]:
        """Count systems by tier and by their worst open threat: `{tier: {level: n}}`; `""` is `not assessed`.

        The level of an assessed system without an open threat is `""` too. A system whose assessment is a mistake isn't
        assessed.
        """
        tier, worst = func.coalesce(ASSESSMENT.c.tier, ""), func.coalesce(ASSESSMENT.c.worst, "")
        joined = DOCUMENT.outerjoin(ASSESSMENT, ASSESSMENT.c.system == DOCUMENT.c.name)
        statement = select(tier, worst, func.count()).select_from(joined).where(DOCUMENT.c.kind == Kind.SYSTEM.value)
        if units is not None:
            statement = statement.where(DOCUMENT.c.unit.in_(units))
        found: dict[str, dict[str, int]] = {}
        with self._database.transaction(write=False) as connection:
            for row in connection.execute(statement.group_by(tier, worst).order_by(tier, worst)):
                found.setdefault(row[0], {})[row[1]] = row[2]
        return found


def mark_due(connection: Connection, systems: Collection[str]) -> None:
    """Note in a transaction that something came in about systems; the empty name is all of them."""
    if rows := [{"system": system, "mark": 1} for system in sorted(systems)]:
        connection.execute(upsert(connection, DUE_MARK, add=("mark",)), rows)


def assessment_of(body: str) -> Assessment:
    """Read an assessment from its body."""
    return msgspec.json.decode(body, type=Assessment)


def row_of(assessment: Assessment, tier_rank: int) -> dict[str, object]:
    """Return the columns. One that could not be made has none to pick or order by: its figures say nothing."""
    made = not assessment.mistake
    worst = assessment.worst if made else None
    return {
        "system": assessment.system,
        "version": assessment.version,
        "until": assessment.until,
        "tier": assessment.tier if made else "",
        "tier_rank": tier_rank if made else None,
        "above": assessment.above_appetite if made else None,
        "risk": assessment.residual_p50 if made else None,
        "worst": worst.value if worst else "",
        "worst_rank": (_RANKS[worst] if worst else 0) if made else None,
        "controls": msgspec.json.encode(assessment.controls, order="deterministic").decode() if made else None,
        "body": msgspec.json.encode(assessment, order="deterministic").decode(),
    }


def _due(statement: Select[Any], on: date) -> Select[Any]:
    """Keep a statement about documents to the systems that have to be assessed."""
    own = DUE_MARK.alias()
    everywhere = select(DUE_MARK.c.mark).where(DUE_MARK.c.system == "").scalar_subquery()
    joined = DOCUMENT.outerjoin(ASSESSMENT, ASSESSMENT.c.system == DOCUMENT.c.name)
    joined = joined.outerjoin(own, and_(own.c.system == DOCUMENT.c.name, own.c.system != ""))
    reasons = or_(
        ASSESSMENT.c.system.is_(None),
        ASSESSMENT.c.version != DOCUMENT.c.version,
        ASSESSMENT.c.mark < func.coalesce(own.c.mark, 0) + everywhere,
        ASSESSMENT.c.until <= on,
    )
    return statement.select_from(joined).where(DOCUMENT.c.kind == Kind.SYSTEM.value, reasons)


def _mark(connection: Connection, system: str) -> int:
    rows = connection.execute(select(DUE_MARK.c.mark).where(DUE_MARK.c.system.in_(["", system])))
    return sum(rows.scalars())


def _is_system(name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return DOCUMENT.c.kind == Kind.SYSTEM.value, DOCUMENT.c.name == name


def _tier_rank(connection: Connection, tier: str) -> int:
    """Return where a tier stands among the organisation's, from 0 for the strictest."""
    statement = select(VERSION.c.body).join(
        DOCUMENT,
        and_(
            DOCUMENT.c.kind == VERSION.c.kind,
            DOCUMENT.c.name == VERSION.c.name,
            DOCUMENT.c.version == VERSION.c.version,
        ),
    )
    body = connection.execute(statement.where(DOCUMENT.c.kind == Kind.ORGANISATION.value)).scalar_one_or_none()
    spec = document_of(body).spec if body else None
    organisation = spec if isinstance(spec, Organisation) else Organisation(title="")
    ids = [rule.id for rule in organisation.tiers]
    return ids.index(tier) if tier in ids else _LAST_TIER
