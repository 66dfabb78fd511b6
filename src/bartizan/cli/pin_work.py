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
from bartizan.model import InputError, NothingToDo, Place
from bartizan.scan.artefacts.found import finding_of
from bartizan.scan.artefacts.gather import Gathered, gather
from bartizan.scan.artefacts.result import Artefact, ArtefactScan, Passed, Verdict
from bartizan.scan.pins import Drift, Pin, Pins, drifts, parse_pins, take
from bartizan.store import write_whole

__all__ = ["AskedPin", "pin"]

_SHOWN = 20


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
        raise NothingToDo(f"`{asked.path}` holds no files to pin")
    before = _read(kept)
    if asked.check and before is None:
        raise InputError(f"`{kept}` does not exist", help=f"pin first: bartizan pin {asked.path}")
    meter = Meter(0)
    try:
        pins, passed = take(found.tree, wanted, meter)
    finally:
        meter.finish()
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
    artefacts = []
    for path in sorted(sizes.keys() | {one.path for one in drift}):
        findings = [
            finding_of(rules[one.rule], Place(prefix + path + (f"!/{one.name}" if one.name else "")), one.what)
            for one in drift
            if one.path == path
        ]
        artefacts.append(
            Artefact(
                path=prefix + path,
                formats=["pinned file"],
                verdict=Verdict.UNKNOWN if findings else Verdict.SAFE,
                size=sizes.get(path, 0),
                bytes_read=sizes.get(path, 0),
                findings=findings,
            )
        )
    scan = ArtefactScan(artefacts=artefacts, passed=passed)
    write_scan(scan, format, asked.output, [asked.path])
    return 0 if format == "sarif" else exit_code(scan, asked.fail_on)


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
        raise InputError(f"`{kept}` can't be read: {(error.strerror or 'unknown error').lower()}") from error


def _say(kept: Path, pins: list[Pin], drift: list[Drift], passed: list[Passed], *, anew: bool) -> None:
    for left in passed:
        say(f"warning: `{left.path}` is not pinned: {left.reason}")
    for one in drift[:_SHOWN]:
        say(f"{one.path}: {one.what}")
    if len(drift) > _SHOWN:
        say(f"and {len(drift) - _SHOWN} more changes")
    if anew and not drift:
        say("nothing has changed since the last time")
    kinds = [(sum(one.kind == kind for one in pins), word) for kind, word in _WORDS]
    said = ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in kinds if number)
    say(f"pinned {said} in {kept}")


_WORDS = (("file", "file"), ("tool", "tool"), ("mcp-server", "MCP server"))
