"""Jupyter notebooks: cells and their outputs, by the number of the cell; pictures are skipped, and said."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import msgspec

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.json_document import add_piece, blocks_of, json_file, looks_like_json
from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.json_stream import Run, runs
from bartizan.scan.readers.parts.lines import line_blocks
from bartizan.scan.readers.parts.records import LongText, Records
from bartizan.scan.readers.parts.rows import values_by_path
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.readers.webpage import page

__all__ = ["READER"]

_CELLS = ("cells", "worksheets.cells")


class NotebookReader(Whole):
    """Code and text of cells as one record each, outputs under `output`."""

    name = "notebook"

    def recognises(self, head: bytes, name: str) -> int:
        """By its name, or by the keys of its beginning."""
        if not looks_like_json(head):
            return 0
        known = b'"cells"' in head and (b'"cell_type"' in head or b'"nbformat"' in head)
        return 3 if name.endswith(".ipynb") or known else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """What people wrote, and what came out."""
        notebook = _Notebook()
        with source.open() as file:
            content = json_file(file)
            rest: list[bytes] = []
            try:
                for item in runs(content, rest):
                    if isinstance(item, Run):
                        yield from notebook.run(item)
                    elif "image/" in item.path or "application/pdf" in item.path:
                        notebook.pictures += item.last
                    else:
                        add_piece(item, notebook.long)
                    yield from notebook.records.taken_when_full()
            except Bad as bad:
                yield Unread(f"{bad}; the rest was read as text")
                yield from line_blocks([*rest, *iter(lambda: content.read(1 << 20), b"")])
        yield from notebook.records.take()
        if notebook.pictures:
            yield Unread(f"pictures in cells and outputs are not inspected for data: {notebook.pictures:,}")


class _Notebook:
    """The cells as they come."""

    def __init__(self) -> None:
        self.records = Records()
        self.long = LongText(self.records)
        self.pictures = 0
        self._seen: set[tuple[str, str]] = set()

    def run(self, run: Run) -> Iterator[Block | Unread]:
        """Give some cells, or what stands beside them."""
        if run.path in _CELLS:
            yield from self._cells(run.values, run.first)
            return
        for value in run.values:
            if isinstance(value, dict):
                cells = value.pop("cells", None)
                if isinstance(cells, list):
                    yield from self._cells(cells, 1)
                elif cells is not None:
                    value["cells"] = cells
        yield from blocks_of(run, self._seen)

    def _cells(self, cells: list[Any], first: int) -> Iterator[Block | Unread]:
        for place, cell in enumerate(cells, first):
            if not isinstance(cell, dict):
                yield from values_by_path([cell], [place], "cells", self._seen)
                continue
            self.records.add(_joined(cell.pop("source", cell.pop("input", ""))), place)
            for attachment in _dicts(list(_dict(cell.pop("attachments", {})).values())):
                self.pictures += len(attachment)
            for output in _dicts(cell.pop("outputs", [])):
                yield from self._output(output, place)
            yield from values_by_path([cell], [place], "cells", self._seen)

    def _output(self, output: dict[str, Any], place: int) -> Iterator[Block | Unread]:
        self.records.add(_joined(output.pop("text", "")), place, "output")
        self.records.add(_joined(output.pop("traceback", "")), place, "output")
        for kind, value in _dict(output.pop("data", {})).items():
            if kind.startswith(("image/", "audio/", "video/", "application/pdf")) and kind != "image/svg+xml":
                self.pictures += 1
            elif kind == "text/html":
                for item in page(io.BytesIO(_joined(value).encode("utf-8", "replace"))):
                    if isinstance(item, Block):
                        count = len(item.ends) if item.ends is not None else 0
                        places = None if item.ends is None else [place] * count
                        yield msgspec.structs.replace(
                            item, column=item.column or "output", first=place, places=_array(places)
                        )
                    else:
                        yield item
            elif isinstance(value, (str, list)) and kind != "application/json":
                self.records.add(_joined(value), place, "output")
            else:
                yield from values_by_path([value], [place], "output", self._seen)
        yield from values_by_path([output], [place], "cells.outputs", self._seen)


def _array(places: list[int] | None) -> Any:
    import numpy as np

    return None if places is None else np.array(places, np.int64)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _joined(value: Any) -> str:
    """A text, which notebooks may hold as a list of lines."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


READER = NotebookReader()
