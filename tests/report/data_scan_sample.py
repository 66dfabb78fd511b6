"""A small scan of data, made by hand, with whatever a report must show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bartizan.scan.anonymity import table_risk
from bartizan.scan.results_findings import Artefact, ColumnVerdict, DataFinding, Missed
from bartizan.scan.results_merge import DataScan, Spool, TypeTotal
from bartizan.scan.run_risk import Measured, TableAt

__all__ = ["empty_scan", "empty_spool", "sample_scan", "sample_spool"]

_CARD, _MAIL = ("credit-card", "Payment card number"), ("email-address", "E-mail address")


def sample_scan(name: str = "data") -> DataScan:
    """A scan of three files; `name` is part of every path and heading."""
    risk = table_risk({"zip": ["1", "1", "2"], name: ["m", "m", "f"]}, ["zip", name])
    return DataScan(
        name=name,
        verdict="dangerous",
        class_="restricted",
        why=("12 `credit-card` (restricted)", "restricted by `many-persons`: data of many people are in one place"),
        files=3,
        bytes=12_345_678,
        inspected=50_000_000,
        seconds=2.5,
        findings=3,
        missed_count=2,
        classes={"restricted": 1, "internal": 1},
        levels={"public": 0, "internal": 1, "confidential": 2, "restricted": 3},
        verdicts={"dangerous": 1, "unknown": 1, "safe": 1},
        severities={"high": 1, "low": 2},
        types=[
            TypeTotal(*_CARD, "restricted", 3, "payment", "Remove them.", "high", 12, 1),
            TypeTotal(*_MAIL, "internal", 1, "contact", "Mask them.", "low", 34_567, 2),
        ],
        worst=_artefacts(name),
        missed=_missed(name),
        risk=Measured([TableAt(f"{name}/people.csv", risk, cut=False)], [f"{name}/people.csv: 3 rows"]),
    )


def empty_scan() -> DataScan:
    """A scan that found nothing."""
    return DataScan(name="data", files=1, bytes=10, seconds=0.1)


def sample_spool(folder: Path, name: str = "data") -> Spool:
    """What the scan left on disk."""
    spool = Spool(folder)
    folder.mkdir(exist_ok=True)
    lines: dict[str, Sequence[object]] = {
        "artefacts": _artefacts(name),
        "findings": _findings(name),
        "missed": _missed(name),
    }
    for kind, entries in lines.items():
        content = b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)
        (folder / f"{kind}.jsonl").write_bytes(content)
    return spool


def empty_spool(folder: Path) -> Spool:
    """What a scan that found nothing left on disk."""
    folder.mkdir(exist_ok=True)
    for kind in ("artefacts", "findings", "missed"):
        (folder / f"{kind}.jsonl").write_bytes(b"")
    return Spool(folder)


def _artefacts(name: str) -> list[Artefact]:
    card = ColumnVerdict(
        column=f"{name} card",
        type="credit-card",
        share=1.0,
        count=12,
        class_="restricted",
        records=12,
        types={"credit-card": 12, "email-address": 1},
    )
    note = ColumnVerdict(
        column="note",
        member="in.csv",
        type="",
        share=0.1,
        count=7,
        class_="internal",
        records=70,
        types={"email-address": 7},
    )
    return [
        Artefact(
            path=f"{name}/people.csv",
            format="delimited text",
            verdict="dangerous",
            sha256="ab" * 32,
            size=12_345_000,
            bytes_read=12_345_000,
            class_="restricted",
            why=("12 `credit-card` (restricted)",),
            types={"credit-card": 12, "email-address": 8, "iban-code": 1},
            columns=[card, note],
            findings=["credit-card@people.csv#card"],
        ),
        Artefact(
            path=f"{name}/app.log",
            format="text",
            verdict="unknown",
            sha256="",
            size=678,
            bytes_read=678,
            class_="internal",
            why=(),
            types={"email-address": 34_559},
            columns=[],
            findings=[],
        ),
    ]


def _findings(name: str) -> list[DataFinding]:
    def finding(type: tuple[str, str], **more: object) -> DataFinding:
        known = {
            "id": f"{type[0]}@{name}",
            "rule": type[0],
            "title": type[1],
            "severity": "high" if type is _CARD else "low",
            "confidence": 85,
            "path": f"{name}/people.csv",
            "offset": 0,
            "evidence": "####",
            "remedy": "Mask them.",
            "type": type[0],
            "class": "restricted" if type is _CARD else "internal",
            "category": "",
        }
        return msgspec.convert({**known, **more}, DataFinding)

    return [
        finding(_CARD, line=2, column=f"{name} card", count=12, rows=[2, 3]),
        finding(_MAIL, path=f"{name}/people.zip!in.csv", member="in.csv", line=3, column="note", count=7),
        finding(_MAIL, path=f"{name}/app.log", line=3, column=5, count=1),
        finding(_MAIL, path=f"{name}/app.log", line=0, column=0, count=34_558, rest=True),
    ]


def _missed(name: str) -> list[Missed]:
    return [
        Missed(f"{name}/x.zip!secret.pdf", "is encrypted", "secret.pdf"),
        Missed(f"{name}/y.png", "format PNG image is not inspected for data"),
    ]
