"""Arrow columns as blocks. Values are joined in Arrow's own buffers; no Python object is made for a value.

Booleans and integers of up to 16 bits are left out: no number below 65,536 is anybody's. Vectors of half and single
precision (embeddings) are Unread.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.encodings import encoding_of
from bartizan.scan.readers.parts.foreign import Bad, contained
from bartizan.scan.readers.parts.magic import not_inspected
from bartizan.scan.readers.parts.members import Budget, nested
from bartizan.scan.readers.parts.rows import label, values_by_path
from bartizan.scan.sources import Memory

__all__ = ["VECTORS", "ArrowBlocks", "shared_out"]

_MOST = 4 << 20
"""Bytes of a block, unless one value is larger."""
_SAMPLED = 8
_EXACT = float(2**53)
VECTORS = "holds vectors of floating-point numbers, which are not inspected"

Places = NDArray[np.int64] | None


class ArrowBlocks:
    """Turns the columns of one table into blocks.

    `source` and `budget` are for values that are files themselves; without `files`, bytes are text.
    """

    def __init__(self, source: Source, budget: Budget, *, files: bool = True) -> None:
        self._files = files
        self._source = source
        self._budget = budget
        self._said: dict[tuple[str, str], int] = {}

    def blocks(self, array: Any, column: str, first: int, places: Places = None) -> Iterator[Block | Unread]:
        """Give the values of an array; its n-th stands in row `first + n`, or in row `places[n]`."""
        try:
            with contained("is damaged"):
                yield from self._any(array, column, first, places)
        except Bad as bad:
            yield Unread(f"column `{column}`, rows {first:,} to {first + len(array) - 1:,}: {bad}")

    def _any(self, array: Any, column: str, first: int, places: Places) -> Iterator[Block | Unread]:
        import pyarrow as pa  # type: ignore[import-untyped]
        from pyarrow import types

        kind = array.type
        if not len(array) or array.null_count == len(array):
            return
        if isinstance(kind, pa.BaseExtensionType):
            yield from self._any(array.storage, column, first, places)
        elif types.is_dictionary(kind):
            yield from self._in_slices(array, column, first, places)
        elif types.is_struct(kind):
            for field, child in zip(kind, array.flatten(), strict=True):
                yield from self._any(child, _below(column, field.name), first, places)
        elif types.is_map(kind):
            pairs = pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)]))
            yield from self._lists(array.cast(pairs), column, first, places)
        elif types.is_nested(kind) and hasattr(kind, "value_field"):
            yield from self._lists(array, column, first, places)
        elif types.is_run_end_encoded(kind) or types.is_union(kind):
            yield from self._as_python(array, column, first, places)
        else:
            yield from self._flat(array, column, first, places)

    def leftovers(self) -> Iterator[Unread]:
        """Tell what was left out, once for each column and reason."""
        for (column, reason), count in self._said.items():
            more = f" ({count:,} values)" if count > 1 else ""
            yield Unread(f"column `{column}`: {reason}{more}")
        self._said.clear()

    def _in_slices(self, array: Any, column: str, first: int, places: Places) -> Iterator[Block | Unread]:
        """Expand a dictionary in parts, since a few long entries may stand for very much."""
        entry = max(1, array.dictionary.nbytes // max(1, len(array.dictionary)))
        step = max(1, min(len(array), _MOST // entry))
        for start in range(0, len(array), step):
            part = array.slice(start, step)
            where = None if places is None else places[start : start + step]
            yield from self._any(part.dictionary_decode(), column, first + start, where)

    def _lists(self, array: Any, column: str, first: int, places: Places) -> Iterator[Block | Unread]:
        import pyarrow.compute as pc  # type: ignore[import-untyped]
        from pyarrow import types

        inner = array.type.value_type
        if types.is_float16(inner) or types.is_float32(inner):
            self._said[column, VECTORS] = 1
            return
        parents = pc.list_parent_indices(array).to_numpy().astype(np.int64)
        where = parents + first if places is None else places[parents]
        yield from self._any(pc.list_flatten(array), column, first, where)

    def _as_python(self, array: Any, column: str, first: int, places: Places) -> Iterator[Block | Unread]:
        """Rare layouts, value by value."""
        where = np.arange(first, first + len(array)) if places is None else places
        yield from values_by_path(array.to_pylist(), where.tolist(), column)

    def _flat(self, array: Any, column: str, first: int, places: Places) -> Iterator[Block | Unread]:
        """Values that are text, or become text."""
        import pyarrow as pa
        from pyarrow import types

        kind = array.type
        if types.is_boolean(kind) or (types.is_integer(kind) and kind.bit_width <= 16):
            return
        if (
            types.is_binary(kind)
            or types.is_large_binary(kind)
            or types.is_fixed_size_binary(kind)
            or kind == pa.binary_view()
        ):
            yield from self._bytes(array.cast(pa.large_binary()), column, first, places)
        elif types.is_string(kind) or types.is_large_string(kind):
            yield from _joined(array, column, first, places)
        elif types.is_floating(kind):
            yield from _joined(_plain_floats(array), column, first, places)
        elif types.is_interval(kind):
            return
        else:
            yield from _joined(array.cast(pa.large_string()), column, first, places)

    def _bytes(self, array: Any, column: str, first: int, places: Places) -> Iterator[Block | Unread]:
        """A column of bytes: text, or files, of which each is read as what it is."""
        filled = array.drop_null() if self._files else array[:0]
        heads = [bytes(memoryview(filled[i].as_buffer())[:2048]) for i in range(min(_SAMPLED, len(filled)))]
        if all(encoding_of(head) is not None for head in heads):
            yield from _joined(array, column, first, places)
            return
        for index, value in enumerate(array):
            if not value.is_valid or not value.as_buffer().size:
                continue
            # Most are pictures, which need no more than a look.
            if format := not_inspected(bytes(memoryview(value.as_buffer())[:512]), ""):
                reason = f"format {format} is not inspected for data"
                self._said[column, reason] = self._said.get((column, reason), 0) + 1
                continue
            row = first + index if places is None else int(places[index])
            yield from self._file(value.as_buffer().to_pybytes(), column, row)

    def _file(self, data: bytes, column: str, row: int) -> Iterator[Block | Unread]:
        held = Memory(f"{column}[{row}]", data)
        for item in nested(self._source, self._budget, held.name, opener=held.open, size=len(data)):  # type: ignore[arg-type]
            if isinstance(item, Unread) and item.member == held.name:
                self._said[column, item.reason] = self._said.get((column, item.reason), 0) + 1
                continue
            yield item


def _below(column: str, name: str) -> str:
    return f"{column}.{label(name)}" if column else label(name)


def _plain_floats(array: Any) -> Any:
    """Floats as text; whole numbers without exponent and point: a column with gaps makes floats of identifiers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    doubles = array.cast(pa.float64())
    text = doubles.cast(pa.large_string())
    size = pc.abs(doubles)
    whole = pc.and_(pc.equal(pc.floor(doubles), doubles), pc.less(size, _EXACT))
    whole = pc.fill_null(whole, False)
    if not pc.any(whole).as_py():
        return text
    numbers = pc.if_else(whole, doubles, 0.0).cast(pa.int64()).cast(pa.large_string())
    return pc.if_else(whole, numbers, text)


