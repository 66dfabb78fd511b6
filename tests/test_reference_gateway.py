"""The reference pages of the gateway have a line for every key, attribute, event and metric, and none too many."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

import bartizan
from bartizan.catalog import Catalog, load_catalog
from bartizan.model import Event
from bartizan.soc.metrics import Counter, Gauge, Histogram, Metrics
from scripts import reference_gateway as pages
from scripts.reference_gateway_words import CONFIG, EVENT, KINDS, MORE, SANDBOX, SCHEMA

SOURCE = Path(bartizan.__file__).parent


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def keys(kind: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(kind)} - pages.NOT_WRITTEN


@pytest.mark.parametrize("name", pages.CONFIG_PARTS)
def test_every_key_of_a_configuration_has_a_line(name: str) -> None:
    assert set(CONFIG[name]) == keys(pages.CONFIG_PARTS[name])


@pytest.mark.parametrize("name", pages.SANDBOX_PARTS)
def test_every_key_of_a_sandbox_has_a_line(name: str) -> None:
    assert set(SANDBOX[name]) == keys(pages.SANDBOX_PARTS[name])


def structs(found: object) -> set[type]:
    if isinstance(found, type) and issubclass(found, msgspec.Struct):
        return {found}
    return {one for inner in getattr(found, "__args__", ()) for one in structs(inner)}


@pytest.mark.parametrize("parts", [pages.CONFIG_PARTS, pages.SANDBOX_PARTS])
def test_no_part_is_forgotten(parts: dict[str, type[msgspec.Struct]]) -> None:
    used = {one for kind in parts.values() for field in msgspec.structs.fields(kind) for one in structs(field.type)}
    # What to inspect has its own guide.
    assert {one.__name__ for one in used - set(parts.values())} <= {"Policy"}


def test_every_attribute_of_the_schema_has_a_line() -> None:
    attributes = pages.schema_attributes()
    assert set(SCHEMA) == set(attributes)
    assert attributes["context.findings"] == "Set<String>"


def test_every_key_of_an_event_has_a_line(catalog: Catalog) -> None:
    assert list(EVENT) == ["seq", "writer", "prev", "hash", *Event.__struct_fields__]
    page = pages.events(catalog)
    rows = dict(re.findall(r"^\| `(\w+)` \| .*? \| (.*) \|$", page, re.MULTILINE))
    # Each has its place in both forms, but for what a chain is made of.
    assert [name for name in (*EVENT, *MORE) if not rows[name].partition(" | ")[0]] == []
    assert [name for name in (*EVENT, *MORE) if not rows[name].partition(" | ")[2]] == ["prev"]
    assert rows["principal"].endswith("| `enduser.id`")


def test_every_kind_and_every_member_that_is_written_has_a_line() -> None:
    """Found in the sources of what writes events: a kind or a member that is new needs its line."""
    files = [
        *(SOURCE / "guard").glob("*.py"),
        *(SOURCE / "guard" / "gateway").glob("*.py"),
        *(SOURCE / "cli").glob("*.py"),
        SOURCE / "soc" / "log.py",
    ]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    kinds = set(re.findall(r'(?:Event\(\s*kind=|\bnote\(|_event\()"([\w-]+)"', text))
    assert {"stop", "start", "recovery", "policy", "sandbox"} <= kinds
    assert kinds <= set(KINDS)
    members = set(re.findall(r'\bmore(?:\[|: [^=\n]+ = \{)"(\w+)"', text))
    assert {"milliseconds", "outcome", "parent"} <= members
    assert members <= set(MORE)


def test_every_metric_has_a_line(catalog: Catalog) -> None:
    page = pages.metrics(catalog)
    made = [one for one in vars(Metrics()).values() if isinstance(one, Counter | Gauge | Histogram)]
    assert len(re.findall(r"^\| `bartizan_", page, re.MULTILINE)) == len(made) == len(Metrics().families())
    written = set(re.findall(r"^# TYPE (\w+)", Metrics().text(), re.MULTILINE))
    assert {name for name in written if f"| `{name}` |" not in page} == set()
