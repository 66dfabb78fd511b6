"""The benchmark of the register finds the console's pages, and fills a register that can be used. No timings here."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bartizan.catalog import load_catalog
from bartizan.catalog.places import cache_folder
from bartizan.model.documents import Kind
from bartizan.store.register import Query, open_register
from benchmarks.register.bench_lists import percentile
from benchmarks.register.bench_pages import named_pages
from benchmarks.register.browse import list_pages
from benchmarks.register.estate import fill
from benchmarks.register.served import sign_in

TODAY = date(2026, 11, 28)


def test_pages_are_found_from_the_routes() -> None:
    found = list_pages()
    assert {"/", "/tools", "/vendors", "/exceptions", "/exchange"} <= set(found)
    assert not any("{" in path or path.startswith("/signin") for path in found)
    assert "/systems/coding-agent" in named_pages()


def test_a_filled_register_has_assessed_systems_evidence_and_people(tmp_path: Path) -> None:
    database = str(tmp_path / "register.db")
    register = open_register(database)
    fill(register, load_catalog(cache_folder()), TODAY, 60, 500)
    page = register.documents.list(Query(kind=Kind.SYSTEM, order="-risk"))
    assert page.total >= 80
    assert sum(entry.assessment is not None for entry in page.items) >= 40
    assert register.evidence.list().total > 900
    register.close()
    assert len({cookie.partition("=")[2] for cookie in sign_in(database, 3)}) == 3


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([1.0], 0.95) == 1.0
