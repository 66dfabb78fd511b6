"""Paper and interchange: what a review looks like to people and to programs.

The contract of this axis: one module per format, and in it

    def render(review: Review, system: System, catalog: Catalog) -> bytes | str

a pure function. It reads nothing but its arguments and packaged templates, knows no clock (`review.as_of` is the date),
and gives the same bytes for the same arguments. Names and texts of the system are a stranger's input: each renderer
escapes them for its format. `FORMATS` is the registry; a renderer is imported when it is first asked for, so that a
text report doesn't load what makes a PDF.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from bartizan.analysis.result import Review
    from bartizan.catalog import Catalog
    from bartizan.model import System

__all__ = ["FORMATS", "Format"]


class Format(msgspec.Struct, frozen=True):
    """One way to write a review.

    `suffix` is what a file name of this format ends with. `binary` formats are not for a terminal. `module` is the
    module below `bartizan.report` that renders it.
    """

    name: str
    suffix: str
    module: str
    summary: str
    binary: bool = False

    def render(self, review: Review, system: System, catalog: Catalog) -> bytes:
        """Return the report as bytes; text as UTF-8."""
        made = import_module(f"bartizan.report.{self.module}").render(review, system, catalog)
        return made.encode() if isinstance(made, str) else bytes(made)


FORMATS: dict[str, Format] = {
    entry.name: entry
    for entry in (
        Format("text", ".txt", "text", "for a terminal"),
        Format("html", ".html", "html", "one file for a browser, without network"),
        Format("pdf", ".pdf", "pdf", "the review on paper", binary=True),
        Format("docx", ".docx", "docx", "a paper for the committee, as a Word document", binary=True),
        Format("svg", ".svg", "diagram", "the data-flow diagram"),
        Format("markdown", ".md", "markdown", "for a wiki or a pull request"),
        Format("json", ".json", "json_", "everything, in the schema bartizan/review/1"),
        Format("sarif", ".sarif", "sarif", "SARIF 2.1.0, for code scanning"),
        Format("otm", ".otm", "otm", "Open Threat Model 0.2.0, the system with its threats"),
        Format("oscal", ".oscal.json", "oscal", "OSCAL 1.2.1, a plan of action and milestones"),
        Format(
            "cyclonedx",
            ".cdx.json",
            "cyclonedx",
            "CycloneDX 1.6, the models, data sets and services as a bill of materials",
        ),
    )
}
