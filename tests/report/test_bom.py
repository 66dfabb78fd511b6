"""The bill of materials holds what the files say, in a document that CycloneDX's own schema takes."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from bartizan.report.bom import document
from bartizan.report.licences import licence_choice
from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.artefacts.tree import MemoryTree
from tests.report.test_machine_formats import _check_cyclonedx as valid
from tests.scan.artefacts.support import assembled, rules

CARD = """---
license: apache-2.0
base_model: acme/base-7b
base_model_relation: finetune
datasets: [acme/notes, acme/mails]
language: [de, fr]
pipeline_tag: text-generation
---
# Notes
"""
CONFIG = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "transformers_version": "4.57.0"}
MCP = {"mcpServers": {"files": {"command": "npx", "args": ["-y", "@acme/files@1.2.3", "docs"]}}}
EVIL = assembled(["PROTO 2", "GLOBAL os system", "BINUNICODE id", "TUPLE1", "REDUCE", "STOP"])
FILES = {
    "notes/README.md": CARD.encode(),
    "notes/config.json": json.dumps(CONFIG).encode(),
    "notes/model.safetensors": b"\x02\0\0\0\0\0\0\0{}",
    "old/scorer.pkl": EVIL,
    "requirements.txt": b"torch==2.9.0\nnumpy\n",
    ".mcp.json": json.dumps(MCP).encode(),
}


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    scan = Examiner(rules(), digests=True).tree(MemoryTree(FILES))
    return document(scan, "project", date(2026, 11, 2))


def by_name(made: dict[str, Any], kind: str) -> dict[str, Any]:
    return {one["name"]: one for one in made["components"] if one["type"] == kind}


def test_it_is_valid_and_the_same_every_time(made: dict[str, Any]) -> None:
    valid(json.loads(json.dumps(made)))
    scan = Examiner(rules(), digests=True).tree(MemoryTree(FILES))
    assert document(scan, "project", date(2026, 11, 2)) == made


def test_a_repository_is_one_model_with_its_card(made: dict[str, Any]) -> None:
    model = by_name(made, "machine-learning-model")["notes"]
    assert model["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    assert [one["name"] for one in model["pedigree"]["ancestors"]] == ["acme/base-7b"]
    card = model["modelCard"]["modelParameters"]
    assert (card["task"], card["architectureFamily"]) == ("text-generation", "llama")
    assert card["modelArchitecture"] == "LlamaForCausalLM"
    assert [one["ref"] for one in card["datasets"]] == ["data:acme/notes", "data:acme/mails"]
    assert {one["name"] for one in model["components"]} == {path for path in FILES if path.startswith("notes/")}
    assert all(len(one["hashes"][0]["content"]) == 64 for one in model["components"])
    assert set(by_name(made, "data")) == {"acme/notes", "acme/mails"}


def test_packages_and_servers_have_package_urls(made: dict[str, Any]) -> None:
    packages = {one["purl"] for one in made["components"] if one["type"] == "library"}
    assert packages == {"pkg:pypi/torch@2.9.0", "pkg:pypi/numpy", "pkg:npm/%40acme/files@1.2.3"}
    assert by_name(made, "application")["files"]["purl"] == "pkg:npm/%40acme/files@1.2.3"


def test_what_was_found_is_a_vulnerability_of_its_file(made: dict[str, Any]) -> None:
    found = [one for one in made["vulnerabilities"] if one["id"] == "pickle-executes"]
    assert found[0]["ratings"][0]["severity"] == "critical"
    assert 502 in found[0]["cwes"]
    assert found[0]["affects"] == [{"ref": "model:old/scorer.pkl|old/scorer.pkl"}]


def test_a_licence_without_an_id_keeps_its_name() -> None:
    assert licence_choice("MIT") == {"license": {"id": "MIT"}}
    assert licence_choice("llama3.1", "https://example.org/licence") == {
        "license": {"name": "llama3.1", "url": "https://example.org/licence"}
    }
