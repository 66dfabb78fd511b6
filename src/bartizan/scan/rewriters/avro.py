"""Avro files: schema, codec and metadata kept; a number whose surrogate is text makes its field a union with string."""

from __future__ import annotations

import copy
from typing import IO, Any

from bartizan.model import InputError
from bartizan.scan.rewriters.base import Work, seekable
from bartizan.scan.rewriters.values import hidden_numbers, rewrite_value

__all__ = ["REWRITERS"]

_OWN = ("avro.schema", "avro.codec")


class Avro:
    """Avro object container files."""

    name = "avro"

    def recognises(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a Rewriter's signature
        """Go by the magic number."""
        return 3 if head.startswith(b"Obj\x01") else 0

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:  # noqa: ARG002
        """Rewrite records one by one, in two passes: which numbers become text must be known before the first."""
        try:
            with seekable(source) as file:
                _rewrite(file, target, work)
        except (ValueError, TypeError, EOFError, IndexError, KeyError, StopIteration) as error:
            # What the library says may quote a value.
            raise InputError(
                f"the file is damaged, or can't hold what takes a value's place ({type(error).__name__})"
            ) from None


REWRITERS = (Avro(),)


def _rewrite(file: IO[bytes], target: IO[bytes], work: Work) -> None:
    import fastavro

    texts: set[str] = set()
    for record in fastavro.reader(file):
        hidden_numbers(record, "", work, texts)
    file.seek(0)
    reader = fastavro.reader(file)
    schema = _widened(copy.deepcopy(reader.writer_schema), "", texts)
    metadata = {key: rewrite_value(value, "", work) for key, value in reader.metadata.items() if key not in _OWN}
    records = (rewrite_value(record, "", work, texts) for record in reader)
    fastavro.writer(target, schema, records, codec=reader.codec, metadata=metadata)


def _widened(schema: Any, column: str, texts: set[str]) -> Any:
    """Return a schema in which the fields of `texts` may also be strings."""
    if isinstance(schema, dict) and "fields" in schema:
        for field in schema["fields"]:
            field["type"] = _widened(field["type"], f"{column}.{field['name']}".lstrip("."), texts)
        return schema
    if isinstance(schema, list):
        made = [_widened(kind, column, texts) if isinstance(kind, dict) else kind for kind in schema]
        return [*made, "string"] if column in texts and "string" not in made else made
    if isinstance(schema, dict) and "items" in schema:
        schema["items"] = _widened(schema["items"], column, texts)
        return schema
    if isinstance(schema, dict) and "values" in schema:
        # A heading below a map ends in one of the map's keys, which are no part of the schema.
        inside = {column if text.rpartition(".")[0] == column else text for text in texts}
        schema["values"] = _widened(schema["values"], column, inside)
        return schema
    return [schema, "string"] if column in texts else schema
