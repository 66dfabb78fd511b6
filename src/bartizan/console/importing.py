"""Imports that would keep a page waiting: worked off beside the pages, one at a time, and told how far they are."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from bartizan.console.exchanging import apply, preview
from bartizan.console.services import Services, sql_register
from bartizan.console.turns import Turns
from bartizan.govern.importing import Outcome, Plan
from bartizan.govern.roles import Person
from bartizan.govern.sheetfile import Sheet, read_sheet
from bartizan.model import BartizanError
from bartizan.store.register import Unavailable
from bartizan.store.register.imports import ImportLog, ImportRun, RunState

__all__ = ["ORDER", "SHOWN", "Importer", "Outlook", "Shown", "begin", "is_long", "outlook_of"]

_LOG = logging.getLogger(__name__)
SHOWN = 200
"""Rows of a preview that a page shows; those that are wrong come first."""
ORDER = (Outcome.WRONG, Outcome.CHANGED, Outcome.CREATED, Outcome.UNCHANGED)
_LONG_ROWS = 400
"""So many rows are looked at and imported within two seconds, also on a small machine."""
_LONG_BYTES = 256 << 10
"""A larger file may take long to be read alone."""
_BEAT = 1.0
"""Seconds between two words about how far an import is."""


class Shown(msgspec.Struct, frozen=True):
    """A row as a page shows it."""

    row: int
    name: str
    outcome: Outcome
    fields: list[str]
    mistake: str


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an import: what it would do, or has done.

    `counts` are rows by their outcome and `shown` the first of them; `word` is another when that changes; `again` says
    that somebody changed something between the look and the import. `kept` are the rows that were imported, `left_out`
    those that were wrong. `mistake` is what is wrong with the file as a whole; a failure without one is that of
    somebody who may do nothing any more.
    """

    counts: dict[Outcome, int] = {}
    shown: list[Shown] = []
    ignored: list[str] = []
    word: str = ""
    again: bool = False
    kept: int = 0
    left_out: int = 0
    mistake: str = ""


def is_long(size: int, rows: int) -> bool:
    """Tell whether a file of some bytes, or with some rows, is worked off beside the pages."""
    return size > _LONG_BYTES or rows > _LONG_ROWS


def outlook_of(made: Plan, word: str = "", *, again: bool = False, kept: int = 0) -> Outlook:
    """Return what is told of a plan."""
    first = sorted(made.changes, key=lambda change: (ORDER.index(change.outcome), change.row))[:SHOWN]
    return Outlook(
        counts={outcome: made.count(outcome) for outcome in ORDER},
        shown=[Shown(one.row, one.name, one.outcome, one.fields, one.mistake) for one in first],
        ignored=made.ignored,
        word=word,
        again=again,
        kept=kept,
    )


def begin(services: Services, person: Person, what: str, file: str, content: bytes) -> int:
    """Keep a file to be looked at, and return the import's number. Raises InputError for somebody of whom many wait."""
    log = ImportLog(sql_register(services))
    return log.begin(content, person=person.id, what=what, file=file, at=services.clock())


class _Ended(Exception):
    """This process has to end, or another one has taken the import for broken off."""


class Importer(Turns):
    """Works imports off in a thread of its own between `start` and `stop`; `run` works off what waits now.

    `person` gives somebody with the rights that they have at this time, None for who may do nothing any more: an import
    goes on after its page was left, so also after somebody lost their role. One process does this of each console.
    """

    def __init__(
        self, services: Services, log: ImportLog, person: Callable[[str], Person | None], *, every: float = 0.5
    ) -> None:
        super().__init__("imports", every, "imports wait")
        self._services, self._log, self._person = services, log, person

    def run(self) -> int:
        """Work off what waits, and return how many imports that were. Raises Unavailable."""
        self._log.broken(self._services.clock())
        number = 0
        while not self._ending.is_set():
            taken = self._log.take(self._services.clock())
            if taken is None:
                break
            _Run(self._services, self._log, self._ending, taken[0]).work(taken[1], self._person(taken[0].person))
            number += 1
        return number

    def _turn(self) -> None:
        self.run()


class _Run:
    """One import, while somebody works at it. A thread says how far it is, also where one row takes long."""

    def __init__(self, services: Services, log: ImportLog, stop: threading.Event, run: ImportRun) -> None:
        self._services, self._log, self._stop, self._import = services, log, stop, run
        self._state, self._done, self._total, self._refused = run.state, 0, 0, 0
        self._over = threading.Event()
        self._lost = False

    def work(self, content: bytes, person: Person | None) -> None:
        """Do it, and note what came of it; an error of ours is the import's end, and not that of the process."""
        with ThreadPoolExecutor(2, "import") as threads:
            beating = threads.submit(self._beat)
            working = threads.submit(self._work, content, person)
            error = working.exception()
            self._over.set()
            beating.result()
        if error is None:
            state, outlook = working.result()
        elif isinstance(error, _Ended):
            state, outlook = RunState.BROKEN, Outlook(kept=self._kept)
        elif isinstance(error, BartizanError):
            broken = self._state is RunState.KEEPING
            state = RunState.BROKEN if broken else RunState.FAILED
            outlook = Outlook(mistake=error.message + (f": {error.help}" if error.help else ""), kept=self._kept)
        else:
            _LOG.error("import %d has broken off", self._import.id, exc_info=error)
            state, outlook = RunState.BROKEN, Outlook(kept=self._kept)
        result = msgspec.json.encode(outlook).decode()
        self._log.end(self._import.id, state, result, self._done, self._total, self._refused)

    def _work(self, content: bytes, person: Person | None) -> tuple[RunState, Outlook]:
        run, services = self._import, self._services
        if person is None:
            return RunState.FAILED, Outlook()  # the page says it
        sheet = read_sheet(content, run.file)
        made, word = self._preview(sheet, person)
        before = msgspec.json.decode(run.result, type=Outlook).word if run.result else ""
        if run.state is RunState.LOOKING or word != before:
            return RunState.LOOKED, outlook_of(made, word, again=run.state is not RunState.LOOKING)
        useful = made.count(Outcome.CREATED) + made.count(Outcome.CHANGED)
        self._state, self._done, self._total = RunState.KEEPING, 0, useful
        done = apply(made, services, person, run.why, self._step)
        told = outlook_of(msgspec.structs.replace(made, changes=done.refused), kept=done.kept)
        return RunState.DONE, msgspec.structs.replace(told, left_out=made.count(Outcome.WRONG))

    def _preview(self, sheet: Sheet, person: Person) -> tuple[Plan, str]:
        self._total = len(sheet.rows)
        return preview(self._import.what, sheet, self._services, person, self._step)

    @property
    def _kept(self) -> int:
        return self._done - self._refused if self._state is RunState.KEEPING else 0

    def _step(self, refused: bool) -> None:
        self._done += 1
        self._refused += refused
        if self._stop.is_set() or self._lost:
            raise _Ended

    def _beat(self) -> None:
        while not self._over.wait(_BEAT):
            state, done, total, refused = self._state, self._done, self._total, self._refused
            try:
                heard = self._log.beat(self._import.id, state, done, total, refused, self._services.clock())
            except Unavailable:
                continue  # if it stays away for long, whoever asks next takes this for broken off
            if not heard:
                self._lost = True
                return
