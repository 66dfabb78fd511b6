"""From documents to plain values as people write them: what is as it is by itself is left out."""

from __future__ import annotations

from typing import Any

import msgspec

from bartizan.model.documents.document import Document

__all__ = ["plain"]


def plain(document: Document) -> dict[str, Any]:
    """Return a document as plain values that `parse_document` reads back as the same."""
    out: dict[str, Any] = {"kind": document.kind.value, "name": document.name}
    if document.unit:
        out["unit"] = document.unit
    out["spec"] = _plain(document.spec)
    return out


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return _of_struct(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(msgspec.to_builtins(key)): _plain(item) for key, item in value.items()}
    return msgspec.to_builtins(value)


def _of_struct(value: msgspec.Struct) -> dict[str, Any]:
    config = value.__struct_config__
    out: dict[str, Any] = {} if config.tag_field is None else {config.tag_field: config.tag}
    for field in msgspec.structs.fields(value):
        item = getattr(value, field.name)
        if field.required or item != _default(field) or type(item) is not type(_default(field)):
            out[field.encode_name] = _plain(item)
    return out


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
