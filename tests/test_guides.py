"""The guide to sensitive data has a line for every key of the files that it shows, and those files are right."""

import re

import msgspec
import pytest

from bartizan.inspection.classification import Aggregation, ClassScheme, TypeClass, parse_scheme
from bartizan.inspection.policy import Policy, chosen_types, parse_policy
from bartizan.scan.labels import parse_tenants
from bartizan.scan.labels.tenants import Site, TenantLabel, Tenants
from tests.support import REPOSITORY, packaged_types

GUIDE = (REPOSITORY / "docs" / "sensitive-data.md").read_text(encoding="utf-8")
RULES = REPOSITORY / "examples" / "sensitive-data" / "rules"
BLOCKS = [text.encode() for text in re.findall(r"^```yaml\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)]


def _section(title: str) -> str:
    """One second-level section of the guide."""
    return re.split(r"^## ", GUIDE.split(f"\n## {title}\n")[1], flags=re.MULTILINE)[0]


def _keys(kind: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(kind)}


def test_every_key_of_a_policy_has_a_line() -> None:
    lines = re.findall(r"^\| `([a-z_]+)` \|", _section("Policies"), flags=re.MULTILINE)
    assert sorted(lines) == sorted(_keys(Policy))


@pytest.mark.parametrize("kind", [ClassScheme, TypeClass, Aggregation])
def test_every_key_of_a_scheme_is_named(kind: type[msgspec.Struct]) -> None:
    assert {key for key in _keys(kind) if f"`{key}`" not in _section("Classes")} == set()


@pytest.mark.parametrize("kind", [Tenants, Site, TenantLabel])
def test_every_key_of_a_map_of_labels_is_named(kind: type[msgspec.Struct]) -> None:
    assert {key for key in _keys(kind) if f"`{key}`" not in _section("Labels")} == set()


def test_the_files_that_the_guide_shows_are_right() -> None:
    policy, scheme, labels = BLOCKS
    known = packaged_types()
    assert chosen_types(parse_policy(policy, "guide"), known)
    assert parse_scheme(scheme, "guide", known).aggregation
    assert parse_tenants(labels, "guide").sites


def test_the_rules_of_the_example_are_right() -> None:
    known = packaged_types()
    assert chosen_types(parse_policy((RULES / "policy.yaml").read_bytes(), "policy.yaml"), known)
    assert parse_scheme((RULES / "scheme.yaml").read_bytes(), "scheme.yaml", known).aggregation
