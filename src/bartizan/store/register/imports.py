"""Imports that are worked off beside the pages: what waits, how far one is, and what came of it.

One process works at an import at a time, and says every few seconds that it still does. Of one that isn't heard of any
more, whatever process looks next says that it was broken off.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select, update

from bartizan.model import InputError
from bartizan.store.register.imports_tables import IMPORT_RUN as RUN
from bartizan.store.register.open import SqlRegister

__all__ = ["KEPT_FOR", "SILENT", "ImportLog", "ImportRun", "RunState"]

SILENT = timedelta(seconds=20)
"""After so long without a word from whoever works at an import, it was broken off."""
KEPT_FOR = timedelta(days=14)
"""How long it is told what came of an import. The trail has what was changed."""
_MOST_WAITING = 5
"""Imports of one person that may wait at a time."""
_LARGEST = 20 << 20
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class RunState(StrEnum):
    """How far an import is: first it is looked at, and when somebody has said why, imported."""

    WAITING = "waiting"
    """Nobody looks at it yet."""
    LOOKING = "looking"
    LOOKED = "looked"
    """It is told what it would change, and that somebody says why is waited for."""
    ASKED = "asked"
    """Somebody said why."""
    CHECKING = "checking"
    """It is looked at once more, right before."""
    KEEPING = "keeping"
    DONE = "done"
    FAILED = "failed"
    """It can't be imported; nothing was changed."""
    BROKEN = "broken off"
    """What worked at it has ended; some rows may be imported."""

    @property
    def moving(self) -> bool:
        """Whether it goes on by itself."""
        return self in _MOVING


_MOVING = frozenset(
    {RunState.WAITING, RunState.LOOKING, RunState.ASKED, RunState.CHECKING, RunState.KEEPING}
)  # fmt: skip
_WORKED_AT = (RunState.LOOKING, RunState.CHECKING, RunState.KEEPING)
_TAKEN = {RunState.WAITING: RunState.LOOKING, RunState.ASKED: RunState.CHECKING}


class ImportRun(msgspec.Struct, frozen=True, kw_only=True):
    """An import. `done` of `total` rows are behind, `refused` of them can't be imported; `result` is JSON."""

    id: int
    person: str
    what: str
    file: str
    at: str
    state: RunState
    beat: str
    why: str
    done: int
    total: int
    refused: int
    result: str

    def silent(self, at: datetime) -> bool:
        """Tell whether nothing was heard for too long of what works at it."""
        return self.state in _WORKED_AT and self.beat < (at - SILENT).strftime(_TIME)


class ImportLog:
    """Keeps imports. Times are datetimes in UTC."""

    def __init__(self, register: SqlRegister) -> None:
        self._register = register

    def begin(self, content: bytes, *, person: str, what: str, file: str, at: datetime) -> int:
        """Keep a file that waits to be looked at, forget what is old, and return the id.

        Raises InputError for somebody of whom several wait already.
        """
        waiting = select(func.count()).where(RUN.c.person == person, RUN.c.state.in_(_MOVING))
        row = {
            "person": person, "what": what, "file": file, "at": at.strftime(_TIME), "state": RunState.WAITING,
            "beat": "", "why": "", "done": 0, "total": 0, "refused": 0, "result": "", "body": zlib.compress(content, 1),
        }  # fmt: skip
        with self._register.transaction() as connection:
            if connection.execute(waiting).scalar_one() >= _MOST_WAITING:
                raise InputError(f"{_MOST_WAITING} of your imports wait already", help="begin when one is done")
            connection.execute(delete(RUN).where(RUN.c.at < (at - KEPT_FOR).strftime(_TIME)))
            return int(connection.execute(insert(RUN).values(**row).returning(RUN.c.id)).scalar_one())

    def get(self, id: int, person: str) -> ImportRun | None:
        """Return an import that somebody began, None without one."""
        with self._register.transaction(write=False) as connection:
            asked = select(*_COLUMNS).where(RUN.c.id == id, RUN.c.person == person)
            row = connection.execute(asked).one_or_none()
        return _run(row._asdict()) if row else None

    def list(self, person: str, limit: int = 5) -> Sequence[ImportRun]:
        """Return what somebody began last, the latest first."""
        asked = select(*_COLUMNS).where(RUN.c.person == person).order_by(RUN.c.id.desc()).limit(limit)
        with self._register.transaction(write=False) as connection:
            return [_run(row._asdict()) for row in connection.execute(asked)]

    def ask(self, id: int, person: str, why: str) -> bool:
        """Let an import that was looked at go on. False when it isn't waiting for that."""
        values = {"state": RunState.ASKED, "why": why, "done": 0, "total": 0, "refused": 0}
        return self._change(id, (RunState.LOOKED,), RUN.c.person == person, **values)

    def broken(self, at: datetime) -> int:
        """Note which imports aren't worked at any more, and return how many that were."""
        silent = (at - SILENT).strftime(_TIME)
        noted = update(RUN).where(RUN.c.state.in_(_WORKED_AT), RUN.c.beat < silent)
        with self._register.transaction() as connection:
            return connection.execute(noted.values(state=RunState.BROKEN, body=b"")).rowcount

    def take(self, at: datetime) -> tuple[ImportRun, bytes] | None:
        """Begin to work at the import that has waited longest, if one does: what is to be done, and its file."""
        waiting = select(*_COLUMNS, RUN.c.body).where(RUN.c.state.in_(_TAKEN)).order_by(RUN.c.id).limit(1)
        with self._register.transaction(write=False) as connection:
            row = connection.execute(waiting).one_or_none()
        if row is None:
            return None
        run = _run(row._asdict())
        values = {"state": _TAKEN[run.state], "beat": at.strftime(_TIME)}
        if not self._change(run.id, (run.state,), **values):
            return None  # somebody else was quicker
        return msgspec.structs.replace(run, **values), zlib.decompressobj().decompress(row.body, _LARGEST)

    def beat(self, id: int, state: RunState, done: int, total: int, refused: int, at: datetime) -> bool:
        """Say how far it is. False when it was broken off meanwhile, for nothing was heard: then it has to end."""
        values = {"state": state, "done": done, "total": total, "refused": refused, "beat": at.strftime(_TIME)}
        return self._change(id, _WORKED_AT, **values)

    def end(self, id: int, state: RunState, result: str, done: int, total: int, refused: int) -> bool:
        """Note what came of it; the file is kept only where it may still be imported."""
        gone = {} if state is RunState.LOOKED else {"body": b""}
        values = {"state": state, "result": result, "done": done, "total": total, "refused": refused, **gone}
        return self._change(id, _WORKED_AT, **values)

    def _change(self, id: int, now: Sequence[RunState], *more: Any, **values: Any) -> bool:
        changed = update(RUN).where(RUN.c.id == id, RUN.c.state.in_(now), *more).values(**values)
        with self._register.transaction() as connection:
            return connection.execute(changed).rowcount == 1


_COLUMNS = tuple(column for column in RUN.columns if column.name != "body")


def _run(values: Mapping[str, Any]) -> ImportRun:
    return msgspec.convert({name: values[name] for name in ImportRun.__struct_fields__}, ImportRun)
