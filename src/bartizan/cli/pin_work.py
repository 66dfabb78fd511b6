"""The work behind `bartizan pin`: files to pins, pins to a file, drift to findings."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from bartizan.catalog.places import cache_folder
from bartizan.catalog.scan_rules import load_scan_rules
from bartizan.cli.output import say
from bartizan.cli.scan_artefacts_work import exit_code, write_scan
from bartizan.cli.scan_asked import format_of
from bartizan.cli.scan_progress import Meter
from bartizan.model import Finding, InputError, NothingToDo, Place
from bartizan.report.amounts import count
from bartizan.scan.artefacts.found import finding_of
from bartizan.scan.artefacts.gather import Gathered, gather
from bartizan.scan.artefacts.result import Artefact, ArtefactScan, Passed, Verdict
from bartizan.scan.pins import KINDS, Drift, Pin, Pins, drifts, parse_pins, take
from bartizan.scan.sources import said_by_system
from bartizan.store import write_whole

__all__ = ["AskedPin", "pin"]

_SHOWN = 20
"""Changes that are named."""


class AskedPin(msgspec.Struct, kw_only=True):
    """The arguments and options, as given."""

    path: str
    check: bool
    pins: Path | None
    format: str | None
    output: Path | None
    fail_on: str


def pin(asked: AskedPin) -> int:
    """Pin or check, and return the exit code. Raises InputError, NothingToDo or BartizanError."""
    if not asked.check and (asked.format or asked.output):
        raise InputError("`--format` and `--output` go with `--check`", help="add --check; `--pins` names the pin file")
    found = gather(asked.path)
    kept = asked.pins or _beside(Path(asked.path))
    wanted = [
        path for path in (found.tree.paths() if found.only is None else found.only) if not _same(found, path, kept)
    ]
    if not wanted:
        raise NothingToDo(f"`{asked.path}` holds no files to pin", help="check the path")
    before = _read(kept)
    if asked.check and before is None:
        raise InputError(f"`{kept}` does not exist", help=f"pin first: bartizan pin {asked.path}")
    with Meter(0) as meter:
        pins, passed = take(found.tree, wanted, meter)
    drift = list(drifts(before.pins, pins)) if before is not None else []
    if asked.check:
        return _check(asked, drift, pins, [*found.passed, *passed], found.prefix)
    write_whole(kept, Pins(pinned_at=datetime.now().date(), pins=pins).text())
    _say(kept, pins, drift, passed, anew=before is not None)
    return 0


def _check(asked: AskedPin, drift: list[Drift], pins: list[Pin], passed: list[Passed], prefix: str) -> int:
    format = format_of(asked.format, asked.output)
    rules = load_scan_rules(cache_folder())
    sizes = {one.path: one.size for one in pins if one.kind == "file"}
    findings: dict[str, list[Finding]] = {path: [] for path in sizes}
    for one in drift:
        place = Place(prefix + one.path + (f"!/{one.name}" if one.name else ""))
        findings.setdefault(one.path, []).append(finding_of(rules[one.rule], place, one.what))
    artefacts = []
    for path, found in sorted(findings.items()):
        artefacts.append(
            Artefact(
                path=prefix + path,
                formats=["pinned file"],
                verdict=Verdict.UNKNOWN if found else Verdict.SAFE,
                size=sizes.get(path, 0),
                bytes_read=sizes.get(path, 0),
                findings=found,
            )
        )
    scan = ArtefactScan(artefacts=artefacts, passed=passed, meaning=_meaning(drift, pins))
    write_scan(scan, format, asked.output, [asked.path])
    return 0 if format == "sarif" else exit_code(scan, asked.fail_on)


def _meaning(drift: list[Drift], pins: list[Pin]) -> list[str]:
    """Say what came out, and what it does not say."""
    if drift:
        said = f"{count(len(drift), 'change')} since it was approved: read what changed, and who changed it."
    else:
        said = f"As it was approved: {_counted(pins)}."
    return [said, "Pins say that nothing changed, not that it is harmless: `bartizan scan` looks into it."]


def _counted(pins: list[Pin]) -> str:
    kinds = [(sum(one.kind == kind for one in pins), word) for kind, word in KINDS.items()]
    return ", ".join(count(number, word) for number, word in kinds if number)


def _beside(path: Path) -> Path:
    return path / "bartizan.pins.json" if path.is_dir() else path.with_name(f"{path.name}.pins.json")


def _same(found: Gathered, path: str, kept: Path) -> bool:
    """Tell whether a file is the one that keeps the pins."""
    return Path(found.prefix + path).absolute() == kept.absolute()


def _read(kept: Path) -> Pins | None:
    try:
        return parse_pins(kept.read_bytes(), str(kept))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"`{kept}` can't be read: {said_by_system(error)}") from error


def _say(kept: Path, pins: list[Pin], drift: list[Drift], passed: list[Passed], *, anew: bool) -> None:
    for left in passed:
        say(f"warning: `{left.path}` is not pinned: {left.reason}")
    for one in drift[:_SHOWN]:
        say(f"{one.path}: {one.what}")
    if len(drift) > _SHOWN:
        say(f"and {len(drift) - _SHOWN} more changes")
    if anew and not drift:
        say("nothing has changed since the last time")
    say(f"pinned {_counted(pins)} in {kept}")
