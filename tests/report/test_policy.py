"""Policies on paper: the same content in each format, harmless, and the same bytes each time."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile
from datetime import date, datetime
from typing import Any

import docx
import msgspec
import pypdf
import pytest
from syrupy.assertion import SnapshotAssertion

from bartizan.model.documents import PolicyState
from bartizan.report.policy import POLICY_FORMATS
from bartizan.report.policy_words import FRAMEWORKS, words
from tests.report.hostile import HOSTILE
from tests.report.markup import Page
from tests.report.policy_sample import ACTIVE, DAY, EXCEPTIONS, OLD, POLICY, paper
from tests.support import packaged_catalog

FULL: dict[str, Any] = {"organisation": "Example", "exceptions": EXCEPTIONS, "active": ACTIVE, "previous": OLD}
EMPTY = msgspec.structs.replace(POLICY, statements=[], purpose="", scope="", state=PolicyState.DRAFT)


def printed(name: str, *args: Any, **given: Any) -> bytes:
    return POLICY_FORMATS[name].render(paper(*args, **given))


def word(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    section = document.sections[0]
    edges = [*section.header.paragraphs, *section.footer.paragraphs]
    return "\n".join([*(one.text for one in (*edges, *document.paragraphs)), *cells])


def pdf(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_markdown(snapshot: SnapshotAssertion) -> None:
    assert printed("markdown", **FULL).decode() == snapshot


def test_html(snapshot: SnapshotAssertion) -> None:
    assert printed("html", **FULL).decode().partition("</style>")[2] == snapshot


def test_markdown_of_a_draft_in_german_without_knowing_what_is_active(snapshot: SnapshotAssertion) -> None:
    german = msgspec.structs.replace(POLICY, language="de", state=PolicyState.DRAFT, approved_by="", approved_on=None)
    assert printed("markdown", german).decode() == snapshot


@pytest.mark.parametrize("name", POLICY_FORMATS)
def test_the_same_policy_gives_the_same_bytes(name: str) -> None:
    assert printed(name, **FULL) == printed(name, **FULL)


@pytest.mark.parametrize("name", POLICY_FORMATS)
@pytest.mark.parametrize("state", list(PolicyState))
def test_a_policy_with_next_to_nothing_in_it_is_printed_in_every_state(name: str, state: PolicyState) -> None:
    made = printed(name, msgspec.structs.replace(EMPTY, state=state))
    said = {"docx": word, "pdf": pdf}.get(name, bytes.decode)(made)
    assert words("en")[state] in said
    assert "No exception from this policy is in force on 2026-11-28." in said


@pytest.mark.parametrize("name", ["docx", "pdf"])
def test_the_whole_policy_is_on_paper(name: str) -> None:
    text = {"docx": word, "pdf": pdf}[name](printed(name, **FULL))
    wanted = [
        "Example · Edition 2.0 · published",
        *(one.text for one in POLICY.statements),
        *(one.number for one in POLICY.statements),
        "Held by gateway: Every decision on record; policy: mcp-use (not active)",
        "Can be held by scan: pin-changed",
        "Changes since edition 1.1",
        "Calls should be counted.",
        "Art. 14, Art. 15",
        "Framework dora",
        "Old bot",
        "old-bot",
        "Control human-approval; our-own",
        "2027-03-31 (from 2027-01-01)",
        "Made by Bartizan on 2026-11-28.",
    ]
    assert [part for part in wanted if part not in text] == []
    assert [part for part in ("Ended", "Not approved", "Of another policy") if part in text] == []


def test_headings_and_marks_of_the_word_document_are_words_own() -> None:
    document = docx.Document(io.BytesIO(printed("docx", **FULL)))
    headings = [one.text for one in document.paragraphs if one.style is not None and one.style.name == "Heading 1"]
    assert headings == ["1. Owners", "2. Watching", "Changes since edition 1.1", "References", "Exceptions"]
    runs = [run for one in document.paragraphs for run in one.runs]
    assert "Each" in [run.text for run in runs if run.font.strike]
    assert "Every" in [run.text for run in runs if run.font.underline]
    core = document.core_properties
    assert (core.title, core.language) == ("Rules for agents", "en")
    assert (core.created or datetime.min).date() == DAY


def test_the_pdf_has_title_language_and_day() -> None:
    german = msgspec.structs.replace(POLICY, language="de")
    reader = pypdf.PdfReader(io.BytesIO(printed("pdf", german)))
    assert reader.metadata is not None
    assert reader.metadata.title == "Rules for agents"
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date() == DAY
    assert reader.trailer["/Root"]["/Lang"] == "de"  # type: ignore[index]


def hostile() -> dict[str, Any]:
    texts = [*HOSTILE, "=cmd|' /C calc'!A0", "a" * 400]
    statements = [
        msgspec.structs.replace(POLICY.statements[0], id=f"s{index}", number=f"1.{index}", text=text, section=text)
        for index, text in enumerate(texts, 1)
    ]
    policy = msgspec.structs.replace(
        POLICY, title=texts[0], purpose=texts[1], scope=texts[2], owner=texts[0], statements=statements
    )
    exceptions = [
        msgspec.structs.replace(EXCEPTIONS[1], statement="s1", title=text, owner=text, why=text, compensating=["x"])
        for text in texts
    ]
    return {"policy": policy, "exceptions": exceptions, "previous": OLD, "organisation": texts[0]}


def test_a_hostile_text_stays_text_on_the_page() -> None:
    page = Page(printed("html", **hostile()).decode())
    assert HOSTILE[0] in page.text
    assert not page.raw["script"]
    assert not [tag for tag, _ in page.tags if tag in ("script", "img", "link", "iframe")]
    assert not [name for _, name, _ in page.attributes() if name.startswith("on")]
    allowed = next(given["content"] for tag, given in page.tags if tag == "meta" and "http-equiv" in given)
    assert allowed.startswith("default-src 'none'; style-src 'sha256-")


def test_a_hostile_text_stays_text_on_paper_and_in_markdown() -> None:
    made = printed("docx", **hostile())
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                root = ET.fromstring(parts.read(name))  # noqa: S314 - our own output
                assert not [node for node in root.iter() if node.get("TargetMode") == "External"], name
    assert HOSTILE[0] in word(made)
    assert len(pypdf.PdfReader(io.BytesIO(printed("pdf", **hostile()))).pages) > 1
    text = printed("markdown", **hostile()).decode()
    assert "<script" not in text
    assert "\u202e" not in text


def test_each_language_has_all_words_and_no_other() -> None:
    assert set(words("de")) == set(words("en"))
    assert words("sq") is words("en")


def test_each_framework_has_a_short_name() -> None:
    assert set(FRAMEWORKS) == set(packaged_catalog().frameworks)


def test_exceptions_that_begin_later_say_so() -> None:
    found = paper(exceptions=EXCEPTIONS).exceptions
    assert [(one.number, one.title, one.until) for one in found] == [
        ("1.2", "Old bot", "2026-11-28"),
        ("2.3", "Later trial", "2027-03-31 (from 2027-01-01)"),
    ]
    assert paper(exceptions=EXCEPTIONS, day=date(2027, 4, 1)).exceptions == []
