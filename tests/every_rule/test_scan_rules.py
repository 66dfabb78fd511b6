"""Every scan rule fires in its hits, and not in its misses; its ids are those of the frameworks."""

from __future__ import annotations

import re

import pytest

from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.artefacts.tree import MemoryTree
from tests.scan.artefacts.support import files_of, rules
from tests.support import REPOSITORY, packaged_catalog

RULES = rules()
EXAMPLES = [name for name, rule in RULES.items() if not rule.made_in]


def fired(files: dict[str, bytes]) -> set[str]:
    scan = Examiner(RULES).tree(MemoryTree(files))
    return {found.rule for artefact in scan.artefacts for found in artefact.findings}


@pytest.mark.parametrize("name", EXAMPLES)
def test_fires_in_its_hits(name: str) -> None:
    assert RULES[name].hits
    for number, example in enumerate(RULES[name].hits):
        assert name in fired(files_of(example)), f"hit {number}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_silent_in_its_misses(name: str) -> None:
    assert RULES[name].misses
    for number, example in enumerate(RULES[name].misses):
        assert name not in fired(files_of(example)), f"miss {number}"


@pytest.mark.parametrize("name", [name for name in RULES if RULES[name].made_in])
def test_where_its_examples_are_made_names_it(name: str) -> None:
    assert f'"{name}"' in (REPOSITORY / RULES[name].made_in).read_text()


@pytest.mark.parametrize("name", RULES)
def test_its_ids_exist(name: str) -> None:
    frameworks = packaged_catalog().frameworks
    assert set(RULES[name].atlas) <= set(frameworks["mitre-atlas"].items)
    known = {*frameworks["owasp-llm"].items, *frameworks["owasp-agentic"].items, *frameworks["owasp-ml"].items}
    assert set(RULES[name].owasp) <= known
    assert all(re.fullmatch(r"CWE-\d+", one) for one in RULES[name].cwe)
    assert all(re.fullmatch(r"CVE-\d{4}-\d{4,}", one) for one in RULES[name].cve)
