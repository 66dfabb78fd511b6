import io
import xml.etree.ElementTree as ET
import zipfile
from datetime import datetime

import docx
import msgspec
from docx.document import Document

from bartizan.report.docx import render
from tests.report.hostile import HOSTILE, hostile_review, hostile_system
from tests.report.sample import sample_catalog, sample_review, sample_system

CATALOG = sample_catalog()


def said(document: Document) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_paper_asks_for_a_decision_and_has_a_place_to_sign() -> None:
    review = sample_review()
    text = said(docx.Document(io.BytesIO(render(review, sample_system(), CATALOG))))
    wanted = [
        "All 3 losses above the appetite stand open.",
        "Carry out the plan below (37 person-days in the first year) before the system is released.",
        "Carry out alternative 1 (25 person-days).",
        "Runaway cost of Language model: no control of the catalog is enough",
        "Controls that are said to be in place and not yet proven (1): What the agent does is logged.",
        "Owner of the system\nIT services",
        "Signature",
        *(threat.id for threat in review.threats),
        *(threat.title for threat in review.threats),
        *(place.title for place in review.controls.minimum),
        *review.risk.assumptions,
    ]
    assert [part for part in wanted if part not in text] == []


def test_within_the_appetite_the_paper_asks_for_a_release() -> None:
    review = sample_review()
    for loss in review.losses:
        loss.open = False
    text = said(docx.Document(io.BytesIO(render(review, sample_system(), CATALOG))))
    assert "Release the system as described" in text
    assert "Accept the open losses" not in text


def test_the_file_is_the_same_each_time_and_knows_no_clock() -> None:
    first, second = (render(sample_review(), sample_system(), CATALOG) for _ in "12")
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = docx.Document(io.BytesIO(first)).core_properties
    assert core.created == core.modified == datetime(2026, 11, 23, tzinfo=core.created.tzinfo if core.created else None)
    assert (core.author, core.title) == ("Bartizan", "Help desk copilot: decision paper")


def test_every_part_is_well_formed_and_nothing_lies_outside() -> None:
    made = render(hostile_review(), hostile_system(), CATALOG)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                root = ET.fromstring(parts.read(name))  # noqa: S314 - our own output
                assert not [node for node in root.iter() if node.get("TargetMode") == "External"], name
    text = said(docx.Document(io.BytesIO(made)))
    assert HOSTILE[0] in text
    assert "\x00" not in text
    assert "\u202e" not in text


def test_pictures_have_words_for_who_cannot_see_them() -> None:
    document = docx.Document(io.BytesIO(render(sample_review(), sample_system(), CATALOG)))
    words = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert words[0] == "Loss-exceedance curve"
    assert "11 boxes and 11 flows" in str(words[1])


def test_a_review_without_findings_makes_a_paper() -> None:
    review = sample_review()
    empty = msgspec.structs.replace(
        review, threats=[], appendix=[], paths=[], losses=[], coverage={}, labels={}, notes=[]
    )
    empty.controls = msgspec.structs.replace(review.controls, minimum=[], in_place=[], alternatives=[], unreachable=[])
    system = msgspec.structs.replace(sample_system(), owner="", decisions=[])
    text = said(docx.Document(io.BytesIO(render(empty, system, CATALOG))))
    assert "Nothing more is needed." in text
