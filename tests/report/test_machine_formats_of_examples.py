"""Real reviews of the examples in every machine format, against the schemas."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from bartizan.analysis import Options, review
from bartizan.model import parse_text
from bartizan.report import json_, otm
from bartizan.store import load_system
from bartizan.store.importers import otm as otm_reader
from bartizan.store.yamltext import write_yaml
from tests.report.test_machine_formats import CHECKS
from tests.support import REPOSITORY, packaged_catalog

EXAMPLES = sorted(REPOSITORY.glob("examples/*/system.yaml"))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_a_real_review_is_valid_in_every_machine_format(path: Path) -> None:
    system, catalog = load_system(path), packaged_catalog()
    found = review(system, catalog, as_of=date(2026, 11, 1), options=Options(trials=1000))
    for render, check in CHECKS.values():
        check(json.loads(render(found, system, catalog)))
    assert json.loads(json_.render(found, system, catalog))["schema"] == "bartizan/review/1"
    imported = otm_reader.read(otm.render(found, system, catalog).encode(), "x.otm")
    assert parse_text(write_yaml(imported.document)) == system
