"""Labels in Office Open XML and OpenDocument files, from the parts that hold metadata; the content is not read."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from lzma import LZMAError
from typing import IO
from xml.etree.ElementTree import Element

from bartizan.model import InputError
from bartizan.model.xmltree import local, parse_xml
from bartizan.scan.labels.found import Metadata, Words, labels_in_pairs, labels_in_xml

__all__ = ["read_package"]

_MOST_PART = 4 * 1024 * 1024
_MOST_SHEETS = 256 * 1024 * 1024
_MOST_PARTS = 100
_MOST_MEMBERS = 200_000
_CHUNK = 1024 * 1024
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)
_RUNNING = re.compile(r"word/(header|footer)\d*\.xml\Z")
_SLIDES = re.compile(r"ppt/(slideMasters/slideMaster|slides/slide|notesMasters/notesMaster)\d+\.xml\Z")
_SHEETS = re.compile(r"xl/(worksheets|chartsheets)/[^/]+\.xml\Z")
_HEADER_FOOTER = re.compile(
    rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)[^>/]*>([^<]{1,2000})</(?:\w+:)?(?:odd|even|first)"
)
_CODES = re.compile(r"&(?:\"[^\"]*\"|[0-9]+|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|[A-Za-z])")
_CORE = ("keywords", "category", "subject", "contentStatus", "title", "description")


def read_package(file: IO[bytes]) -> Metadata | None:
    """Read a ZIP file's metadata; None when it is neither Office Open XML nor OpenDocument."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _Package(archive).read()
    except _BROKEN:
        return Metadata(format="zip", problems=["the archive is damaged and can't be read"])


