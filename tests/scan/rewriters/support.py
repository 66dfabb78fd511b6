"""Runs rewriters on bytes, with a detector that is small enough to see through."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pyarrow.parquet as pq  # type: ignore[import-untyped]

from bartizan.inspection.redaction import Hiding, Mode, Pseudonyms, Redactor, Revealer
from bartizan.scan.rewriters import Work, new_work, rewrite
from tests.inspection.redaction.support import inspect, ring

__all__ = [
    "CARD",
    "MAIL",
    "NUMBER",
    "SSN",
    "VALUES",
    "clean",
    "hide",
    "parquet",
    "parts",
    "reveal",
    "run",
    "work_for",
    "zipped",
]

SSN, MAIL, CARD = "078-05-1121", "alice@example.com", "4111 1111 1111 1111"
NUMBER = 780511210
VALUES = (SSN, MAIL, CARD)


def work_for(mode: Mode = Mode.REPLACE, **modes: Mode) -> Work:
    """Return work that hides."""
    given = {name.replace("_", "-"): way for name, way in modes.items()}
    return new_work(Redactor(inspect, Hiding(mode, modes=given, keys=ring(), tenant="acme")))


def run(data: bytes, name: str, work: Work) -> bytes:
    """Return what the rewriter for this content makes of it."""
    target = io.BytesIO()
    rewrite(io.BytesIO(data), target, work, name)
    return target.getvalue()


def hide(data: bytes, name: str, mode: Mode = Mode.REPLACE, **modes: Mode) -> bytes:
    """Hide values in a file. Hiding twice is checked to be hiding once, but for formats that are kept."""
    work = work_for(mode, **modes)
    once = run(data, name, work)
    if not modes:
        again = work_for(mode)
        twice = run(once, name, again)
        assert not again.counts, again.counts
        if name.endswith((".txt", ".json", ".jsonl", ".csv", ".xml", ".html", ".eml", ".ipynb")):
            assert twice == once
    return once


def reveal(data: bytes, name: str) -> bytes:
    """Put pseudonyms back."""
    return run(data, name, new_work(Revealer(Pseudonyms(ring(), "acme"))))


def clean(data: bytes) -> bool:
    """Tell whether no value is to be seen."""
    return not any(value.encode() in data for value in VALUES)


def zipped(content: dict[str, Any]) -> bytes:
    """Make a zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return file.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    """Return the members of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def parquet(source: Any, **settings: Any) -> bytes:
    """Make a Parquet file."""
    file = io.BytesIO()
    pq.write_table(source, file, **settings)
    return file.getvalue()
