"""Our own JSON Schemas of what we write in SARIF 2.1.0 and Open Threat Model 0.2.0, from their specifications.

No Python package that can be installed carries the published schemas. These allow only the properties that our writers
use, so a misspelt one fails. By hand, SARIF output was also checked with Microsoft's multitool
(`validate --rule-kind "Sarif;Ghas"`), Open Threat Model output with the rules of its published schema.
"""

from __future__ import annotations

from typing import Any

__all__ = ["OTM", "SARIF"]

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_ANY_TEXT: Schema = {"type": "string"}


def _object(required: dict[str, Schema], **optional: Schema) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "additionalProperties": False,
    }


def _list(items: Schema, *, least: int = 0, unique: bool = False) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "uniqueItems": unique}


_BAG: Schema = {"type": "object"}
_MESSAGE = _object({"text": _TEXT}, markdown=_TEXT)
_POSITIVE: Schema = {"type": "integer", "minimum": 1}
_URI: Schema = {"type": "string", "pattern": r"^[!#$&-;=?-\[\]_a-z~%]+$"}
_ARTIFACT = _object({"uri": _URI}, uriBaseId=_TEXT)
_REGION = _object({"startLine": _POSITIVE, "startColumn": _POSITIVE})
_LOGICAL = _object({"name": _TEXT, "fullyQualifiedName": _TEXT, "kind": _TEXT})
_LOCATION = _object(
    {"physicalLocation": _object({"artifactLocation": _ARTIFACT, "region": _REGION})},
    logicalLocations=_list(_LOGICAL),
    message=_MESSAGE,
)
_STEP = _object(
    {"location": _LOCATION},
    executionOrder={"type": "integer", "minimum": 0},
    importance={"enum": ["important", "essential", "unimportant"]},
)
_FLOW = _object({"threadFlows": _list(_object({"locations": _list(_STEP, least=1)}), least=1)}, message=_MESSAGE)
_SUPPRESSION = _object(
    {"kind": {"enum": ["inSource", "external"]}},
    status={"enum": ["accepted", "underReview", "rejected"]},
    justification=_TEXT,
)
_RESULT = _object(
    {"message": _MESSAGE, "ruleId": _TEXT},
    ruleIndex={"type": "integer", "minimum": 0},
    kind={"const": "fail"},
    level={"enum": ["note", "warning", "error"]},
    locations=_list(_LOCATION, least=1),
    relatedLocations=_list(_LOCATION, unique=True),
    fingerprints={"type": "object", "additionalProperties": _ANY_TEXT},
    partialFingerprints={"type": "object", "additionalProperties": _ANY_TEXT},
    taxa=_list(_object({"id": _TEXT, "toolComponent": _object({"name": _TEXT})}), unique=True),
    suppressions=_list(_SUPPRESSION, unique=True),
    rank={"type": "number", "minimum": 0, "maximum": 100},
    codeFlows=_list(_FLOW),
    properties=_BAG,
)
_RULE = _object(
    {"id": _TEXT},
    name=_TEXT,
    shortDescription=_MESSAGE,
    fullDescription=_MESSAGE,
    help=_MESSAGE,
    properties=_object(
        {
            "tags": _list(_TEXT, unique=True),
            "security-severity": {"type": "string", "pattern": r"^(10|[0-9])\.[0-9]$"},
        }
    ),
)
_SEMANTIC: Schema = {"type": "string", "pattern": r"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$"}
_TAXONOMY = _object(
    {"name": _TEXT},
    version=_TEXT,
    organization=_TEXT,
    shortDescription=_MESSAGE,
    taxa=_list(_object({"id": _TEXT}, name=_TEXT, shortDescription=_MESSAGE), unique=True),
)
_RUN = _object(
    {"tool": _object({"driver": _object({"name": _TEXT}, semanticVersion=_SEMANTIC, rules=_list(_RULE, unique=True))})},
    automationDetails=_object({"id": {"type": "string", "pattern": r"/$"}}),
    invocations=_list(_object({"executionSuccessful": {"type": "boolean"}})),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    taxonomies=_list(_TAXONOMY, unique=True),
    results=_list(_RESULT),
)
SARIF = _object({"version": {"const": "2.1.0"}, "runs": _list(_RUN, least=1)}, **{"$schema": _URI})
"""Static Analysis Results Interchange Format 2.1.0, OASIS Standard, sections 3.13 to 3.51."""

_PERCENT: Schema = {"type": "number", "minimum": 0, "maximum": 100}
_ATTRIBUTES = _object({"bartizan": _BAG})
_PARENT = _object({"trustZone": _TEXT})
_INSTANCE = _object(
    {"threat": _TEXT, "state": _TEXT},
    mitigations=_list(_object({"mitigation": _TEXT, "state": {"enum": ["implemented", "required", "recommended"]}})),
)
_RATED = _object(
    {"confidentiality": _PERCENT, "integrity": _PERCENT, "availability": _PERCENT},
    comment=_TEXT,
)
OTM = _object(
    {
        "otmVersion": {"const": "0.2.0"},
        "project": _object(
            {"name": _TEXT, "id": _TEXT}, description=_ANY_TEXT, owner=_ANY_TEXT, attributes=_ATTRIBUTES
        ),
    },
    trustZones=_list(
        _object(
            {"id": _TEXT, "name": _TEXT, "risk": _object({"trustRating": _PERCENT})},
            type=_TEXT,
            description=_ANY_TEXT,
            parent=_PARENT,
            attributes=_ATTRIBUTES,
        )
    ),
    assets=_list(_object({"id": _TEXT, "name": _TEXT, "risk": _RATED}, description=_ANY_TEXT, attributes=_ATTRIBUTES)),
    components=_list(
        _object(
            {"id": _TEXT, "name": _TEXT, "type": _TEXT, "parent": _PARENT},
            description=_ANY_TEXT,
            assets=_object({"processed": _list(_TEXT), "stored": _list(_TEXT)}),
            threats=_list(_INSTANCE),
            tags=_list(_TEXT),
            attributes=_ATTRIBUTES,
        )
    ),
    dataflows=_list(
        _object(
            {"id": _TEXT, "name": _TEXT, "source": _TEXT, "destination": _TEXT},
            description=_ANY_TEXT,
            bidirectional={"type": "boolean"},
            assets=_list(_TEXT),
            attributes=_ATTRIBUTES,
        )
    ),
    threats=_list(
        _object(
            {"id": _TEXT, "name": _TEXT, "risk": _object({"likelihood": _PERCENT, "impact": _PERCENT})},
            description=_ANY_TEXT,
            categories=_list(_TEXT),
            tags=_list(_TEXT),
        )
    ),
    mitigations=_list(_object({"id": _TEXT, "name": _TEXT, "riskReduction": _PERCENT}, description=_ANY_TEXT)),
)
"""Open Threat Model specification 0.2.0: its document object and what it contains."""
