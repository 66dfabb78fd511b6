"""`bartizan scan data` as phases: plan, prepare the rules, do what is not done yet, judge."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import msgspec

from bartizan import __version__
from bartizan.catalog.data_types import load_data_types
from bartizan.inspection.classification import Classifier, ClassScheme, TypeClass
from bartizan.inspection.policy import Policy, chosen_types, policy_digest
from bartizan.model import NothingToDo
from bartizan.scan.aggregate_columns import facts_of
from bartizan.scan.executors import executor
from bartizan.scan.plan import TARGET, Totals, read_manifest, shards, write_manifest
from bartizan.scan.results import RunFolder
from bartizan.scan.results_findings import Judge
from bartizan.scan.results_merge import DataScan, Spool, merge
from bartizan.scan.run import Progress, pending, run_shards
from bartizan.scan.run_risk import Measured, measure
from bartizan.scan.run_tools import STANDARD, Setup, tools_of

__all__ = ["Job", "Run"]

_LEAST = 65
_SMALL = 16 * 1024 * 1024
"""Bytes below which starting processes takes longer than the work."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What to scan and how.

    `threshold` is the confidence from which on a value is a finding. `workers` 0 means one for each of `cores`.
    `scheme` replaces the classes of the policy.
    """

    roots: list[str]
    policy: Policy = Policy()
    scheme: ClassScheme | None = None
    threshold: int = 75
    workers: int = 0
    cores: int = 1
    executor: str = "local"
    cache: Path | None = None
    tools: str = STANDARD
    target: int = TARGET


class Run:
    """One run, in phases that are called in this order: `plan`, `work`, `judge`.

    Raises InputError for rules that are wrong. Any phase may raise BartizanError when the run can't be kept.
    """

    def __init__(self, job: Job, folder: RunFolder) -> None:
        self.job, self.folder = job, folder
        self.tools = tools_of(job.tools)
        self.types = load_data_types(job.cache)
        # A value that is unsure alone may be sure in its column: the engine tells all, and the judge chooses.
        self.policy = msgspec.structs.replace(job.policy, min_confidence=_LEAST)
        chosen_types(self.policy, self.types)
        self.rules = f"{policy_digest(self.policy, self.types)}-{__version__}"
        self.classes = Classifier(job.scheme or _scheme(job.policy), self.types)
        self.totals = Totals()

    def plan(self) -> bool:
        """Find the files and cut them into shards; tell whether there were results by other rules, which don't count.

        Raises NothingToDo when there is no file, InputError for a root that is not there.
        """
        self.folder.make()
        about = self.folder.about()
        other = about.rules not in ("", self.rules)
        if other:
            self.folder.forget()
        self.folder.set_about(msgspec.structs.replace(about, rules=self.rules))
        self.totals = write_manifest(self.folder.manifest, self.tools, self.job.roots, self.job.target)
        if not self.totals.files and not self.totals.unread:
            raise NothingToDo("there is no file to inspect", help="name a file, a folder or an address")
        # Wrong rules are told before any worker meets them, and the matcher is compiled once.
        self.tools.inspector(self.policy, self.job.cache)
        return other

    def work(self, progress: Progress) -> None:
        """Do the shards that have no result yet, and those whose files have changed."""
        left = pending(self.folder, self.rules, self.tools, progress)
        first = next(left, None)
        if first is None:
            return
        setup = Setup(self.policy, "" if self.job.cache is None else str(self.job.cache), self.job.tools)
        workers = executor(self.job.executor, self._workers(), setup)
        try:
            run_shards(chain((first,), left), self.folder, workers, progress)
        finally:
            workers.close()

    def judge(self) -> DataScan:
        """Return the sums; the spool in the run's folder holds the rest."""
        judge = Judge(facts_of(self.types, self.classes), self.classes, self.job.threshold)
        results = self.folder.results(shards(read_manifest(self.folder.manifest), self.rules))
        return merge(read_manifest(self.folder.manifest), results, judge, Spool(self.folder.spool))

    def risk(self, columns: list[str]) -> Measured:
        """Measure how easily persons are re-identified by columns of the tables."""
        return measure(read_manifest(self.folder.manifest), self.tools, columns)

    def _workers(self) -> int:
        if self.job.workers:
            return self.job.workers
        if self.job.executor == "local" and self.totals.bytes < _SMALL:
            return 1
        return max(1, min(self.job.cores, self.totals.shards))


def _scheme(policy: Policy) -> ClassScheme:
    types = {name: TypeClass(class_=class_) for name, class_ in policy.classes.items()}
    return ClassScheme(classes=list(policy.scheme), types=types)
