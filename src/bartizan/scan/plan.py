"""The plan of a run: which files there are, how they are cut, and which parts are done together.

The manifest is a file of JSON lines, one for each file or for what can't be read, in the order of the walk. It is read
as a stream, so that memory doesn't grow with the number of files. Large files are cut into parts, each a shard of its
own; small ones are packed. Where a pack ends is decided by the paths in it, so a file that is new or gone moves the
edges near it only, and a resumed run finds the other results.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from bartizan.model import BartizanError
from bartizan.scan.blocks import Unit, Unread
from bartizan.scan.run_tools import Found, Tools

__all__ = [
    "HASH",
    "TARGET",
    "Part",
    "Planned",
    "Shard",
    "Totals",
    "read_manifest",
    "reason",
    "shards",
    "write_manifest",
]

TARGET = 64 * 1024 * 1024
"""Bytes of a file that one part has, about."""
HASH = Unit(-1, -1, 1)
"""The unit that stands for the file's hash."""
_PACK_BYTES = 8 * 1024 * 1024
_PACK_FILES = 256
_PACK_EDGE = 32  # one path of so many ends a pack
_UNKNOWN = 1024 * 1024  # what a file of unknown size counts as


class Planned(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the manifest: a file and its units, or why it is not read (`unread`).

    `path` is how people name it, `address` how it is opened again. `stamp` differs when the file has changed.
    """

    path: str
    address: str = ""
    size: int = 0
    stamp: str = ""
    format: str = ""
    units: list[Unit] = []
    member: str = ""
    unread: str = ""


class Part(msgspec.Struct, frozen=True):
    """A file's unit, as a worker gets it.

    `hash` asks for the SHA-256 of the whole file, too, and `starts` for the lines before these offsets.
    """

    path: str
    address: str
    size: int
    stamp: str
    format: str
    unit: Unit
    weight: int
    hash: bool
    starts: list[int] = []


class Shard(msgspec.Struct, frozen=True):
    """Parts that are done together and whose result is one file, called by `id`."""

    id: str
    parts: list[Part]

    @property
    def weight(self) -> int:
        """The bytes of files that it stands for."""
        return sum(part.weight for part in self.parts)


class Totals(msgspec.Struct):
    """What a plan comes to."""

    files: int = 0
    unread: int = 0
    bytes: int = 0
    shards: int = 0


def write_manifest(file: Path, tools: Tools, roots: list[str], target: int = TARGET) -> Totals:
    """Walk below the roots and write the manifest, whole or not at all.

    Raises InputError for a root that is not there, BartizanError when the manifest can't be written.
    """
    totals = Totals()
    encoder = msgspec.json.Encoder()
    part = file.with_name(f".{file.name}.part")
    found = tools.walk(roots)
    try:
        with part.open("wb") as out:
            for planned in _planned(found, tools, target):
                totals.files += not planned.unread
                totals.unread += bool(planned.unread)
                totals.bytes += planned.size if not planned.unread else 0
                out.write(encoder.encode(planned) + b"\n")
        part.replace(file)
    except OSError as error:
        raise BartizanError(f"the run's folder can't be written: {reason(error)}", help="see --run-dir") from None
    finally:
        part.unlink(missing_ok=True)
    totals.shards = sum(1 for _ in shards(read_manifest(file), ""))
    return totals


def _planned(found: Iterable[Found | Planned], tools: Tools, target: int) -> Iterator[Planned]:
    for entry in found:
        if isinstance(entry, Planned):
            yield entry
            continue
        try:
            reader = tools.recognise(entry.source)
            if isinstance(reader, Unread):
                yield Planned(entry.path, member=reader.member, unread=reader.reason)
                continue
            units = reader.units(entry.source, target)
        except OSError as error:
            yield Planned(entry.path, unread=f"can't be read: {reason(error)}")
            continue
        size = max(entry.size, 0)
        yield Planned(entry.path, entry.address, size, entry.stamp, reader.name, units or [Unit()])


def read_manifest(file: Path) -> Iterator[Planned]:
    """Give the lines of a manifest. Raises BartizanError for one that is damaged or gone."""
    decoder = msgspec.json.Decoder(Planned)
    try:
        with file.open("rb") as lines:
            for line in lines:
                yield decoder.decode(line)
    except (OSError, msgspec.DecodeError):
        raise BartizanError(
            f"`{file}` can't be read, or is no manifest of a run", help="begin a new run, without --resume"
        ) from None


def shards(manifest: Iterable[Planned], rules: str) -> Iterator[Shard]:
    """Cut a manifest into shards. `rules` names the rule set; it is part of each shard's id."""
    pack: list[Part] = []
    weight = 0
    for planned in manifest:
        if planned.unread:
            continue
        parts = _parts(planned)
        if len(parts) > 1:
            if pack:
                yield _shard(pack, rules)
                pack, weight = [], 0
            yield from (_shard([part], rules) for part in parts)
            continue
        pack += parts
        weight += parts[0].weight
        if weight >= _PACK_BYTES or len(pack) >= _PACK_FILES or _ends_pack(planned.address):
            yield _shard(pack, rules)
            pack, weight = [], 0
    if pack:
        yield _shard(pack, rules)


def _parts(planned: Planned) -> list[Part]:
    size = planned.size or _UNKNOWN
    local = not _remote(planned.address)
    known: dict[str, Any] = {name: getattr(planned, name) for name in ("path", "address", "size", "stamp", "format")}
    units = planned.units
    if len(units) == 1:
        return [Part(**known, unit=units[0], weight=size, hash=local or size <= TARGET)]
    spans = [unit.stop - unit.start for unit in units]
    in_bytes = sum(spans) == size
    if not in_bytes:
        spans = [size // len(units)] * len(units)
        spans[-1] = size - sum(spans[:-1])
    parts = [Part(**known, unit=unit, weight=span, hash=False) for unit, span in zip(units, spans, strict=True)]
    if not local:
        return parts
    starts = [unit.start for unit in units] if in_bytes and not units[-1].first else []
    # First, as merging needs it before it sees any line.
    return [Part(**known, unit=HASH, weight=0, hash=True, starts=starts), *parts]


def _remote(address: str) -> bool:
    return "://" in address


def _ends_pack(address: str) -> bool:
    return hashlib.blake2b(address.encode(errors="surrogateescape"), digest_size=4).digest()[0] % _PACK_EDGE == 0


def _shard(parts: list[Part], rules: str) -> Shard:
    named = [rules, *([part.address, part.format, part.unit.start, part.unit.stop] for part in parts)]
    digest = hashlib.blake2b(msgspec.msgpack.encode(named), digest_size=12).hexdigest()
    return Shard(digest, parts)


def reason(error: OSError) -> str:
    """Return what the system says about an error, as the end of a sentence; no file name is in it."""
    text = error.strerror or type(error).__name__
    return text[:1].lower() + text[1:]
