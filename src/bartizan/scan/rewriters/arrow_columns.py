"""Columns of Arrow tables: each different value is looked at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from bartizan.inspection.redaction import apply_edits
from bartizan.scan.rewriters.base import Work
from bartizan.scan.rewriters.values import as_number, cell_text, rewrite_value, shown

__all__ = ["Batches", "changed_schema", "rewrite_batch", "text_columns"]

Batches = Callable[[list[str]], Iterable[Any]]
"""Reads a file's record batches with some of its columns only."""

# Descriptions of the schema, which others read again.
_KEEP = frozenset({b"ARROW:schema", b"pandas", b"iceberg.schema", b"parquet.avro.schema"})
_SPARK = b"org.apache.spark"


def text_columns(schema: Any, batches: Batches, work: Work) -> set[str]:
    """Return the columns of numbers and days that must become text, as they hold values whose surrogate is text."""
    from pyarrow import types  # type: ignore[import-untyped]

    kinds = (types.is_integer, types.is_floating, types.is_decimal, types.is_date, types.is_timestamp)
    waiting = {field.name for field in schema if any(kind(field.type) for kind in kinds)}
    found: set[str] = set()
    if not waiting:
        return found
    for batch in batches(sorted(waiting)):
        for name in waiting - found:
            values = batch.column(name).unique().to_pylist()
            pairs = [(value, text) for value in values if (text := shown(value))]
            made = work.editor.edits_many([text for _, text in pairs], name)
            for (value, text), edits in zip(pairs, made, strict=True):
                if edits and (new := apply_edits(text, edits)) and as_number(value, new) is None:
                    found.add(name)
                    break
    return found


def changed_schema(schema: Any, texts: set[str], work: Work) -> Any:
    """Return the schema with those columns as text, and the work done on its metadata."""
    import pyarrow as pa

    fields = [
        field.with_type(pa.string()) if field.name in texts else field
        for field in (field.with_metadata(_metadata(field.metadata, work)) for field in schema)
    ]
    return pa.schema(fields, _metadata(schema.metadata, work))


def _metadata(given: dict[bytes, bytes] | None, work: Work) -> dict[bytes, bytes] | None:
    return given and {
        key: value if key in _KEEP or key.startswith(_SPARK) else rewrite_value(value, "", work)
        for key, value in given.items()
    }


def rewrite_batch(batch: Any, schema: Any, work: Work) -> Any:
    """Return a record batch or table with the work done, in the schema that `changed_schema` gave."""
    import pyarrow as pa

    columns = [_column(batch.column(at), schema.field(at), work) for at in range(len(schema))]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(column: Any, field: Any, work: Work) -> Any:
    import pyarrow as pa

    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    return pa.chunked_array([_array(chunk, field, work) for chunk in chunks], type=field.type)


def _array(array: Any, field: Any, work: Work) -> Any:
    from pyarrow import types

    old, new = array.type, field.type
    if types.is_dictionary(old):
        inner = _array(array.cast(old.value_type), field.with_type(old.value_type), work)
        return array if inner.equals(array.cast(old.value_type)) else inner.dictionary_encode().cast(new)
    if types.is_nested(old):
        return _nested(array, field, work)
    textual = types.is_string(old) or types.is_large_string(old) or types.is_string_view(old)
    binary = types.is_binary(old) or types.is_large_binary(old) or types.is_binary_view(old)
    if not textual and not binary and (types.is_boolean(old) or types.is_null(old) or types.is_time(old)):
        return array
    return _unique(array, field, work, as_it_is=textual)


def _nested(array: Any, field: Any, work: Work) -> Any:
    import pyarrow as pa

    values = array.to_pylist()
    made = [rewrite_value(value, field.name, work) for value in values]
    return array if made == values else pa.array(made, type=field.type)


def _unique(array: Any, field: Any, work: Work, *, as_it_is: bool) -> Any:
    """Rewrite each different value of an array once."""
    import pyarrow as pa
    import pyarrow.compute as pc  # type: ignore[import-untyped]

    view = array.cast(pa.large_string()) if as_it_is else array
    coded = view.dictionary_encode()
    values = coded.dictionary.to_pylist()
    texts = [cell_text(value) for value in values]
    made = work.editor.edits_many(texts, field.name)
    becomes_text = array.type != field.type
    if not any(made) and not becomes_text:
        return array
    times = np.bincount(pc.drop_null(coded.indices).to_numpy(zero_copy_only=False), minlength=len(values))
    out: list[Any] = []
    for value, text, edits, count in zip(values, texts, made, times, strict=True):
        for edit in edits:
            work.counts[edit.type] += int(count)
        out.append(_new(value, apply_edits(text, edits), field, changed=bool(edits), text=becomes_text))
    return pa.array(out, type=field.type).take(coded.indices)


def _new(value: Any, new: str, field: Any, *, changed: bool, text: bool) -> Any:
    if not changed:
        return str(value) if text and value is not None else value
    if not new and field.nullable:
        return None
    if text or isinstance(value, str):
        return new
    return new.encode() if isinstance(value, bytes) else as_number(value, new)
