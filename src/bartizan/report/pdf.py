"""The review on paper, set by Typst from a template of our own with the fonts that Typst brings."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from importlib.resources import files
from typing import Any

import msgspec

from bartizan.analysis.result import Review
from bartizan.catalog import Catalog
from bartizan.model import System
from bartizan.report import charts, diagram_style
from bartizan.report.diagram import prepare
from bartizan.report.palette import LIGHT, plain
from bartizan.report.paper_build import build_paper, shown_paths
from bartizan.report.paper_names import Names
from bartizan.report.paper_plan import named_risk
from bartizan.report.typeset import FONT, typeset

__all__ = ["render"]

# A word that no line can hold and that has no hyphen to break at.
_LONG_WORD = re.compile(r"[^\s\-/\u200b]{31,}")


def render(review: Review, system: System, catalog: Catalog) -> bytes:
    """Return the PDF. Texts go in as data, drawings as SVG; no package, no file and no font of the machine is read."""
    worst = shown_paths(review)[:1]
    drawn = prepare(review, system, worst)
    risk = named_risk(review, Names(review, system, catalog))
    style = plain(charts.sheet(FONT))
    inputs = {
        "paper": msgspec.json.encode(_data(review, system, catalog, drawn.description())).decode(),
        "diagram": drawn.svg("dfd", worst, style=plain(diagram_style.sheet(FONT)), key=True),
        "curve": charts.exceedance(risk, "curve", style=style, width=640.0),
    }
    if risk.tornado:
        inputs["tornado"] = charts.tornado(risk, "tornado", style=style, width=640.0)
    template = (files("bartizan.report") / "templates" / "review.typ").read_bytes()
    midnight = datetime.combine(review.as_of, time(), UTC)
    return typeset(template, inputs, "pdf", timestamp=int(midnight.timestamp()))


def _data(review: Review, system: System, catalog: Catalog, alt: str) -> dict[str, Any]:
    """What the template needs beside the paper itself."""
    data: dict[str, Any] = _breakable(msgspec.to_builtins(build_paper(review, system, catalog)))
    data["colours"] = LIGHT
    data["day"] = [review.as_of.year, review.as_of.month, review.as_of.day]
    data["alt"] = alt
    data["plan"]["total"] = f"{review.controls.cost:g}"
    return data


def _breakable(value: Any) -> Any:
    """Let words that are too long for any line break every 30 letters."""
    if isinstance(value, str):
        return _LONG_WORD.sub(lambda match: re.sub(".{30}", "\\g<0>\u200b", match[0]), value)
    if isinstance(value, dict):
        return {key: _breakable(one) for key, one in value.items()}
    return [_breakable(one) for one in value] if isinstance(value, list | tuple) else value
