"""Small files with labels, as Office, Acrobat and Outlook write them; every id and name is made up."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import IO
from xml.sax.saxutils import escape, quoteattr

import pypdf
from pypdf.generic import DecodedStreamObject, NameObject

__all__ = [
    "LABEL",
    "OTHER",
    "SITE",
    "SUB",
    "Bytes",
    "custom",
    "label_info",
    "office",
    "pdf",
    "pdf_with_xmp",
    "properties",
]

SITE = "11111111-2222-4333-8444-555555555555"
OTHER = "99999999-2222-4333-8444-555555555555"
LABEL = "aaaaaaaa-0000-4000-8000-000000000001"
SUB = "aaaaaaaa-0000-4000-8000-000000000002"
_CLBL = "http://schemas.microsoft.com/office/2020/mipLabelMetadata"
_RELATIONS = {
    "docMetadata/LabelInfo.xml": "http://schemas.microsoft.com/office/2020/02/relationships/classificationlabels",
    "docProps/custom.xml": "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties",
    "docProps/core.xml": "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
}


class Bytes:
    """A file in memory, as readers want it."""

    def __init__(self, content: bytes, name: str = "file") -> None:
        self.content, self.name, self.size = content, name, len(content)

    def open(self) -> AbstractContextManager[IO[bytes]]:
        return io.BytesIO(self.content)


def properties(id: str = LABEL, site: str = SITE, **more: str) -> dict[str, str]:
    """Label properties as the SDK names them."""
    values = {"Enabled": "true", "SiteId": site, "Name": "Confidential", "Method": "Privileged"} | more
    return {f"MSIP_Label_{id}_{name}": value for name, value in values.items()}


def custom(pairs: Mapping[str, str]) -> str:
    rows = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name={quoteattr(name)}>'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(pairs.items(), 2)
    )
    return (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        f'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">{rows}</Properties>'
    )


def label_info(*labels: str) -> str:
    """A list of labels; each given as attributes."""
    rows = "".join(f"<clbl:label {label} />" for label in labels)
    return f'<?xml version="1.0" encoding="utf-8"?><clbl:labelList xmlns:clbl="{_CLBL}">{rows}</clbl:labelList>'


def office(parts: Mapping[str, str | bytes], *, related: bool = True, app: str = "word/document.xml") -> bytes:
    """A package with these parts, and relationships to those that Office relates."""
    content = io.BytesIO()
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{_RELATIONS[name]}" Target="{name}"/>'
        for n, name in enumerate(parts)
        if name in _RELATIONS and related
    )
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", f"<Relationships>{relations}</Relationships>")
        archive.writestr(app, "<x/>")
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def pdf(info: Mapping[str, str], *, password: str = "") -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(72, 72)
    writer.add_metadata({f"/{name}": value for name, value in info.items()})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_with_xmp(xmp: str, info: Mapping[str, str] | None = None) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(72, 72)
    writer.add_metadata({f"/{name}": value for name, value in (info or {}).items()})
    stream = DecodedStreamObject()
    stream.set_data(xmp.encode())
    stream[NameObject("/Type")] = NameObject("/Metadata")
    writer._root_object[NameObject("/Metadata")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
