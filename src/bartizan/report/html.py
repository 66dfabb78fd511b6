"""The review as one page for a browser: nothing is loaded, and no script of anybody else is in it."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

from bartizan.analysis.result import Review
from bartizan.catalog import Catalog
from bartizan.model import System
from bartizan.report import charts, diagram_style
from bartizan.report.diagram import prepare
from bartizan.report.drawing import el, raw
from bartizan.report.palette import DARK, LIGHT, SEVERITIES, on_page, variables
from bartizan.report.paper import FrameworkRow, Paper
from bartizan.report.paper_build import build_paper, shown_paths
from bartizan.report.paper_names import Names
from bartizan.report.paper_plan import named_risk

__all__ = ["render"]

_SECTIONS = (
    ("losses", "What is at stake"),
    ("paths", "Attack paths"),
    ("plan", "Control plan"),
    ("threats", "Threats"),
    ("risk", "Risk in money"),
    ("coverage", "Coverage"),
    ("basis", "Basis"),
    ("appendix", "Appendix"),
)


def render(review: Review, system: System, catalog: Catalog) -> str:
    """Return the page. Its policy allows the one style sheet and the one script in it, by their hashes, and no more."""
    paper = build_paper(review, system, catalog)
    shown = shown_paths(review)
    drawn = prepare(review, system, shown)
    risk = named_risk(review, Names(review, system, catalog))
    style, script = _style(len(shown)), _packaged("review.js")
    allowed = f"style-src {_hash(style)}; script-src {_hash(script)}"
    return _template().render(
        paper=paper,
        sections=[(id, name) for id, name in _SECTIONS if _there(id, paper)],
        severities=SEVERITIES,
        diagram=Markup(drawn.svg("dfd", shown)),  # noqa: S704 - escaped by `el`
        grouped=drawn.scene.grouped,
        curve=Markup(charts.exceedance(risk, "curve")),  # noqa: S704
        tornado=Markup(charts.tornado(risk, "tornado")) if risk.tornado else "",  # noqa: S704
        bars=[Markup(_meter(row)) for row in paper.coverage],  # noqa: S704
        policy=f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'",
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
    )


def _there(section: str, paper: Paper) -> bool:
    stake = paper.losses or paper.found or paper.scanned
    filled = {"losses": stake, "coverage": paper.coverage, "appendix": paper.appendix}
    return bool(filled.get(section, True))


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _style(paths: int) -> str:
    """The page's sheet, with the colours, the drawings' sheets, and what a chosen path shows and dims."""
    colours = f":root{{{variables(LIGHT)}}}\n@media (prefers-color-scheme:dark){{:root{{{variables(DARK)}}}}}\n"
    paper = f"@media print{{:root{{{variables(LIGHT)}}}}}\n"
    sheets = [on_page(diagram_style.sheet()), on_page(charts.sheet()), _packaged("review.css")]
    chosen = []
    for number in range(1, paths + 1):
        when = f".explore:has(#pick-{number}:checked)"
        chosen.append(f"{when} .path-{number},{when} .way-{number}{{display:block}}")
        chosen.append(f"{when} .card:not(.on-{number}){{opacity:.35}}")
    return colours + paper + "\n".join([*sheets, *chosen])


def _meter(row: FrameworkRow) -> raw:
    """Three parts of a bar: met, met by the plan, open."""
    parts, x = [], 0.0
    total = max(len(row.covered) + len(row.planned) + len(row.gaps), 1)
    for name, items in (("met", row.covered), ("plan", row.planned), ("gap", row.gaps)):
        width = 100 * len(items) / total
        if items:
            parts.append(el("rect", x=x, y=0.0, width=width, height=8.0, class_=name))
        x += width
    return el("svg", *parts, viewBox="0 0 100 8", preserveAspectRatio="none", class_="meter", aria_hidden="true")


@cache
def _packaged(name: str) -> str:
    return (files("bartizan.report") / "templates" / name).read_text(encoding="utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.from_string(_packaged("review.html.j2"))
