"""Parquet and Arrow files: text, and numbers and days that are values to hide; schema, row groups and metadata kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from bartizan.model import InputError
from bartizan.scan.rewriters.arrow_columns import changed_schema, rewrite_batch, text_columns
from bartizan.scan.rewriters.base import Work, head_of, seekable

__all__ = ["REWRITERS"]

_CODECS = {0: "lz4", 1: "zstd"}
_STREAM = b"\xff\xff\xff\xff"
_HEADER, _COMPRESSION = 2, 3  # fields of Message and RecordBatch in Arrow's format/Message.fbs


class Parquet:
    """Parquet files."""

    name = "parquet"

    def recognises(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a Rewriter's signature
        """Go by the magic number."""
        return 3 if head.startswith((b"PAR1", b"PARE")) else 0

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:  # noqa: ARG002
        """Rewrite row group by row group; memory holds one of them."""
        import pyarrow as pa  # type: ignore[import-untyped]

        try:
            with seekable(source) as file:
                _rewrite_parquet(file, target, work)
        except (pa.ArrowException, OSError) as error:
            raise _damaged(error) from None


class Arrow:
    """Arrow IPC files and streams, Feather included."""

    name = "arrow"

    def recognises(self, head: bytes, name: str) -> int:
        """Go by the magic number; a stream has none of its own, so by its name too."""
        if head.startswith(b"ARROW1"):
            return 3
        return 2 if name.endswith((".arrow", ".arrows", ".ipc")) and head.startswith(_STREAM) else 0

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:  # noqa: ARG002
        """Rewrite batch by batch."""
        import pyarrow as pa

        try:
            with seekable(source) as file:
                _rewrite_arrow(file, target, work)
        except (pa.ArrowException, OSError) as error:
            raise _damaged(error) from None


REWRITERS = (Parquet(), Arrow())


def _rewrite_parquet(source: IO[bytes], target: IO[bytes], work: Work) -> None:
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    file = pq.ParquetFile(source)
    texts = text_columns(file.schema_arrow, lambda names: file.iter_batches(columns=names), work)
    schema = changed_schema(file.schema_arrow, texts, work)
    with pq.ParquetWriter(target, schema, **_settings(file)) as writer:
        for number in range(file.num_row_groups):
            table = rewrite_batch(file.read_row_group(number), schema, work)
            writer.write_table(table, row_group_size=max(1, len(table)))


def _rewrite_arrow(file: IO[bytes], target: IO[bytes], work: Work) -> None:
    import pyarrow as pa

    filed = head_of(file).startswith(b"ARROW1")
    old = _opened(file, filed=filed).schema
    texts = text_columns(old, lambda _: _batches(file, filed=filed), work)
    schema = changed_schema(old, texts, work)
    options = pa.ipc.IpcWriteOptions(compression=_compression(file, filed=filed))
    with (pa.ipc.new_file if filed else pa.ipc.new_stream)(target, schema, options=options) as writer:
        for batch in _batches(file, filed=filed):
            writer.write_table(rewrite_batch(batch, schema, work), max_chunksize=max(1, len(batch)))


def _damaged(error: Exception) -> InputError:
    # What Arrow says may quote a value.
    return InputError(
        f"the table is damaged, encrypted, or can't hold what takes a value's place ({type(error).__name__})"
    )


def _settings(file: Any) -> dict[str, Any]:
    """Return the writer's settings that the file was written with, as far as it tells."""
    described = file.metadata
    out: dict[str, Any] = {
        "version": described.format_version if described.format_version in ("1.0", "2.4", "2.6") else "2.6",
        "store_schema": b"ARROW:schema" in (described.metadata or {}),
    }
    if described.num_row_groups:
        group = described.row_group(0)
        columns = [group.column(at) for at in range(group.num_columns)]
        codecs = {column.path_in_schema: column.compression for column in columns}
        out["compression"] = {path: "none" if codec == "UNCOMPRESSED" else codec for path, codec in codecs.items()}
        out["use_deprecated_int96_timestamps"] = any(column.physical_type == "INT96" for column in columns)
    return out


def _opened(file: IO[bytes], *, filed: bool) -> Any:
    import pyarrow as pa

    file.seek(0)
    return pa.ipc.open_file(file) if filed else pa.ipc.open_stream(file)


def _batches(file: IO[bytes], *, filed: bool) -> Iterator[Any]:
    reader = _opened(file, filed=filed)
    if not filed:
        yield from reader
        return
    for number in range(reader.num_record_batches):
        yield reader.get_batch(number)


def _compression(file: IO[bytes], *, filed: bool) -> str | None:
    """Return how the first batch is compressed, which Arrow doesn't tell."""
    import pyarrow as pa

    file.seek(8 if filed else 0)
    for message in pa.ipc.MessageReader.open_stream(pa.PythonFile(file, "r")):
        if message.type == "record batch":
            data = message.metadata.to_pybytes()
            batch = _field(data, int.from_bytes(data[:4], "little"), _HEADER)
            compression = batch and _field(data, batch, _COMPRESSION)
            if not compression:
                return None
            codec = _slot(data, compression, 0)
            return _CODECS.get(data[codec] if codec else 0)
    return None


def _slot(data: bytes, table: int, field: int) -> int:
    """Return where a field of a FlatBuffers table stands; 0 when it has its default."""
    vtable = table - int.from_bytes(data[table : table + 4], "little", signed=True)
    at = 4 + 2 * field
    if at >= int.from_bytes(data[vtable : vtable + 2], "little"):
        return 0
    offset = int.from_bytes(data[vtable + at : vtable + at + 2], "little")
    return table + offset if offset else 0


def _field(data: bytes, table: int, field: int) -> int:
    """Return where the table that a field points to stands; 0 when there is none."""
    at = _slot(data, table, field)
    return at + int.from_bytes(data[at : at + 4], "little") if at else 0
