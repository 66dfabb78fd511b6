"""Files that are one compressed stream: gzip, bzip2, xz, LZMA, zlib, LZ4 and Zstandard, as joblib and others write."""

from __future__ import annotations

from bartizan.scan.archives.squeezed import recognised, unpack
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_SUFFIXES = (".gz", ".gzip", ".bz2", ".xz", ".lzma", ".zst", ".lz4", ".z", ".zlib")
_SHORT = {".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar", ".taz": ".tar"}


def recognise(look: Look) -> bool:
    """Tell by magic number; zlib and LZMA by trying."""
    return bool(recognised(look.head))


def examine(look: Look, desk: Desk) -> None:
    """Unpack it, and examine what comes out, also where it breaks off. Raises Malformed, LimitReached."""
    result = unpack(look.content, recognised(look.head), desk, many=True)
    with result.content as content:
        if content.size:
            desk.inside(_inner_name(look.name), content, listed=True)
    if result.problem:
        raise Malformed(result.problem, result.packed)
    desk.cover(0, result.packed)


def _inner_name(name: str) -> str:
    stem, dot, end = name.rpartition(".")
    suffix = f"{dot}{end.lower()}"
    if suffix in _SHORT:
        return stem + _SHORT[suffix]
    return stem if suffix in _SUFFIXES and stem else name


FORMAT = Format(name="compressed", title="Compressed stream", group="archive", recognise=recognise, examine=examine)
