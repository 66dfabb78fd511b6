"""OSCAL 1.2.1: the controls as a catalog, and the baseline of a system, a profile of those that concern it.

The catalog's groups are what controls do: prevent, detect, correct, direct. A control has a statement, its limits as
guidance, an objective and a method of assessment for each way to prove that it works. Framework items are properties,
by their ids alone. Source: NIST OSCAL 1.2.1, catalog and profile models.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from bartizan import __version__
from bartizan.catalog import Catalog, Control
from bartizan.report.oscal_common import line, metadata, nist, prop, token, written
from bartizan.report.oscal_dossier import CATALOG_FILE, Dossier
from bartizan.report.plain import stable_uuid

__all__ = ["METHODS", "objective", "render_baseline", "render_controls"]

METHODS = {
    "attestation": "INTERVIEW",
    "detection": "EXAMINE",
    "gateway": "TEST",
    "review": "EXAMINE",
    "scan": "EXAMINE",
    "test": "TEST",
}
"""OSCAL's word for each way to prove that a control works, and for each source of evidence."""
_GROUPS = {
    "preventive": "Preventive controls",
    "detective": "Detective controls",
    "corrective": "Corrective controls",
    "directive": "Directive controls",
}


def render_controls(catalog: Catalog, as_of: date) -> str:
    """Return all controls as an OSCAL catalog."""
    groups = []
    for kind, title in _GROUPS.items():
        found = [_control(one) for _, one in sorted(catalog.controls.items()) if one.kind == kind]
        if found:
            groups.append({"id": f"group-{kind}", "class": "kind", "title": title, "controls": found})
    made: dict[str, Any] = {
        "uuid": stable_uuid("oscal-controls", __version__),
        "metadata": metadata("Bartizan: controls for AI systems", as_of, __version__),
    }
    return written("catalog", made | ({"groups": groups} if groups else {}))


def render_baseline(dossier: Dossier) -> str:
    """Return a profile of the controls that a system's review asks for or the system names.

    Where there is none it takes the whole catalog, of which the security plan then says that nothing is applicable.
    """
    controls = [token(name) for name in dossier.controls]
    taken: dict[str, Any] = {"include-controls": [{"with-ids": controls}]} if controls else {"include-all": {}}
    return written(
        "profile",
        {
            "uuid": dossier.ids.of("baseline"),
            "metadata": metadata(f"Controls of {dossier.title}", dossier.as_of, dossier.as_of.isoformat()),
            "imports": [{"href": CATALOG_FILE, **taken}],
            "merge": {"as-is": True},
        },
    )


def objective(control: str) -> str:
    """Return the id of a control's objective in the catalog."""
    return f"{token(control)}_obj"


def _control(control: Control) -> dict[str, Any]:
    id = token(control.id)
    props = [nist("label", control.id), prop("kind", control.kind), prop("nature", control.nature)]
    props += [prop("lifecycle", stage) for stage in control.lifecycle]
    props += [prop("placement", place) for place in control.placement]
    props += [prop(f"map-{token(name)}", item) for name, items in sorted(control.maps.items()) for item in items]
    return {
        "id": id,
        "class": "control",
        "title": line(control.title),
        "props": props,
        "parts": list(_parts(id, control)),
    }


def _parts(id: str, control: Control) -> Iterator[dict[str, Any]]:
    yield {"id": f"{id}_smt", "name": "statement", "prose": control.description.strip()}
    if control.limits:
        yield {"id": f"{id}_gdn", "name": "guidance", "title": "Limits", "prose": control.limits.strip()}
    if control.vendor:
        yield {"id": f"{id}_ven", "name": "guidance", "title": "Asked of a vendor", "prose": control.vendor.strip()}
    objective = f"Determine whether the control is there and works: {line(control.title)}."
    yield {"id": f"{id}_obj", "name": "assessment-objective", "prose": objective}
    for number, one in enumerate(control.verification, 1):
        yield {
            "id": f"{id}_asm-{number}",
            "name": "assessment-method",
            "props": [nist("method", METHODS[one.by]), prop("by", one.by)],
            "prose": one.how.strip(),
            "parts": [{"name": "assessment-objects", "prose": ", ".join(control.placement)}],
        }
