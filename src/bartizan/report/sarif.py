"""SARIF 2.1.0, for code scanning: one result per threat that is open or decided about, at its component's line.

Source: Static Analysis Results Interchange Format 2.1.0, OASIS Standard, 27 March 2020.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

import msgspec

from bartizan import __version__
from bartizan.analysis.result import PathView, Review, ThreatView
from bartizan.catalog import Catalog
from bartizan.model import Level, Place, Status, System
from bartizan.report.phrases import component_name, loss_phrase

__all__ = ["LEVELS", "SCHEMA", "SCORES", "artifact_location", "render", "rule_name", "semantic_version"]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
# GitHub sorts by this number: above 9 critical, 7 high, 4 medium.
SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0", "info": "0.0"}
_TAXONOMIES = ("mitre-atlas", "owasp-llm", "owasp-agentic", "owasp-ml")


def render(
    review: Review,
    system: System,
    catalog: Catalog,
    *,
    file: str = "system.yaml",
    places: Mapping[str, Place] | None = None,
) -> str:
    """Return the log. `file` is the system's path; `places` says where each component is described."""
    return _Log(review, system, catalog, file, places or {}).text()


class _Log:
    def __init__(
        self, review: Review, system: System, catalog: Catalog, file: str, places: Mapping[str, Place]
    ) -> None:
        self.review, self.system, self.catalog = review, system, catalog
        self.file, self.places = file, places
        every = (*review.threats, *review.appendix)
        self.threats = [threat for threat in every if threat.status is Status.OPEN or threat.decision]
        self.rules = list(dict.fromkeys(threat.rule for threat in self.threats))
        self.index = {rule: number for number, rule in enumerate(self.rules)}
        self.paths = {path.id: path for path in review.paths}
        self.taxa: dict[str, set[str]] = {}

    def text(self) -> str:
        results = [self._result(threat) for threat in self.threats]
        run = {
            "tool": {"driver": self._driver()},
            "automationDetails": {"id": f"bartizan/{self.review.system.id}/"},
            "invocations": [{"executionSuccessful": True}],
            "columnKind": "unicodeCodePoints",
            "taxonomies": list(self._taxonomies()),
            "results": results,
        }
        log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
        return msgspec.json.format(msgspec.json.encode(log), indent=2).decode() + "\n"

    def _driver(self) -> dict[str, Any]:
        first = {threat.rule: threat for threat in reversed(self.threats)}
        return {
            "name": "Bartizan",
            "semanticVersion": semantic_version(__version__),
            "rules": [self._rule(first[rule]) for rule in self.rules],
        }

    def _rule(self, threat: ThreatView) -> dict[str, Any]:
        remedy, verify = threat.remedy.strip(), threat.verify.strip()
        return {
            "id": threat.rule,
            **rule_name(threat.rule),
            "shortDescription": {"text": threat.title},
            "fullDescription": {"text": threat.description.strip()},
            "help": {
                "text": f"Remedy: {remedy}\nVerify: {verify}",
                "markdown": f"**Remedy:** {remedy}\n\n**Verify:** {verify}",
            },
            "properties": {
                "tags": ["security", *threat.atlas, *threat.owasp_llm, *threat.owasp_agentic, *threat.stride],
                "security-severity": SCORES[self._worst(threat.rule)],
            },
        }

    def _worst(self, rule: str) -> Level:
        return max((t.severity for t in self.threats if t.rule == rule), key=lambda level: level.rank)

    def _result(self, threat: ThreatView) -> dict[str, Any]:
        out: dict[str, Any] = {
            "ruleId": threat.rule,
            "ruleIndex": self.index[threat.rule],
            "kind": "fail",
            "level": LEVELS[threat.severity],
            "message": {"text": self._message(threat)},
            "locations": [self._location(threat.at)],
            "relatedLocations": [self._location(name) for name in threat.components if name != threat.at],
            "fingerprints": {"threat/v1": threat.id},
            "partialFingerprints": {"threat/v1": threat.id},
            "taxa": list(self._named(threat)),
            "suppressions": list(_suppressions(threat)),
            "rank": round(min(100.0, max(0.0, threat.score)), 3),
            "properties": {
                "severity": threat.severity,
                "leadsTo": threat.leads_to,
                "lifecycle": threat.lifecycle,
                "removedBy": [change.text for change in threat.removed_by],
            },
        }
        path = next((self.paths[name] for name in threat.paths if name in self.paths), None)
        if path is not None and path.steps:
            out["codeFlows"] = [self._flow(path)]
        return out

    def _message(self, threat: ThreatView) -> str:
        parts = [f"{threat.title}, at {component_name(threat.at, self.system)}."]
        if threat.why:
            parts.append(f"Because: {'; '.join(threat.why)}.")
        losses = {loss.id: loss for loss in self.review.losses}
        leads = [loss_phrase(losses[name], self.system) for name in threat.leads_to[:3] if name in losses]
        if leads:
            parts.append(f"Leads to: {', '.join(leads)}.")
        if threat.removed_by:
            parts.append(f"Removed by: {threat.removed_by[0].text}.")
        return " ".join(parts)

    def _location(self, name: str) -> dict[str, Any]:
        place = self.places.get(name, Place(self.file, 1, 1))
        region = {"startLine": max(1, place.line), "startColumn": max(1, place.column)}
        return {
            "physicalLocation": {"artifactLocation": artifact_location(place.file or self.file), "region": region},
            "logicalLocations": [
                {"name": component_name(name, self.system), "fullyQualifiedName": name, "kind": "component"}
            ],
        }

    def _flow(self, path: PathView) -> dict[str, Any]:
        steps = [
            {
                "location": {**self._location(step.component), "message": {"text": f"{step.title}: {step.gains}"}},
                "executionOrder": number,
                "importance": "essential" if step.threat else "important",
            }
            for number, step in enumerate(path.steps, 1)
        ]
        message = f"{path.id}: {loss_phrase(path, self.system)}"
        return {"message": {"text": message}, "threadFlows": [{"locations": steps}]}

    def _named(self, threat: ThreatView) -> Iterable[dict[str, Any]]:
        names = dict(
            zip(_TAXONOMIES, (threat.atlas, threat.owasp_llm, threat.owasp_agentic, threat.owasp_ml), strict=True)
        )
        for framework, ids in names.items():
            for name in ids:
                if framework in self.catalog.frameworks:
                    self.taxa.setdefault(framework, set()).add(name)
                    yield {"id": name, "toolComponent": {"name": self.catalog.frameworks[framework].title}}

    def _taxonomies(self) -> Iterable[dict[str, Any]]:
        for name in _TAXONOMIES:
            if name in self.taxa:
                framework = self.catalog.frameworks[name]
                taxa = []
                for entry in sorted(self.taxa[name]):
                    title = framework.items[entry].title if entry in framework.items else entry
                    taxa.append({"id": entry, "name": title, "shortDescription": {"text": title}})
                yield {
                    "name": framework.title,
                    "version": framework.version,
                    "organization": framework.publisher,
                    "shortDescription": {"text": framework.title},
                    "taxa": taxa,
                }


