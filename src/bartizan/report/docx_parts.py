"""Pieces of a Word document: headings, paragraphs, ruled tables, pictures, and a file that is the same each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from bartizan.report.drawing import clean
from bartizan.report.palette import LIGHT, SEVERITIES

__all__ = ["Writer"]

_BODY, _HEADING = "Calibri", "Georgia"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PROOFING = {"en": "en-GB", "de": "de-DE", "fr": "fr-FR", "it": "it-IT", "sq": "sq-AL"}
"""What Word checks spelling and breaks words by: it wants a region."""


def _colour(role: str) -> RGBColor:
    return RGBColor.from_string(LIGHT[role].removeprefix("#").upper())


class Writer:
    """Writes a document from top to bottom. Texts may hold anything; what XML can't hold becomes U+FFFD."""

    def __init__(self, title: str, day: date, language: str = "en") -> None:
        self._file: Document = docx.Document()
        self._page()
        self._styles()
        moment = datetime(day.year, day.month, day.day)
        core = self._file.core_properties
        core.title = clean(title)[:255]  # more is an error of the format
        core.author = core.last_modified_by = "Bartizan"
        core.created = core.modified = core.last_printed = moment
        core.comments, core.revision, core.language = "", 1, language
        for spoken in self._file.styles.element.iter(qn("w:lang")):
            spoken.set(qn("w:val"), _PROOFING.get(language, language))

    def _page(self) -> None:
        section = self._file.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(22)
        section.top_margin = section.bottom_margin = Mm(20)

    def _styles(self) -> None:
        styles = self._file.styles
        normal = styles["Normal"]
        normal.font.name, normal.font.size = _BODY, Pt(10.5)
        normal.font.color.rgb = _colour("ink")
        normal.paragraph_format.space_after = Pt(5)
        normal.paragraph_format.line_spacing = 1.1
        for name, size, before in (("Title", 24, 0), ("Heading 1", 15, 16), ("Heading 2", 11.5, 10)):
            style = styles[name]
            style.font.size, style.font.bold = Pt(size), True
            style.font.color.rgb = _colour("ink")
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for key in [key for key in fonts.keys() if "Theme" in key]:  # noqa: SIM118 - an element, not a dict
                del fonts.attrib[key]
            style.font.name = _HEADING if name != "Heading 2" else _BODY
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(5)
            border = style.element.get_or_add_pPr().find(qn("w:pBdr"))
            if border is not None:
                border.getparent().remove(border)

    def title(self, text: str, above: str) -> None:
        """Write the title with a line above it."""
        self.text(above, muted=True)
        self._file.add_paragraph(clean(text), style="Title")

    def heading(self, text: str, level: int = 1) -> None:
        """Write a heading; it stays with what follows."""
        self._file.add_paragraph(clean(text), style=f"Heading {level}")

    def text(self, text: str, *, bold: bool = False, muted: bool = False, size: float | None = None) -> Paragraph:
        """Write a paragraph."""
        paragraph = self._file.add_paragraph()
        _run(paragraph, text, bold=bold, role="muted" if muted else None, size=size)
        return paragraph

    def bullets(self, items: Iterable[str], sign: str = "") -> None:
        """Write a list; with a `sign` that one stands in place of the bullet."""
        for item in items:
            if sign:
                paragraph = self.text(f"{sign}\t{item}")
                paragraph.paragraph_format.left_indent = Mm(8)
                paragraph.paragraph_format.first_line_indent = Mm(-7)
                paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(8))
            else:
                paragraph = self._file.add_paragraph(clean(item), style="List Bullet")
            paragraph.paragraph_format.space_after = Pt(3)

    def steps(self, items: Sequence[tuple[str, str]]) -> None:
        """Write numbered steps, each a bold phrase and what follows it."""
        for number, (phrase, rest) in enumerate(items, 1):
            paragraph = self._file.add_paragraph()
            paragraph.paragraph_format.left_indent = Mm(8)
            paragraph.paragraph_format.first_line_indent = Mm(-7)
            paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(8))
            paragraph.paragraph_format.space_after = Pt(3)
            _run(paragraph, f"{number}.\t", bold=True, role="attack")
            _run(paragraph, phrase, bold=True)
            _run(paragraph, rest)

    def clause(self, number: str, pieces: Iterable[tuple[str, str]], below: str = "") -> None:
        """Write a numbered clause, with a grey line below it. `pieces`: pairs of `same`, `out` or `in`, and a text."""
        paragraph = self._file.add_paragraph()
        self._hang(paragraph)
        paragraph.paragraph_format.keep_together = True
        _run(paragraph, f"{number}\t", bold=True, role="muted")
        for mark, text in pieces:
            run = _run(paragraph, text, role={"in": "good", "out": "critical"}.get(mark))
            run.font.underline, run.font.strike = mark == "in" or None, mark == "out" or None
        if below:
            paragraph.paragraph_format.keep_with_next = True
            paragraph.paragraph_format.space_after = Pt(1)
            paragraph = self.text(f"\t{below}", muted=True, size=9)
            self._hang(paragraph)
        paragraph.paragraph_format.space_after = Pt(8)

    def _hang(self, paragraph: Paragraph) -> None:
        paragraph.paragraph_format.left_indent = Mm(12)
        paragraph.paragraph_format.first_line_indent = Mm(-12)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(12))

    def verdict(self, headline: str, sentences: Iterable[str], *, good: bool) -> None:
        """Write the verdict in a shaded box with a coloured edge."""
        table = self._file.add_table(rows=1, cols=1)
        cell = table.rows[0].cells[0]
        _shade(cell, LIGHT["sheet"])
        _edge(cell, "left", LIGHT["good" if good else "critical"], 36)
        cell.paragraphs[0].paragraph_format.space_before = Pt(5)
        _run(cell.paragraphs[0], headline, bold=True, size=14, font=_HEADING)
        for sentence in sentences:
            _run(cell.add_paragraph(), sentence)
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.left_indent = Mm(3)
        self._gap()

    def table(
        self, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float], numbers: Sequence[int] = ()
    ) -> None:
        """Write a table with ruled rows. `widths` in millimetres; columns in `numbers` are set to the right.

        A cell that is a severity is coloured; a line break in a cell starts a smaller, grey line.
        """
        body = [list(row) for row in rows]
        table = self._file.add_table(rows=1 + len(body), cols=len(head))
        table.alignment = WD_TABLE_ALIGNMENT.LEFT
        table.autofit = False
        for index, width in enumerate(widths):
            table.columns[index].width = Mm(width)
        for row_number, texts in enumerate([list(head), *body]):
            row = table.rows[row_number]
            _keep_row(row._tr, header=row_number == 0)
            for index, text in enumerate(texts):
                cell = row.cells[index]
                cell.width = Mm(widths[index])
                _edge(cell, "bottom", LIGHT["rule"], 4)
                _fill(cell, text, header=row_number == 0, right=index in numbers)
        self._gap()

    def picture(self, image: bytes, width: float, alt: str) -> None:
        """Put a PNG; `width` in millimetres."""
        shape = self._file.add_picture(io.BytesIO(image), width=Mm(width))
        shape._inline.docPr.set("descr", clean(alt))
        self._file.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER

    def lines(self, text: str, count: int) -> None:
        """Write a phrase and ruled lines to write on by hand."""
        table = self._file.add_table(rows=count, cols=1)
        for number, row in enumerate(table.rows):
            _edge(row.cells[0], "bottom", LIGHT["line"], 4)
            _fill(row.cells[0], f"{text}\n\u00a0" if number == 0 else "\u00a0\n\u00a0", header=False, right=False)
        self._gap()

    def landscape(self) -> None:
        """Start a page across."""
        section = self._file.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)

    def _gap(self) -> None:
        paragraph = self._file.add_paragraph()
        paragraph.paragraph_format.space_after = Emu(0)
        paragraph.paragraph_format.line_spacing = Pt(8)

    def header(self, text: str) -> None:
        """Write a line at the head of each page."""
        _run(self._file.sections[0].header.paragraphs[0], text, role="muted", size=8.5)

    def footer(self, text: str, page: str = "page") -> None:
        """Write a line at the foot of each page, with the page number after it; `page` is the word before that."""
        paragraph = self._file.sections[0].footer.paragraphs[0]
        _run(paragraph, f"{text} · {page} ", role="muted", size=8.5)
        for kind, content in (("begin", ""), ("", "PAGE"), ("end", "")):
            run = paragraph.add_run()
            run.font.size, run.font.color.rgb = Pt(8.5), _colour("muted")
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = content
            run._r.append(element)

    def save(self) -> bytes:
        """Return the file. Its parts carry no time of writing, so the same content gives the same bytes."""
        made, out = io.BytesIO(), io.BytesIO()
        self._file.save(made)
        with zipfile.ZipFile(made) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(entry, source.read(name))
        return out.getvalue()


