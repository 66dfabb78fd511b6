"""A scan of artefacts in the schema bartizan/scan/1."""

from __future__ import annotations

from typing import Any

from bartizan.model import Finding
from bartizan.scan.artefacts.result import Artefact, ArtefactScan

__all__ = ["document"]


def document(scan: ArtefactScan, *, explain: bool = False) -> dict[str, Any]:
    """Return the scan as plain values. `explain` adds the reconstructions."""
    return {
        "schema": "bartizan/scan/1",
        "verdict": scan.verdict,
        "artefacts": [_artefact(one, explain=explain) for one in scan.artefacts],
        "findings": [_finding(found) for one in scan.artefacts for found in one.findings],
        "not_inspected": [{"path": one.path, "reason": one.reason} for one in scan.passed],
        "stats": {
            "bytes": sum(one.size for one in scan.artefacts),
            "bytes_read": sum(one.bytes_read for one in scan.artefacts),
            "seconds": round(scan.seconds, 3),
        },
    }


def _artefact(one: Artefact, *, explain: bool) -> dict[str, Any]:
    out: dict[str, Any] = {
        "path": one.path,
        "format": one.formats[0] if one.formats else "unknown",
        "formats": one.formats,
        "verdict": one.verdict,
        "sha256": one.sha256,
        "size": one.size,
        "bytes_read": one.bytes_read,
        "findings": [found.id for found in one.findings],
    }
    if one.dropped:
        out["findings_left_out"] = one.dropped
    if one.facts:
        out["facts"] = one.facts
    if explain:
        out["explanation"] = [{"path": path, "lines": lines} for path, lines in one.explanations]
    return out


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "id": found.id,
        "rule": found.rule,
        "title": found.title,
        "severity": found.severity,
        "confidence": found.confidence,
        "path": found.place.file,
        "line": found.place.line or None,
        "column": found.place.column or None,
        "offset": found.offset if found.offset >= 0 else None,
        "evidence": found.evidence,
        "remedy": found.remedy,
        "references": found.references,
        "atlas": found.atlas,
        "cwe": found.cwe,
        "cve": found.cve,
    }
