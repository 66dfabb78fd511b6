"""Stored script: an attack in every text of every kind of document, and every page that shows it."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

import lxml.html
import pytest
from httpx import Response

from bartizan.model.documents import Kind
from tests.console.bad_input.ground import Ground, seed
from tests.console.bad_input.poison import PAYLOADS, Poisoned, poisoned

_LINKS = ("href", "src", "action", "formaction", "hx-get", "hx-post", "poster", "data", "cite", "background", "srcset",
          "xlink:href")  # fmt: skip
_ODD = re.compile(r"(?i)w1\(|x=|onerror|onload|onfocus|onmouse|^on")
_IMAGES = ("/static/", "data:image/", "/systems/")
_NOT_PAGES = (".csv", ".xlsx", ".pdf", ".docx", "/signin", "/signout", "/enrol", "/static")


@cache
def _poisoned(kind: Kind) -> Poisoned:
    return poisoned(seed(kind))


def _pages(ground: Ground) -> list[tuple[str, Response]]:
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


def _faults(text: str, *, file: bool) -> list[str]:
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


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_text_of_a_document_becomes_markup_on_any_page(empty: Ground, name: str) -> None:
    payload = PAYLOADS[name]
    empty.put(seed(Kind.ORGANISATION))
    for kind in Kind:
        if kind is not Kind.ORGANISATION:
            empty.put(_poisoned(kind).filled(payload))
    empty.settle(payload)
    _all_harmless(empty, payload)


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_text_of_the_organisation_becomes_markup_on_any_page(ground: Ground, name: str) -> None:
    ground.put(_poisoned(Kind.ORGANISATION).filled(PAYLOADS[name]))
    _all_harmless(ground, PAYLOADS[name])


def _all_harmless(ground: Ground, payload: str) -> None:
    shown, wrong = 0, []
    for path, answer in _pages(ground):
        kind = answer.headers.get("content-type", "")
        if answer.status_code >= 500:
            wrong.append((path, [str(answer.status_code)]))
        elif "html" in kind or "svg" in kind:
            file = answer.headers.get("content-disposition", "").startswith("attachment") or "svg" in kind
            wrong += [(path, faults[:5])] if (faults := _faults(answer.text, file=file)) else []
            # What stands in a text as an expression is text: nobody has multiplied.
            assert "{{7*7}}" not in payload or "&lt;/script&gt;49" not in answer.text, path
            assert payload.split("{{", maxsplit=1)[0] not in answer.text, path
            shown += "w1()" in answer.text
        elif answer.status_code == 200:
            assert kind.startswith(("application/", "text/")), (path, kind)
            assert answer.headers["x-content-type-options"] == "nosniff"
    assert not wrong
    assert shown >= 5


def test_the_walk_reaches_the_texts_of_every_kind() -> None:
    taken = {kind: len(_poisoned(kind).taken) for kind in Kind}
    assert all(count >= 4 for count in taken.values()), taken
    refused = {
        ".".join("*" if isinstance(key, int) else key for key in path)
        for kind in Kind if kind is not Kind.SYSTEM
        for path in _poisoned(kind).refused
    }  # fmt: skip
    # What can't hold an attack is an id, a day, or a reference to something that has to be there.
    assert all(_is_name(one) for one in refused), sorted(refused)


def _is_name(path: str) -> bool:
    words = ("id", "parent", "duties", "controls", "left_out", "vendor", "instead", "statement", "control", "systems",
             "compensating", "promoted_to", "forbidden", "upstreams", "types", "starts", "ends")  # fmt: skip
    return path.replace(".*", "").rsplit(".", maxsplit=1)[-1] in words
