"""PDF: the text of each page, properties, annotations, links, form fields, bookmarks, and files that are attached.

PDFium draws the text together as people see it; pypdf gives everything beside. No script in a file is run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.foreign import FOREIGN, Bad, contained
from bartizan.scan.readers.parts.members import Budget, budget_of, nested, summed
from bartizan.scan.readers.parts.records import Records
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.readers.parts.xmlstream import parsed
from bartizan.scan.readers.parts.xmltext import XmlText
from bartizan.scan.sources import Memory, seekable

__all__ = ["READER"]

_LOCK = threading.Lock()
"""PDFium may be called by one thread at a time."""
_DAMAGED = "is a damaged PDF file"
_MOST_LETTERS = 4 << 20
"""Letters of one page; a sheet of paper has some thousand."""
_DEPTH = 20
_MOST_METADATA = 4 << 20
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
    records = Records()
    try:
        with contained("has damaged properties, annotations or form fields, which were not read"):
            document = pypdf.PdfReader(file, strict=False)
            if document.is_encrypted:
                document.decrypt("")
            number = len(document.pages)
    except (Bad, pypdf.errors.PyPdfError):
        yield Unread("has damaged properties, annotations or form fields, which were not read")
        return
    steps: list[tuple[str, Callable[[], None]]] = [
        ("properties", lambda: _properties(document, records)),
        ("metadata", lambda: _metadata(document.root_object, records)),
        ("scripts", lambda: _scripts(document.root_object, records)),
        ("form fields", lambda: _fields(document, records)),
        ("bookmarks", lambda: _outline(document.outline, records)),
    ]
    steps += [(f"annotations on page {n + 1}", partial(_annotations, document, n, records)) for n in range(number)]
    for name, step in steps:
        try:
            with contained(f"has damaged {name}, which were not read"):
                step()
        except Bad as bad:
            yield Unread(str(bad))
        except pypdf.errors.PyPdfError:
            yield Unread(f"has damaged {name}, which were not read")
        yield from records.taken_when_full()
    yield from records.take()
    try:
        yield from _attached(document, source, budget_of(source)[0])
    except (Bad, pypdf.errors.PyPdfError):
        yield Unread("has damaged attachments, which were not read")


def _properties(document: Any, records: Records) -> None:
    for key, value in (document.metadata or {}).items():
        records.add(str(value), 1, f"property.{str(key).lstrip('/')}")


def _metadata(root: Any, records: Records) -> None:
    if "/Metadata" not in root:
        return
    data = root["/Metadata"].get_object().get_data()[:_MOST_METADATA]
    try:
        for _ in parsed([data], XmlText(records, "property.")):
            pass
    except Bad:
        records.add(data, 1, "property")


def _fields(document: Any, records: Records) -> None:
    for name, field in (document.get_fields() or {}).items():
        records.add(str(name), 1, "form")
        value = field.get("/V")
        if value is not None:
            records.add(str(value), 1, f"form.{name}")


def _scripts(root: Any, records: Records) -> None:
    """What a viewer would run when the document is opened."""
    waiting: list[tuple[Any, int]] = [(root.get("/OpenAction"), 0), (root.get("/Names"), 0)]
    while waiting:
        item, depth = waiting.pop()
        item = item.get_object() if hasattr(item, "get_object") else item
        if depth > _DEPTH:
            continue
        if isinstance(item, list):
            waiting += [(below, depth + 1) for below in item]
        elif isinstance(item, dict):
            if item.get("/JS") is not None:
                script = item["/JS"].get_object()
                text = script.get_data() if hasattr(script, "get_data") else str(script)
                records.add(text, 1, "script")
            waiting += [(item[key], depth + 1) for key in ("/JavaScript", "/Kids", "/Names", "/Next") if key in item]


def _outline(items: list[Any], records: Records, depth: int = 0) -> None:
    for item in items:
        if isinstance(item, list):
            if depth < _DEPTH:
                _outline(item, records, depth + 1)
        else:
            records.add(str(item.title), 1, "bookmark")


def _annotations(document: Any, index: int, records: Records) -> None:
    number = index + 1
    for reference in document.pages[index].get("/Annots") or ():
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
