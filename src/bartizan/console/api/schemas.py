"""The schemas of the specification: those of the types themselves, and of the pages and envelopes around them."""

from __future__ import annotations

from typing import Any

import msgspec

from bartizan.console.api.answers import Question, Reply
from bartizan.console.api.asked import NAME
from bartizan.console.api.examples import EXAMPLES
from bartizan.console.api.problems import Problem
from bartizan.console.api.results import Report, Results
from bartizan.console.api.webhooks import Made, Tried, Wanted
from bartizan.govern.changes import Difference
from bartizan.model.assurance import Assessment, ControlView, Proof
from bartizan.model.documents import SPECS, Change, Kind
from bartizan.store.register import Entry, Kept
from bartizan.store.register.hooks import Hook

__all__ = ["REF", "schemas"]

REF = "#/components/schemas/{name}"
_PAGES = {
    "EntryPage": "Entry",
    "ChangePage": "Change",
    "ControlPage": "ControlView",
    "EvidencePage": "Kept",
    "WebhookPage": "Hook",
}
_OBJECT = {"type": "object"}
_UNITS = {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}]}


def schemas() -> dict[str, Any]:
    """Return all schemas by name."""
    types = [
        *SPECS.values(), Assessment, ControlView, Proof, Change, Entry, Kept, Hook, Difference, Problem, Question,
        Reply, Wanted, Made, Tried, Report, Results,
    ]  # fmt: skip
    _, made = msgspec.json.schema_components(types, ref_template=REF)
    for schema in made.values():
        if "description" in schema:
            schema["description"] = " ".join(schema["description"].split())
    made |= {f"{kind.value}Document": _document(kind) for kind in Kind}
    made["AnyDocument"] = {
        "oneOf": [{"$ref": REF.format(name=f"{kind.value}Document")} for kind in Kind],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {kind.value: REF.format(name=f"{kind.value}Document") for kind in Kind},
        },
    }
    made |= {name: _page({"$ref": REF.format(name=item)}) for name, item in _PAGES.items()}
    made |= _rest()
    return dict(sorted(made.items()))


def _document(kind: Kind) -> dict[str, Any]:
    name: dict[str, Any] = {"type": "string", "pattern": NAME, "maxLength": 100}
    if kind is Kind.ORGANISATION:
        name = {"const": "organisation"}
    return {
        "type": "object",
        "description": f"A document of the kind {kind.value}, as files write it.",
        "properties": {
            "kind": {"const": kind.value},
            "name": name,
            "unit": {"type": "string", "description": "The business unit; none is the whole organisation."},
            "spec": {"$ref": REF.format(name=SPECS[kind].__name__)},
        },
        "required": ["kind", "name", "spec"],
        "additionalProperties": False,
        "examples": [EXAMPLES[kind]],
    }


def _page(item: dict[str, Any]) -> dict[str, Any]:
    return _object(items={"type": "array", "items": item}, next={"type": "string"}, total={"type": "integer"})


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _rest() -> dict[str, Any]:
    whole, text = {"type": "integer"}, {"type": "string"}
    properties = {"from": whole, "to": whole, "differences": {"type": "array", "items": {"$ref": _ref("Difference")}}}
    return {
        "Added": _object(added=whole, known=whole),
        "AnyObject": _OBJECT,
        "CatalogEntry": {**_object(id=text, title=text), "description": "An entry; what it holds depends on its part."},
        "CatalogPage": _page(_object(id=text, title=text)),
        "Differences": {"type": "object", "properties": properties, "required": list(properties)},
        "Me": _object(id=text, name=text, email=text, program={"type": "boolean"},
                      may={"type": "object", "additionalProperties": _UNITS}),
        "Patch": {**_OBJECT, "description": "A JSON merge patch of the document.",
                  "examples": [{"spec": {"owner": "Head of service"}}]},
        "Proofs": {"type": "array", "items": {"$ref": _ref("Proof")}, "maxItems": 5_000},
        "ReviewResult": {**_object(schema=text), "description": "A review, as `bartizan review --format json`."},
        "TestLines": {**text, "description": "Results of tests, one JSON object a line.",
                      "examples": ['{"control": "rate-limit", "outcome": "pass", "observed_at": "2026-11-28"}\n']},
        "TestReport": {"type": "object", "description": "A report as JUnit XML: `testsuites` or `testsuite`.",
                       "xml": {"name": "testsuites"}},
        "WebhookPatch": {**_OBJECT, "description": "A JSON merge patch of the settings.", "properties": {
            "url": text, "kinds": {"type": "array", "items": text}, "unit": text, "active": {"type": "boolean"}},
            "additionalProperties": False, "examples": [{"active": False}]},
    }  # fmt: skip


def _ref(name: str) -> str:
    return REF.format(name=name)
