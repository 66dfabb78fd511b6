import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from bartizan.report.pdf import render
from tests.report.hostile import HOSTILE, hostile_review, hostile_system
from tests.report.sample import sample_catalog, sample_review, sample_system

CATALOG = sample_catalog()


def words(made: bytes, tmp_path: Path) -> str:
    """The text of a PDF as one line, by poppler; skips the test where it isn't installed."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext isn't on this machine")
    file = tmp_path / "made.pdf"
    file.write_bytes(made)
    out = subprocess.run([tool, "-raw", str(file), "-"], capture_output=True, check=True, timeout=60).stdout.decode()
    return re.sub(r"\s+", " ", out)


def test_it_is_a_pdf_dated_by_the_review_and_the_same_each_time() -> None:
    first, second = (render(sample_review(), sample_system(), CATALOG) for _ in "12")
    assert first.startswith(b"%PDF-1.")
    assert first == second
    assert b"D:20261123" in first


def test_it_says_what_the_review_says(tmp_path: Path) -> None:
    review = sample_review()
    said = words(render(review, sample_system(), CATALOG), tmp_path).replace(" ", "").replace("-", "")
    wanted = [
        "All 3 losses above the appetite stand open.",
        *(threat.id for threat in (*review.threats, *review.appendix)),
        *(threat.title for threat in review.threats),
        *(review.paths[index].id for index in (0, 1, 2)),
        *(place.control for place in review.controls.minimum),
        *(id for part in review.coverage.values() for id in part.gaps),
    ]
    assert [text for text in wanted if text.replace(" ", "").replace("-", "") not in said] == []


def test_hostile_names_are_set_as_text(tmp_path: Path) -> None:
    said = words(render(hostile_review(), hostile_system(), CATALOG), tmp_path)
    squeezed = said.replace(" ", "")
    for name in (HOSTILE[0], HOSTILE[2], HOSTILE[4]):
        assert name.replace(" ", "").replace('"', "") in squeezed.replace('"', "").replace("“", "").replace("”", "")
    assert "root:" not in said


def test_a_review_without_findings_makes_a_pdf() -> None:
    review = sample_review()
    empty = msgspec.structs.replace(
        review, threats=[], appendix=[], paths=[], losses=[], coverage={}, labels={}, notes=[]
    )
    empty.controls = msgspec.structs.replace(review.controls, minimum=[], in_place=[], alternatives=[], unreachable=[])
    empty.risk = msgspec.structs.replace(review.risk, tornado=[], assumptions=[], appetite=None, exceedance=[])
    system = msgspec.structs.replace(sample_system(), description="", decisions=[])
    assert render(empty, system, CATALOG).startswith(b"%PDF-1.")
