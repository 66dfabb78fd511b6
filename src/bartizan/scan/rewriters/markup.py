"""HTML and XML: text, attributes, comments and scripts; all else as it was, to the last byte."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from bartizan.inspection.redaction import Edit, apply_edits
from bartizan.model import InputError
from bartizan.scan.rewriters.base import Slot, Work, resolve, spread
from bartizan.scan.rewriters.wide import wide

__all__ = [
    "REWRITERS",
    "Page",
    "Token",
    "decoded",
    "encoded",
    "escape",
    "group_slot",
    "local",
    "rewrite_markup",
    "tokens",
]

MOST = 512 << 20  # bytes of a document, which is held as a whole
_TAG_MOST = 1 << 16  # characters of a tag
_TAG = re.compile(r"""<(/?)([A-Za-z_:][^\s/>]*)((?:"[^"]*"|'[^']*'|[^'">])*)>""")
_ATTRIBUTE = re.compile(r"""([^\s=/"'<>]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)""")
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']"""
    rb"""|<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._-]+)""",
    re.IGNORECASE,
)
_INLINE = re.compile(
    "a|abbr|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|q|s|samp|small|span|strike|strong|sub|sup"
    "|time|tt|u|var|wbr",
    re.IGNORECASE,
)
_RAW = ("script", "style")
_HTML = re.compile(rb"\s*(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)
_SUFFIXES = (".xml", ".svg", ".rss", ".atom", ".kml", ".gpx", ".xsd", ".xsl", ".wsdl", ".plist", ".rdf", ".xhtml")


class Token(NamedTuple):
    """A piece of markup: `kind` is text, open, close, comment, cdata or other; `name` is a tag's, `raw` all of it."""

    kind: str
    name: str
    raw: str


class Markup:
    """HTML and XML documents."""

    name = "markup"

    def recognises(self, head: bytes, name: str) -> int:
        """Go by the declaration or the root, or by the name."""
        start = head.removeprefix(codecs.BOM_UTF8)
        if start.lstrip().startswith(b"<?xml") or _HTML.match(start):
            return 2
        if name.endswith((".html", ".htm", *_SUFFIXES)):
            return 2
        return 0

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:
        """Rewrite a document as a whole."""
        data = source.read(MOST + 1)
        if len(data) > MOST:
            raise InputError(f"a document has more than {MOST >> 20} MiB", help="cut it, or redact it as .txt")
        text, encoding = decoded(data)
        web = not name.endswith(_SUFFIXES) and not text[:200].lstrip("\ufeff \r\n\t").startswith("<?xml")
        target.write(encoded(rewrite_markup(text, work, web=web), encoding))


REWRITERS = (Markup(),)


def decoded(data: bytes) -> tuple[str, str]:
    """Return a document's text and encoding: by its mark, by what it declares, else UTF-8; no byte is lost."""
    if encoding := wide(data[:4]):
        try:
            return data.decode(encoding, "surrogatepass"), encoding
        except UnicodeDecodeError:
            raise InputError(f"the text is marked as {encoding}, and is none", help="save it as UTF-8") from None
    match = _DECLARED.search(data, 0, 1024)
    encoding = (match[1] or match[2]).decode() if match else "utf-8"
    try:
        if codecs.lookup(encoding).name not in ("utf-8", "ascii"):
            return data.decode(encoding), encoding
    except (LookupError, ValueError):
        pass  # declared wrongly: then as bytes that are mostly UTF-8
    return data.decode("utf-8", "surrogateescape"), "utf-8"


def encoded(text: str, encoding: str) -> bytes:
    """Return the bytes of a document; what its encoding lacks becomes a character reference."""
    if encoding == "utf-8":
        return text.encode("utf-8", "surrogateescape")
    return text.encode(encoding, "surrogatepass" if encoding.startswith(("utf-16", "utf-32")) else "xmlcharrefreplace")


def tokens(text: str) -> Iterator[Token]:
    """Cut markup into tokens; their `raw` in a row is the text again."""
    at = 0
    while at < len(text):
        start = text.find("<", at)
        if start < 0:
            yield Token("text", "", text[at:])
            return
        if start > at:
            yield Token("text", "", text[at:start])
        token = _markup(text, start)
        yield token
        at = start + len(token.raw)
        if token.kind == "open" and token.name.lower() in _RAW and not token.raw.endswith("/>"):
            end = re.compile(f"</{token.name}", re.IGNORECASE).search(text, at)
            stop = end.start() if end else len(text)
            if stop > at:
                yield Token("raw", token.name, text[at:stop])
            at = stop


def _markup(text: str, at: int) -> Token:
    for kind, opening, closing in (
        ("comment", "<!--", "-->"),
        ("cdata", "<![CDATA[", "]]>"),
        ("other", "<?", "?>"),
        ("other", "<!", ">"),
    ):
        if text.startswith(opening, at):
            end = text.find(closing, at + len(opening))
            return Token(kind, opening, text[at : end + len(closing)] if end >= 0 else text[at:])
    match = _TAG.match(text, at, at + _TAG_MOST)
    if match is None:
        return Token("text", "", "<")
    return Token("close" if match[1] else "open", match[2], match[0])


def escape(text: str, *, quote: bool = False) -> str:
    """Return text with what markup would read escaped."""
    return html.escape(text, quote=quote)


def rewrite_markup(text: str, work: Work, *, web: bool) -> str:
    """Rewrite a document. With `web` it is HTML: a value may go through `<b>`, and tags' names are no headings."""
    page = Page(work, web=web)
    for token in tokens(text):
        page.take(token)
    return page.finish()


def group_slot(column: str, parts: list[str], places: Sequence[int], texts: Sequence[str]) -> Slot:
    """Make a slot of a text that is cut over several parts; `texts` are the parts as meant, without escapes."""

    def put(edits: Sequence[Edit]) -> None:
        for place, old, new in zip(places, texts, spread(texts, edits), strict=True):
            if new != old:
                parts[place] = escape(new)

    return Slot(column, "".join(texts), put)


class Page:
    """A document that comes token by token. Formats that know more about their elements build on it."""

    def __init__(self, work: Work, *, web: bool) -> None:
        self.work = work
        self.web = web
        self.parts: list[str] = []
        self.slots: list[Slot] = []
        self.run: list[int] = []
        self.open: list[str] = []

    def take(self, token: Token) -> None:
        """Take the next token."""
        if token.kind == "text":
            self.run.append(len(self.parts))
            self.parts.append(token.raw)
            return
        if token.kind in ("open", "close"):
            if not self.web or not _INLINE.fullmatch(token.name):
                self.end_run()
            self.nest(token)
        if token.kind == "open":
            self.tag(token)
        elif token.kind == "close":
            self.parts.append(token.raw)
        else:
            self.end_run()
            self.unescaped(token.raw)

    def finish(self) -> str:
        """Do the work, and return the document."""
        self.end_run()
        resolve(self.slots, self.work)
        return "".join(self.parts)

    def nest(self, token: Token) -> None:
        """Note which elements are open, in XML."""
        if self.web:
            return
        if token.kind == "close":
            self.open = self.open[:-1]
        elif not token.raw.endswith("/>"):
            self.open.append(local(token.name))

    def end_run(self) -> None:
        """Make the text so far one text."""
        texts = [html.unescape(self.parts[place]) for place in self.run]
        if any(map(str.strip, texts)):
            self.slots.append(group_slot(self.open[-1] if self.open else "", self.parts, self.run, texts))
        self.run = []

    def unescaped(self, raw: str) -> None:
        """Add what has no escapes: comments, character data, scripts."""
        at, parts = len(self.parts), self.parts
        parts.append(raw)

        def put(edits: Sequence[Edit]) -> None:
            parts[at] = apply_edits(raw, edits)

        self.slots.append(Slot("", raw, put))

    def wanted(self, token: Token, attribute: str) -> bool:  # noqa: ARG002 - for those who build on it
        """Tell whether an attribute's value is text that may be changed."""
        return not attribute.lower().startswith("xmlns")

    def tag(self, token: Token) -> None:
        """Add a tag with the values of its attributes."""
        at = 0
        for match in _ATTRIBUTE.finditer(token.raw, len(token.name) + 1):
            value = match[3]
            inner = value[1:-1] if value[0] in "\"'" else value
            if len(inner) > 3 and self.wanted(token, match[1]):
                self.parts.append(token.raw[at : match.start(3)])
                self._attribute(local(match[1]), value, html.unescape(inner))
                at = match.end(3)
        self.parts.append(token.raw[at:])

    def _attribute(self, name: str, raw: str, text: str) -> None:
        at, parts = len(self.parts), self.parts
        parts.append(raw)

        def put(edits: Sequence[Edit]) -> None:
            parts[at] = '"' + escape(apply_edits(text, edits), quote=True) + '"'

        self.slots.append(Slot("" if self.web else name, text, put))


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]
