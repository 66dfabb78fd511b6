"""An AI bill of materials of scanned files, as CycloneDX 1.6: models, cards, licences, ancestors, data sets, hashes.

Everything in it stands in the files, with the place where it stands; nothing is guessed, and what could not be read is
said.
Source: CycloneDX specification 1.6 (ECMA-424).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bartizan import __version__
from bartizan.report.bom_parts import Model, models_of, packages_of, servers_of, skills_of
from bartizan.report.licences import licence_choice
from bartizan.report.plain import stable_uuid
from bartizan.scan.artefacts.result import Artefact, ArtefactScan, Verdict

__all__ = ["document"]

_ELSEWHERE = frozenset({
    "task", "architecture", "model-type", "dataset", "language", "licence", "licence-link", "base-model", "name",
    "description", "author", "version",
})  # fmt: skip
"""Facts that the model's card or component has a place for; the others become properties."""
_MOST_MISSED = 1000
"""Files that were not inspected and are named."""


def document(scan: ArtefactScan, name: str, as_of: date) -> dict[str, Any]:
    """Return the bill of materials as plain values; `name` is what was scanned."""
    models = models_of(scan.artefacts)
    components = [
        *(_model(one) for one in models),
        *_data_sets(models),
        *_files(skills_of(scan.artefacts), "skill"),
        *_packages(scan.artefacts),
        *_servers(scan.artefacts),
        *_files(_left(scan.artefacts, models), "file"),
    ]
    digests = "\n".join(f"{one.sha256}  {one.path}" for one in scan.artefacts)
    whole = "complete" if not scan.passed else "incomplete"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{stable_uuid('bom', name, digests)}",
        "version": 1,
        "metadata": {
            "timestamp": f"{as_of.isoformat()}T00:00:00Z",
            "tools": {"components": [{"type": "application", "name": "Bartizan", "version": __version__}]},
            "component": {"type": "application", "bom-ref": "root", "name": name},
            "properties": [
                *([_property("verdict", scan.verdict)] if scan.artefacts else []),
                *(_property("not-inspected", f"{one.path}: {one.reason}") for one in scan.passed[:_MOST_MISSED]),
            ],
        },
        "components": components,
        "dependencies": _dependencies(components, models),
        "compositions": [{"aggregate": whole, "assemblies": ["root"]}],
        "vulnerabilities": list(_vulnerabilities(scan.artefacts, _refs(components))),
    }


def _model(one: Model) -> dict[str, Any]:
    facts = one.facts
    out: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": f"model:{one.path}",
        "name": one.name,
        **_described(facts),
        **_licences(facts),
        "modelCard": _card(one),
    }
    if len(one.files) == 1 and one.files[0].sha256:
        out["hashes"] = [{"alg": "SHA-256", "content": one.files[0].sha256}]
    if bases := facts.get("base-model", []):
        kind = ", ".join(facts.get("base-model-relation", []))
        said = {"notes": f"Derived by: {kind}."} if kind else {}
        out["pedigree"] = {"ancestors": [{"type": "machine-learning-model", "name": base} for base in bases], **said}
    formats = sorted({format for file in one.files for format in file.formats})
    out["evidence"] = {
        "identity": [
            {
                "field": "name",
                "confidence": 0.5,
                "methods": [{"technique": "binary-analysis", "confidence": 0.5, "value": ", ".join(formats)}],
            }
        ],
        "occurrences": [{"location": one.path}],
    }
    out["properties"] = [
        _property("verdict", one.verdict),
        *(_property(name, value) for name in sorted(facts) if name not in _ELSEWHERE for value in facts[name]),
    ]
    out["components"] = [_file(file, f"model:{one.path}", "file") for file in one.files]
    return out