def _run(
    paragraph: Paragraph,
    text: str,
    *,
    bold: bool = False,
    role: str | None = None,
    size: float | None = None,
    font: str = "",
) -> Run:
    run = paragraph.add_run(clean(text))
    run.bold = bold
    if role:
        run.font.color.rgb = _colour(role)
    if size:
        run.font.size = Pt(size)
    if font:
        run.font.name = font
    return run


def _fill(cell: _Cell, text: str, *, header: bool, right: bool) -> None:
    for index, line in enumerate(text.split("\n")):
        paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(2)
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.line_spacing = 1.0
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if header:
            _run(paragraph, line, bold=True, role="muted", size=8.5)
        elif line in SEVERITIES:
            _run(paragraph, line, bold=True, role=line, size=9.5)
        else:
            _run(paragraph, line, role="muted" if index else None, size=8.5 if index else 9.5)


def _shade(cell: _Cell, colour: str) -> None:
    shading = OxmlElement("w:shd")
    shading.set(qn("w:val"), "clear")
    shading.set(qn("w:fill"), colour.removeprefix("#"))
    cell._tc.get_or_add_tcPr().append(shading)


def _edge(cell: _Cell, side: str, colour: str, eighths: int) -> None:
    """A line at one side of a cell, in eighths of a point."""
    properties = cell._tc.get_or_add_tcPr()
    borders = OxmlElement("w:tcBorders")
    line = OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", str(eighths)), ("color", colour.removeprefix("#"))):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)
    shading = properties.find(qn("w:shd"))
    if shading is not None:
        shading.addprevious(borders)  # the schema wants borders first
    else:
        properties.append(borders)


def _keep_row(row: object, *, header: bool) -> None:
    properties = row.get_or_add_trPr()  # type: ignore[attr-defined]
    properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))
