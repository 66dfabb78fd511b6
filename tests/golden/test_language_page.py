"""The page about the language says what the language is."""

import re
from typing import get_args

import msgspec
import pytest

from bartizan.model import Component, ComponentBase, Data, Flow, Identity, Loss, System, Zone, parse_text
from tests.golden.examples import catalog
from tests.support import REPOSITORY

PAGE = (REPOSITORY / "docs" / "language.md").read_text(encoding="utf-8")
KINDS: list[type[ComponentBase]] = list(get_args(Component))


def test_the_first_example_is_a_system() -> None:
    text = next(block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.S) if block.startswith("bartizan: 1"))
    assert len(parse_text(text).components) == 7


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__struct_config__.tag))
def test_every_kind_and_key_of_a_component_is_explained(kind: type[ComponentBase]) -> None:
    words = {str(kind.__struct_config__.tag), *(field.encode_name for field in msgspec.structs.fields(kind))}
    assert {word for word in words if f"`{word}`" not in PAGE} == set()


@pytest.mark.parametrize("part", [System, Zone, Data, Identity, Flow, Loss])
def test_every_key_of_the_other_sections_is_explained(part: type[msgspec.Struct]) -> None:
    words = {field.encode_name for field in msgspec.structs.fields(part)} - {"bartizan"}
    assert {word for word in words if f"`{word}`" not in PAGE and f"{word}:" not in PAGE} == set()


def test_every_position_and_duty_that_the_page_names_exists() -> None:
    positions = re.search(r"`position` \(([^)]*)\)", PAGE)
    duties = re.search(r"^\| `duties` \|(.*)$", PAGE, re.M)
    assert positions is not None
    assert duties is not None
    assert set(positions.group(1).split(", ")) == set(catalog().positions)
    assert set(re.findall(r"`([a-z0-9-]+)`", duties.group(1))) <= set(catalog().frameworks)
