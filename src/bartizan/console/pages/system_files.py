"""What a system's pages fetch, and what people take along: the diagram, numbers for pictures, reports."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from bartizan.analysis.result import Review
from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.limits import DEAR
from bartizan.console.naming import drawn
from bartizan.console.pages.system_graph import graph_of
from bartizan.console.pages.system_seen import Seen, see
from bartizan.console.render import words_of
from bartizan.report import FORMATS
from bartizan.report.diagram import render
from bartizan.report.paper_plan import named_risk

__all__ = ["ROUTES"]

_TYPES = {
    ".txt": "text/plain; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".svg": "image/svg+xml",
    ".md": "text/markdown; charset=utf-8",
}
_JSON = "application/json"


@get("/systems/{name:str}/diagram.svg", sync_to_thread=True)
def diagram(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Response[bytes]:
    """Send the diagram, with the worst attack path on it. A browser that has it is told so."""
    seen = see(services, person, name)
    words = words_of(request, person, services.organisation().language)
    tag = f'"{seen.standing.assessment.inputs[:32]}-{seen.standing.assessment.as_of}-{words.language}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Language"}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers)
    content = render(
        _review(seen), seen.proven(services), services.catalog, say=partial(drawn, words), language=words.language
    )
    return Response(content.encode(), media_type="image/svg+xml", headers=headers)


@get("/systems/{name:str}/paths.json", sync_to_thread=True)
def graph(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], path: FromQuery[str] = ""
) -> Response[bytes]:
    """Send the graph of the attack paths, with the steps of one, in the reader's language."""
    seen = see(services, person, name)
    names = seen.names(services, words_of(request, person, services.organisation().language))
    return _json(graph_of(_review(seen), seen.system, names, path) if names else {})


@get("/systems/{name:str}/risk.json", sync_to_thread=True)
def risk(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Response[bytes]:
    """Send the curves and the swings of the risk, with the words for them in the reader's language."""
    seen = see(services, person, name)
    words = words_of(request, person, services.organisation().language)
    names = seen.names(services, words)
    if names is None:
        return _json({})
    made = named_risk(_review(seen), names)
    return _json(
        {
            "currency": made.currency,
            "language": words.language,
            "appetite": made.appetite,
            "curves": [
                {"tone": "line", "name": words.plain("without any control"), "points": made.exceedance_inherent},
                {"tone": "critical", "name": words.plain("as it stands"), "points": made.exceedance},
                {"tone": "good", "name": words.plain("with the plan"), "points": made.exceedance_planned},
            ],
            "middle": made.residual.mean,
            "swings": [{"name": one.input, "low": one.low, "high": one.high} for one in made.tornado],
            "words": {
                "money": words.plain("Loss in a year"),
                "chance": words.plain("Chance that a year costs more"),
                "appetite": words.plain("appetite"),
                "mean": words.plain("Mean loss in a year by input"),
                "low": words.plain("at its low end"),
                "high": words.plain("at its high end"),
            },
        }
    )


@get("/systems/{name:str}/reports/{format:str}", sync_to_thread=True, dear=DEAR)
def report(services: WithServices, person: WithPerson, name: FromPath[str], format: FromPath[str]) -> Response[bytes]:
    """Send the review in one of the formats, as a file to keep."""
    seen = see(services, person, name)
    chosen = FORMATS.get(format)
    if chosen is None:
        raise NotFoundException("there is no such format")
    content = chosen.render(_review(seen), seen.proven(services), services.catalog)
    media_type = _TYPES.get(chosen.suffix, _JSON)
    return _file(content, media_type, f"{seen.name}{chosen.suffix}")


def _review(seen: Seen) -> Review:
    if seen.review is None:
        raise NotFoundException("the system could not be assessed, so there is no review of it")
    return seen.review


def _json(value: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(value), media_type=_JSON)


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    # Names of systems are small letters, digits, hyphens and dots: nothing to quote.
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


ROUTES = [diagram, graph, risk, report]
