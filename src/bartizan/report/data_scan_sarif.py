"""A data scan as SARIF 2.1.0, for code scanning: one result a finding, and a notification for what was not inspected.

Source: Static Analysis Results Interchange Format 2.1.0, OASIS Standard, 27 March 2020.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from bartizan import __version__
from bartizan.report.sarif import LEVELS, SCHEMA, SCORES, artifact_location, rule_name, semantic_version
from bartizan.scan.results_findings import DataFinding, Missed
from bartizan.scan.results_merge import DataScan, Spool, TypeTotal

__all__ = ["pieces"]


def pieces(scan: DataScan, spool: Spool) -> Iterator[bytes]:
    """Give the log in pieces."""
    encode = msgspec.json.encode
    index = {one.type: number for number, one in enumerate(scan.types)}
    driver = {
        "name": "Bartizan",
        "semanticVersion": semantic_version(__version__),
        "rules": [_rule(one) for one in scan.types],
    }
    yield b'{"$schema": ' + encode(SCHEMA) + b',\n"version": "2.1.0",\n"runs": [{\n'
    yield b'"tool": ' + encode({"driver": driver})
    yield b',\n"automationDetails": {"id": "bartizan/scan-data/"},\n"columnKind": "unicodeCodePoints"'
    yield b',\n"invocations": [{"executionSuccessful": true, "toolExecutionNotifications": ['
    yield from _entries(_notification(one) for one in spool.missed())
    yield b']}],\n"results": ['
    yield from _entries(_result(one, index) for one in spool.findings())
    yield b"]}]}\n"


def _entries(entries: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    before = b"\n  "
    for entry in entries:
        yield before + msgspec.json.encode(entry)
        before = b",\n  "


def _rule(one: TypeTotal) -> dict[str, Any]:
    return {
        "id": one.type,
        **rule_name(one.type),
        "shortDescription": {"text": one.title},
        "help": {"text": one.remedy},
        "properties": {
            "tags": ["security", "sensitive-data", one.family, one.class_],
            "security-severity": SCORES[one.severity],
        },
    }


def _result(one: DataFinding, index: dict[str, int]) -> dict[str, Any]:
    where = f" in column {one.column}" if isinstance(one.column, str) else ""
    return {
        "ruleId": one.rule,
        "ruleIndex": index[one.rule],
        "kind": "fail",
        "level": LEVELS[one.severity],
        "message": {"text": f"{one.title}{where}: {one.evidence} ({one.class_})."},
        "locations": [_location(one)],
        "partialFingerprints": {"data/v1": one.id},
        "rank": float(one.confidence),
        "properties": {"severity": one.severity, "class": one.class_, "count": one.count},
    }


def _location(one: DataFinding) -> dict[str, Any]:
    # Code scanning shows nothing without a line; a place inside a container has none of the file's.
    region = {"startLine": 1 if one.member else max(1, one.line)}
    if isinstance(one.column, int) and one.column > 0 and not one.member:
        region["startColumn"] = one.column
    out: dict[str, Any] = {"physicalLocation": {"artifactLocation": artifact_location(one.file), "region": region}}
    names = [part for part in (one.member, one.column if isinstance(one.column, str) else "") if part]
    if names:
        out["logicalLocations"] = [{"fullyQualifiedName": "!".join(names)}]
    return out


def _notification(one: Missed) -> dict[str, Any]:
    inside = f"{one.member}: " if one.member else ""
    return {
        "level": "warning",
        "message": {"text": f"not inspected: {inside}{one.reason}"},
        "locations": [{"physicalLocation": {"artifactLocation": artifact_location(one.file)}}],
    }
