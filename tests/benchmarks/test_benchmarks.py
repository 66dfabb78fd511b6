"""The benchmarks can run, their systems are what they say, and nobody changed the frozen ones. No timings here."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from bartizan.model import parse_text
from bartizan.store import Source
from benchmarks.atlas import bench_atlas, score
from benchmarks.portfolio.generate import SYSTEMS_PER_UNIT, write_estate
from benchmarks.pytm import bench_pytm
from benchmarks.scale.generate import large_system
from benchmarks.scale.layered import layered_system
from benchmarks.startup import bench_startup
from tests.support import REPOSITORY

PROGRAMS = sorted((REPOSITORY / "benchmarks").rglob("bench_*.py"))


@pytest.mark.parametrize("file", PROGRAMS, ids=lambda file: file.stem)
def test_a_benchmark_imports_and_is_named_in_the_docs(file: Path) -> None:
    name = file.relative_to(REPOSITORY).as_posix()
    module = import_module(name.removesuffix(".py").replace("/", "."))
    assert callable(module.main)
    assert name in (REPOSITORY / "docs" / "benchmarks.md").read_text(encoding="utf-8")


def test_the_case_systems_are_as_they_were_frozen() -> None:
    assert bench_atlas.changes() == []
    assert len(score.frozen()) >= 20


def test_a_changed_case_system_is_noticed(tmp_path: Path) -> None:
    noted = tmp_path / "frozen.json"
    noted.write_text('{"AML.CS0000.yaml": "00", "AML.CS0016.yaml": "00"}', encoding="utf-8")
    found = bench_atlas.changes(noted)
    assert "`AML.CS0000.yaml` is gone" in found
    assert "`AML.CS0016.yaml` has changed since it was frozen" in found
    assert "`AML.CS0024.yaml` was never frozen" in found


def test_the_system_of_pytm_is_the_same_in_both_languages() -> None:
    system = parse_text(bench_pytm.SYSTEM.read_bytes(), bench_pytm.SYSTEM.name)
    assert set(system.components) == set(bench_pytm.ELEMENTS)
    calls = {frozenset((flow.source, flow.target)) for flow in system.flows}
    assert calls == {frozenset(pair) for pair in bench_pytm.FLOWS}


def test_without_its_models_the_system_of_pytm_has_no_ai() -> None:
    text = bench_pytm.without_models(bench_pytm.SYSTEM.read_text(encoding="utf-8"))
    system = parse_text(text.encode(), "plain.yaml")
    assert {type(component).__name__ for component in system.components.values()} == {
        "Application",
        "DataStore",
        "Person",
    }


def test_the_start_up_system_has_ten_components() -> None:
    assert len(parse_text(bench_startup.TEN.read_bytes(), "ten.yaml").components) == 10


@pytest.mark.parametrize("make", [large_system, layered_system])
def test_large_systems_have_the_asked_size_and_are_repeatable(make: Callable[[int, int], str]) -> None:
    text = make(200, 900)
    system = parse_text(text.encode(), "large.yaml")
    assert 200 <= len(system.components) < 220
    assert len(system.flows) == 900
    assert text == make(200, 900)


def test_an_estate_shares_its_platforms(tmp_path: Path) -> None:
    write_estate(tmp_path, 3)
    assert SYSTEMS_PER_UNIT >= 3
    files = sorted((tmp_path / "unit-000").iterdir())
    systems = [Source.find(file, tmp_path).system() for file in files]
    assert [system.id for system in systems] == ["system-00000", "system-00001", "system-00002"]
    assert all("model-gateway" in system.components for system in systems)