class _Package:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        infos = archive.infolist()[:_MOST_MEMBERS]
        self.names = {info.filename.lower(): info for info in infos}
        self.out = Metadata(format="")
        if len(self.names) < len(infos):
            self.out.problems.append("parts of the package stand in it twice; the last of each was read")

    def read(self) -> Metadata | None:
        if "[content_types].xml" in self.names:
            self._office()
        elif "meta.xml" in self.names and "mimetype" in self.names:
            self._open_document()
        else:
            return None
        return self.out

    def _office(self) -> None:
        self.out.format = next(
            (name for folder, name in (("word", "docx"), ("xl", "xlsx"), ("ppt", "pptx")) if self._has(folder)), "ooxml"
        )
        targets = self._targets()
        label_info = targets.get("classificationlabels", "docmetadata/labelinfo.xml")
        if label_info in self.names:
            content = self._part(label_info)
            if content is not None:
                labels_in_xml(content, self.names[label_info].filename, self.out)
        self._custom(targets.get("customproperties", "docprops/custom.xml"))
        core = self._tree(targets.get("coreproperties", "docprops/core.xml"))
        for element in core if core is not None else ():
            if local(element.tag) in _CORE and element.text:
                self.out.words.append(Words(f"the document's {local(element.tag)}", element.text))
        self._running(_RUNNING, _paragraphs)
        self._running(_SLIDES, _placeholders)
        self._sheets()

    def _has(self, folder: str) -> bool:
        return any(name.startswith(f"{folder}/") for name in self.names)

    def _targets(self) -> dict[str, str]:
        """The parts that the package itself points to, by the last word of the relationship's type."""
        root = self._tree("_rels/.rels")
        out: dict[str, str] = {}
        for element in root if root is not None else ():
            kind = element.get("Type", "").rpartition("/")[2].replace("-", "").lower()
            target = element.get("Target", "").lstrip("/").lower()
            if element.get("TargetMode", "") != "External" and target in self.names:
                out.setdefault(kind, target)
        return out

    def _custom(self, name: str) -> None:
        root = self._tree(name)
        pairs = []
        for element in root if root is not None else ():
            value = "".join(element.itertext()).strip()
            pairs.append((element.get("name", ""), value))
        self._pairs(pairs, self.names[name].filename if name in self.names else name)

    def _pairs(self, pairs: list[tuple[str, str]], source: str) -> None:
        labels_in_pairs(pairs, source, self.out)
        self.out.words += [
            Words(f"the property `{name[:60]}`", value)
            for name, value in pairs
            if value and not name.lower().startswith("msip_label_")
        ]

    def _open_document(self) -> None:
        self.out.format = "odf"
        root = self._tree("meta.xml")
        pairs = []
        for element in root.iter() if root is not None else ():
            name, text = local(element.tag), (element.text or "").strip()
            if name == "user-defined":
                pairs.append((next((v for k, v in element.attrib.items() if local(k) == "name"), ""), text))
            elif name in ("keyword", "subject", "title", "description") and text:
                self.out.words.append(Words(f"the document's {name}", text))
        self._pairs(pairs, "meta.xml")

    def _running(self, pattern: re.Pattern[str], texts: Callable[[Element], Iterator[str]]) -> None:
        """Add what stands in headers and footers."""
        parts = [info for info in self.names.values() if pattern.match(info.filename)]
        for info in parts[:_MOST_PARTS]:
            root = self._tree(info.filename.lower())
            said = "\n".join(dict.fromkeys(texts(root))) if root is not None else ""
            if said:
                self.out.words.append(Words(info.filename, said, running=True))
        if len(parts) > _MOST_PARTS:
            self.out.notes.append(f"of {len(parts)} parts with headers and footers, {_MOST_PARTS} were read")

    def _sheets(self) -> None:
        """Find headers and footers of sheets, which stand at their end, without building the sheets."""
        left = _MOST_SHEETS
        for info in [info for info in self.names.values() if _SHEETS.match(info.filename)][:_MOST_PARTS]:
            said = set[str]()
            try:
                with self.archive.open(info) as part:
                    tail = b""
                    while left > 0 and (chunk := part.read(_CHUNK)):
                        left -= len(chunk)
                        tail = tail[-4096:] + chunk
                        said |= {_sheet_text(match[1]) for match in _HEADER_FOOTER.finditer(tail)}
            except _BROKEN:
                self.out.problems.append(f"{info.filename} is damaged")
            if said:
                self.out.words.append(Words(info.filename, "\n".join(sorted(said)), running=True))
        if left <= 0:
            self.out.notes.append("the sheets are too large to find all their headers and footers")

    def _part(self, name: str) -> bytes | None:
        """Return a part, or None with a problem noted."""
        info = self.names[name]
        try:
            with self.archive.open(info) as part:
                content = part.read(_MOST_PART + 1)
        except _BROKEN:
            self.out.problems.append(f"{info.filename} is damaged or encrypted")
            return None
        if len(content) > _MOST_PART:
            self.out.problems.append(f"{info.filename} has more than {_MOST_PART:,} bytes and was not read")
            return None
        return content

    def _tree(self, name: str) -> Element | None:
        content = self._part(name) if name in self.names else None
        if content is None:
            return None
        try:
            return parse_xml(content, self.names[name].filename)
        except InputError as error:
            self.out.problems.append(f"{self.names[name].filename} can't be read: {error.message}")
            return None


def _paragraphs(root: Element) -> Iterator[str]:
    for paragraph in root.iter():
        if local(paragraph.tag) == "p":
            yield _text(paragraph)


def _placeholders(root: Element) -> Iterator[str]:
    """Texts of header and footer placeholders of slides."""
    for shape in root.iter():
        if local(shape.tag) == "sp":
            kinds = {one.get("type", "") for one in shape.iter() if local(one.tag) == "ph"}
            if kinds & {"ftr", "hdr"}:
                yield _text(shape)


def _text(element: Element) -> str:
    return "".join(_runs(element.iter()))


def _runs(elements: Iterable[Element]) -> Iterator[str]:
    for element in elements:
        if local(element.tag) == "t":
            yield element.text or ""


def _sheet_text(raw: bytes) -> str:
    """A sheet's header without the codes for place, font, size and colour; its three parts on lines of their own."""
    text = raw.decode("utf-8", "replace")
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, letter)
    return _CODES.sub(lambda match: "\n" if match[0] in ("&L", "&C", "&R") else "", text).strip()
