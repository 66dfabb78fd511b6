"""How much of a report on a system with language models is about the language models: pytm and Bartizan, same system.

The system is pytm's own example for its LLM element: six elements, seven flows. The package doesn't ship that example,
so it is described here anew through pytm's documented elements, and in `sample-llm.yaml` in this language.

Two definitions of "concerns the LLM", both applied to both tools:

by id        the tool itself files the finding under language models: pytm by the threat's id (`LLM01` to `LLM09`),
             Bartizan by an id of the OWASP lists for LLM or agentic applications, or an ATLAS technique id
by ablation  the finding goes away when each model and agent becomes a plain server (pytm) or application (Bartizan),
             everything else equal. No label of the tool counts, so ids can't be handed out to look good.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import yaml

from bartizan.analysis import review
from bartizan.analysis.result import Review, ThreatView
from bartizan.catalog import load_catalog
from bartizan.model import parse_text
from bartizan.model.yamltree import to_yaml

HERE = Path(__file__).parent
AS_OF = date(2026, 11, 23)
SYSTEM = HERE / "sample-llm.yaml"
PLAIN = "application"
AI_KINDS = ("agent", "model")

# What each element is in pytm's words: class, boundary, flags that differ from the default.
ELEMENTS: dict[str, tuple[str, str, dict[str, bool]]] = {
    "user": ("Actor", "internet", {}),
    "web-server": ("Server", "cloud", {}),
    "chat-model": (
        "LLM",
        "cloud",
        {"isThirdParty": True, "processesUntrustedInput": True, "processesPersonalData": True, "hasRAG": True},
    ),
    "support-agent": (
        "LLM",
        "cloud",
        {
            "isThirdParty": True,
            "processesUntrustedInput": True,
            "hasAgentCapabilities": True,
            "hasAccessToSensitiveSystems": True,
            "hasContentFiltering": True,
        },
    ),
    "local-classifier": (
        "LLM",
        "internal",
        {"isThirdParty": False, "isSelfHosted": True, "processesUntrustedInput": False, "hasFineTuning": True},
    ),
    "user-db": ("Datastore", "internal", {}),
}
FLOWS = (
    ("user", "web-server"),
    ("web-server", "chat-model"),
    ("chat-model", "web-server"),
    ("web-server", "support-agent"),
    ("support-agent", "user-db"),
    ("web-server", "local-classifier"),
    ("local-classifier", "web-server"),
)

Place = tuple[str, str]


def pytm_findings(*, models: bool) -> list[Place]:
    """Return pytm's findings as (threat id, element). pytm keeps its model in class state: once per process."""
    pytm = importlib.import_module("pytm")
    model = pytm.TM("sample")
    model.description = "a web application with language models"
    zones = {name: pytm.Boundary(name) for name in ("internet", "cloud", "internal")}
    parts = {}
    for name, (kind, zone, flags) in ELEMENTS.items():
        plain = kind == "LLM" and not models
        make = getattr(pytm, "Server" if plain else kind)
        parts[name] = make(name, inBoundary=zones[zone], **({} if plain else flags))
    for source, target in FLOWS:
        pytm.Dataflow(parts[source], parts[target], f"{source} to {target}")
    model.resolve()
    return [(finding.threat_id, finding.element.name) for finding in model.findings]


def in_own_process(*, models: bool) -> list[Place]:
    """Return pytm's findings from a fresh process."""
    command = [sys.executable, __file__, "--pytm", "models" if models else "plain"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [(threat, element) for threat, element in json.loads(done.stdout)]


def our_review(*, models: bool) -> Review:
    """Return the review of the sample, with its models and agents or with plain applications in their place."""
    text = SYSTEM.read_text(encoding="utf-8")
    content = text if models else without_models(text)
    return review(parse_text(content.encode(), SYSTEM.name), load_catalog(), as_of=AS_OF)


def without_models(text: str) -> str:
    """Turn each model and agent of a system's YAML into an application, and drop the keys that only those have."""
    tree = yaml.safe_load(text)
    for component in tree["components"].values():
        if component["kind"] in AI_KINDS:
            kept = {key: component[key] for key in ("zone", "holds", "vendor", "controls") if key in component}
            component.clear()
            component.update(kind=PLAIN, **kept)
    return to_yaml(tree)


def by_id(threat: ThreatView) -> bool:
    """Tell whether a threat carries an id of a list about AI."""
    return bool(threat.owasp_llm or threat.owasp_agentic or threat.atlas)


def places(threats: list[ThreatView]) -> list[Place]:
    """Return each threat as (rule, component that it is at)."""
    return [(threat.rule, threat.components[0] if threat.components else "") for threat in threats]


def row(tool: str, length: int, ids: int, ablation: int) -> str:
    """Return one line of the table."""
    return f"{tool:42}{length:6}{ids:6} ({ids / length:4.0%}){ablation:12} ({ablation / length:4.0%})"


def main() -> int:
    """Print the table, and which findings of ours don't concern the LLM."""
    try:
        name = f"pytm {version('pytm')}"
    except PackageNotFoundError:
        print("pytm is not installed: scripts/bench installs requirements/bench.txt; nothing measured")
        return 0
    peer, peer_plain = in_own_process(models=True), set(in_own_process(models=False))
    own, plain = our_review(models=True), our_review(models=False)
    remain = set(places([*plain.threats, *plain.appendix]))
    everything = [*own.threats, *own.appendix]
    print(f"{'':42}{'list':>6}{'about the LLM, by id':>22}{'by ablation':>18}")
    gone = sum(place not in peer_plain for place in peer)
    print(row(name, len(peer), sum(threat.startswith("LLM") for threat, _ in peer), gone))
    for label, threats in (("Bartizan, the ranked list", own.threats), ("Bartizan, with the appendix", everything)):
        print(row(label, len(threats), sum(map(by_id, threats)), sum(p not in remain for p in places(threats))))
    print()
    print("ranked by Bartizan, and not about the LLM:")
    for threat, place in zip(own.threats, places(own.threats), strict=True):
        marks = [word for word, is_so in (("no id", not by_id(threat)), ("stays", place in remain)) if is_so]
        if marks:
            print(f"  {threat.rule:34} {place[1]:18} {', '.join(marks)}")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--pytm"]:
        json.dump(pytm_findings(models=sys.argv[2] == "models"), sys.stdout)
    else:
        sys.exit(main())
