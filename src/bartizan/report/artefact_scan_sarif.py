"""A scan of artefacts as SARIF 2.1.0: one result a finding, and a notification for what was not inspected.

Source: Static Analysis Results Interchange Format 2.1.0, OASIS Standard, 27 March 2020.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bartizan import __version__
from bartizan.catalog.scan_rules import ScanRule
from bartizan.model import Finding
from bartizan.report.sarif import LEVELS, SCHEMA, SCORES, artifact_location, rule_name, semantic_version
from bartizan.scan.artefacts.result import ArtefactScan, Passed

__all__ = ["document"]


def document(scan: ArtefactScan, rules: Mapping[str, ScanRule]) -> dict[str, Any]:
    """Return the log as plain values; it describes the rules that fired."""
    found = [one for artefact in scan.artefacts for one in artefact.findings]
    fired = sorted({one.rule for one in found})
    index = {name: number for number, name in enumerate(fired)}
    driver = {
        "name": "Bartizan",
        "semanticVersion": semantic_version(__version__),
        "rules": [_rule(rules[name]) for name in fired],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "bartizan/scan/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(one) for one in scan.passed],
            }
        ],
        "results": [_result(one, index, rules[one.rule]) for one in found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: ScanRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        **rule_name(rule.id),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.description},
        "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "tags": ["security", rule.topic, *rule.cwe, *rule.atlas, *rule.owasp],
            "security-severity": SCORES[rule.severity],
        },
    }


def _result(one: Finding, index: Mapping[str, int], rule: ScanRule) -> dict[str, Any]:
    said = f": {one.evidence}" if one.evidence else ""
    return {
        "ruleId": one.rule,
        "ruleIndex": index[one.rule],
        "kind": "fail",
        "level": LEVELS[one.severity],
        "message": {"text": f"{one.title}{said}."},
        "locations": [_location(one)],
        "partialFingerprints": {"artefact/v1": one.id},
        "rank": float(one.confidence),
        "properties": {"severity": one.severity, "verdict": rule.verdict, "cve": one.cve},
    }


def _location(one: Finding) -> dict[str, Any]:
    file, _, member = one.place.file.partition("!/")
    # Code scanning shows nothing without a line; a place inside a container has none of the file's.
    region: dict[str, Any] = {"startLine": 1 if member else max(1, one.place.line)}
    if one.place.column and not member:
        region["startColumn"] = one.place.column
    if one.offset >= 0 and not member and not one.place.line:
        region = {"startLine": 1, "byteOffset": one.offset, "byteLength": 0}
    out: dict[str, Any] = {"physicalLocation": {"artifactLocation": artifact_location(file), "region": region}}
    if member:
        out["logicalLocations"] = [{"fullyQualifiedName": member}]
    return out


def _notification(one: Passed) -> dict[str, Any]:
    return {
        "level": "warning",
        "message": {"text": f"not inspected: {one.reason}"},
        "locations": [{"physicalLocation": {"artifactLocation": artifact_location(one.path)}}],
    }
