"""A small scan of artefacts, made by hand, with whatever a report must show."""

from __future__ import annotations

from bartizan.catalog.scan_rules import ScanRule
from bartizan.model import Finding, Level, Place
from bartizan.scan.artefacts.found import finding_of
from bartizan.scan.artefacts.result import Artefact, ArtefactScan, Passed, Verdict

__all__ = ["RULES", "empty_scan", "sample_scan"]

RULES = {
    rule.id: rule
    for rule in (
        ScanRule(
            id="runs-program",
            title="Loading it runs a program",
            topic="pickle",
            severity=Level.CRITICAL,
            verdict="dangerous",
            description="What it does.",
            remedy="Don't load it. Ask for `safetensors`.",
            atlas=["AML.T0011.000"],
            owasp=["LLM03:2025"],
            cwe=["CWE-502"],
        ),
        ScanRule(
            id="unpinned",
            title="A server starts in whatever version is newest",
            topic="mcp",
            severity=Level.MEDIUM,
            verdict="unknown",
            description="A new release runs at the next start.",
            remedy="Name the exact version.",
            cwe=["CWE-1357"],
        ),
        ScanRule(
            id="hook",
            title="A hook runs a command",
            topic="assistant",
            severity=Level.LOW,
            verdict="safe",
            description="It runs by itself.",
            remedy="Read the command.",
        ),
    )
}


def sample_scan(name: str = "vendor") -> ArtefactScan:
    """A scan of five files; `name` is part of every path, member, evidence and explanation."""
    pickled = _artefact(
        f"{name}/model.pt",
        Verdict.DANGEROUS,
        [
            _finding("runs-program", f"{name}/model.pt!/{name}/data.pkl", f"os.system('{name}')", offset=1234),
            _finding("runs-program", f"{name}/model.pt!/{name}/data.pkl", cve=("CVE-2025-32434",), offset=99),
        ],
        formats=["zip", "torch"],
        size=2_000_000_000,
        read=4_096,
        explanations=[(f"{name}/model.pt!/{name}/data.pkl", [f"os.system('{name}')", "    'id'"])],
    )
    return ArtefactScan(
        artefacts=[
            _artefact(f"{name}/README.md", Verdict.SAFE, [], formats=["card"], facts={"licence": [name]}),
            _artefact(f"{name}/.mcp.json", Verdict.UNKNOWN, [_finding("unpinned", f"{name}/.mcp.json", name, line=7)]),
            _artefact(
                f"{name}/b/.mcp.json",
                Verdict.UNKNOWN,
                [_finding("unpinned", f"{name}/b/.mcp.json", name, line=3, column=9), _hook(f"{name}/b/.mcp.json")],
            ),
            _artefact(f"{name}/settings.json", Verdict.SAFE, [_hook(f"{name}/settings.json")]),
            pickled,
        ],
        passed=[
            Passed(f"{name}/notes.xyz", "is of no format that is known here"),
            Passed(f"{name}/build", "is left out: a store of another program", chosen=True),
            Passed(f"{name}/venv", "is left out: a store of another program", chosen=True),
        ],
        seconds=0.25,
    )


def empty_scan() -> ArtefactScan:
    """A scan that found nothing in one file."""
    return ArtefactScan(artefacts=[_artefact("a.safetensors", Verdict.SAFE, [])], passed=[], seconds=0.1)


def _artefact(
    path: str,
    verdict: Verdict,
    findings: list[Finding],
    *,
    formats: list[str] | None = None,
    size: int = 400,
    read: int = 400,
    facts: dict[str, list[str]] | None = None,
    explanations: list[tuple[str, list[str]]] | None = None,
) -> Artefact:
    return Artefact(
        path=path,
        formats=formats or ["assistant-settings"],
        verdict=verdict,
        size=size,
        bytes_read=read,
        sha256="ab" * 32 if verdict is Verdict.DANGEROUS else "",
        findings=findings,
        facts=facts or {},
        explanations=explanations or [],
    )


def _finding(
    rule: str,
    path: str,
    evidence: str = "",
    *,
    line: int = 0,
    column: int = 0,
    offset: int = -1,
    cve: tuple[str, ...] = (),
) -> Finding:
    return finding_of(RULES[rule], Place(path, line, column), evidence, offset=offset, cve=cve)


def _hook(path: str) -> Finding:
    return _finding("hook", path, "runs `ruff format`", line=8)
