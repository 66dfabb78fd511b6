"""What scans said about components: kept beside the system, only ever added to, and read with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bartizan.model import InputError, ScanEvidence
from bartizan.store import append_scan_evidence, load_system, scan_evidence_path


def _result(component: str = "app") -> ScanEvidence:
    return ScanEvidence(
        component=component,
        verdict="dangerous",
        counts={"pickle-execution": 1},
        source="app/model.pkl",
        observed_at=date(2026, 11, 2),
        digest="sha256:00ff",
    )


@pytest.fixture
def system(tmp_path: Path) -> Path:
    path = tmp_path / "system.yaml"
    path.write_text("id: x\ncomponents:\n  app: {kind: application}\n", encoding="utf-8")
    return path


def test_results_are_added_and_read_with_the_system(system: Path) -> None:
    target = append_scan_evidence(system, _result())
    assert target == scan_evidence_path(system)
    first = target.read_bytes()
    append_scan_evidence(system, _result())
    assert target.read_bytes().startswith(first)
    assert load_system(system).scan_evidence == [_result(), _result()]


def test_a_component_that_the_system_lacks_is_refused(system: Path) -> None:
    with pytest.raises(InputError, match="no component `ap`") as wrong:
        append_scan_evidence(system, _result("ap"))
    assert wrong.value.help == "did you mean `app`?"
    assert not scan_evidence_path(system).exists()


def test_a_component_that_is_gone_is_an_error_at_its_place(system: Path) -> None:
    append_scan_evidence(system, _result())
    system.write_text("id: x\ncomponents:\n  other: {kind: application}\n", encoding="utf-8")
    with pytest.raises(InputError, match="no component `app`") as wrong:
        load_system(system)
    assert wrong.value.place is not None
    assert wrong.value.place.file.endswith("system.scan-evidence.yaml")
