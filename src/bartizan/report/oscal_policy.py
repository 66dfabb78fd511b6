"""OSCAL 1.2.1: a policy as a catalog of its statements, and as a profile that takes what must be from that catalog.

Each section is a group, each statement a control with its number as label, the controls that fulfil it, the framework
items that it serves, and the rule that enforces it. Source: NIST OSCAL 1.2.1, catalog and profile models.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from bartizan.model.documents import PolicySpec, Statement
from bartizan.report.oscal_common import line, metadata, prop, token, written
from bartizan.report.plain import stable_uuid

__all__ = ["render_policy_catalog", "render_policy_profile"]


def render_policy_catalog(name: str, policy: PolicySpec, as_of: date) -> str:
    """Return the statements of a policy as a catalog. `name` is the policy's name in the register."""
    sections: dict[str, list[Statement]] = {}
    for statement in policy.statements:
        sections.setdefault(statement.section or policy.title, []).append(statement)
    catalog: dict[str, Any] = {
        "uuid": stable_uuid("oscal-policy", name, policy.edition),
        "metadata": _metadata(policy, as_of),
    }
    if sections:
        catalog["groups"] = [
            {
                "id": token(f"section-{place}-{section}"),
                "class": "section",
                "title": line(section),
                "controls": [_control(one) for one in statements],
            }
            for place, (section, statements) in enumerate(sections.items(), 1)
        ]
    return written("catalog", catalog)


def render_policy_profile(name: str, policy: PolicySpec, as_of: date) -> str:
    """Return a profile that takes the statements with `must` from the policy's catalog, `NAME.oscal-catalog.json`."""
    musts = [token(one.id) for one in policy.statements if one.level == "must"]
    chosen: dict[str, Any] = {"href": f"{name}.oscal-catalog.json"}
    if musts:
        chosen["include-controls"] = [{"with-ids": musts}]
    else:
        chosen["include-all"] = {}
    return written(
        "profile",
        {
            "uuid": stable_uuid("oscal-profile", name, policy.edition),
            "metadata": _metadata(policy, as_of),
            "imports": [chosen],
            "merge": {"as-is": True},
        },
    )


def _metadata(policy: PolicySpec, as_of: date) -> dict[str, Any]:
    day = policy.effective or policy.approved_on or as_of
    return {**metadata(policy.title, day, policy.edition), "props": [prop("state", policy.state.value)]}


def _control(statement: Statement) -> dict[str, Any]:
    props = [{"name": "label", "value": line(statement.number)}, prop("level", statement.level)]
    props += [prop("control", control) for control in statement.controls]
    props += [prop(f"map-{token(name)}", item) for name, items in sorted(statement.maps.items()) for item in items]
    props += [prop(f"enforced-by-{token(one.by)}", one.what) for one in statement.enforced]
    first = re.split(r"(?<=[.!?])\s", line(statement.text))[0]
    return {
        "id": token(statement.id),
        "class": "statement",
        "title": first if len(first) <= 120 else f"{first[:117]}...",
        "props": props,
        "parts": [{"id": f"{token(statement.id)}_smt", "name": "statement", "prose": statement.text.strip()}],
    }
