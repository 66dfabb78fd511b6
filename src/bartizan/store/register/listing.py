"""Pages of lists: filters, orders, and the cursors that lead from one page to the next."""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import date
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, false, func, or_, select

from bartizan.model import InputError
from bartizan.model.documents import Kind
from bartizan.store.register.assessments import assessment_of
from bartizan.store.register.interface import Entry, Page, Query
from bartizan.store.register.rows import LONGEST_KEY, fold
from bartizan.store.register.tables import ASSESSMENT, DOCUMENT

__all__ = ["LARGEST", "LARGEST_PAGE", "check_limit", "prepare"]

LARGEST = 2**63 - 1
"""The largest number that a column holds."""
LARGEST_PAGE = 1000
Key: TypeAlias = str | int | float | date | None
_ORDERS: dict[str, tuple[ColumnElement[Any], type]] = {
    "name": (DOCUMENT.c.name, str),
    "title": (DOCUMENT.c.title_key, str),
    "owner": (DOCUMENT.c.owner_key, str),
    "changed": (DOCUMENT.c.seq, int),
    "ends": (DOCUMENT.c.ends, date),
}
_OF_SYSTEMS: dict[str, tuple[ColumnElement[Any], type]] = {
    "ends": (ASSESSMENT.c.until, date),
    "risk": (ASSESSMENT.c.risk, float),
    "tier": (ASSESSMENT.c.tier_rank, int),
    "worst": (ASSESSMENT.c.worst_rank, int),
}