def _described(facts: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if facts.get("version"):
        out["version"] = facts["version"][0]
    if facts.get("description"):
        out["description"] = facts["description"][0]
    if facts.get("author"):
        out["authors"] = [{"name": name} for name in facts["author"]]
    return out


def _licences(facts: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    links = facts.get("licence-link", [])
    choices = [licence_choice(name, links[0] if links else "") for name in facts.get("licence", [])]
    return {"licenses": choices} if choices else {}


def _card(one: Model) -> dict[str, Any]:
    facts = one.facts
    parameters: dict[str, Any] = {}
    if facts.get("task"):
        parameters["task"] = facts["task"][0]
    if facts.get("model-type"):
        parameters["architectureFamily"] = facts["model-type"][0]
    if facts.get("architecture"):
        parameters["modelArchitecture"] = facts["architecture"][0]
    if facts.get("dataset"):
        parameters["datasets"] = [{"ref": f"data:{name}"} for name in facts["dataset"]]
    card: dict[str, Any] = {"bom-ref": f"card:{one.path}"}
    if parameters:
        card["modelParameters"] = parameters
    if facts.get("language"):
        card["properties"] = [_property("language", name) for name in facts["language"]]
    return card


def _data_sets(models: Iterable[Model]) -> Iterator[dict[str, Any]]:
    """The data sets that models name: known by name only."""
    for name in sorted({name for one in models for name in one.facts.get("dataset", [])}):
        yield {
            "type": "data",
            "bom-ref": f"data:{name}",
            "name": name,
            "data": [{"type": "dataset", "name": name}],
            "properties": [_property("known-by", "name in the model card")],
        }


def _packages(artefacts: Iterable[Artefact]) -> Iterator[dict[str, Any]]:
    for one in packages_of(artefacts):
        version = {"version": one.version, "purl": one.purl} if one.version else {"purl": one.purl}
        yield {
            "type": "library",
            "bom-ref": f"package:{one.ecosystem}:{one.name}@{one.version}",
            "name": one.name,
            **version,
            "evidence": {"occurrences": [{"location": place} for place in one.places]},
        }


def _servers(artefacts: Iterable[Artefact]) -> Iterator[dict[str, Any]]:
    for one in servers_of(artefacts):
        yield {
            "type": "application",
            "bom-ref": f"mcp-server:{one.place}:{one.name}",
            "name": one.name,
            **({"purl": one.purl} if one.purl else {}),
            "evidence": {"occurrences": [{"location": one.place}]},
            "properties": [_property("kind", "mcp-server"), _property("starts-or-calls", one.target)],
        }


def _files(files: Iterable[Artefact], kind: str) -> Iterator[dict[str, Any]]:
    for file in files:
        yield _file(file, kind, kind)


def _file(file: Artefact, inside: str, kind: str) -> dict[str, Any]:
    out: dict[str, Any] = {"type": "file", "bom-ref": f"{inside}|{file.path}", "name": file.path}
    if file.sha256:
        out["hashes"] = [{"alg": "SHA-256", "content": file.sha256}]
    out["properties"] = [
        *([_property("kind", kind)] if kind != "file" else []),
        _property("format", ", ".join(file.formats) or "unknown"),
        _property("size", str(file.size)),
        _property("verdict", file.verdict),
    ]
    return out


def _left(artefacts: Iterable[Artefact], models: Iterable[Model]) -> list[Artefact]:
    """Files that are part of no model, and no skill."""
    taken = {file.path for one in models for file in one.files}
    return [one for one in artefacts if one.path not in taken and "skill" not in one.facts]


def _dependencies(components: Sequence[dict[str, Any]], models: Iterable[Model]) -> list[dict[str, Any]]:
    uses = {f"model:{one.path}": [f"data:{name}" for name in one.facts.get("dataset", [])] for one in models}
    refs = [str(one["bom-ref"]) for one in components]
    return [
        {"ref": "root", "dependsOn": refs},
        *({"ref": ref, "dependsOn": uses[ref]} for ref in refs if uses.get(ref)),
    ]


def _refs(components: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Where each file stands in the document, by its path."""
    refs: dict[str, str] = {}
    for one in components:
        for part in (*one.get("components", []), one):
            if part["type"] == "file":
                refs[part["name"]] = part["bom-ref"]
    return refs


def _vulnerabilities(artefacts: Iterable[Artefact], refs: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """What was found and is more than advice: by the ids of known weaknesses, else by our rule."""
    for artefact in artefacts:
        if artefact.verdict is Verdict.SAFE:
            continue
        for found in artefact.findings:
            for id in found.cve or (found.rule,):
                yield {
                    "bom-ref": f"finding:{found.id}:{id}",
                    "id": id,
                    "source": {"name": "NVD" if id.startswith("CVE-") else "Bartizan"},
                    "ratings": [{"severity": found.severity, "method": "other"}],
                    "cwes": [int(one.removeprefix("CWE-")) for one in found.cwe],
                    "description": found.title + (f": {found.evidence}" if found.evidence else ""),
                    "recommendation": found.remedy,
                    "analysis": {"state": "in_triage"},
                    "affects": [{"ref": refs.get(artefact.path, "root")}],
                }


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": f"bartizan:{name}", "value": str(value)}
