"""XML that a model came as: its declarations are judged first, then it is parsed without any of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from bartizan.model.errors import InputError
from bartizan.model.xmltree import MAX_XML_BYTES, parse_xml
from bartizan.scan.artefacts.content import exactly
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Look

__all__ = ["elements", "is_xml", "parsed", "text_of"]

_EXTERNAL = re.compile(
    r"<!ENTITY\s+(?:%\s*)?[\w.:-]+\s+(?:SYSTEM|PUBLIC)\b[^>]{0,300}"
    r"|<!DOCTYPE[^>\[]{0,300}?(?:SYSTEM|PUBLIC)[^>\[]{0,300}"
)
_DECLARED = re.compile(r"<!(?:DOCTYPE|ENTITY)[^>]{0,200}")
_INCLUDE = re.compile(r"<(?:\w+:)?include\b[^>]{0,500}?\bhref\s*=\s*[\"']([^\"']{0,300})")


def is_xml(head: bytes) -> bool:
    """Tell whether the first sign is that of an element or a declaration, in UTF-8 or UTF-16."""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:1] == b"<"


def text_of(data: bytes) -> str:
    """Return XML as text well enough to look for declarations: in UTF-16 where it looks like that."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if data[:4] in (b"<\0?\0", b"<\0!\0") or data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    if data[:2] == b"\0<":
        return data.decode("utf-16-be", "replace")
    return data.decode("utf-8", "replace")


def parsed(look: Look, desk: Desk) -> Element | None:
    """Return the root, None where the declarations say enough. Raises Malformed and LimitReached."""
    if look.size > MAX_XML_BYTES:
        raise LimitReached(f"the XML has {look.size} bytes")
    data = exactly(look.content, 0, look.size)
    desk.cover_all(look.content)
    text = text_of(data)
    for include in _INCLUDE.finditer(text):
        desk.hit("xml-outside", f"includes `{include[1]}`", offset=include.start())
    for rule, pattern in (("xml-outside", _EXTERNAL), ("xml-document-type", _DECLARED)):
        if found := pattern.search(text):
            desk.hit(rule, found[0], offset=found.start())
            return None
    try:
        return parse_xml(data, look.name)
    except InputError as error:
        raise Malformed(str(error).split("\n")[0][:200]) from error


def elements(root: Element, desk: Desk) -> Iterator[Element]:
    """Give an element and all inside it, outer ones first. Raises LimitReached when the time is over."""
    for number, element in enumerate(root.iter()):
        if number % 4096 == 0:
            desk.check_time()
        yield element
