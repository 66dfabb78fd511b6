"""Results of scans as they came in: what the evidence that was made of them rests on."""

from __future__ import annotations

import hashlib
import zlib
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, func, select

from bartizan.model.documents import Kind
from bartizan.store.register.interface import Page
from bartizan.store.register.open import SqlRegister
from bartizan.store.register.scans_tables import SCAN
from bartizan.store.register.tables import DOCUMENT
from bartizan.store.register.upsert import insert_or_nothing

__all__ = ["KeptScan", "ScanLog"]

_LARGEST = 64 << 20
"""Bytes that a result may have; nothing larger is ever made of what is kept."""


class KeptScan(msgspec.Struct, frozen=True, kw_only=True):
    """A scan as a list shows it. `unit` is the system's; `author` has handed it in, at `at`."""

    id: int
    system: str
    component: str
    unit: str
    verdict: str
    observed_at: date
    at: str
    author: str
    artefacts: int
    findings: int
    digest: str


class ScanLog:
    """Keeps results of scans. The same result about the same component is kept once."""

    def __init__(self, register: SqlRegister) -> None:
        self._register = register

    def add(
        self, content: bytes, *, system: str, component: str, verdict: str, observed_at: date, at: str, author: str,
        artefacts: int, findings: int,
    ) -> int:  # fmt: skip
        """Keep a result and return its id; of one that is there already, the id that it has."""
        digest = hashlib.sha256(content).hexdigest()
        values = {
            "system": system, "component": component, "verdict": verdict, "observed_at": observed_at.isoformat(),
            "at": at, "author": author, "artefacts": artefacts, "findings": findings, "digest": digest,
            "body": zlib.compress(content, 6),
        }  # fmt: skip
        same = (SCAN.c.system == system, SCAN.c.component == component, SCAN.c.digest == digest)
        with self._register.transaction() as connection:
            connection.execute(insert_or_nothing(connection, SCAN).values(**values))
            return int(connection.execute(select(SCAN.c.id).where(*same)).scalar_one())

    def get(self, id: int) -> tuple[KeptScan, bytes] | None:
        """Return a scan with its result, None without one or when its system is gone."""
        with self._register.transaction(write=False) as connection:
            row = connection.execute(_lines(SCAN.c.body).where(SCAN.c.id == id)).one_or_none()
        if row is None:
            return None
        return _kept(row), zlib.decompressobj().decompress(row.body, _LARGEST)

    def list(
        self, *, units: frozenset[str] | None = None, system: str = "", after: int = 0, limit: int = 50
    ) -> Page[KeptScan]:
        """Return a page, the latest first; `units` are those of the systems, `after` is the `next` of the page before.

        Scans of systems that are gone are not among them.
        """
        where: list[ColumnElement[bool]] = [] if units is None else [DOCUMENT.c.unit.in_(units)]
        if system:
            where.append(SCAN.c.system == system)
        before = [SCAN.c.id < after] if after else []
        with self._register.transaction(write=False) as connection:
            counted = select(func.count()).select_from(SCAN.join(DOCUMENT, _OF)).where(*where)
            total = connection.execute(counted).scalar_one()
            asked = _lines().where(*where, *before).order_by(SCAN.c.id.desc()).limit(limit + 1)
            found = [_kept(row) for row in connection.execute(asked)]
        more = len(found) > limit
        return Page(items=found[:limit], next=str(found[limit - 1].id) if more else "", total=total)


_OF = (DOCUMENT.c.kind == Kind.SYSTEM.value) & (DOCUMENT.c.name == SCAN.c.system)
_COLUMNS = tuple(column for column in SCAN.columns if column.name != "body")


def _lines(*more: ColumnElement[bytes]) -> Select[Any]:
    return select(*_COLUMNS, DOCUMENT.c.unit, *more).select_from(SCAN.join(DOCUMENT, _OF))


def _kept(row: Row[Any]) -> KeptScan:
    values = {name: row._mapping[name] for name in KeptScan.__struct_fields__}
    return msgspec.convert(values, KeptScan)
