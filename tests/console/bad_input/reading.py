"""Reads the console's pages as a browser would: asks for all of them, and finds what of a text became markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import lxml.html  # type: ignore[import-untyped]
import pytest
from _pytest.mark.structures import ParameterSet
from httpx import Response

from bartizan.model.documents import Kind
from tests.console.bad_input.ground import Ground

__all__ = ["faults", "in_part", "pages"]

_LINKS = ("href", "src", "action", "formaction", "hx-get", "hx-post", "poster", "data", "cite", "background", "srcset",
          "xlink:href")  # fmt: skip
_ODD = re.compile(r"(?i)w1\(|x=|onerror|onload|onfocus|onmouse|^on")
_IMAGES = ("/static/", "data:image/", "/systems/")
_NOT_PAGES = (".csv", ".xlsx", ".pdf", ".docx", "/signin", "/signout", "/enrol", "/static")


def pages(ground: Ground) -> list[tuple[str, Response]]:
    """Ask for every address that can be asked for, each page of the lists as it is."""
    found = []
    for kind in Kind:
        found += [(f"/documents/{kind.plural}", ground.names[kind])]
    addresses = [route.path for route in ground.routes() if route.method == "GET" and "{provider" not in route.template]
    addresses += ["/".join(one) for one in found]
    addresses += [route.path.replace(".html", "") for route in ground.routes() if "{form" in route.template]
    system = ground.names[Kind.SYSTEM]
    addresses += [f"/systems/{system}/reports/{name}" for name in ("html", "svg", "markdown", "sarif")]
    addresses += [f"/tools/answer?tool={ground.names[Kind.TOOL]}&class=internal", f"/scans/new?system={system}"]
    wanted = [one for one in dict.fromkeys(addresses) if not one.startswith(_NOT_PAGES) and "none" not in one]
    return [(one, ground.ask("GET", one)) for one in wanted]


def faults(text: str, *, file: bool) -> list[str]:
    """Return what of an attack became markup in a page, or in a file that has styles and a script of its own."""
    out = []
    for element in lxml.html.document_fromstring(text.encode()).iter():
        if not isinstance(element.tag, str):
            out += [f"comment {element.text}"] if _ODD.search(element.text or "") else []
            continue
        out += [
            f"{element.tag} {name}" for name in element.attrib if _ODD.search(name) or (name == "style" and not file)
        ]
        if element.tag == "script" and not (element.get("src") or "").startswith("/static/"):
            out += [] if file and "w1" not in (element.text or "") else [f"script {element.get('type')}"]
        if element.tag == "img" and not (element.get("src") or "").startswith(_IMAGES):
            out.append(f"img {element.get('src')}")
        for name in _LINKS:
            link = element.get(name)
            if link is not None and not _allowed(link):
                out.append(f"{element.tag} {name}={link[:60]}")
    return out


def _allowed(link: str) -> bool:
    """Tell whether a link leads to a page of ours, a part of the page, or a page elsewhere by http or by mail."""
    if link.startswith("data:image/"):
        return True
    parts = urlsplit(link.strip())
    return parts.scheme in ("http", "https", "mailto") or (not parts.scheme and link.startswith(("/", "#", "?", "")))


def in_part(table: Iterable[str], most: int) -> list[ParameterSet]:
    """Give the rows of a table as parameters: the suite runs the first ones, `make thorough` the rest."""
    return [
        pytest.param(one, marks=[pytest.mark.thorough] if number >= most else []) for number, one in enumerate(table)
    ]
