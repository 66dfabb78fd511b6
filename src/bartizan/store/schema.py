"""The JSON Schema of `system.yaml`, for editors: what they complete, explain and underline."""

from __future__ import annotations

from typing import Any

import msgspec

from bartizan.model import System

__all__ = ["SCHEMA_FILE", "system_schema"]

SCHEMA_FILE = "system.schema.json"
"""The name under which `bartizan init` writes it beside a system."""


def system_schema() -> dict[str, Any]:
    """Return the schema of a system's file, made from the types that read it.

    It allows what files may hold beside the language itself: `include`, and keys that start with `x-`. References
    between ids are beyond a schema; `bartizan review` checks them.
    """
    made = msgspec.json.schema(System)
    definitions = made["$defs"]
    definitions["System"]["properties"]["include"] = {
        "description": "Files to join, relative to this one, within the system's folder.",
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
    }
    definitions["System"]["patternProperties"] = {"^x-": {"description": "Left alone; a place for anchors."}}
    # A part of a system that others include has neither an id nor, always, components.
    definitions["System"].pop("required", None)
    for definition in definitions.values():
        if "description" in definition:
            definition["description"] = " ".join(definition["description"].split())
        _allow_single(definition)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Bartizan system",
        "$ref": "#/$defs/System",
        "$defs": dict(sorted(definitions.items())),
    }


def _allow_single(definition: dict[str, Any]) -> None:
    """Let a list of words be written as one word, as the reader does: `writers: team`."""
    for name, schema in definition.get("properties", {}).items():
        if schema.get("type") == "array":
            rest = {key: schema[key] for key in ("default", "description") if key in schema}
            array = {key: value for key, value in schema.items() if key not in rest}
            definition["properties"][name] = {**rest, "anyOf": [array, array["items"]]}
