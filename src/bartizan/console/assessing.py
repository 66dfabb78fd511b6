"""Keeps the assessments of all systems up to date, beside the requests; and gives pages the one of a system."""

from __future__ import annotations

import logging
import multiprocessing
import os
import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import msgspec

from bartizan.analysis.result import Review
from bartizan.console.assessing_work import Job, Made, begin, make, make_beside, ready
from bartizan.console.gathering import Gatherer
from bartizan.console.services import Services
from bartizan.console.turns import Turns
from bartizan.govern.assess import failed, inputs_of, stand
from bartizan.govern.assurance import exceptions_of
from bartizan.model import BartizanError
from bartizan.model.assurance import Assessment, ControlView, Proof
from bartizan.model.documents import Document, ExceptionSpec, Kind, Organisation, Stored
from bartizan.store.register import Missing

__all__ = ["Assessor", "NotAssessed", "Standing", "reviewed", "standing"]

_LOG = logging.getLogger(__name__)
_FEW = 8
"""Up to so many systems are assessed in the process itself: to start others would take longer."""
_MOST_PROCESSES = 8
_BATCH = 200


class NotAssessed(Missing):
    """A system can't be assessed, so there is nothing to say of its threats and controls."""


@dataclass(frozen=True)
class Standing:
    """How a system stands: what is kept, the whole review (None where it could not be made), and every control."""

    assessment: Assessment
    review: Review | None
    views: list[ControlView]
    proofs: Sequence[Proof]
    exceptions: Mapping[str, ExceptionSpec]


def standing(services: Services, stored: Stored) -> Standing:
    """Return how a system stands by its present version and evidence, assessing it if what is kept is of others.

    It takes some milliseconds where it is kept, and a part of a second where it isn't; then it is kept.
    """
    mark = services.register.assessments.mark(stored.document.name)
    job = _job(services, stored, services.organisation(), _exceptions(services), mark)
    kept = _still_good(services, job)
    if kept is None:
        with ThreadPoolExecutor(1) as pool:
            made = _result(job, pool.submit(make, job, services.catalog))
        _keep(services, job, made)
        return Standing(made.assessment, made.review, made.views, job.proofs, job.exceptions)
    body = services.register.assessments.review(job.name)
    if not body or kept.mistake:
        return Standing(kept, None, [], job.proofs, job.exceptions)
    found = msgspec.json.decode(body, type=Review)
    views = stand(stored, found, job.proofs, job.exceptions, job.organisation, services.catalog, job.today)
    return Standing(kept, found, views, job.proofs, job.exceptions)


def reviewed(services: Services, stored: Stored) -> tuple[Standing, Review]:
    """Return how a system stands, and its review.

    Raises NotAssessed: an empty list of controls would look as if there were none.
    """
    stands = standing(services, stored)
    if stands.review is None:
        why = stands.assessment.mistake or "its assessment is lacking"
        raise NotAssessed(
            f"System `{stored.document.name}` can't be assessed: {why}",
            help="change what is wrong in its description, and ask again",
        )
    return stands, stands.review


