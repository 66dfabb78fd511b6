"""Webhooks as the register keeps them, and what each still has to be told.

There is no queue of messages: a subscription remembers up to where it was told in the audit trail, in the evidence and
in the notices, all of which are written in the transaction of the change itself. So no change is lost when a process
ends between a change and a message, and a receiver that is away for days needs no room.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, text, update

from bartizan.store.register.hooks_tables import NOTICE, WEBHOOK
from bartizan.store.register.interface import Conflict, Missing
from bartizan.store.register.open import SqlRegister
from bartizan.store.register.people_events import write_note
from bartizan.store.register.people_records import Note
from bartizan.store.register.tables import DOCUMENT, EVIDENCE, HEAD, TRAIL
from bartizan.store.register.trail import lock
from bartizan.store.register.upsert import insert_or_nothing

__all__ = ["KINDS", "Due", "Happened", "Hook", "Hooks", "Notice", "Reached"]

KINDS = (
    "document.created",
    "document.updated",
    "document.deleted",
    "evidence.added",
    "control.expired",
    "exception.ending",
    "approval.asked",
)
_CHUNK = 100
_PIECES = 1_000


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription: where to tell of which kinds of events, in a unit and those below it; empty is everywhere.

    `failing_since` is when the first of the attempts failed that have failed since, empty when the last one went well;
    `last_result` says how that ended. One that isn't `active` is told nothing, and of what happened meanwhile later.
    """

    id: str
    url: str
    kinds: list[str]
    unit: str = ""
    active: bool = True
    made: str = ""
    by: str = ""
    failing_since: str = ""
    last_at: str = ""
    last_result: str = ""


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """Up to where a subscription was told, in each of the three tables."""

    trail: int = 0
    evidence: int = 0
    notice: int = 0


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """Something to tell: `id` stays the same however often it is told, `reached` is what is done with it."""

    id: str
    kind: str
    at: str
    unit: str
    data: dict[str, Any]
    reached: Reached


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened without a change: what ended, what was asked. It is told once for each `mark`."""

    kind: str
    about: str
    name: str
    unit: str
    mark: str
    detail: str = ""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription that a process has taken in hand: with what messages to it are signed with, the newest first.

    `failures` is how often it has failed since it was told something.
    """

    hook: Hook
    secrets: list[str]
    failures: int
    reached: Reached


