"""What was found in data: kept beside the system, only ever added to, and read with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import DataEvidence, InputError
from bartizan.model.words import Category
from bartizan.store import append_data_evidence, data_evidence_path, load_system
from bartizan.store.appended import append_entry

SYSTEM = "id: x\ndata: {notes: {class: internal}}\ncomponents:\n  app: {kind: application}\n"


def _found(class_: str = "restricted", asset: str = "notes", source: str = "exports/a.parquet") -> DataEvidence:
    return DataEvidence(
        asset=asset,
        class_=class_,
        categories=[Category.HEALTH, Category.PERSONAL],
        counts={"ch-ahv": 12, "email-address": 300},
        source=source,
        observed_at=date(2026, 11, 2),
        digest="sha256:00ff",
    )


@pytest.fixture
def system(tmp_path: Path) -> Path:
    path = tmp_path / "system.yaml"
    path.write_text(SYSTEM, encoding="utf-8")
    return path


def test_findings_are_added_and_read_with_the_system(system: Path) -> None:
    target = append_data_evidence(system, _found())
    assert target == data_evidence_path(system)
    first = target.read_bytes()
    assert b"counts and classes, never a value" in first
    append_data_evidence(system, _found("", source="b: [c]"))
    assert target.read_bytes().startswith(first)
    assert load_system(system).data_evidence == [_found(), _found("", source="b: [c]")]
    assert load_system(system).decisions == []


def test_an_asset_or_class_that_the_system_lacks_is_refused(system: Path) -> None:
    with pytest.raises(InputError, match="no data asset `note`") as wrong:
        append_data_evidence(system, _found(asset="note"))
    assert wrong.value.help == "did you mean `notes`?"
    with pytest.raises(InputError, match="`secret` is not a class"):
        append_data_evidence(system, _found("secret"))
    assert not data_evidence_path(system).exists()


def test_a_class_outside_the_scheme_is_an_error_at_its_place(system: Path) -> None:
    text = "data_evidence:\n  - {asset: notes, class: geheim, source: s, observed_at: 2026-01-01}\n"
    data_evidence_path(system).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no class `geheim`") as wrong:
        load_system(system)
    assert str(wrong.value.place).endswith("system.data-evidence.yaml:2:27")


def test_a_list_that_can_not_grow_says_how_it_must_look(system: Path) -> None:
    data_evidence_path(system).write_text("data_evidence: []\n", encoding="utf-8")
    with pytest.raises(InputError, match="a finding can't be added") as wrong:
        append_data_evidence(system, _found())
    assert "`- asset: ...`" in wrong.value.help


@given(st.text(max_size=30), st.dictionaries(st.text(max_size=8), st.integers(0, 9), max_size=3))
def test_any_text_comes_back_as_it_was(text: str, counts: dict[str, int]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder, "system.yaml")
        path.write_text(SYSTEM, encoding="utf-8")
        found = DataEvidence(asset="notes", counts=counts, source=text or "x", observed_at=date(2026, 1, 1))
        append_data_evidence(path, found)
        append_data_evidence(path, found)
        assert load_system(path).data_evidence == [found, found]


def test_broken_unicode_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a finding is not valid Unicode"):
        append_entry(tmp_path / "x.yaml", "things", {"a": "\ud800"}, "# x\n", "a finding")
