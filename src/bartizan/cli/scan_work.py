"""The work behind `bartizan scan data`: from what was asked to a run, and from its sums to output and exit code."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import time
from datetime import datetime
from pathlib import Path

import msgspec

from bartizan.catalog.data_types import load_data_types
from bartizan.catalog.places import cache_folder
from bartizan.cli.output import say
from bartizan.cli.progress import Patience
from bartizan.cli.scan_asked import format_of
from bartizan.cli.scan_output import exit_code, report
from bartizan.cli.scan_progress import Meter
from bartizan.cli.system_parts import part_of_system
from bartizan.inspection.classification import ClassScheme, parse_scheme
from bartizan.inspection.policy import Policy, parse_policy
from bartizan.model import InputError
from bartizan.scan.results import About, RunFolder
from bartizan.scan.results_merge import DataScan, Spool
from bartizan.scan.run_data import Job, Run
from bartizan.scan.sources import public_root
from bartizan.store import read_bounded

__all__ = ["Asked", "scan_data"]

_NAME = re.compile(r"data-[0-9]{8}-[0-9]{6}-[0-9a-f]{4}\Z")
_SMALL = 256 * 1024 * 1024
_THRESHOLD = 75


class Asked(msgspec.Struct, kw_only=True):
    """The arguments and options, as given."""

    paths: list[str]
    policy: Path | None = None
    types: list[str] = []
    scheme: Path | None = None
    min_confidence: int | None = None
    workers: int | None = None
    executor: str = "local"
    resume: str | None = None
    run_dir: Path | None = None
    format: str | None = None
    output: Path | None = None
    fail_on: str = "info"
    asset: str | None = None
    risk: list[str] = []


def scan_data(asked: Asked) -> int:
    """Scan, report, and return the exit code. Raises InputError, NothingToDo or BartizanError."""
    format = format_of(asked.format, asked.output)
    asset = _asset(asked.asset)
    folder = _folder(asked)
    done = False
    try:
        about = _about(asked, folder)
        run = Run(_job(asked, about), folder)
        scan = _perform(run, told=asked.run_dir is not None)
        if asked.risk:
            with Patience("measuring re-identification"):
                scan.risk = run.risk(asked.risk)
        report(scan, format, asked.output, Spool(folder.spool))
        done = True
    finally:
        if not done:
            _after_failure(folder, resumed=asked.resume is not None)
    if asset is not None:
        _evidence(asset, scan)
    if not about.keep:
        folder.remove()
    return 0 if format == "sarif" else exit_code(scan, asked.fail_on)


def _perform(run: Run, *, told: bool) -> DataScan:
    start = time.monotonic()
    with Patience("looking for files, preparing the rules"):
        if run.plan():
            say("note: the rules or this program have changed since the run began, so everything is done anew")
    if told or run.totals.bytes >= _SMALL:
        say(f"run {run.folder.path}; if it is interrupted: bartizan scan data --resume {run.folder.path}")
    with Meter(run.totals.bytes) as meter:
        run.work(meter)
    with Patience("adding up"):
        scan = run.judge()
    scan.seconds = time.monotonic() - start
    scan.name = ", ".join(map(public_root, run.job.roots))
    return scan


def _after_failure(folder: RunFolder, *, resumed: bool) -> None:
    """Say where the results are, or take the folder away when there are none."""
    if folder.started():
        say(f"note: what is done so far is kept; go on with: bartizan scan data --resume {folder.path}")
    elif not resumed:
        folder.remove()


def _folder(asked: Asked) -> RunFolder:
    cache = cache_folder()
    if asked.resume is None:
        base = asked.run_dir or (cache / "runs" if cache else Path(tempfile.gettempdir()))
        return RunFolder(base / f"data-{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}")
    if _NAME.match(asked.resume) and not Path(asked.resume).exists():
        return RunFolder((asked.run_dir or (cache or Path()) / "runs") / asked.resume)
    given = Path(asked.resume)
    if not (given / "run.json").exists():
        # A folder of runs stands for the latest of them.
        runs = sorted(path for path in given.glob("data-*") if _NAME.match(path.name) and (path / "run.json").exists())
        given = runs[-1] if runs else given
    return RunFolder(given)


def _about(asked: Asked, folder: RunFolder) -> About:
    """Note in the run's folder what it is about; a resumed run takes over what isn't asked otherwise now."""
    here = Path.cwd()
    if asked.resume is None:
        if not asked.paths:
            raise InputError("there is no path to scan", help="name files, folders or addresses; `.` is this folder")
        about = About(folder=str(here), keep=asked.run_dir is not None)
    else:
        about = folder.about()
    if asked.paths:
        about.folder, about.roots = str(here), asked.paths
    if asked.policy:
        about.policy = str(asked.policy.absolute())
    if asked.scheme:
        about.scheme = str(asked.scheme.absolute())
    about.types = asked.types or about.types
    about.min_confidence = asked.min_confidence or about.min_confidence
    folder.make()
    folder.set_about(about)
    return about


def _job(asked: Asked, about: About) -> Job:
    cache = cache_folder()
    policy = Policy()
    if about.policy:
        policy = parse_policy(_read(about.policy), about.policy)
    if about.types:
        policy = msgspec.structs.replace(policy, types=about.types)
    scheme: ClassScheme | None = None
    if about.scheme:
        scheme = parse_scheme(_read(about.scheme), about.scheme, load_data_types(cache))
    return Job(
        roots=[_root(root, about.folder) for root in about.roots],
        policy=policy,
        scheme=scheme,
        threshold=about.min_confidence or max(_THRESHOLD, policy.min_confidence),
        workers=asked.workers or 0,
        cores=_cores(),
        executor=asked.executor,
        cache=cache,
    )


def _cores() -> int:
    """The cores that this process may use, which in a container are fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _root(root: str, folder: str) -> str:
    """A root as it was given, where it means the same from here."""
    if "://" in root or Path(root).is_absolute() or Path(folder) == Path.cwd():
        return root
    return str(Path(folder, root))


def _read(path: str) -> bytes:
    try:
        return read_bounded(Path(path))
    except FileNotFoundError:
        raise InputError(f"`{path}` does not exist") from None


def _asset(text: str | None) -> tuple[Path, str] | None:
    return None if text is None else part_of_system(text, "data asset", lambda system: system.data)


def _evidence(asset: tuple[Path, str], scan: DataScan) -> None:
    from bartizan.model import DataEvidence
    from bartizan.model.words import Category
    from bartizan.store import append_data_evidence

    file, name = asset
    evidence = DataEvidence(
        asset=name,
        class_=scan.class_ or "",
        categories=[Category(word) for word in scan.categories],
        counts={one.type: one.count for one in scan.types},
        source=scan.name,
        observed_at=datetime.now().date(),
        digest=scan.digest,
    )
    say(f"noted in {append_data_evidence(file, evidence)}")