def check_limit(limit: int) -> None:
    """Let through what can be the length of a page. Raises InputError."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise InputError(f"a page can't have {limit} lines", help=f"from 1 to {LARGEST_PAGE}")


def prepare(query: Query) -> Listing:
    """Check a query. Raises InputError for an order, a limit or a cursor that is none."""
    check_limit(query.limit)
    orders = {**_ORDERS, **(_OF_SYSTEMS if query.kind is Kind.SYSTEM else {})}
    down = query.order.startswith("-")
    found = orders.get(query.order.removeprefix("-"))
    if found is None:
        raise InputError(f"`{query.order[:40]}` is no order of {query.kind.plural}", help=f"one of {', '.join(orders)}")
    column, type_ = found
    after = _read(query, type_) if query.after else None
    return Listing(query, column, down, after)


class Listing:
    """One page of a list, ready to be read.

    What has no value in the order (no end, no assessment) comes last, whichever way round. Equals stand by name.
    """

    def __init__(self, query: Query, column: ColumnElement[Any], down: bool, after: tuple[Key, str] | None) -> None:
        self._query = query
        self._column = column
        self._down = down
        self._after = after

    def read(self, connection: Connection) -> Page[Entry]:
        """Read it."""
        query, filters = self._query, _filters(self._query)
        order = self._column.desc() if self._down else self._column.asc()
        none_last = case((self._column.is_(None), 1), else_=0)
        # Ordered without bodies, which are read of the shown lines alone: to carry 5,000 through takes twice as long.
        chosen = _from(select(DOCUMENT.c.name, none_last.label("last"), self._column.label("key")), query)
        chosen = chosen.where(*filters, *self._beyond()).order_by(none_last, order, DOCUMENT.c.name)
        rows = connection.execute(_whole(chosen.limit(query.limit + 1), query.kind, self._down)).all()
        total = connection.execute(_from(select(func.count()), query).where(*filters)).scalar_one()
        further = _write(query, rows[query.limit - 1]) if len(rows) > query.limit else ""
        return Page(items=[_entry(row) for row in rows[: query.limit]], next=further, total=total)

    def _beyond(self) -> list[ColumnElement[bool]]:
        """Return the condition that a line comes after the cursor."""
        if self._after is None:
            return []
        key, name = self._after
        if key is None:
            return [and_(self._column.is_(None), DOCUMENT.c.name > name)]
        further = self._column < key if self._down else self._column > key
        return [or_(further, and_(self._column == key, DOCUMENT.c.name > name), self._column.is_(None))]


def _whole(chosen: Select[Any], kind: Kind, down: bool) -> Select[Any]:
    """Return the whole lines of those that were chosen, in their order."""
    few = chosen.subquery()
    joined = few.join(DOCUMENT, and_(DOCUMENT.c.kind == kind.value, DOCUMENT.c.name == few.c.name))
    lines = select(*DOCUMENT.c, few.c.key)
    if kind is Kind.SYSTEM:
        joined = joined.outerjoin(ASSESSMENT, ASSESSMENT.c.system == DOCUMENT.c.name)
        lines = lines.add_columns(ASSESSMENT.c.body)
    order = few.c.key.desc() if down else few.c.key.asc()
    return lines.select_from(joined).order_by(few.c.last, order, DOCUMENT.c.name)


def _from(statement: Select[Any], query: Query) -> Select[Any]:
    if query.kind is Kind.SYSTEM:
        return statement.select_from(DOCUMENT.outerjoin(ASSESSMENT, ASSESSMENT.c.system == DOCUMENT.c.name))
    return statement.select_from(DOCUMENT)


def _filters(query: Query) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = [DOCUMENT.c.kind == query.kind.value]
    if query.units is not None:
        filters.append(DOCUMENT.c.unit.in_(query.units))
    text = fold(query.text.strip())
    if len(text) > LONGEST_KEY:
        filters.append(false())
    elif text:
        columns = (DOCUMENT.c.name, DOCUMENT.c.title_key, DOCUMENT.c.owner_key)
        filters.append(or_(*(column.contains(text, autoescape=True) for column in columns)))
    if query.states:
        filters.append(DOCUMENT.c.state.in_(query.states))
    ends = ASSESSMENT.c.until if query.kind is Kind.SYSTEM else DOCUMENT.c.ends
    if query.ends_from is not None:
        filters.append(ends >= query.ends_from)
    if query.ends_to is not None:
        filters.append(ends <= query.ends_to)
    if query.kind is Kind.SYSTEM:
        if query.tiers:
            filters.append(func.coalesce(ASSESSMENT.c.tier, "").in_(query.tiers))
        if query.above is not None:
            filters.append(ASSESSMENT.c.above.is_(query.above))
        if query.worst:
            filters.append(ASSESSMENT.c.worst.in_(query.worst))
    elif query.tiers or query.above is not None or query.worst:
        raise InputError(f"{query.kind.plural} have no tier and no appetite", help="systems have")
    return filters


def _entry(row: Row[Any]) -> Entry:
    body = row._mapping.get("body")
    assessment = assessment_of(body) if body is not None else None
    return Entry(
        kind=Kind(row.kind),
        name=row.name,
        unit=row.unit,
        title=row.title,
        owner=row.owner,
        state=row.state,
        ends=assessment.until if assessment else row.ends,
        version=row.version,
        at=row.at,
        by=row.author,
        assessment=assessment,
    )


def _write(query: Query, row: Row[Any]) -> str:
    """Return the cursor of a line: its key and name, and a check over them and what they belong to."""
    content = msgspec.json.encode([row.key, row.name])
    return base64.urlsafe_b64encode(_check(query, content) + content).decode().rstrip("=")


def _read(query: Query, type_: type) -> tuple[Key, str]:
    """Read a cursor. Raises InputError: one of another list, or one that somebody made up."""
    wrong = InputError(f"`{query.after[:20]}` doesn't lead to a page of this list", help="begin again without `after`")
    try:
        content = base64.b64decode(query.after + "=" * (-len(query.after) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise wrong from error
    if _check(query, content[8:]) != content[:8]:
        raise wrong
    try:
        key, name = msgspec.json.decode(content[8:], type=tuple[type_ | None, str])  # type: ignore[valid-type]
    except msgspec.MsgspecError as error:
        raise wrong from error
    return key, name


def _check(query: Query, content: bytes) -> bytes:
    """Return eight bytes that tell mistakes. No secret is in it: a cursor gives nobody more than its filters do."""
    return hashlib.blake2b(content, digest_size=8, person=f"{query.kind}{query.order}".encode()[:16]).digest()