class Assessor(Turns):
    """Assesses the systems that are due, in a thread of its own and, where many are due, in processes beside it.

    Between times it takes evidence from the gateway's events (see `Gatherer`).

    Several may run on one register, in one process or in many: what two of them make of one system is the same, each
    begins somewhere else in the list, and what is done meanwhile is passed over. `processes` is how many work beside
    the thread, by default all but one of the machine's, and none is 0. `every` are the seconds after which it looks
    again for what has ended.
    """

    def __init__(self, services: Services, *, processes: int | None = None, every: float = 60.0) -> None:
        super().__init__("assessor", every, "systems are not looked after at the moment")
        self._services = services
        spare = min((os.cpu_count() or 1) - 1, _MOST_PROCESSES)
        self._processes = spare if processes is None else processes
        if multiprocessing.current_process().daemon:
            self._processes = 0  # such a process may start no others
        self._gatherer = Gatherer(services)

    def run(self, limit: int = 100) -> int:
        """Assess up to `limit` systems that are due, and return how many were.

        A system that can't be assessed doesn't keep others from it: its assessment says why (`Assessment.mistake`), and
        it is tried again when it changes, or the next day. Raises Unavailable when the register doesn't answer.
        """
        names = list(self._services.register.assessments.due(self._services.today(), limit))
        if not names:
            return 0
        start = secrets.randbelow(len(names))
        # Before anything is read: what comes in after this makes a system due again.
        marks = {name: self._services.register.assessments.mark(name) for name in [*names[start:], *names[:start]]}
        organisation, exceptions = self._services.organisation(), _exceptions(self._services)
        opened = [self._open(name, mark, organisation, exceptions) for name, mark in marks.items()]
        jobs = [job for job in opened if job is not None]
        lost = self._all(jobs, min(self._processes, len(jobs)) if len(jobs) > _FEW else 0)
        for job in lost:
            self._all([job], 1, alone=True)
        return len(names)

    def _turn(self) -> None:
        while not self._ending.is_set() and self.run(_BATCH):
            pass
        if self._gatherer.turn():
            self.poke()

    def _open(self, name: str, mark: int, organisation: Organisation, exceptions: Sequence[Document]) -> Job | None:
        """Read what it takes to assess a system; None where there is nothing to do any more."""
        stored = self._services.register.documents.get(Kind.SYSTEM, name)
        if stored is None:
            return None
        job = _job(self._services, stored, organisation, exceptions, mark)
        kept = _still_good(self._services, job)
        if kept is None:
            return job
        # Something came in that changes nothing: what is there is good for what is known now.
        body = self._services.register.assessments.review(name) or b""
        self._services.register.assessments.keep(kept, body, mark=mark)
        return None

    def _executor(self, processes: int) -> Executor:
        if not processes:
            return ThreadPoolExecutor(1)
        # Spawned and not forked: this process has threads, and a fork would copy their locks as they are.
        context = multiprocessing.get_context("spawn")
        catalog = self._services.catalog
        pool = ProcessPoolExecutor(processes, mp_context=context, initializer=begin, initargs=(catalog,))
        if pool.submit(ready).exception() is None:
            return pool
        # Where no process comes up at all, that is no system's fault.
        _LOG.warning("no processes can be started to assess systems; they are assessed in this one")
        pool.shutdown()
        self._processes = 0
        return ThreadPoolExecutor(1)

    def _all(self, jobs: Sequence[Job], processes: int, *, alone: bool = False) -> list[Job]:
        """Assess and keep; return those that were lost with a process. A job `alone` took the process down itself."""
        pool = self._executor(processes)
        lost = []
        try:
            futures = {self._submit(pool, job): job for job in jobs}
            for future in as_completed(futures):
                if isinstance(future.exception(), BrokenProcessPool) and not alone:
                    lost.append(futures[future])
                else:
                    _keep(self._services, futures[future], _result(futures[future], future))
                if self._ending.is_set():
                    return []
        finally:
            pool.shutdown(cancel_futures=True)
        return lost

    def _submit(self, pool: Executor, job: Job) -> Future[Made]:
        if not isinstance(pool, ProcessPoolExecutor):
            return pool.submit(make, job, self._services.catalog)
        try:
            return pool.submit(make_beside, job)
        except BrokenProcessPool as error:
            gone: Future[Made] = Future()
            gone.set_exception(error)
            return gone


def _result(job: Job, future: Future[Made]) -> Made:
    """Return what came of a job: where it failed, that it did and why, in words that give nothing away."""
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, BartizanError):
        why = error.message
    elif isinstance(error, BrokenProcessPool):
        why = "the process that assessed it was ended, perhaps for lack of memory"
    else:
        why = f"something broke while it was assessed ({type(error).__name__})"
    _LOG.warning("system `%s` is not assessed: %s", job.name, why)
    return Made(failed(job.stored, job.organisation, job.today, job.inputs, why))


def _job(
    services: Services, stored: Stored, organisation: Organisation, exceptions: Sequence[Document], mark: int
) -> Job:
    proofs = [one.proof for one in services.register.evidence.latest(stored.document.name)]
    standing = exceptions_of(stored.document, exceptions, organisation)
    return Job(
        stored=stored,
        proofs=proofs,
        exceptions=standing,
        organisation=organisation,
        today=services.today(),
        mark=mark,
        inputs=inputs_of(stored, proofs, standing, organisation),
    )


def _still_good(services: Services, job: Job) -> Assessment | None:
    """Return the assessment that is kept, where it was made from the same and nothing has ended since."""
    kept = services.register.assessments.get(job.name)
    if kept is None or (kept.version, kept.inputs) != (job.stored.version, job.inputs):
        return None
    return kept if kept.as_of <= job.today and (kept.until is None or job.today < kept.until) else None


def _keep(services: Services, job: Job, made: Made) -> None:
    body = msgspec.json.encode(made.review) if made.review is not None else b""
    services.register.assessments.keep(made.assessment, body, mark=job.mark)
    services.metrics.assessments.add(1, "failed" if made.assessment.mistake else "made")


def _exceptions(services: Services) -> list[Document]:
    """Return all exceptions from controls that may count now or later."""
    return [
        stored.document
        for stored in services.register.documents.all(Kind.EXCEPTION)
        if isinstance(stored.document.spec, ExceptionSpec) and stored.document.spec.control
    ]