class Hooks:
    """Webhooks in a register."""

    def __init__(self, register: SqlRegister) -> None:
        self._register = register

    def add(self, hook: Hook, note: Note | None = None) -> str:
        """Keep a subscription, from now on, and return its secret, which nobody is shown again.

        `note` is for the access log, here and below.
        """
        secret = _secret()
        with self._register.transaction() as connection:
            now = _ends(connection)
            row = {
                **{key: value for key, value in msgspec.structs.asdict(hook).items() if key not in ("kinds", "by")},
                "kinds": " ".join(hook.kinds),
                "author": hook.by,
                "secret": secret,
                "secret_before": "",
                "secret_until": "",
                "trail_seq": now.trail,
                "evidence_id": now.evidence,
                "notice_id": now.notice,
                "failures": 0,
                "next_try": "",
                "lease": "",
            }
            connection.execute(insert(WEBHOOK), row)
            _noted(connection, note)
        return secret

    def list(self) -> Sequence[Hook]:
        """Return all subscriptions, the oldest first."""
        with self._register.transaction(write=False) as connection:
            return [_hook(row) for row in connection.execute(select(WEBHOOK).order_by(WEBHOOK.c.made, WEBHOOK.c.id))]

    def get(self, id: str) -> Hook:
        """Return a subscription. Raises Missing."""
        return _hook(self._row(id))

    def due(self, id: str, now: str) -> Due:
        """Return a subscription as `take` does, due or not, and without taking it in hand. Raises Missing."""
        return _due(self._row(id), now)

    def change(self, old: Hook, new: Hook, note: Note | None = None) -> None:
        """Put settings in the place of others: address, kinds, unit, and whether it is active.

        What it wasn't told so far it is told at the new address.

        Raises Missing, and Conflict when they aren't `old` any more.
        """
        at = WEBHOOK.c
        same = (at.id == old.id) & (at.url == old.url) & (at.kinds == " ".join(old.kinds)) & (at.unit == old.unit)
        values: dict[str, Any] = {"url": new.url, "kinds": " ".join(new.kinds), "unit": new.unit}
        if new.active != old.active:
            values |= {"active": new.active, "failures": 0, "failing_since": "", "next_try": ""}
        with self._register.transaction() as connection:
            changed = connection.execute(update(WEBHOOK).where(same & at.active.is_(old.active)).values(values))
            _noted(connection, note if changed.rowcount else None)
        if not changed.rowcount:
            self._row(old.id)
            raise Conflict("somebody has changed it since you have read it", 0)

    def rotate(self, id: str, until: str, note: Note | None = None) -> str:
        """Make a new secret and return it; messages are signed with the one before too until the time `until`.

        Raises Missing.
        """
        secret = _secret()
        values = {"secret_before": WEBHOOK.c.secret, "secret_until": until, "secret": secret}
        with self._register.transaction() as connection:
            if not connection.execute(update(WEBHOOK).where(WEBHOOK.c.id == id).values(values)).rowcount:
                raise Missing("there is no such webhook")
            _noted(connection, note)
        return secret

    def _row(self, id: str) -> Row[Any]:
        with self._register.transaction(write=False) as connection:
            row = connection.execute(select(WEBHOOK).where(WEBHOOK.c.id == id)).one_or_none()
        if row is None:
            raise Missing("there is no such webhook")
        return row

    def remove(self, id: str, note: Note | None = None) -> None:
        """Forget a subscription. Raises Missing."""
        with self._register.transaction() as connection:
            if not connection.execute(delete(WEBHOOK).where(WEBHOOK.c.id == id)).rowcount:
                raise Missing("there is no such webhook")
            _noted(connection, note)

    def switch(self, id: str, *, active: bool, result: str = "", note: Note | None = None) -> None:
        """Turn a subscription on or off; what failed before is forgotten. Raises Missing."""
        values: dict[str, Any] = {"active": active, "failures": 0, "failing_since": "", "next_try": ""}
        if result:
            values["last_result"] = result
        with self._register.transaction() as connection:
            if not connection.execute(update(WEBHOOK).where(WEBHOOK.c.id == id).values(values)).rowcount:
                raise Missing("there is no such webhook")
            _noted(connection, note)

    def take(self, now: str, lease: str) -> Due | None:
        """Take a subscription in hand that is due and has something to be told, until the time `lease`.

        Nobody else takes it before. Returns None when there is nothing to do.
        """
        at = WEBHOOK.c
        with self._register.transaction(write=False) as connection:
            ends = _ends(connection)
            behind = (at.trail_seq < ends.trail) | (at.evidence_id < ends.evidence) | (at.notice_id < ends.notice)
            due = (at.active.is_(True)) & (at.next_try <= now) & (at.lease <= now) & behind
            rows = connection.execute(select(WEBHOOK).where(due).order_by(at.lease, at.id)).all()
        for row in rows:
            mine = update(WEBHOOK).where((at.id == row.id) & (at.lease == row.lease)).values(lease=lease)
            with self._register.transaction() as connection:
                if connection.execute(mine).rowcount:
                    return _due(row, now)
        return None

    def pending(self, reached: Reached) -> tuple[Sequence[Happened], Reached]:
        """Return what happened after a point, a part of it in order, and the point up to which that goes.

        Kinds and units are not looked at.
        """
        with self._register.transaction(write=False) as connection:
            changes = connection.execute(
                select(TRAIL).where(TRAIL.c.seq > reached.trail).order_by(TRAIL.c.seq).limit(_CHUNK)
            ).all()
            if connection.dialect.name == "postgresql" and _more(connection, reached):
                # Numbers are given out before their rows can be seen. Whoever is writing now ends first.
                connection.execute(text("LOCK TABLE evidence, webhook_notice IN SHARE MODE"))
            unit = select(DOCUMENT.c.unit).where((DOCUMENT.c.kind == "System") & (DOCUMENT.c.name == EVIDENCE.c.system))
            pieces = connection.execute(
                select(EVIDENCE.c.id, EVIDENCE.c.system, EVIDENCE.c.control, EVIDENCE.c.outcome, EVIDENCE.c.at,
                       unit.scalar_subquery().label("unit"))
                .where(EVIDENCE.c.id > reached.evidence).order_by(EVIDENCE.c.id).limit(_PIECES)
            ).all()  # fmt: skip
            notices = connection.execute(
                select(NOTICE).where(NOTICE.c.id > reached.notice).order_by(NOTICE.c.id).limit(_CHUNK)
            ).all()
        out: list[Happened] = []
        for row in changes:
            reached = msgspec.structs.replace(reached, trail=row.seq)
            out.append(_change(row, reached))
        out += _pieces(pieces, reached)
        reached = msgspec.structs.replace(reached, evidence=pieces[-1].id if pieces else reached.evidence)
        for row in notices:
            reached = msgspec.structs.replace(reached, notice=row.id)
            out.append(_notice(row, reached))
        return out, reached

    def went_well(self, id: str, reached: Reached, at: str, lease: str, result: str = "") -> None:
        """Note up to where a subscription was told, and until when it is kept in hand, empty for no longer.

        Without `result` there was nothing to tell it.
        """
        values: dict[str, Any] = {**_columns(reached), "lease": lease}
        if result:
            values |= {"failures": 0, "failing_since": "", "next_try": "", "last_at": at, "last_result": result}
        self._update(id, values)

    def went_wrong(self, due: Due, at: str, next_try: str, result: str) -> None:
        """Note that a subscription could not be told, and when to try again."""
        values = {
            "failures": due.failures + 1,
            "failing_since": due.hook.failing_since or at,
            "next_try": next_try,
            "last_at": at,
            "last_result": result,
            "lease": "",
        }
        self._update(due.hook.id, values)

    def note(self, notices: Iterable[Notice], at: str) -> int:
        """Keep what happened, each once, and return how many were new."""
        rows = [{**msgspec.structs.asdict(one), "at": at} for one in notices]
        if not rows:
            return 0
        with self._register.transaction() as connection:
            # One writer at a time, so that numbers follow one another as rows can be seen.
            lock(connection)
            made = insert_or_nothing(connection, NOTICE).returning(NOTICE.c.id)
            return sum(len(connection.execute(made, row).all()) for row in rows)

    def _update(self, id: str, values: dict[str, Any]) -> None:
        with self._register.transaction() as connection:
            connection.execute(update(WEBHOOK).where(WEBHOOK.c.id == id).values(values))


