"""The reports of a data scan: for people and for programs."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from bartizan.report import data_scan_html, data_scan_json, data_scan_sarif, data_scan_text
from bartizan.report.amounts import count, size
from bartizan.report.data_scan_words import headline
from bartizan.scan.results_merge import DataScan
from tests.report.data_scan_sample import empty_scan, empty_spool, sample_scan, sample_spool
from tests.report.hostile import HOSTILE
from tests.report.markup import Page
from tests.report.schemas import SARIF
from tests.report.steady import without_version


def _schema() -> dict[str, Any]:
    """The schema of SARIF, with what was not inspected (section 3.58) and places inside files (3.33)."""
    schema = copy.deepcopy(SARIF)
    run = schema["properties"]["runs"]["items"]["properties"]
    location = run["results"]["items"]["properties"]["locations"]["items"]
    notification = {
        "type": "object",
        "required": ["message"],
        "properties": {
            "message": {"type": "object"},
            "level": {"enum": ["warning"]},
            "locations": {"type": "array", "items": location},
        },
        "additionalProperties": False,
    }
    invocation = run["invocations"]["items"]["properties"]
    invocation["toolExecutionNotifications"] = {"type": "array", "items": notification}
    physical = location["properties"]["physicalLocation"]
    physical["required"] = ["artifactLocation"]
    physical["properties"]["region"]["required"] = ["startLine"]
    logical = location["properties"]["logicalLocations"]["items"]
    logical["required"] = ["fullyQualifiedName"]
    return schema


def _json(pieces: Any) -> Any:
    return json.loads(b"".join(pieces))


def test_text(snapshot: SnapshotAssertion) -> None:
    assert data_scan_text.render(sample_scan()) == snapshot


def test_text_of_a_scan_that_found_nothing() -> None:
    assert data_scan_text.render(empty_scan()) == (
        "safe: nothing found in 1 file\n0 values of 0 types in 0 places; 10 B read in 0.1 s.\n"
    )


def test_text_keeps_to_its_width_and_says_what_it_leaves_out() -> None:
    scan = sample_scan()
    scan.types = scan.types * 10
    scan.worst = scan.worst * 20
    scan.worst[0].columns *= 5
    scan.worst[1].types = {f"type-{number}": number for number in range(1, 9)}
    scan.classes = {"restricted": 40}
    scan.missed *= 10
    scan.missed_count = 20
    said = data_scan_text.render(scan, width=80)
    assert max(map(len, said.splitlines())) <= 80
    for words in ("and 5 more types", "and 20 more files", "and 4 more columns", "and 3 more types", "and 10 more"):
        assert words in said


@pytest.mark.parametrize("text", HOSTILE)
def test_names_can_not_steer_a_terminal(text: str) -> None:
    said = data_scan_text.render(sample_scan(text))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", said)


def test_json(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    document = _json(data_scan_json.pieces(sample_scan(), sample_spool(tmp_path)))
    assert list(document)[:3] == ["schema", "verdict", "class"]
    assert {len(document[key]) for key in ("artefacts", "not_inspected")} == {2}
    assert msgspec.json.format(msgspec.json.encode(document), indent=2).decode() == snapshot


def test_json_of_a_scan_that_found_nothing(tmp_path: Path) -> None:
    document = _json(data_scan_json.pieces(empty_scan(), empty_spool(tmp_path)))
    assert (document["schema"], document["verdict"], document["class"]) == ("bartizan/scan/1", "safe", None)
    assert [document[key] for key in ("artefacts", "findings", "not_inspected", "types")] == [[], [], [], []]
    assert document["stats"]["bytes"] == 10
    assert "risk" not in document


@pytest.mark.parametrize("name", ["data", "/abs/data", *HOSTILE])
def test_sarif_keeps_to_its_schema(tmp_path: Path, name: str) -> None:
    document = _json(data_scan_sarif.pieces(sample_scan(name), sample_spool(tmp_path, name)))
    jsonschema.Draft202012Validator(_schema()).validate(document)


def test_sarif(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    document = _json(data_scan_sarif.pieces(sample_scan(), sample_spool(tmp_path)))
    text = msgspec.json.format(msgspec.json.encode(document), indent=2).decode()
    assert without_version(text) == snapshot


def test_sarif_of_a_scan_that_found_nothing(tmp_path: Path) -> None:
    document = _json(data_scan_sarif.pieces(empty_scan(), empty_spool(tmp_path)))
    jsonschema.Draft202012Validator(_schema()).validate(document)
    assert document["runs"][0]["results"] == []


@pytest.fixture(params=["sample", "hostile", "empty", "no risk table"])
def scan(request: pytest.FixtureRequest) -> DataScan:
    if request.param == "empty":
        return empty_scan()
    out = sample_scan(HOSTILE[0] + HOSTILE[7] + HOSTILE[8] if request.param == "hostile" else "data")
    if request.param == "no risk table":
        assert out.risk is not None
        out.risk = msgspec.structs.replace(out.risk, tables=[])
    return out


def test_the_page_loads_nothing_and_its_policy_allows_its_style_alone(scan: DataScan) -> None:
    page = Page(data_scan_html.render(scan, "2026-11-27"))
    (style,) = page.raw["style"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(one["content"] for tag, one in page.tags if one.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert page.raw["script"] == []
    for _, name, value in page.attributes():
        assert not name.startswith("on")
        assert name not in {"style", "src", "action"}
        assert name != "href" or re.fullmatch("#[a-z]+", value)
    assert "http" not in style
    assert "url(" not in style
    ids = [value for _, name, value in page.attributes() if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value[1:] for _, name, value in page.attributes() if name == "href"} <= set(ids)


def test_the_page_says_what_is_where() -> None:
    said = " ".join(Page(data_scan_html.render(sample_scan(), "2026-11-27")).text)
    for words in (
        "Restricted data: 2 of 3 files hold sensitive values",
        "Payment card number",
        "34,567",
        "35k",
        "data/people.csv",
        "in.csv!note",
        "100% of 12",
        "is encrypted",
        "without it, 33.3% of the rows would be unique",
    ):
        assert words in said, words


def test_the_page_shows_hostile_names_as_they_are() -> None:
    page = Page(data_scan_html.render(sample_scan("<b>{{7*7}}\x1b[0m\u202e"), "2026-11-27"))
    said = " ".join(page.text)
    assert "<b>{{7*7}}\ufffd[0m\ufffd/people.csv" in said


def test_the_page_says_what_it_leaves_out() -> None:
    scan = sample_scan()
    scan.missed_count = 1000
    scan.classes = {"restricted": 1000}
    scan.types *= 10
    said = " ".join(Page(data_scan_html.render(scan, "2026-11-27")).text)
    assert "998 more entries" not in said
    for words in ("800 more entries; the JSON", "900 more files; the JSON", "980 more files; the JSON", "6 more types"):
        assert words in said


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (123_456, "123 kB"), (9.9e15, "9,900.0 TB")]
)
def test_sizes_are_short(number: float, text: str) -> None:
    assert size(number) == text


def test_words() -> None:
    assert [count(1, "file"), count(2, "file"), count(2, "entry", "entries")] == ["1 file", "2 files", "2 entries"]
    assert headline(DataScan(files=2, missed_count=1)) == (
        "nothing found in 2 files, but not everything could be inspected"
    )
