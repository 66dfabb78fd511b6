"""What was found in the data, as each format for people says it."""

from __future__ import annotations

import io
import json
from datetime import date

import docx
import msgspec
import pytest

from bartizan.analysis.result import DataEvidenceView, Review, ScanEvidenceView
from bartizan.report import FORMATS
from bartizan.report.phrases import found_phrase, found_where, scanned_phrase
from tests.report.hostile import HOSTILE
from tests.report.sample import sample_review, sample_system
from tests.report.steady import steady_catalog


def _view(**changes: object) -> DataEvidenceView:
    values: dict[str, object] = {
        "asset": "articles",
        "declared": "internal",
        "found": "restricted",
        "declared_categories": [],
        "found_categories": ["health"],
        "new_categories": ["health"],
        "raised": True,
        "counts": {"ch-ahv": 1200, "email-address": 3},
        "source": "exports/articles.parquet",
        "observed_at": date(2026, 11, 2),
        "digest": "",
    }
    return DataEvidenceView(**(values | changes))  # type: ignore[arg-type]


def _review(*views: DataEvidenceView) -> Review:
    return msgspec.structs.replace(sample_review(), data_evidence=list(views))


def _rendered(format: str, review: Review) -> str:
    made = FORMATS[format].render(review, sample_system(), steady_catalog())
    if format != "docx":
        return " ".join(made.decode().replace("\\", "").split())
    document = docx.Document(io.BytesIO(made))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize("format", ["text", "markdown", "html", "docx"])
def test_people_read_what_was_declared_and_what_was_found(format: str) -> None:
    made = _rendered(format, _review(_view()))
    assert "Knowledge articles" in made
    assert "declared internal, found restricted; not declared: health" in made
    assert "exports/articles.parquet, 2026-11-02: 1,200 ch-ahv, 3 email-address" in made


@pytest.mark.parametrize("format", ["text", "markdown", "html", "docx", "pdf"])
def test_a_finding_without_losses_and_with_hostile_words_is_shown(format: str) -> None:
    bare = msgspec.structs.replace(_review(_view(source=HOSTILE)), losses=[], paths=[], threats=[])
    assert FORMATS[format].render(bare, sample_system(), steady_catalog())


def test_programs_read_it_under_its_own_key() -> None:
    said = json.loads(_rendered("json", _review(_view())))["data_evidence"]
    assert said[0]["declared"] == "internal"
    assert said[0]["observed_at"] == "2026-11-02"


@pytest.mark.parametrize(
    ("changes", "phrase"),
    [
        ({"found": "internal", "new_categories": [], "raised": False}, "found internal, as declared"),
        ({"found": "", "new_categories": [], "raised": False}, "declared internal, no class told"),
        ({"found": "public", "new_categories": [], "raised": False}, "declared internal, found public"),
        ({"found": ""}, "declared internal, no class told; not declared: health"),
    ],
)
def test_each_case_has_its_sentence(changes: dict[str, object], phrase: str) -> None:
    assert found_phrase(_view(**changes)) == phrase


def test_counts_are_cut_to_the_largest() -> None:
    assert found_where(_view(counts={})) == "exports/articles.parquet, 2026-11-02"
    counts = {f"t{number}": number for number in range(1, 7)}
    assert found_where(_view(counts=counts)).endswith(": 6 t6, 5 t5, 4 t4, 3 t3, and 2 more types")


def test_text_says_whether_more_was_found_than_declared() -> None:
    calm = _view(found="internal", new_categories=[], raised=False)
    assert "DATA as declared" in _rendered("text", _review(calm))
    assert "DATA 1 asset holds more than declared" in _rendered("text", _review(_view(), _view(source="b"), calm))


def _scan(**changes: object) -> ScanEvidenceView:
    values: dict[str, object] = {
        "component": "agent",
        "verdict": "dangerous",
        "fresh": True,
        "counts": {"pickle-execution": 2},
        "source": "models/agent.pkl",
        "observed_at": date(2026, 11, 2),
        "good_until": date(2026, 12, 2),
        "digest": "",
    }
    return ScanEvidenceView(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("format", ["text", "markdown", "html", "docx"])
def test_people_read_what_a_scan_said(format: str) -> None:
    made = _rendered(format, msgspec.structs.replace(sample_review(), scan_evidence=[_scan()]))
    assert "dangerous" in made
    assert "models/agent.pkl, 2026-11-02: 2 pickle-execution" in made


@pytest.mark.parametrize("format", ["text", "markdown", "html", "docx", "pdf"])
def test_a_scan_without_losses_and_with_hostile_words_is_shown(format: str) -> None:
    views = [_scan(source=HOSTILE), _scan(verdict="safe", counts={})]
    bare = msgspec.structs.replace(sample_review(), scan_evidence=views, losses=[], paths=[], threats=[])
    assert FORMATS[format].render(bare, sample_system(), steady_catalog())


def test_an_old_scan_says_since_when_and_many_rules_are_cut() -> None:
    old = _scan(fresh=False, counts={f"rule-{number}": number for number in range(1, 7)})
    said = scanned_phrase(old)
    assert "out of date since 2026-12-02" in said
    assert said.endswith("6 rule-6, 5 rule-5, 4 rule-4, 3 rule-3, and 2 more rules")
