"""What was found in a system's data: a file beside the system that is only ever added to."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TypeVar

import msgspec

from bartizan.model import DataEvidence, InputError
from bartizan.model.decode import nearest
from bartizan.store.appended import append_beside, beside
from bartizan.store.systems import load_system

__all__ = ["append_data_evidence", "data_evidence_path"]

AnyPath = TypeVar("AnyPath", bound=PurePath)

_FILE = "data-evidence"
_HEADER = """\
# What was found in the data of {system}: counts and classes, never a value.
# Commands add to the end and change nothing. Of two findings about one data asset from one source, the later counts.
"""


def data_evidence_path(system: AnyPath) -> AnyPath:
    """Return where findings about a system's data lie: `system.data-evidence.yaml` beside `system.yaml`."""
    return beside(system, _FILE)


def append_data_evidence(path: Path, evidence: DataEvidence) -> Path:
    """Add what was found in a data asset to the file beside the system in `path`, and return that file.

    Raises InputError when the system can't be read, lacks the asset or the class, or the file can't be added to;
    BartizanError when writing fails.
    """
    system = load_system(path)
    if evidence.asset not in system.data:
        raise InputError(f"`{path}` has no data asset `{evidence.asset}`", help=nearest(evidence.asset, system.data))
    if evidence.class_:
        system.scheme.level(evidence.class_)
    return append_beside(path, _FILE, msgspec.to_builtins(evidence), _HEADER, "a finding")
