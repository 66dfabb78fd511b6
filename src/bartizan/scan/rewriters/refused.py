"""Formats that can't be rewritten, and what to do instead."""

from __future__ import annotations

__all__ = ["why_refused"]

_MAGIC = (
    (b"%PDF", "a PDF file can't be redacted in place", "convert it to text or DOCX first, or redact its source"),
    (b"\xd0\xcf\x11\xe0", "an old Office file, a message of Outlook or an encrypted Office file can't be redacted",
     "save it as DOCX, XLSX, PPTX or EML, without a password"),
    (b"\x89PNG", "a picture can't be redacted", "leave it out, or hide what it shows with an image editor"),
    (b"\xff\xd8\xff", "a picture can't be redacted", "leave it out, or hide what it shows with an image editor"),
    (b"GIF8", "a picture can't be redacted", "leave it out, or hide what it shows with an image editor"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive can't be redacted", "unpack it, and redact the folder"),
    (b"Rar!", "a RAR archive can't be redacted", "unpack it, and redact the folder"),
    (b"{\\rtf", "an RTF file can't be redacted", "save it as DOCX"),
)  # fmt: skip
_DUCKDB = b"DUCK"
_LEGACY = ("a DuckDB file can't be redacted in place", "export its tables: `EXPORT DATABASE 'folder' (FORMAT parquet)`")
_ODF = (".odt", ".ods", ".odp", ".pages", ".numbers", ".key")


def why_refused(head: bytes, name: str) -> tuple[str, str] | None:
    """Return why a file is refused and what helps; None when nothing is known against it."""
    if head[8:12] == _DUCKDB:
        return _LEGACY
    if name.endswith(_ODF) and head.startswith(b"PK"):
        return "an OpenDocument or Apple file can't be redacted", "save it as DOCX, XLSX or PPTX"
    return next(((reason, help) for magic, reason, help in _MAGIC if head.startswith(magic)), None)
