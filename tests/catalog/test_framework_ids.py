"""The framework files hold the ids and names that their publishers use, and hold together."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "src" / "bartizan" / "catalog" / "data" / "frameworks"
ATLAS_IDS = ROOT.parent / "shared" / "data" / "atlas" / "atlas-5.6.0-ids.json"
FILES = sorted(FOLDER.glob("*.yaml"))

HEADER = {"id", "title", "version", "published", "publisher", "source", "licence", "titles", "items"}
EXPECTED = {
    "ch-fadp",
    "csa-aicm",
    "dora",
    "eu-ai-act",
    "gdpr",
    "iso-27001",
    "iso-42001",
    "mitre-atlas",
    "nis2",
    "nist-800-53",
    "nist-ai-600-1",
    "nist-ai-rmf",
    "owasp-agentic",
    "owasp-llm",
    "owasp-ml",
    "stride",
}


def load(framework: str) -> dict[str, Any]:
    loaded = yaml.safe_load((FOLDER / f"{framework}.yaml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def items(framework: str) -> dict[str, dict[str, Any]]:
    found = load(framework)["items"]
    assert isinstance(found, dict)
    return found


def leaves(framework: str) -> list[str]:
    """Ids that are nobody's parent: controls and subcategories, not the groups above them."""
    found = items(framework)
    parents = {item.get("parent") for item in found.values()}
    return [key for key in found if key not in parents]


def repeated_keys(node: yaml.Node) -> Iterator[str]:
    """Keys that a mapping holds twice, which a plain load would swallow."""
    if isinstance(node, yaml.MappingNode):
        names = [key.value for key, _ in node.value]
        yield from (name for name in set(names) if names.count(name) > 1)
        for _, value in node.value:
            yield from repeated_keys(value)


def atlas() -> Mapping[str, Mapping[str, Any]]:
    if not ATLAS_IDS.is_file():
        pytest.skip("the reference list of ATLAS ids is not beside this checkout")
    loaded = json.loads(ATLAS_IDS.read_text(encoding="utf-8"))
    assert loaded["version"] == load("mitre-atlas")["version"]
    return {kind: loaded[kind] for kind in ("tactics", "techniques", "mitigations")}


def test_every_framework_that_the_mission_names_is_there() -> None:
    assert {path.stem for path in FILES} >= EXPECTED


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_well_formed(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("#"), "the first line says what the ids were checked against"
    framework = load(path.stem)
    assert set(framework) == HEADER
    assert framework["id"] == path.stem
    assert framework["titles"] in {"official", "own-words"}
    assert isinstance(framework["version"], str)
    assert framework["source"].startswith("https://")
    for key, item in framework["items"].items():
        assert isinstance(key, str), f"`{key}` must be quoted"
        assert item["title"].strip() == item["title"] != ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_id_occurs_twice(path: Path) -> None:
    root = yaml.compose(path.read_text(encoding="utf-8"))
    assert root is not None
    assert list(repeated_keys(root)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_parents_are_items_that_come_before(path: Path) -> None:
    seen: set[str] = set()
    for key, item in items(path.stem).items():
        assert item.get("parent", key) in seen | {key}, f"`{key}` names a parent that is not above it"
        assert item.get("parent") != key
        seen.add(key)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_only_atlas_items_carry_more_than_title_and_parent(path: Path) -> None:
    allowed = {"title", "parent"} | ({"kind", "tactics"} if path.stem == "mitre-atlas" else set())
    assert all(set(item) <= allowed for item in items(path.stem).values())


@pytest.mark.parametrize(
    ("framework", "count"),
    [
        ("nist-ai-rmf", 72),
        ("iso-27001", 93),
        ("iso-42001", 38),
        ("csa-aicm", 243),
        ("owasp-llm", 10),
        ("owasp-agentic", 10),
        ("owasp-ml", 10),
        ("stride", 6),
    ],
)
def test_number_of_controls(framework: str, count: int) -> None:
    assert len(leaves(framework)) == count


def test_numbers_of_groups() -> None:
    rmf = items("nist-ai-rmf")
    assert sum("parent" not in item for item in rmf.values()) == 4
    assert sum(" " in key and "." not in key for key in rmf) == 19
    base = [key for key in items("nist-800-53") if "-" in key and "(" not in key]
    assert len(base) == 300
    assert sum("-" not in key for key in items("nist-800-53")) == 20
    assert sum("-" not in key for key in items("csa-aicm")) == 18


@pytest.mark.parametrize(("kind", "count"), [("tactic", 16), ("technique", 170), ("mitigation", 35)])
def test_number_of_atlas_items(kind: str, count: int) -> None:
    assert sum(item["kind"] == kind for item in items("mitre-atlas").values()) == count


@pytest.mark.parametrize("kind", ["tactics", "techniques", "mitigations"])
def test_atlas_ids_and_names_are_the_publishers(kind: str) -> None:
    reference = atlas()[kind]
    names = {key: value if isinstance(value, str) else value["name"] for key, value in reference.items()}
    ours = {key: item["title"] for key, item in items("mitre-atlas").items() if f"{item['kind']}s" == kind}
    assert ours == names


def test_atlas_parents_and_tactics_are_the_publishers() -> None:
    reference = atlas()["techniques"]
    ours = items("mitre-atlas")
    for key, technique in reference.items():
        parent = technique.get("subtechnique-of")
        assert ours[key].get("parent") == parent
        # A sub-technique has no tactics of its own: it serves those of the technique above it.
        assert ours[key]["tactics"] == reference[parent or key]["tactics"]
        assert all(ours[tactic]["kind"] == "tactic" for tactic in ours[key]["tactics"])


def test_ids_that_the_generative_profile_hangs_on_exist_in_the_ai_rmf() -> None:
    """`MS-2.7-007` belongs to `MEASURE 2.7`: a mistyped subcategory would show here."""
    functions = {"GV": "GOVERN", "MP": "MAP", "MS": "MEASURE", "MG": "MANAGE"}
    rmf = items("nist-ai-rmf")
    actions = [key for key in items("nist-ai-600-1") if "-" in key]
    assert actions
    for action in actions:
        function, subcategory, number = action.split("-")
        assert f"{functions[function]} {subcategory}" in rmf
        assert len(number) == 3


@pytest.mark.parametrize("framework", ["ch-fadp", "nist-ai-600-1", "nist-ai-rmf"])
def test_gists_are_ours_and_short(framework: str) -> None:
    assert load(framework)["titles"] == "own-words"
    assert [key for key, item in items(framework).items() if len(item["title"].split()) > 12] == []
