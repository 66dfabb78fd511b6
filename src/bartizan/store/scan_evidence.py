"""What scans said about a system's components: a file beside the system that is only ever added to."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TypeVar

import msgspec

from bartizan.model import InputError, ScanEvidence
from bartizan.model.decode import nearest
from bartizan.store.appended import append_beside, beside
from bartizan.store.systems import load_system

__all__ = ["append_scan_evidence", "scan_evidence_path"]

AnyPath = TypeVar("AnyPath", bound=PurePath)

_FILE = "scan-evidence"
_HEADER = """\
# What scans said about the components of {system}: verdicts and counts by rule.
# Commands add to the end and change nothing. Of two results about one component from one source, the later counts.
"""


def scan_evidence_path(system: AnyPath) -> AnyPath:
    """Return where results of scans lie: `system.scan-evidence.yaml` beside `system.yaml`."""
    return beside(system, _FILE)


def append_scan_evidence(path: Path, evidence: ScanEvidence) -> Path:
    """Add a result to the file beside the system in `path`, and return that file.

    Raises InputError when the system can't be read or lacks the component, or the file can't be added to;
    BartizanError when writing fails.
    """
    system = load_system(path)
    if evidence.component not in system.components:
        raise InputError(
            f"`{path}` has no component `{evidence.component}`", help=nearest(evidence.component, system.components)
        )
    return append_beside(path, _FILE, msgspec.to_builtins(evidence), _HEADER, "a result")
