"""The catalog to look around in: threats, controls, patterns, frameworks and statements, and how they hang together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bartizan.catalog import Catalog
from bartizan.catalog.statements import CatalogStatement
from bartizan.catalog.types import Control, Cut, Framework, Pattern, Threat
from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.render import Html, page, words_of
from bartizan.console.services import Services
from bartizan.console.stated import statements
from bartizan.console.words import message
from bartizan.govern.policies import fill, parameters

__all__ = ["ROUTES"]

PARTS: Mapping[str, str] = {
    "threats": message("Threats"),
    "controls": message("Controls"),
    "patterns": message("Patterns"),
    "frameworks": message("Frameworks"),
    "statements": message("Statements of policies"),
}
_OF_THREATS: Mapping[str, str] = {
    "mitre-atlas": "atlas", "owasp-llm": "owasp_llm", "owasp-agentic": "owasp_agentic", "owasp-ml": "owasp_ml",
    "stride": "stride",
}  # fmt: skip
"""Frameworks that threats name themselves, and in which field."""


class Line(NamedTuple):
    """An entry as a list shows it."""

    part: str
    id: str
    title: str
    text: str


class Linked(NamedTuple):
    """What an item of a framework hangs together with."""

    id: str
    title: str
    parent: str
    controls: list[str]
    threats: list[str]
    statements: list[str]


@get("/catalog", sync_to_thread=True)
def catalog(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Search in everything, or choose a part."""
    text = str(request.query_params.get("text", ""))[:200]
    lines = {part: _lines(services, part, words_of(request, person).language) for part in PARTS}
    found = [line for part in PARTS for line in lines[part] if _fits(line, text)] if text.strip() else []
    return page("catalog.html", request, services, person, parts=PARTS, found=found[:60], total=len(found),
                counts={part: len(lines[part]) for part in PARTS}, asked=bool(text.strip()))  # fmt: skip


@get("/catalog/{part:str}", sync_to_thread=True)
def part(request: AnyRequest, services: WithServices, person: WithPerson, part: FromPath[str]) -> Html:
    """Show one part of it."""
    if part not in PARTS:
        raise NotFoundException("there is no such part of the catalog")
    text = str(request.query_params.get("text", ""))[:200]
    lines = _lines(services, part, words_of(request, person).language)
    found = [line for line in lines if _fits(line, text)]
    return page("catalog_part.html", request, services, person, parts=PARTS, part=part, found=found)


@get("/catalog/{part:str}/{id:str}", sync_to_thread=True)
def entry(
    request: AnyRequest, services: WithServices, person: WithPerson, part: FromPath[str], id: FromPath[str]
) -> Html:
    """Show one entry, with what it hangs together with."""
    whole = services.catalog
    kept: Mapping[str, Mapping[str, Any]] = {
        "threats": whole.threats, "controls": whole.controls, "patterns": whole.patterns,
        "frameworks": whole.frameworks, "statements": statements().statements,
    }  # fmt: skip
    found = kept.get(part, {}).get(id)
    if found is None:
        raise NotFoundException("there is no such entry in the catalog")
    more: dict[str, Any] = {}
    if isinstance(found, Threat):
        more = {"cut_by": _cut_by(whole, id), "maps": _maps_of(found)}
    elif isinstance(found, Control):
        more = {
            "cuts": _cuts(whole, id),
            "stated": _stated(services, id, words_of(request, person).language),
            "patterns": _in_patterns(whole, id),
        }
    elif isinstance(found, Framework):
        text = str(request.query_params.get("text", ""))[:200].casefold().strip()
        items = [one for one in _linked(whole, found) if text in f"{one.id} {one.title}".casefold()]
        more = {"items": items}
    elif isinstance(found, CatalogStatement):
        document = statements().documents[found.document]
        language = words_of(request, person).language
        values = parameters(services.organisation(), language)

        def say(texts: Mapping[str, str]) -> str:
            return fill(texts.get(language, texts["en"]), values)

        section = next(one for one in document.sections if one.id == found.section)
        more = {"document": document, "section": section, "say": say}
    return page(f"catalog_{part[:-1]}.html", request, services, person, entry=found, catalog=whole, part=part,
                parts=PARTS, **more)  # fmt: skip


