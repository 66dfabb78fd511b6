"""Policies on paper: the same content in each format, harmless, and the same bytes each time."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from datetime import date, datetime
from typing import Any

import docx
import msgspec
import pypdf
import pytest
from docx.oxml.ns import qn
from syrupy.assertion import SnapshotAssertion

from bartizan.model.documents import PolicyState
from bartizan.report.policy import POLICY_FORMATS
from bartizan.report.policy_words import FRAMEWORKS, day_in, framework_in, words
from tests.report.hostile import HOSTILE
from tests.report.markup import Page
from tests.report.policy_sample import ACTIVE, DAY, EXCEPTIONS, OLD, POLICY, paper
from tests.support import packaged_catalog

LANGUAGES = ["en", "de", "fr", "it", "sq"]
ENGLISH = words("en")
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


def _proofing(document: Any) -> list[str]:
    """The languages that Word checks by."""
    return [one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))]


def test_markdown(snapshot: SnapshotAssertion) -> None:
    assert printed("markdown", **FULL).decode() == snapshot


def test_html(snapshot: SnapshotAssertion) -> None:
    assert printed("html", **FULL).decode().partition("</style>")[2] == snapshot


def test_markdown_of_a_draft_in_german_without_knowing_what_is_active(snapshot: SnapshotAssertion) -> None:
    german = msgspec.structs.replace(POLICY, language="de", state=PolicyState.DRAFT, approved_by="", approved_on=None)
    assert printed("markdown", german).decode() == snapshot


@pytest.mark.parametrize("language", LANGUAGES[2:])
def test_markdown_in_the_other_languages(language: str, snapshot: SnapshotAssertion) -> None:
    assert printed("markdown", msgspec.structs.replace(POLICY, language=language), **FULL).decode() == snapshot


def test_a_translation_says_that_it_is_one_and_what_is_not_translated() -> None:
    changed = msgspec.structs.replace(POLICY.statements[0], text="Chaque agent doit avoir un responsable.")
    french = msgspec.structs.replace(POLICY, language="fr", statements=[changed, *POLICY.statements[1:]])
    made = paper(french, original=POLICY)
    assert ("Original", "English") in made.facts
    assert made.notice.endswith("Dans la langue originale\u00a0: 1.2, 2.1, 2.3, 2.10.")
    assert [one.spoken for section in made.sections for one in section.statements] == ["", "en", "en", "en", "en"]
    html = printed("html", french, original=POLICY).decode()
    assert '<p class="text" lang="en">Calls must be on record.</p>' in html
    whole = paper(french, original=msgspec.structs.replace(POLICY, language="rm", statements=[]))
    assert whole.notice == words("fr")["translation"]
    assert ("Original", "rm") in whole.facts
    assert b"%PDF" in printed("pdf", french, original=POLICY)


@pytest.mark.parametrize("name", POLICY_FORMATS)
def test_the_same_policy_gives_the_same_bytes(name: str) -> None:
    assert printed(name, **FULL) == printed(name, **FULL)


@pytest.mark.parametrize("name", POLICY_FORMATS)
@pytest.mark.parametrize("state", list(PolicyState))
def test_a_policy_with_next_to_nothing_in_it_is_printed_in_every_state(name: str, state: PolicyState) -> None:
    made = printed(name, msgspec.structs.replace(EMPTY, state=state))
    said = {"docx": word, "pdf": pdf}.get(name, bytes.decode)(made).replace("\u00a0", " ")
    assert words("en")[state] in said
    assert "No exception from this policy is in force on 28 November 2026." in said


@pytest.mark.parametrize("name", ["docx", "pdf"])
def test_the_whole_policy_is_on_paper(name: str) -> None:
    text = {"docx": word, "pdf": pdf}[name](printed(name, **FULL)).replace("\u00a0", " ")
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
        "31 March 2027 (from 1 January 2027)",
        "Made by Bartizan on 28 November 2026.",
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
    assert _proofing(document) == ["en-GB"]
    assert (core.created or datetime.min).date() == DAY


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_has_title_language_and_day(language: str) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed("pdf", msgspec.structs.replace(POLICY, language=language))))
    assert reader.metadata is not None
    assert reader.metadata.title == "Rules for agents"
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date() == DAY
    assert reader.trailer["/Root"]["/Lang"] == language  # type: ignore[index]


def test_word_checks_spelling_in_the_policys_language() -> None:
    french = msgspec.structs.replace(POLICY, language="fr")
    assert _proofing(docx.Document(io.BytesIO(printed("docx", french)))) == ["fr-FR"]
    romansh = msgspec.structs.replace(POLICY, language="rm")
    assert _proofing(docx.Document(io.BytesIO(printed("docx", romansh)))) == ["rm"]


def test_what_the_catalog_has_in_english_alone_is_marked_on_the_page() -> None:
    def marked(language: str) -> bool:
        page = printed("html", msgspec.structs.replace(POLICY, language=language), **FULL).decode()
        return 'lang="en">Framework dora<' in page

    assert [marked(language) for language in ("en", "fr")] == [False, True]


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
    def named(text: str) -> list[str]:
        return sorted(re.findall(r"\{\w+\}", text))

    for language in LANGUAGES:
        said = words(language)
        assert {key: named(text) for key, text in said.items()} == {key: named(text) for key, text in ENGLISH.items()}
        assert language == "en" or said["reading"] != ENGLISH["reading"]
    assert words("rm") is ENGLISH


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_head_explains_the_words_that_statements_use(language: str) -> None:
    used = {"de": ["muss", "darf", "sollte"]}.get(language, [words(language)[one] for one in ("must", "should", "may")])
    assert [word for word in used if word not in words(language)["reading"].lower()] == []


@pytest.mark.parametrize(
    ("language", "first", "other"),
    [
        ("en", "1 March 2027", "28 November 2026"),
        ("de", "1. März 2027", "28. November 2026"),
        ("fr", "1er mars 2027", "28 novembre 2026"),
        ("it", "1º marzo 2027", "28 novembre 2026"),
        ("sq", "1 mars 2027", "28 nëntor 2026"),
        ("rm", "1 March 2027", "28 November 2026"),
    ],
)
def test_days_are_written_as_the_language_does(language: str, first: str, other: str) -> None:
    made = [day_in(language, one) for one in (date(2027, 3, 1), DAY)]
    assert [one.replace("\u00a0", " ") for one in made] == [first, other]
    assert all(one.count("\u00a0") == 1 for one in made)


def test_each_framework_has_a_short_name() -> None:
    assert set(FRAMEWORKS) == set(packaged_catalog().frameworks)
    assert [framework_in(language, "gdpr") for language in LANGUAGES] == ["GDPR", "DSGVO", "RGPD", "GDPR", "GDPR"]
    assert framework_in("fr", "our-own") == "our-own"


def test_exceptions_that_begin_later_say_so() -> None:
    found = paper(exceptions=EXCEPTIONS).exceptions
    assert [(one.number, one.title, one.until) for one in found] == [
        ("1.2", "Old bot", "28\u00a0November 2026"),
        ("2.3", "Later trial", "31\u00a0March 2027 (from 1\u00a0January 2027)"),
    ]
    assert paper(exceptions=EXCEPTIONS, day=date(2027, 4, 1)).exceptions == []
