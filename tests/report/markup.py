"""What tests read out of pages and drawings."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser

__all__ = ["SVG", "Page", "texts"]

SVG = "{http://www.w3.org/2000/svg}"
_VOID = {"meta", "input", "br", "img", "link"}


class Page(HTMLParser):
    """A page as its tags: each opening has its closing, or reading fails."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.raw: dict[str, list[str]] = {"style": [], "script": []}
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open
        assert self._open[-1] == tag, f"`{tag}` closes {self._open[-3:]}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in self.raw:
            self.raw[self._open[-1]].append(data)
        else:
            self.text.append(data)

    def attributes(self) -> Iterator[tuple[str, str, str]]:
        """Every attribute as tag, name and value."""
        for tag, attributes in self.tags:
            for name, value in attributes.items():
                yield tag, name, value


def texts(drawing: str) -> list[str]:
    """The texts of a drawing, which must be well formed."""
    return [node.text or "" for node in ET.fromstring(drawing).iter(f"{SVG}text")]  # noqa: S314 - our own output
