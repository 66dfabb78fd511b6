"""XML that strangers wrote, to elements: no document type, no entity of its own, bounded in size, depth and number."""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from bartizan.model.errors import InputError, Place

__all__ = ["MAX_XML_BYTES", "local", "parse_xml"]

MAX_XML_BYTES = 64 * 1024 * 1024
_MAX_DEPTH = 200
_MAX_NODES = 2_000_000
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
# What else a file may declare; UTF-16 without its mark or its zero bytes is UTF-8 that a program saved anew.
_SINGLE = {"iso-8859-1": "iso-8859-1", "latin-1": "iso-8859-1", "windows-1252": "windows-1252"}


def parse_xml(content: bytes, file: str) -> Element:
    """Parse one XML document; names are `{namespace}local`, as in ElementTree.

    Files in UTF-8, UTF-16, ISO 8859-1 and Windows-1252 are read, and those in UTF-8 that say UTF-16. Raises InputError
    when the text is not well-formed, declares a document type, is too large or too deep, or has no such encoding.
    """
    if len(content) > MAX_XML_BYTES:
        raise InputError(f"the file has {len(content):,} bytes, more than {MAX_XML_BYTES:,}", place=Place(file))
    reader = _Reader(file)
    try:
        reader.parser.Parse(_text(content, file), True)
    except expat.ExpatError as error:
        what = expat.ErrorString(error.code) or "damaged"
        raise InputError(f"this is not well-formed XML: {what}", place=Place(file, error.lineno)) from None
    return reader.builder.close()


def local(name: str) -> str:
    """Return an element's or attribute's name without its namespace."""
    return name.rpartition("}")[2]


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.builder = TreeBuilder()
        self.depth = self.nodes = 0
        self.parser = expat.ParserCreate("utf-8", "}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.builder.data
        self.parser.StartDoctypeDeclHandler = self.doctype

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.nodes += 1
        if self.depth > _MAX_DEPTH or self.nodes > _MAX_NODES:
            raise InputError("this XML is nested too deep or has too many elements", place=self._place())
        self.builder.start(_name(name), {_name(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self.depth -= 1
        self.builder.end(_name(name))

    def doctype(self, *_: object) -> None:
        raise InputError(
            "this XML declares a document type, which can hide what it says",
            place=self._place(),
            help="remove the `<!DOCTYPE ...>`",
        )

    def _place(self) -> Place:
        return Place(self.file, self.parser.CurrentLineNumber)


def _name(name: str) -> str:
    return "{" + name if "}" in name else name


def _text(content: bytes, file: str) -> bytes:
    """Return the document in UTF-8."""
    encoding = "utf-8"
    declared = _DECLARED.match(content)
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encoding = "utf-16"
    elif content.startswith(b"<\0"):
        encoding = "utf-16-le"
    elif content.startswith(b"\0<"):
        encoding = "utf-16-be"
    elif declared:
        encoding = _SINGLE.get(declared[1].decode().lower(), encoding)
    try:
        return content.removeprefix(BOM_UTF8).decode(encoding).encode()
    except UnicodeDecodeError:
        raise InputError(f"the text is not {encoding.upper()}", place=Place(file)) from None
