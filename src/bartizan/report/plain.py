"""Values of the language as plain data, without what only repeats a default."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

import msgspec

__all__ = ["stable_uuid", "without_defaults"]

_NAMESPACE = UUID("6f0f6ff6-5d5e-5f0c-9d8e-2b8f3b6f4f63")
"""Every UUID that a report makes is a name in this space, so the same review gives the same document."""


def without_defaults(value: msgspec.Struct) -> dict[str, Any]:
    """Return a Struct as `system.yaml` would write it: its tag, and each field that differs from its default."""
    full = msgspec.to_builtins(value)
    tag = value.__struct_config__.tag_field
    out = {tag: full[tag]} if tag else {}
    for field in msgspec.structs.fields(value):
        default = field.default
        if default is msgspec.NODEFAULT and field.default_factory is not msgspec.NODEFAULT:
            default = field.default_factory()
        if getattr(value, field.name) != default:
            out[field.encode_name] = full[field.encode_name]
    return out


def stable_uuid(*parts: str) -> str:
    """Return the UUID (version 5) of a name made of parts."""
    return str(uuid5(_NAMESPACE, "\x1f".join(parts)))