def _lines(services: Services, part: str, language: str) -> list[Line]:
    whole = services.catalog
    made: Iterator[Line]
    if part == "threats":
        made = (Line(part, id, one.title, one.description) for id, one in whole.threats.items())
    elif part == "controls":
        made = (Line(part, id, one.title, one.description) for id, one in whole.controls.items())
    elif part == "patterns":
        made = (Line(part, id, one.title, one.intent) for id, one in whole.patterns.items())
    elif part == "frameworks":
        made = (Line(part, id, one.title, f"{one.publisher}, {one.version}") for id, one in whole.frameworks.items())
    else:
        values = parameters(services.organisation(), language)
        made = (
            Line(part, id, fill(one.text.get(language, one.text["en"]), values), one.document)
            for id, one in statements().statements.items()
        )
    return sorted(made, key=lambda line: line.title.casefold())


def _fits(line: Line, text: str) -> bool:
    """Tell whether all words that were typed stand in an entry."""
    where = _typed(f"{line.id} {line.title} {line.text}")
    return all(word in where for word in _typed(text).split())


def _typed(text: str) -> str:
    """Return a text as people type it: `l'IA` on a keyboard is `l’IA` in print."""
    return text.casefold().replace("’", "'")


def _cut_by(whole: Catalog, threat: str) -> list[tuple[Control, int]]:
    """Return the controls that cut a threat, the strongest first, with their points."""
    points = {control: strength for control, strength, _ in whole.rules[threat].cuts}
    for id, control in whole.controls.items():
        cut = control.cuts.get(threat)
        if cut is not None:
            strength = cut.strength if isinstance(cut, Cut) else cut
            points[id] = max(points.get(id, 0), strength.points)
    return sorted(((whole.controls[id], n) for id, n in points.items()), key=lambda one: (-one[1], one[0].title))


def _cuts(whole: Catalog, control: str) -> list[tuple[Threat, int]]:
    """Return the threats that a control cuts, the most strongly first, with its points."""
    found = []
    for id, threat in whole.threats.items():
        found += [(threat, points) for one, points in _cut_by(whole, id) if one.id == control]
    return sorted(found, key=lambda one: (-one[1], one[0].title))


def _maps_of(threat: Threat) -> dict[str, list[str]]:
    named = {framework: getattr(threat, field) for framework, field in _OF_THREATS.items()}
    return {framework: items for framework, items in named.items() if items}


def _stated(services: Services, control: str, language: str) -> list[Line]:
    known = statements().statements
    return [line for line in _lines(services, "statements", language) if control in known[line.id].controls]


def _in_patterns(whole: Catalog, control: str) -> list[Pattern]:
    return [one for one in whole.patterns.values() if control in one.essential]


def _linked(whole: Catalog, framework: Framework) -> list[Linked]:
    """Return the items of a framework with what is mapped to each."""
    controls: dict[str, list[str]] = {}
    threats: dict[str, list[str]] = {}
    stated: dict[str, list[str]] = {}
    for control in whole.controls.values():
        for item in control.maps.get(framework.id, ()):
            controls.setdefault(item, []).append(control.id)
    field = _OF_THREATS.get(framework.id, "")
    for threat in whole.threats.values():
        for item in getattr(threat, field, ()):
            threats.setdefault(item, []).append(threat.id)
    for one in statements().statements.values():
        for item in one.maps.get(framework.id, ()):
            stated.setdefault(item, []).append(one.id)
    return [
        Linked(id, item.title, item.parent, controls.get(id, []), threats.get(id, []), stated.get(id, []))
        for id, item in framework.items.items()
    ]


ROUTES = [catalog, part, entry]
