"""The guide to policies and the page of statements say what there is."""

from __future__ import annotations

import re

import click
import msgspec

from bartizan.catalog.statements import When, load_statements
from bartizan.cli.policy import command
from bartizan.govern.policies import draft
from bartizan.model.documents import Organisation
from bartizan.model.documents.parse import parse_document
from scripts.reference import PAGES
from tests.support import REPOSITORY, packaged_catalog

GUIDE = (REPOSITORY / "docs" / "policies.md").read_text(encoding="utf-8")
STATEMENTS = load_statements()


def test_every_condition_and_document_is_in_the_guide() -> None:
    conditions = {field.encode_name for field in msgspec.structs.fields(When)}
    assert {name for name in (*conditions, *STATEMENTS.documents) if f"`{name}`" not in GUIDE} == set()
    assert f"{len(STATEMENTS.statements)}\n[statements]" in GUIDE


def test_the_organisation_of_the_guide_gets_a_draft_of_each_document() -> None:
    found = re.search(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)
    assert found is not None
    spec = parse_document(found[1].encode(), "guide").spec
    assert isinstance(spec, Organisation)
    for document in STATEMENTS.documents:
        assert draft(document, spec, STATEMENTS, packaged_catalog()).statements


def test_the_guide_names_only_options_that_exist() -> None:
    lines = re.findall(r"^bartizan policy (\w+) (.*)$", GUIDE, flags=re.MULTILINE)
    assert {name for name, _ in lines} == set(command.commands)
    for name, rest in lines:
        options = {text for option in _options(name) for text in option.opts}
        assert set(re.findall(r"(?<= )--?[a-z-]+", f" {rest}")) <= options


def _options(name: str) -> list[click.Parameter]:
    return command.commands[name].params


def test_every_statement_and_measure_has_an_anchor_on_its_page() -> None:
    page = PAGES["statements.md"](packaged_catalog())
    anchors = re.findall(r'^\| <a id="(\S+?)"></a>', page, flags=re.MULTILINE)
    measures = [f"measure-{name}" for name in STATEMENTS.measures]
    assert sorted(anchors) == sorted([*STATEMENTS.statements, *measures])
    links = re.findall(r"\]\(#(measure-[\w-]+)\)", page)
    assert links
    assert set(links) <= set(measures)
