"""Labels in the metadata of PDF files: the document information, and XMP."""

from __future__ import annotations

import io
import mmap
from typing import IO, Any
from xml.etree.ElementTree import Element

from bartizan.model import InputError
from bartizan.model.xmltree import local, parse_xml
from bartizan.scan.labels.found import Metadata, Words, labels_in_pairs
from bartizan.scan.labels.pdfobjects import Document, Stream
from bartizan.scan.labels.pdfsyntax import Buffer, PdfError

__all__ = ["read_pdf"]

_MOST = 256 * 1024 * 1024
_INFO, _XMP = "the document information", "XMP"
_PLACED = ("Keywords", "Subject", "Title")
_XMP_WORDS = ("Keywords", "subject", "description", "title")


def read_pdf(file: IO[bytes]) -> Metadata:
    """Read what a PDF file says about itself; nothing of its pages."""
    out = Metadata(format="pdf")
    data = _whole(file)
    if data is None:
        out.problems.append(f"the file has more than {_MOST:,} bytes and can't be mapped into memory")
        return out
    try:
        _read(Document(data), out)
    except PdfError:
        out.problems.append("the file is damaged; its metadata can't be found")
    finally:
        if isinstance(data, mmap.mmap):
            data.close()
    return out


def _whole(file: IO[bytes]) -> Buffer | None:
    try:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError, io.UnsupportedOperation):
        content = file.read(_MOST + 1)
        return content if len(content) <= _MOST else None


def _read(document: Document, out: Metadata) -> None:
    encrypt = _dictionary(document, document.trailer.get("Encrypt"))
    if encrypt:
        _encrypted(str(encrypt.get("Filter", "")), out)
    else:
        pairs = _information(document, out)
        labels_in_pairs(pairs, _INFO, out)
        out.words += [
            Words(f"the document's {name.lower()}" if name in _PLACED else f"the property `{name[:60]}`", value)
            for name, value in pairs
            if value and not name.lower().startswith("msip_label_") and name not in _OTHERS
        ]
    root = _dictionary(document, document.trailer.get("Root"))
    try:
        metadata = document.get(root.get("Metadata"))
        if isinstance(metadata, Stream) and _readable(metadata, encrypt):
            _xmp(document.decoded(metadata), out)
    except PdfError:
        out.problems.append("the XMP metadata are damaged")


_OTHERS = ("Author", "Creator", "Producer", "CreationDate", "ModDate", "Trapped")


def _encrypted(by: str, out: Metadata) -> None:
    out.protected = True
    if by == "MicrosoftIRMServices":
        out.notes.append("the content is encrypted by rights management; what holds is the label of its licence")
    out.problems.append("the file is encrypted, so its document information can't be read")


def _readable(metadata: Stream, encrypt: dict[str, Any]) -> bool:
    """Metadata may stand in the clear in an encrypted file, so that programs find them."""
    filters = metadata.entries.get("Filter")
    crypt = filters == "Crypt" or (isinstance(filters, list) and "Crypt" in filters)
    return not encrypt or encrypt.get("EncryptMetadata") is False or crypt


def _information(document: Document, out: Metadata) -> list[tuple[str, str]]:
    pairs = []
    try:
        info = _dictionary(document, document.trailer.get("Info"))
        for name, value in info.items():
            text = document.get(value)
            if isinstance(text, bytes):
                pairs.append((str(name), _text(text)))
    except PdfError:
        out.problems.append("the document information is damaged")
    return pairs


def _dictionary(document: Document, value: Any) -> dict[str, Any]:
    found = document.get(value)
    return found if isinstance(found, dict) else {}


def _text(raw: bytes) -> str:
    for mark, encoding in ((b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"), (b"\xef\xbb\xbf", "utf-8")):
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    return raw.decode("latin-1")


def _xmp(content: bytes, out: Metadata) -> None:
    """Add what XMP states: properties are elements, or attributes of a description."""
    begin, end = content.find(b"<"), content.rfind(b"<?xpacket end")
    try:
        root = parse_xml(content[max(0, begin) : end if end > 0 else None], _XMP)
    except InputError as error:
        out.problems.append(f"the XMP metadata can't be read: {error.message}")
        return
    pairs = [(name, value) for element in root.iter() for name, value in _properties(element)]
    labels_in_pairs(pairs, _XMP, out)
    known = {words.text for words in out.words}
    out.words += [
        Words(f"XMP's {name.lower()}", value)
        for name, value in dict.fromkeys(pairs)
        if name in _XMP_WORDS and value and value not in known
    ]


def _properties(element: Element) -> list[tuple[str, str]]:
    own = [(local(name), value.strip()) for name, value in element.attrib.items()]
    items = [(one.text or "").strip() for one in element.iter() if local(one.tag) == "li"]
    text = "\n".join(items) if items else (element.text or "").strip()
    return [*own, (local(element.tag), text)]