def _suppressions(threat: ThreatView) -> Iterable[dict[str, Any]]:
    decision = threat.decision
    if decision is not None:
        ticket = f" ({decision.ticket})" if decision.ticket else ""
        yield {
            "kind": "external",
            "status": "underReview" if decision.verdict == "mitigate" else "accepted",
            "justification": f"{decision.verdict} by {decision.by} until {decision.until}: {decision.why}{ticket}",
        }


def artifact_location(path: str) -> dict[str, str]:
    """Return where a file is: below the root of the sources, or by an absolute address."""
    if PurePosixPath(path).is_absolute() or path[1:2] == ":":
        return {"uri": "file://" + quote(path if path.startswith("/") else f"/{path}")}
    return {"uri": quote(path), "uriBaseId": "%SRCROOT%"}


def rule_name(id: str) -> dict[str, str]:
    """Return the name of a rule as a field: the standard wants one that differs from the id, or none."""
    words = id.split("-")
    return {"name": "".join(word.capitalize() for word in words)} if len(words) > 1 else {}


def semantic_version(version: str) -> str:
    """Write a version of Python's packaging as semantic versioning does: `0.1.0.dev0` is `0.1.0-dev0`."""
    numbers = version.split(".")[:3]
    rest = version[len(".".join(numbers)) :].lstrip(".")
    return ".".join(numbers) + (f"-{rest}" if rest else "")
