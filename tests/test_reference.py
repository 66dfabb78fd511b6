"""The reference pages hold every entry of the catalog, and the README only commands that exist."""

import re
from collections.abc import Callable

import pytest

from bartizan.catalog import Catalog
from bartizan.catalog.assistants import (
    load_agent_products,
    load_agent_settings,
    load_instruction_patterns,
    load_pipeline_assistants,
)
from bartizan.catalog.callables import Callables
from bartizan.catalog.definition_signs import load_definition_signs
from bartizan.catalog.flows import load_flows
from bartizan.catalog.folder import packaged, read_folder
from bartizan.catalog.scan_rules import load_scan_rules
from scripts.reference import PAGES
from tests.support import REPOSITORY, packaged_catalog, packaged_types


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return packaged_catalog()


@pytest.mark.parametrize("kind", ["threats", "controls", "patterns", "frameworks"])
def test_every_entry_has_an_anchor_on_its_reference_page(kind: str, catalog: Catalog) -> None:
    anchors = re.findall(r"^## .* \{#(\S+)\}$", PAGES[f"{kind}.md"](catalog), flags=re.MULTILINE)
    assert sorted(anchors) == sorted(getattr(catalog, kind))


def test_every_word_of_the_rules_is_on_the_vocabulary_page(catalog: Catalog) -> None:
    page = PAGES["vocabulary.md"](catalog)
    assert [word for word in catalog.vocabulary if f"| `{word}(" not in page] == []


def test_every_data_type_has_an_anchor_on_its_page(catalog: Catalog) -> None:
    page = PAGES["data-types.md"](catalog)
    assert sorted(re.findall(r'^\| <a id="(\S+?)"></a>', page, flags=re.MULTILINE)) == sorted(packaged_types())
    # Families are headings of the same page, and must not take an anchor from a type.
    families = re.findall(r"^## .* \{#(\S+)\}$", page, flags=re.MULTILINE)
    assert families
    assert set(families).isdisjoint(packaged_types())


@pytest.mark.parametrize(
    ("page", "load"),
    [
        ("flows.md", load_flows),
        ("agent-products.md", load_agent_products),
        ("agent-settings.md", load_agent_settings),
        ("instruction-patterns.md", load_instruction_patterns),
        ("definition-signs.md", load_definition_signs),
        ("pipeline-assistants.md", load_pipeline_assistants),
    ],
)
def test_every_row_of_the_catalog_has_an_anchor_on_its_page(
    page: str, load: Callable[[], dict[str, object]], catalog: Catalog
) -> None:
    text = PAGES[page](catalog)
    assert sorted(re.findall(r'^\| <a id="(\S+?)"></a>', text, flags=re.MULTILINE)) == sorted(load())
    # A bar in a cell, but for those in code, would break its row.
    rows = [re.sub(r"(`+).*?\1", "", line) for line in text.splitlines() if line.startswith("| <a")]
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in rows}) == 1


def test_every_library_is_on_the_page_of_callables(catalog: Catalog) -> None:
    anchors = re.findall(r"^## .* \{#(\S+)\}$", PAGES["callables.md"](catalog), flags=re.MULTILINE)
    assert sorted(anchors) == sorted(read_folder(packaged("callables"), Callables))


def test_a_link_to_a_scan_rule_names_one(catalog: Catalog) -> None:
    links = {rule for make in PAGES.values() for rule in re.findall(r"scan-rules\.md#rule-([\w-]+)", make(catalog))}
    assert links
    assert links <= set(load_scan_rules())


def test_a_link_to_a_reference_page_names_an_entry(catalog: Catalog) -> None:
    known = {"threats": set(catalog.threats), "controls": set(catalog.controls)}
    links = [
        link for make in PAGES.values() for link in re.findall(r"\((threats|controls)\.md#([^)]+)\)", make(catalog))
    ]
    assert [link for link in links if link[1] not in known[link[0]]] == []


def test_readme_names_only_make_targets_and_folders_that_exist() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", text)) <= targets
    folders = re.findall(r"^\| `([^`]+)` \|", text, flags=re.MULTILINE)
    assert [name for name in folders if not (REPOSITORY / name).is_dir()] == []
