"""Where the values of a call came from, as one page for a browser: nothing is loaded, and there is no script in it."""

from __future__ import annotations

from markupsafe import Markup

from bartizan.report.flow_explain import ASKED, Explanation, Value
from bartizan.report.flow_explain_svg import drawing, sheet
from bartizan.report.page import policy, style, template
from bartizan.report.palette import on_page

__all__ = ["render_html"]

_MOODS = {"allowed": "good", "changed": "unknown", "asked": "unknown", "denied": "bad", "": "unknown"}
_HEADLINES = {
    "allowed": "This call was allowed",
    "changed": "This call was changed",
    "asked": "Somebody was asked about this call",
    "denied": "This call was denied",
    "": "This call",
}


def render_html(told: Explanation, date: str) -> str:
    """Return the page; `date` says when it was made. Its policy allows its one style sheet, by its hash."""
    looks = style("review.css", "flow_explain.css", more=on_page(sheet()))
    page = {
        "name": told.call.title,
        "number": told.call.number,
        "date": date,
        "mood": _MOODS[told.call.word],
        "headline": _HEADLINES[told.call.word],
        "rule": told.rule,
        "reasons": [_capital(reason) for reason in told.reasons],
        "risks": [_capital(risk) for risk in told.risks],
        "request": told.request,
        "rows": [_row(told, value) for value in told.call.values],
        "more": told.more,
    }
    return template("flow_explain.html.j2").render(
        page=page,
        policy=policy(looks),
        style=Markup(looks),  # noqa: S704 - our own file
        drawing=Markup(drawing(told, "flow")),  # noqa: S704 - escaped by construction
    )


def _row(told: Explanation, value: Value) -> dict[str, str]:
    step = told.step(value.step) if value.step is not None else None
    place = "" if step is None else "the request" if step.number == ASKED else f"call {step.number}, {step.title}"
    return {
        "name": value.name,
        "type": value.type,
        "text": value.text or "(not shown)",
        "kind": "plain" if value.good is None else "good" if value.good else "bad",
        "words": value.words or value.source or "nothing hangs on it",
        "place": place + (f", field {value.field}" if place and value.field else ""),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
