"""Decisions about threats: a file beside the system that is only ever added to."""

from __future__ import annotations

import os
from pathlib import Path, PurePath
from typing import TypeVar

import msgspec

from bartizan.model import Decision
from bartizan.store.appended import append_entry, beside

__all__ = ["append_decision", "decisions_path"]

AnyPath = TypeVar("AnyPath", bound=PurePath)

_HEADER = """\
# What was decided about the threats of {system}: by whom, until when, and why.
# `bartizan decide` adds to the end and changes nothing; of two decisions about one threat, the later one counts.
"""


def decisions_path(system: AnyPath) -> AnyPath:
    """Return where the decisions about a system lie: `system.decisions.yaml` beside `system.yaml`."""
    return beside(system, "decisions")


def append_decision(path: Path, decision: Decision) -> Path:
    """Add a decision to the file beside the system in `path`, and return that file.

    A file that people have changed by hand is either added to correctly or refused. Raises InputError when it is
    refused, BartizanError when writing fails.
    """
    target = decisions_path(Path(os.path.realpath(path)))
    name = "".join(letter if letter.isprintable() else "?" for letter in path.name)
    append_entry(target, "decisions", msgspec.to_builtins(decision), _HEADER.format(system=name), "a decision")
    return target
