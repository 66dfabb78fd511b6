"""The audit trail: every line holds the hash of the one before, so that what is changed or taken out shows."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from bartizan.model import BartizanError
from bartizan.model.documents import Change
from bartizan.store.register.rows import change_of
from bartizan.store.register.tables import HEAD, TRAIL, VERSION

__all__ = ["End", "append", "hash_of", "lock", "verify"]

_CHUNK = 500


class End(msgspec.Struct, frozen=True):
    """The end of the trail: the number and hash of its last line."""

    seq: int
    hash: str


def lock(connection: Connection) -> End:
    """Return the end of the trail, and keep others from writing documents until the transaction ends."""
    row = connection.execute(select(HEAD.c.seq, HEAD.c.hash).where(HEAD.c.id == 1).with_for_update()).one()
    return End(row.seq, row.hash)


def append(connection: Connection, end: End, change: Change) -> Change:
    """Write a line after the end that was locked. `seq`, `previous` and `hash` of `change` are filled in here."""
    line = msgspec.structs.replace(change, seq=end.seq + 1, previous=end.hash, hash="")
    line = msgspec.structs.replace(line, hash=hash_of(line))
    row = msgspec.structs.asdict(line)
    row["author"] = row.pop("by")
    connection.execute(insert(TRAIL), row)
    connection.execute(update(HEAD).where(HEAD.c.id == 1).values(seq=line.seq, hash=line.hash))
    return line


def hash_of(change: Change) -> str:
    """Return the SHA-256, in hexadecimal, over the hash before and all that a line says, as a JSON list."""
    said = [value for key, value in msgspec.structs.asdict(change).items() if key != "hash"]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def verify(connection: Connection) -> int:
    """Follow the trail to its end, and hold the bodies of versions against what it says of them.

    Returns the number of lines. Raises BartizanError at the first line that is off.
    """
    head = connection.execute(select(HEAD.c.seq, HEAD.c.hash).where(HEAD.c.id == 1)).one_or_none()
    if head is None:
        raise _off(0, "the end of the trail is missing")
    kept = VERSION.c
    same = (kept.kind == TRAIL.c.kind) & (kept.name == TRAIL.c.name) & (kept.version == TRAIL.c.version)
    lines = select(TRAIL, kept.body).outerjoin(VERSION, same).where(TRAIL.c.seq <= head.seq).order_by(TRAIL.c.seq)
    before = End(0, "")
    with connection.execution_options(yield_per=_CHUNK).execute(lines) as rows:
        for row in rows:
            before = _follow(before, row)
    if before != End(head.seq, head.hash):
        raise _off(before.seq + 1, "it is missing, or the end of the trail was changed")
    return before.seq


def _follow(before: End, row: Row[Any]) -> End:
    change = change_of(row)
    if change.seq != before.seq + 1:
        raise _off(before.seq + 1, "it is missing")
    if change.previous != before.hash:
        raise _off(change.seq, "it doesn't follow from the one before")
    if change.hash != hash_of(change):
        raise _off(change.seq, "it was changed")
    if row.body is None or hashlib.sha256(row.body.encode()).hexdigest() != change.digest:
        raise _off(change.seq, f"version {change.version} of {change.kind} `{change.name}` isn't what was kept then")
    return End(change.seq, change.hash)


def _off(seq: int, why: str) -> BartizanError:
    return BartizanError(
        f"line {seq} of the audit trail is off: {why}",
        help="somebody has written to the database past the register; compare it with a backup",
    )
