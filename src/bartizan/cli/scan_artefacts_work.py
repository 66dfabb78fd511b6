"""The work behind `bartizan scan model|agent|PATH`: from paths to a scan, and from the scan to output and exit code."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

import msgspec

from bartizan.catalog.places import cache_folder
from bartizan.catalog.scan_rules import load_scan_rules
from bartizan.cli import grades
from bartizan.cli.output import emit, json_bytes, say, terminal
from bartizan.cli.scan_asked import format_of
from bartizan.cli.scan_progress import Meter
from bartizan.cli.system_parts import part_of_system
from bartizan.model import Finding, InputError, NothingToDo, ScanEvidence
from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.artefacts.format import Group
from bartizan.scan.artefacts.gather import gather
from bartizan.scan.artefacts.result import ArtefactScan, Passed
from bartizan.scan.sources import public_root, public_url

__all__ = ["AskedArtefacts", "examined", "exit_code", "scan_artefacts", "write_scan"]


class AskedArtefacts(msgspec.Struct, kw_only=True):
    """The arguments and options, as given."""

    paths: tuple[str, ...]
    groups: tuple[str, ...]
    format: str | None = None
    output: Path | None = None
    sarif: Path | None = None
    explain: bool = False
    digests: bool = False
    fail_on: str = "info"
    component: str | None = None


def scan_artefacts(asked: AskedArtefacts) -> int:
    """Scan, report, and return the exit code. Raises InputError, NothingToDo or BartizanError."""
    format = format_of(asked.format, asked.output)
    if not asked.paths:
        raise InputError("there is no path to scan", help="name files, folders or addresses; `.` is this folder")
    component = None
    if asked.component is not None:
        component = part_of_system(asked.component, "component", lambda system: system.components)
    scan = examined(asked.paths, asked.groups, digests=asked.digests or component is not None)
    if not scan.artefacts and not scan.passed:
        raise NothingToDo("there are no files to inspect", help="check the path; empty folders hold nothing")
    write_scan(scan, format, asked.output, asked.paths, explain=asked.explain)
    if asked.sarif is not None:
        write_scan(scan, "sarif", asked.sarif, asked.paths)
    if component is not None:
        _evidence(component, scan, asked.paths)
    return 0 if format == "sarif" else exit_code(scan, asked.fail_on)


def examined(roots: tuple[str, ...], groups: tuple[str, ...], *, digests: bool = False) -> ArtefactScan:
    """Examine everything below some roots, paths as they were given."""
    start = time.monotonic()
    examiner = Examiner(load_scan_rules(cache_folder()), groups=cast("tuple[Group, ...]", groups), digests=digests)
    scan = ArtefactScan(artefacts=[], passed=[])
    for root in dict.fromkeys(roots):
        for part in _examined(root, examiner):
            scan.artefacts += part.artefacts
            scan.passed += part.passed
    scan.seconds = time.monotonic() - start
    return scan


def _examined(root: str, examiner: Examiner) -> Iterator[ArtefactScan]:
    if root.startswith(("http://", "https://")):
        from bartizan.scan.web import web_tree

        try:
            tree = web_tree(root)
        except OSError as error:
            yield ArtefactScan(artefacts=[], passed=[Passed(public_url(root), error.strerror or "can't be reached")])
            return
        yield _renamed(examiner.tree(tree), lambda path: tree.shown + path)
        return
    found = gather(root)
    yield ArtefactScan(artefacts=[], passed=found.passed)
    with Meter(0) as meter:
        scan = examiner.tree(found.tree, found.only, outside=found.outside, meter=meter)
    yield _renamed(scan, lambda path: found.prefix + path)


def _renamed(scan: ArtefactScan, name: Callable[[str], str]) -> ArtefactScan:
    """Show paths as they were given."""
    for artefact in scan.artefacts:
        artefact.path = name(artefact.path)
        artefact.findings = [_moved(found, name) for found in artefact.findings]
        artefact.explanations = [(name(path), lines) for path, lines in artefact.explanations]
    scan.passed = [msgspec.structs.replace(one, path=name(one.path)) for one in scan.passed]
    return scan


def _moved(found: Finding, name: Callable[[str], str]) -> Finding:
    place = msgspec.structs.replace(found.place, file=name(found.place.file))
    return msgspec.structs.replace(found, place=place)


def write_scan(
    scan: ArtefactScan, format: str, output: Path | None, names: Sequence[str], *, explain: bool = False
) -> None:
    """Write the report, to a file as a whole or not at all; `names` are the roots as given."""
    emit(_rendered(scan, format, output, names, explain=explain), output)


def _rendered(scan: ArtefactScan, format: str, output: Path | None, names: Sequence[str], *, explain: bool) -> bytes:
    if format == "json":
        from bartizan.report import artefact_scan_json

        return json_bytes(artefact_scan_json.document(scan, explain=explain))
    if format == "sarif":
        from bartizan.report import artefact_scan_sarif

        return json_bytes(artefact_scan_sarif.document(scan, load_scan_rules(cache_folder())))
    if format == "html":
        from bartizan.report import artefact_scan_html

        return artefact_scan_html.render(scan, names, f"{datetime.now():%Y-%m-%d}").encode()
    from bartizan.report import artefact_scan_text

    width, colour = terminal(output)
    return artefact_scan_text.render(scan, width=width, colour=colour, explain=explain).encode()


def _evidence(component: tuple[Path, str], scan: ArtefactScan, paths: tuple[str, ...]) -> None:
    """Note the result beside the system. Its digest is that of the lines `SHA256  PATH` of all artefacts."""
    from bartizan.store import append_scan_evidence

    lines = "".join(f"{one.sha256}  {one.path}\n" for one in sorted(scan.artefacts, key=lambda one: one.path))
    file, name = component
    evidence = ScanEvidence(
        component=name,
        verdict=scan.verdict.value,
        counts=dict(Counter(found.rule for one in scan.artefacts for found in one.findings)),
        source=", ".join(map(public_root, paths)),
        observed_at=datetime.now().date(),
        digest=f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}",
    )
    say(f"noted in {append_scan_evidence(file, evidence)}")


def exit_code(scan: ArtefactScan, fail_on: str) -> int:
    """Return 0, or 11 to 15 for the highest finding when that is at or above `fail_on`."""
    found = [str(one.severity) for artefact in scan.artefacts for one in artefact.findings]
    return grades.exit_code([*found, "info"] if scan.missed else found, fail_on)
