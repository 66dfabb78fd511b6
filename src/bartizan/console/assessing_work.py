"""One assessment, as it is done here or in a process beside: light to import, and everything in it can be sent."""

from __future__ import annotations

import multiprocessing
import os
import threading
from datetime import date

import msgspec

from bartizan.analysis.result import Review
from bartizan.catalog import Catalog
from bartizan.govern.assess import assess
from bartizan.model.assurance import Assessment, ControlView, Proof
from bartizan.model.documents import ExceptionSpec, Organisation, Stored

__all__ = ["Job", "Made", "begin", "make", "make_beside", "ready"]

_CATALOG: list[Catalog] = []
"""In a process beside: the catalog that it works with."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One system to assess, with everything that it takes. `mark` is how much was known of it before this was read."""

    stored: Stored
    proofs: list[Proof]
    exceptions: dict[str, ExceptionSpec]
    organisation: Organisation
    today: date
    mark: int
    inputs: str

    @property
    def name(self) -> str:
        """The system's name."""
        return self.stored.document.name


class Made(msgspec.Struct, frozen=True):
    """What came of it. `review` is None where it could not be made."""

    assessment: Assessment
    review: Review | None = None
    views: list[ControlView] = []


def begin(catalog: Catalog) -> None:
    """Prepare a process beside, which ends when the one that has started it is gone, however that ended."""
    _CATALOG[:] = [catalog]
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def ready() -> bool:
    """Tell whether a process was prepared."""
    return bool(_CATALOG)


def make_beside(job: Job) -> Made:
    """Do a job in a process that was prepared. Raises what `assess` raises."""
    return make(job, _CATALOG[0])


def make(job: Job, catalog: Catalog) -> Made:
    """Do a job. Raises what `assess` raises."""
    return Made(*assess(job.stored, job.proofs, job.exceptions, job.organisation, catalog, job.today))