def _joined(array: Any, column: str, first: int, places: Places) -> Iterator[Block]:
    """Join strings or bytes with a separator byte, in parts of some megabytes."""
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import types

    if array.null_count:
        array = array.fill_null(b"" if types.is_binary(array.type) or types.is_large_binary(array.type) else "")
    wide = types.is_large_string(array.type) or types.is_large_binary(array.type)
    offsets = np.frombuffer(array.buffers()[1], np.int64 if wide else np.int32)
    offsets = offsets[array.offset : array.offset + len(array) + 1].astype(np.int64)
    start = 0
    while start < len(array):
        stop = int(np.searchsorted(offsets, offsets[start] + _MOST, "right")) - 1
        stop = min(len(array), max(stop, start + 1))
        ends = offsets[start + 1 : stop + 1] - offsets[start] + np.arange(stop - start)
        part = array.slice(start, stop - start)
        where = None if places is None else places[start:stop]
        if stop - start == 1:
            data = part[0].as_buffer()
        else:
            part = part.cast(pa.binary())
            whole = pa.ListArray.from_arrays(pa.array([0, len(part)], pa.int32()), part)
            data = pc.binary_join(whole, b"\n")[0].as_buffer()
        if int(ends[-1]) >= stop - start:
            yield Block(memoryview(data), ends, column, first + start, places=where)
        start = stop


def shared_out(number: int, size: int, target: int) -> list[Unit]:
    """Cut `number` batches or stripes of a file of `size` bytes into units of about `target` bytes.

    Rows before a part are known only by reading those before it.
    """
    parts = max(1, min(number, -(-size // target) if target > 0 else 1))
    step = max(1, -(-number // parts))
    return [Unit(i, min(i + step, number), 1 if i == 0 else 0) for i in range(0, number, step)] or [Unit()]
