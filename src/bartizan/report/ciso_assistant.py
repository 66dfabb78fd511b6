"""A policy as a library of CISO Assistant, in YAML: its statements as a framework, its controls as reference controls.

Keys and values are those of the libraries and the importer of intuitem's ciso-assistant-community as of 11 May 2026:
a library with `objects.framework.requirement_nodes` (`urn`, `depth`, `assessable`, `ref_id`, `parent_urn`) and
`objects.reference_controls` (`urn`, `ref_id`, `category`, `csf_function`). Versions are whole numbers there, so edition
2.1 is version 2001. What a statement serves in other frameworks stands in its annotation, for their URNs are only valid
where somebody has loaded those libraries.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import yaml

from bartizan.catalog import Catalog
from bartizan.model.documents import PolicySpec, Statement

__all__ = ["render_library"]

_BASE = "urn:bartizan:risk"
_FUNCTIONS = {"preventive": "protect", "detective": "detect", "corrective": "recover", "directive": "govern"}
_NATURES = {"construction": "technical", "filter": "technical", "human": "process", "process": "process"}


def render_library(name: str, policy: PolicySpec, catalog: Catalog, as_of: date, organisation: str = "") -> str:
    """Return a library as YAML. `name` is the policy's name in the register, `organisation` who issues it."""
    controls = sorted({control for statement in policy.statements for control in statement.controls})
    issuer = organisation or "Bartizan"
    objects: dict[str, Any] = {}
    if controls:
        objects["reference_controls"] = [_control(control, catalog) for control in controls]
    objects["framework"] = {
        "urn": f"{_BASE}:framework:{name}",
        "ref_id": name,
        "name": policy.title,
        "description": policy.scope or policy.title,
        "requirement_nodes": _nodes(name, policy),
    }
    library = {
        "urn": f"{_BASE}:library:{name}",
        "locale": policy.language,
        "ref_id": name,
        "name": policy.title,
        "description": policy.scope or policy.title,
        "copyright": issuer,
        "version": _version(policy.edition),
        "publication_date": policy.effective or policy.approved_on or as_of,
        "provider": issuer,
        "packager": "bartizan",
        "objects": objects,
    }
    return yaml.safe_dump(library, sort_keys=False, allow_unicode=True, width=120)


def _version(edition: str) -> int:
    major, _, minor = edition.partition(".")
    return max(1, _number(major) * 1000 + _number(minor))


def _number(text: str) -> int:
    found = re.match(r"\d{1,6}", text)
    return int(found[0]) if found else 0


def _control(control: str, catalog: Catalog) -> dict[str, Any]:
    out: dict[str, Any] = {"urn": f"{_BASE}:function:{control}", "ref_id": control}
    if known := catalog.controls.get(control):
        out |= {
            "name": known.title,
            "description": known.description.strip(),
            "category": _NATURES[known.nature],
            "csf_function": _FUNCTIONS[known.kind],
        }
    return out


def _nodes(name: str, policy: PolicySpec) -> list[dict[str, Any]]:
    base = f"{_BASE}:req_node:{name}"
    nodes: list[dict[str, Any]] = []
    sections: dict[str, str] = {}
    for statement in policy.statements:
        if statement.section not in sections:
            place = str(len(sections) + 1)
            sections[statement.section] = f"{base}:section-{place}"
            nodes.append(
                {
                    "urn": sections[statement.section],
                    "assessable": False,
                    "depth": 1,
                    "ref_id": statement.number.partition(".")[0] or place,
                    "name": statement.section or policy.title,
                }
            )
        nodes.append(_node(statement, base, sections[statement.section]))
    order = list(sections.values())
    return sorted(nodes, key=lambda node: (order.index(node.get("parent_urn", node["urn"])), node["depth"]))


def _node(statement: Statement, base: str, parent: str) -> dict[str, Any]:
    out: dict[str, Any] = {
        "urn": f"{base}:{statement.id}",
        "assessable": True,
        "depth": 2,
        "parent_urn": parent,
        "ref_id": statement.number,
        "description": statement.text.strip(),
    }
    notes = [f"{framework}: {', '.join(items)}" for framework, items in sorted(statement.maps.items()) if items]
    notes += [f"enforced by {one.by} {one.what}" for one in statement.enforced]
    if notes:
        out["annotation"] = "\n".join(notes)
    if statement.controls:
        out["reference_controls"] = [f"{_BASE}:function:{control}" for control in sorted(statement.controls)]
    return out
