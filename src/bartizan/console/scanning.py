"""Results of scans: kept as they came, and turned into evidence about a component of a system."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from bartizan.console.services import Services, sql_register
from bartizan.govern.proofs import from_scan
from bartizan.govern.roles import Person
from bartizan.model import InputError, System
from bartizan.store.register.scans import ScanLog

__all__ = ["Artefact", "Finding", "NotInspected", "Result", "keep_scan"]


class Finding(msgspec.Struct):
    """What a scan found at one place."""

    rule: str
    title: str = ""
    severity: str = ""
    path: str = ""
    line: int | None = None
    evidence: Any = None
    remedy: str = ""


class Artefact(msgspec.Struct):
    """A file that was looked at."""

    path: str = ""
    format: str = ""
    verdict: str = ""
    findings: list[Any] = []


class NotInspected(msgspec.Struct):
    """What could not be looked at, and why."""

    path: str = ""
    reason: str = ""


class Result(msgspec.Struct):
    """As much of `bartizan/scan/1` as a page shows."""

    verdict: str = "unknown"
    artefacts: list[Artefact] = []
    findings: list[Finding] = []
    not_inspected: list[NotInspected] = []


def keep_scan(
    services: Services, person: Person, system: System, component: str, observed: date, content: bytes
) -> tuple[int, int, int]:
    """Keep a result and what it proves: its number, how many pieces are new, and how many speak against a control.

    Raises InputError for what is no result of a scan.
    """
    earlier = [kept.proof for kept in services.register.evidence.latest(system.id)]
    proofs = from_scan(content, system, component, observed_at=observed, by=person.id, earlier=earlier)
    try:
        result = msgspec.json.decode(content, type=Result)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InputError("this is no result of a scan") from None
    id = ScanLog(sql_register(services)).add(
        content, system=system.id, component=component, verdict=result.verdict, observed_at=observed,
        at=services.now(), author=person.id, artefacts=len(result.artefacts), findings=len(result.findings),
    )  # fmt: skip
    new = services.register.evidence.add(proofs, at=services.now(), by=person.id)
    return id, new, sum(one.outcome == "fail" for one in proofs)
