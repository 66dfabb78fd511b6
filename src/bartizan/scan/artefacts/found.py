"""From a scan rule to a finding: the rule gives what is always the same, evidence is masked on the way."""

from __future__ import annotations

from collections.abc import Iterable

from bartizan.catalog.scan_rules import ScanRule
from bartizan.model import Finding, Place, finding
from bartizan.scan.artefacts.evidence import shown

__all__ = ["finding_of"]


def finding_of(
    rule: ScanRule,
    place: Place,
    evidence: str = "",
    *,
    offset: int = -1,
    cve: Iterable[str] = (),
    confidence: int | None = None,
) -> Finding:
    """Return a finding of a rule. `cve` adds to the rule's own; `confidence` stands instead of the rule's."""
    return finding(
        rule.id,
        rule.title,
        severity=rule.severity,
        place=place,
        confidence=rule.confidence if confidence is None else confidence,
        evidence=shown(evidence),
        remedy=rule.remedy,
        references=tuple(rule.references),
        offset=offset,
        atlas=tuple(rule.atlas),
        cwe=tuple(rule.cwe),
        cve=tuple(dict.fromkeys([*rule.cve, *cve])),
    )
