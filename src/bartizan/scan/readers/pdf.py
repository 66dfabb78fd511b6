"""PDF: the text of each page, properties, annotations, links, form fields, bookmarks, and files that are attached.

PDFium draws the text together as people see it; pypdf gives everything beside. No script in a file is run.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import IO, Any

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.foreign import FOREIGN, Bad, contained
from bartizan.scan.readers.parts.members import Budget, budget_of, nested, summed
from bartizan.scan.readers.parts.records import Records
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.sources import Memory, seekable

__all__ = ["READER"]

_LOCK = threading.Lock()
"""PDFium may be called by one thread at a time."""
_DAMAGED = "is a damaged PDF file"
_MOST_LETTERS = 4 << 20
"""Letters of one page; a sheet of paper has some thousand."""
_PASSWORD = 4
"""PDFium's FPDF_ERR_PASSWORD."""


class PdfReader(Whole):
    """Pages by number."""

    name = "PDF"

    def recognises(self, head: bytes, name: str) -> int:
        """By magic number, before which other bytes may stand."""
        if head.startswith(b"%PDF-"):
            return 3
        return 3 if b"%PDF-" in head[:1024] and name.endswith(".pdf") else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """A record a page, and what stands beside the pages."""
        with seekable(source) as file:
            try:
                yield from _pages(file)
            except Bad as bad:
                yield Unread(str(bad))
                return
            yield from summed(_beside(file, source))


def _pages(file: IO[bytes]) -> Iterator[Block | Unread]:
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    file.seek(0)
    with _LOCK:
        try:
            with contained(_DAMAGED):
                document = pdfium.PdfDocument(file)
        except Bad as bad:
            cause = bad.__cause__
            if getattr(cause, "err_code", 0) == _PASSWORD:
                raise Bad("is encrypted and needs a password") from cause
            raise
        number = len(document)
    records = Records()
    try:
        for index in range(number):
            with _LOCK:
                text = _page(document, index)
            if text is None:
                yield Unread(f"page {index + 1} is damaged")
            elif text.strip():
                records.add(text, index + 1)
                yield from records.taken_when_full()
            else:
                yield Unread(f"page {index + 1} has no text layer")
        yield from records.take()
    finally:
        with _LOCK:
            document.close()


def _page(document: Any, index: int) -> str | None:
    """The text of a page; None where it can't be read."""
    import pypdfium2 as pdfium

    try:
        page = document[index]
        try:
            layer = page.get_textpage()
            try:
                return str(layer.get_text_range(0, min(layer.count_chars(), _MOST_LETTERS)))
            finally:
                layer.close()
        finally:
            page.close()
    except (*FOREIGN, pdfium.PdfiumError):
        return None


def _beside(file: IO[bytes], source: Source) -> Iterator[Block | Unread]:
    """What pypdf finds in the document's objects."""
    import logging

    import pypdf

    # It tells about every oddity of a file; what matters is told here.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    file.seek(0)
    budget, _ = budget_of(source)
    records = Records()
    try:
        with contained("has damaged properties, annotations or form fields, which were not read"):
            document = pypdf.PdfReader(file, strict=False)
            if document.is_encrypted:
                document.decrypt("")
            _properties(document, records)
            for number, page in enumerate(document.pages, 1):
                _annotations(page, number, records)
                yield from records.taken_when_full()
        yield from records.take()
        yield from _attached(document, source, budget)
    except (Bad, pypdf.errors.PyPdfError):
        yield from records.take()
        yield Unread("has damaged properties, annotations or form fields, which were not read")


def _properties(document: Any, records: Records) -> None:
    for key, value in (document.metadata or {}).items():
        records.add(str(value), 1, f"property.{str(key).lstrip('/')}")
    root = document.root_object
    if "/Metadata" in root:
        stream = root["/Metadata"].get_object()
        records.add(stream.get_data()[: 1 << 20], 1, "property.XMP")
    for name, field in (document.get_fields() or {}).items():
        records.add(str(name), 1, "form")
        value = field.get("/V")
        if value is not None:
            records.add(str(value), 1, f"form.{name}")
    _outline(document.outline, records)


def _outline(items: list[Any], records: Records, depth: int = 0) -> None:
    for item in items:
        if isinstance(item, list):
            if depth < 20:
                _outline(item, records, depth + 1)
        else:
            records.add(str(item.title), 1, "bookmark")


def _annotations(page: Any, number: int, records: Records) -> None:
    for reference in page.get("/Annots") or ():
        annotation = reference.get_object()
        for key, column in (
            ("/Contents", "annotation"),
            ("/T", "annotation author"),
            ("/RC", "annotation"),
            ("/TU", "form"),
        ):
            if annotation.get(key) is not None:
                records.add(str(annotation[key]), number, column)
        action = annotation.get("/A")
        if action is not None:
            action = action.get_object()
            for key, column in (("/URI", "link"), ("/JS", "script")):
                if action.get(key) is not None:
                    records.add(str(action[key]), number, column)


def _attached(document: Any, source: Source, budget: Budget) -> Iterator[Block | Unread]:
    with contained("has damaged attachments, which were not read"):
        attachments = list(document.attachment_list)
    for attachment in attachments:
        with contained("has a damaged attachment, which was not read"):
            name, data = str(attachment.name), bytes(attachment.content)
        held = Memory(name, data)
        yield from nested(source, budget, name, opener=held.open, size=held.size)  # type: ignore[arg-type]


READER = PdfReader()
