"""What nothing runs or loads code from: plain text, pictures, sound, fonts, tables. Known, so that it isn't missing.

Their content is not a scanner's matter here; `bartizan scan data` looks into them.
"""

from __future__ import annotations

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.artefacts.words import MODEL_SUFFIXES

__all__ = ["FORMAT"]

_STARTS = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"RIFF", b"OggS", b"ID3", b"fLaC", b"\x1aE\xdf\xa3",
    b"wOFF", b"wOF2", b"OTTO", b"\x00\x01\x00\x00\x00", b"PAR1", b"ARROW1", b"Obj\x01", b"II*\x00", b"MM\x00*",
    b"\x00\x05\x16\x07", b"\x00\x00\x00\x01Bud1",
)  # fmt: skip
_TEXT = {
    ".md", ".markdown", ".rst", ".txt", ".csv", ".tsv", ".jsonl", ".ndjson", ".log", ".bib", ".tex", ".svg", ".srt",
    ".vtt", ".lock", ".gitattributes", ".gitignore", ".css", ".conllu", ".xsd", ".xml", ".html", ".htm",
}  # fmt: skip
_NAMES = {
    "license", "licence", "readme", "notice", "authors", "changelog", "contributing", "citation", "copying", "version",
}  # fmt: skip


def recognise(look: Look) -> bool:
    """Tell by the first bytes, or by the name where what is there is text."""
    if look.size == 0:
        return True
    if look.head.startswith(_STARTS) or look.head[4:8] == b"ftyp":
        return True
    named = look.suffix in _TEXT or look.name.partition(".")[0].lower() in _NAMES
    return named and b"\0" not in look.head


def examine(look: Look, desk: Desk) -> None:
    """Account for all of it; under the name of a model it is not what it says."""
    desk.cover_all(look.content)
    if look.suffix in MODEL_SUFFIXES:
        desk.hit("not-what-it-says", "it is empty" if not look.size else f"it begins with {look.head[:8]!r}")


FORMAT = Format(
    name="data", title="Plain data", group="any", recognise=recognise, examine=examine, accounts=False, fallback=True
)