def _noted(connection: Connection, note: Note | None) -> None:
    if note is not None:
        write_note(connection, note)


def _ends(connection: Connection) -> Reached:
    seq = connection.execute(select(HEAD.c.seq).where(HEAD.c.id == 1)).scalar_one()
    piece = connection.execute(select(func.max(EVIDENCE.c.id))).scalar_one()
    notice = connection.execute(select(func.max(NOTICE.c.id))).scalar_one()
    return Reached(trail=seq, evidence=piece or 0, notice=notice or 0)


def _more(connection: Connection, reached: Reached) -> bool:
    ends = _ends(connection)
    return ends.evidence > reached.evidence or ends.notice > reached.notice


def _hook(row: Row[Any]) -> Hook:
    return Hook(
        id=row.id, url=row.url, kinds=row.kinds.split(), unit=row.unit, active=row.active, made=row.made, by=row.author,
        failing_since=row.failing_since, last_at=row.last_at, last_result=row.last_result,
    )  # fmt: skip


def _due(row: Row[Any], now: str) -> Due:
    valid = [row.secret, row.secret_before] if row.secret_before and row.secret_until > now else [row.secret]
    return Due(hook=_hook(row), secrets=valid, failures=row.failures, reached=_reached(row))


def _secret() -> str:
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def _reached(row: Row[Any]) -> Reached:
    return Reached(trail=row.trail_seq, evidence=row.evidence_id, notice=row.notice_id)


def _columns(reached: Reached) -> dict[str, int]:
    return {"trail_seq": reached.trail, "evidence_id": reached.evidence, "notice_id": reached.notice}


def _change(row: Row[Any], reached: Reached) -> Happened:
    data = {
        "kind": row.kind, "name": row.name, "unit": row.unit, "version": row.version, "by": row.author, "why": row.why,
        "seq": row.seq,
    }  # fmt: skip
    kind = f"document.{row.action}"
    return Happened(id=f"change-{row.seq}", kind=kind, at=row.at, unit=row.unit, data=data, reached=reached)


def _pieces(rows: Iterable[Any], reached: Reached) -> list[Happened]:
    """Return what came in about each system: pieces of one system that follow one another are one event."""
    out: list[Happened] = []
    for row in rows:
        reached = msgspec.structs.replace(reached, evidence=row.id)
        last = out[-1].data if out else None
        if last is not None and last["system"] == row.system:
            controls = sorted({*last["controls"], row.control})
            data = {**last, "controls": controls, "pieces": last["pieces"] + 1, "last": row.id}
            data["failing"] += row.outcome != "pass"
            out[-1] = msgspec.structs.replace(out[-1], data=data, reached=reached)
            continue
        data = {
            "system": row.system, "unit": row.unit or "", "controls": [row.control], "pieces": 1,
            "failing": int(row.outcome != "pass"), "first": row.id, "last": row.id,
        }  # fmt: skip
        made = Happened(id=f"evidence-{row.id}", kind="evidence.added", at=row.at, unit=row.unit or "", data=data,
                        reached=reached)  # fmt: skip
        out.append(made)
    return out


def _notice(row: Row[Any], reached: Reached) -> Happened:
    data = {"kind": row.about, "name": row.name, "unit": row.unit, "detail": row.detail}
    return Happened(id=f"notice-{row.id}", kind=row.kind, at=row.at, unit=row.unit, data=data, reached=reached)
