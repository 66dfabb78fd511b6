"""What the pages for a browser share: one allowed style sheet, templates, and a stranger's text made harmless."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

from bartizan.report.palette import DARK, LIGHT, variables
from bartizan.report.terminal import clean

__all__ = ["coded", "policy", "style", "template", "ticked"]


def style(*names: str, more: str = "") -> str:
    """Return packaged style sheets as one, with the colours for light, dark and paper before them."""
    colours = f":root{{{variables(LIGHT)}}}\n@media (prefers-color-scheme:dark){{:root{{{variables(DARK)}}}}}\n"
    paper = f"@media print{{:root{{{variables(LIGHT)}}}}}\n"
    return colours + paper + "".join(_packaged(name) for name in names) + more


def policy(sheet: str) -> str:
    """Return a content security policy that allows one style sheet, by its hash, and nothing else."""
    allowed = f"'sha256-{b64encode(hashlib.sha256(sheet.encode()).digest()).decode()}'"
    return f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'"


@cache
def template(name: str) -> jinja2.Template:
    """Return a packaged template."""
    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        finalize=_clean,
    )
    environment.filters["ticked"] = ticked
    return environment.from_string(_packaged(name))


def ticked(text: str) -> Markup:
    """Return one of our sentences with what stands between backticks as code."""
    return coded(Markup.escape(clean(text)))


def coded(escaped: Markup) -> Markup:
    """Return what is escaped already with what stands between backticks as code."""
    parts = escaped.split("`")
    if len(parts) % 2 == 0:  # one of them has no other
        return escaped
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if number % 2 else part for number, part in enumerate(parts)
    )


@cache
def _packaged(name: str) -> str:
    return (files("bartizan.report") / "templates" / name).read_text(encoding="utf-8")


def _clean(value: object) -> object:
    """Names of files and columns are a stranger's: no control characters, and none that turn the order of reading."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
