"""A data scan in the schema bartizan/scan/1, as a stream: one line for each artefact, finding and thing missed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from bartizan.scan.results_merge import DataScan, Spool

__all__ = ["pieces"]


def pieces(scan: DataScan, spool: Spool) -> Iterator[bytes]:
    """Give the document in pieces."""
    encode = msgspec.json.encode
    head = {"schema": "bartizan/scan/1", "verdict": scan.verdict, "class": scan.class_, "why": scan.why}
    yield b"{" + b",\n".join(encode(name) + b": " + encode(value) for name, value in head.items())
    yield b',\n"artefacts": ['
    yield from _entries(spool.lines("artefacts"))
    yield b'],\n"findings": ['
    yield from _entries(spool.lines("findings"))
    yield b'],\n"not_inspected": ['
    yield from _entries(spool.lines("missed"))
    totals = [
        {"type": one.type, "title": one.title, "class": one.class_, "count": one.count, "files": one.files}
        for one in scan.types
    ]
    yield b'],\n"types": ' + encode(totals)
    if scan.risk is not None:
        yield b',\n"risk": ' + encode(
            {
                "tables": [
                    {"path": one.path, "cut": one.cut, **msgspec.to_builtins(one.risk)} for one in scan.risk.tables
                ]
            }
        )
    stats = {
        "bytes": scan.bytes,
        "seconds": round(scan.seconds, 3),
        "files": scan.files,
        "findings": scan.findings,
        "not_inspected": scan.missed_count,
        "bytes_inspected": scan.inspected,
    }
    yield b',\n"stats": ' + encode(stats) + b"}\n"


def _entries(lines: Iterable[bytes]) -> Iterator[bytes]:
    before = b"\n  "
    for line in lines:
        yield before + line
        before = b",\n  "
    if before != b"\n  ":
        yield b"\n"
