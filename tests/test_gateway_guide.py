"""The guide to the gateway has a line for every key of the configuration, and the example's files are right."""

from __future__ import annotations

import re

import msgspec
import pytest

from bartizan.guard import config
from bartizan.guard.policy import PolicyFile, load_policies
from bartizan.guard.protection import DataRule, Handlings
from bartizan.guard.sandbox import parse_sandbox
from bartizan.inspection import Inspector
from bartizan.model import Scheme
from tests.support import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "gateway.md").read_text(encoding="utf-8")
EXAMPLE = REPOSITORY / "examples" / "gateway"


def keys(kind: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(kind)}


def rows(title: str) -> set[str]:
    section = re.split(r"^## ", GUIDE.split(f"\n## {title}\n")[1], flags=re.MULTILINE)[0]
    return set(re.findall(r"^\| `([a-z_]+)` \|", section, flags=re.MULTILINE))


def test_every_key_of_a_configuration_and_of_a_data_rule_has_a_line() -> None:
    assert rows("Configuration") == keys(config.Config)
    assert rows("What is done about values") == keys(DataRule)


@pytest.mark.parametrize(
    "kind", [config.Upstream, config.Identity, config.Data, config.Budget, config.Events, config.Limits]
)
def test_every_key_of_a_part_is_named(kind: type[msgspec.Struct]) -> None:
    assert {key for key in keys(kind) if f"`{key}`" not in GUIDE} == set()


def test_the_sandbox_that_it_shows_is_right() -> None:
    text = GUIDE.split("```yaml\n# pilot.yaml\n")[1].split("```")[0]
    shown = parse_sandbox(text.encode(), "pilot.yaml", Scheme().classes)
    offered = config.parse_config((EXAMPLE / "gateway.yaml").read_bytes(), "gateway.yaml").upstreams
    assert {model for upstream in offered for model in upstream.models} >= set(shown.models)
    assert {upstream.region for upstream in offered} >= set(shown.egress.regions)


def test_the_example_is_right() -> None:
    made = config.parse_config((EXAMPLE / "gateway.yaml").read_bytes(), "gateway.yaml")
    inspector = Inspector(made.data.inspect)
    families = {name: entry.family for name, entry in inspector.known.items()}
    assert Handlings(made.data.rules, families, Scheme()).inspects("request", "openai")
    files = sorted((EXAMPLE / made.policies).glob("*.cedar"))
    assert load_policies([PolicyFile(file.name, file.read_text(encoding="utf-8")) for file in files]).reasons
