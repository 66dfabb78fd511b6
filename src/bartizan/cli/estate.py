"""The work behind `bartizan portfolio`: finding systems, and reviewing them in several processes.

The number of results in flight is bounded, so memory doesn't grow with the number of systems.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from bartizan.analysis import Options, review
from bartizan.catalog import Catalog, load_catalog
from bartizan.catalog.places import cache_folder
from bartizan.cli.mistakes import own_mistake
from bartizan.model import BartizanError, InputError
from bartizan.report.phrases import open_losses, open_threats, verdict
from bartizan.store import Source

__all__ = ["Found", "Outcome", "find_systems", "outcomes"]

_HEAD = 64 * 1024
_ID = re.compile(rb"^(id|\"id\"|'id')[ \t]*:", re.MULTILINE)
_BESIDE = re.compile(r"\.(decisions|data-evidence)\.ya?ml\Z")
_AHEAD = 8  # results in flight per process


class Found(msgspec.Struct):
    """YAML files below a folder, relative to it with `/`: systems, and parts without an id."""

    systems: list[str]
    parts: list[str]


class Outcome(msgspec.Struct, kw_only=True):
    """One system of a portfolio.

    `error` says why it could not be reviewed, `own_mistake` that Bartizan is to blame. `plan` lists control, place and
    days. `files` are all that were read for it.
    """

    schema: str = "bartizan/portfolio-system/1"
    path: str
    id: str = ""
    name: str = ""
    error: str = ""
    own_mistake: bool = False
    within_appetite: bool = False
    verdict: str = ""
    threats: dict[str, int] = {}
    losses: list[str] = []
    top: list[str] = []
    plan: list[tuple[str, str, float]] = []
    optimal: bool = False
    currency: str = ""
    residual: float = 0.0
    planned: float = 0.0
    files: list[str] = []


def find_systems(folder: Path) -> Found:
    """Find the YAML files below a folder, in the order of their paths. Raises InputError when it is no folder."""
    if not folder.is_dir():
        raise InputError(f"`{folder}` is not a folder", help="`bartizan review FILE` reviews one system")
    found = Found([], [])
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith((".yaml", ".yml")) and not _BESIDE.search(name):
                path = Path(base, name)
                relative = path.relative_to(folder).as_posix()
                (found.systems if _may_be_system(path) else found.parts).append(relative)
    return Found(sorted(found.systems), sorted(found.parts))


def _may_be_system(path: Path) -> bool:
    """Tell whether a file has an id at its top. What can't be told is taken for one, so that the review says why."""
    try:
        if not path.is_file():
            return True
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return True
    return b"\0" in head or _ID.search(head) is not None


def outcomes(folder: Path, systems: Sequence[str], as_of: date, options: Options, jobs: int) -> Iterator[Outcome]:
    """Review systems in `jobs` processes, and yield the outcomes in the order of `systems`.

    Raises BartizanError when a process ends before its work is done.
    """
    jobs = min(jobs, len(systems))
    if jobs == 1:
        for path in systems:
            yield review_one(str(folder), path, as_of, options)
        return
    executor = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_leave_interrupts)
    waiting: deque[Future[Outcome]] = deque()
    try:
        for path in systems:
            waiting.append(executor.submit(review_one, str(folder), path, as_of, options))
            if len(waiting) >= jobs * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise BartizanError(
            "a process that reviews systems ended before its time", help="most often memory runs out: use --jobs 1"
        ) from None
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _leave_interrupts() -> None:
    """Let the parent alone answer Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@cache
def _catalog() -> Catalog:
    return load_catalog(cache_folder())


def review_one(folder: str, relative: str, as_of: date, options: Options) -> Outcome:
    """Review one system of a portfolio; what is wrong with it is part of the outcome."""
    out = Outcome(path=relative)
    try:
        source = Source.find(Path(folder, relative), Path(folder))
        result = review(source.system(), _catalog(), as_of=as_of, options=options)
    except BartizanError as error:
        out.error = error.diagnostics()
        return out
    except Exception as error:  # noqa: BLE001 - this process's boundary: one system must not end the whole run
        out.error, out.own_mistake = own_mistake(error), True
        return out
    out.files = source.folder.names
    out.id, out.name = result.system.id, result.system.name
    out.within_appetite, out.verdict = verdict(result)
    out.threats = dict(sorted(Counter(threat.severity.value for threat in open_threats(result)).items()))
    out.losses = [loss.id for loss in open_losses(result)]
    out.top = [threat.id for threat in result.threats[:5]]
    out.plan = [(place.control, place.placement, place.cost) for place in result.controls.minimum]
    out.optimal = result.controls.optimal
    out.currency = result.risk.currency
    out.residual, out.planned = round(result.risk.residual.mean, 2), round(result.risk.planned.mean, 2)
    return out
