"""Re-identification, over the tables of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from bartizan.scan import run_risk
from bartizan.scan.plan import read_manifest, write_manifest
from bartizan.scan.run_risk import Measured, measure
from tests.scan.stubs import Tools


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_text("zip,gender,x\n" + "8001,f,1\n" * 4 + "8002,m,2\n", encoding="utf-8")
    (folder / "b.csv").write_text("zip,gender\n" + "8001,f\n" * 9, encoding="utf-8")
    (folder / "c.csv").write_text("zip\n8001\n", encoding="utf-8")
    (folder / "d.txt").write_text("zip gender\n", encoding="utf-8")
    write_manifest(tmp_path / "manifest", Tools(), [str(folder)])
    return tmp_path / "manifest"


def _measured(manifest: Path, *columns: str) -> Measured:
    return measure(read_manifest(manifest), Tools(), list(columns))


def test_tables_with_all_of_the_columns_are_measured_the_riskiest_first(manifest: Path) -> None:
    out = _measured(manifest, "zip", "gender")
    assert [(Path(one.path).name, one.risk.rows, one.risk.k, one.risk.unique_rows) for one in out.tables] == [
        ("a.csv", 5, 1, 1),
        ("b.csv", 9, 9, 0),
    ]
    assert out.says[0].endswith("a.csv: 5 rows in 2 classes of zip, gender")


def test_columns_are_guessed_when_asked(manifest: Path) -> None:
    assert [Path(one.path).name for one in _measured(manifest, "auto").tables] == ["c.csv", "a.csv", "b.csv"]


def test_no_table_has_them(manifest: Path) -> None:
    assert _measured(manifest, "zip", "shoe") == Measured([], ["no table has the columns zip, shoe"])


def test_more_rows_than_fit_and_more_tables_than_are_shown(manifest: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_risk, "MOST_ROWS", 3)
    monkeypatch.setattr(run_risk, "_SHOWN", 1)
    out = _measured(manifest, "zip", "gender")
    assert all(one.cut and one.risk.rows == 3 for one in out.tables)
    assert "of which the first 3 rows were measured" in out.says[0]
    assert out.says[-1] == "and 1 more tables, which are less risky"
