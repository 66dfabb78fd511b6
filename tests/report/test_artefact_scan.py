"""The reports of a scan of artefacts: for people and for programs."""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from typing import Any

import jsonschema
import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from bartizan.report import artefact_scan_html, artefact_scan_json, artefact_scan_sarif, artefact_scan_text
from bartizan.report.artefact_scan_words import effort, headline, outcome, rule_totals
from bartizan.scan.artefacts.result import ArtefactScan, Passed, Verdict
from tests.report.artefact_scan_sample import RULES, empty_scan, sample_scan
from tests.report.hostile import HOSTILE
from tests.report.markup import Page
from tests.report.schemas import SARIF
from tests.report.steady import without_version

NASTY = (*HOSTILE, "line\nsafe: 1 artefact", "a/" * 300 + "b", "`code` and `half")


def _schema() -> dict[str, Any]:
    """The schema of SARIF, with notifications (section 3.58), places inside files (3.33), and bytes (3.30)."""
    schema = copy.deepcopy(SARIF)
    run = schema["properties"]["runs"]["items"]["properties"]
    location = run["results"]["items"]["properties"]["locations"]["items"]
    physical = location["properties"]["physicalLocation"]
    physical["properties"]["region"]["required"] = ["startLine"]
    physical["properties"]["region"]["properties"] |= {
        name: {"type": "integer", "minimum": 0} for name in ("byteOffset", "byteLength")
    }
    place = copy.deepcopy(location)
    place["properties"]["physicalLocation"]["required"] = ["artifactLocation"]
    location["properties"]["logicalLocations"]["items"]["required"] = ["fullyQualifiedName"]
    notification = {
        "type": "object",
        "required": ["message"],
        "properties": {
            "message": {"type": "object"},
            "level": {"enum": ["warning"]},
            "locations": {"type": "array", "items": place},
        },
        "additionalProperties": False,
    }
    invocation = run["invocations"]["items"]["properties"]
    invocation["toolExecutionNotifications"] = {"type": "array", "items": notification}
    rule = run["tool"]["properties"]["driver"]["properties"]["rules"]["items"]
    rule["properties"]["defaultConfiguration"] = {"properties": {"level": {"enum": ["note", "warning", "error"]}}}
    return schema


def _many(number: int) -> ArtefactScan:
    """The sample so many times, in folders of their own."""
    scans = [sample_scan(f"part-{index:03}") for index in range(number)]
    return ArtefactScan(
        artefacts=[one for scan in scans for one in scan.artefacts],
        passed=[one for scan in scans for one in scan.passed],
    )


# --- text -------------------------------------------------------------------------------------------------------------


def test_text(snapshot: SnapshotAssertion) -> None:
    assert artefact_scan_text.render(sample_scan(), width=100, explain=True) == snapshot


def test_text_of_a_scan_that_found_nothing() -> None:
    assert artefact_scan_text.render(empty_scan()).splitlines()[:3] == [
        "safe: 1 artefact: 1 safe",
        "Nothing in it runs, reaches out or misleads, as far as its format allows to tell.",
        "400 B read in 0.1 s.",
    ]


def test_text_of_nothing_that_could_be_inspected() -> None:
    said = artefact_scan_text.render(ArtefactScan(artefacts=[], passed=[Passed("a.xyz", "is of no known format")]))
    assert said.startswith("unknown: nothing that could be inspected\n0 B read in 0.0 s; 1 file not inspected.\n")
    assert "a.xyz" in said


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("name", NASTY)
def test_text_keeps_to_its_width(width: int, name: str) -> None:
    said = artefact_scan_text.render(sample_scan(name), width=width, explain=True)
    assert max(map(len, said.splitlines())) <= width
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", said)
    # A name that holds line ends gives no line of its own.
    assert "\nsafe: 1 artefact" not in said


def test_long_paths_are_cut_from_the_left_at_a_slash() -> None:
    said = artefact_scan_text.render(sample_scan("/".join(f"folder-{number:02}" for number in range(12))), width=80)
    lines = [line for line in said.splitlines() if line.startswith("dangerous ")]
    assert lines == ["dangerous   …/folder-09/folder-10/folder-11/model.pt  zip, torch, 2.0 GB"]


def test_the_worst_stands_first_and_advice_last() -> None:
    said = artefact_scan_text.render(sample_scan())
    order = ["model.pt", "vendor/.mcp.json", "vendor/b/.mcp.json", "ADVICE", "settings.json", "NOTHING FOUND IN"]
    places = [said.index(word) for word in order]
    assert places == sorted(places)


def test_what_to_do_is_said_once_for_each_rule() -> None:
    said = artefact_scan_text.render(_many(5))
    assert [said.count(f"do: {rule.remedy}") for rule in RULES.values()] == [1, 1, 1]
    assert said.count("CWE-1357") == 1


def test_many_artefacts_are_counted_by_rule_and_the_rest_is_named() -> None:
    said = artefact_scan_text.render(_many(30), width=80)
    rules = said.split("\nRULES")[1].split("\n\n")[0].splitlines()[1:]
    assert [line.split()[0] for line in rules if line[2] != " "] == ["critical", "medium", "low"]
    assert [line.split()[-1] for line in rules if line[2] != " "] == ["30", "60", "60"]
    for words in ("and 50 more artefacts", "and 18 more artefacts", "and 20 more files", "part-000/build and 59 more"):
        assert words in said, words


def test_findings_beyond_the_limit_are_counted() -> None:
    scan = sample_scan()
    scan.artefacts[-1].dropped = 7
    scan.artefacts[-1].findings *= 5
    said = artefact_scan_text.render(scan)
    assert "and 7 more findings" in said
    assert "and 6 more places" in said


def test_colours_mark_verdicts_and_severities() -> None:
    said = artefact_scan_text.render(sample_scan(), colour=True)
    assert said.startswith("\x1b[1;31mdangerous: 5 artefacts: 1 dangerous, 2 unknown, 2 safe\x1b[0m\n")


def test_explanations_of_what_is_safe_are_shown_when_asked_for() -> None:
    scan = empty_scan()
    scan.artefacts[0].explanations = [("a.safetensors", ["collections.OrderedDict()", "x " * 100])]
    assert "OrderedDict" in artefact_scan_text.render(scan, explain=True)
    assert "OrderedDict" not in artefact_scan_text.render(scan)


# --- for programs -----------------------------------------------------------------------------------------------------


def _pretty(document: object) -> str:
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def test_json(snapshot: SnapshotAssertion) -> None:
    assert _pretty(artefact_scan_json.document(sample_scan(), explain=True)) == snapshot


def test_sarif(snapshot: SnapshotAssertion) -> None:
    assert without_version(_pretty(artefact_scan_sarif.document(sample_scan(), RULES))) == snapshot


@pytest.mark.parametrize("name", ["vendor", "/abs/vendor", *NASTY])
def test_sarif_keeps_to_its_schema(name: str) -> None:
    document = artefact_scan_sarif.document(sample_scan(name), RULES)
    jsonschema.Draft202012Validator(_schema()).validate(msgspec.to_builtins(document))


def test_sarif_of_a_scan_that_found_nothing() -> None:
    document = artefact_scan_sarif.document(empty_scan(), RULES)
    jsonschema.Draft202012Validator(_schema()).validate(document)
    assert document["runs"][0]["results"] == []


# --- page -------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["sample", "hostile", "empty", "nothing"])
def scan(request: pytest.FixtureRequest) -> ArtefactScan:
    made = {"sample": sample_scan(), "hostile": sample_scan("".join(HOSTILE)), "empty": empty_scan()}
    return made.get(request.param, ArtefactScan(artefacts=[], passed=[]))


def test_page(snapshot: SnapshotAssertion) -> None:
    page = artefact_scan_html.render(sample_scan(), ["vendor"], "2026-11-28")
    assert page.partition("<body>")[2] == snapshot


def test_the_page_loads_nothing_and_its_policy_allows_its_style_alone(scan: ArtefactScan) -> None:
    page = Page(artefact_scan_html.render(scan, ["vendor"], "2026-11-28"))
    (style,) = page.raw["style"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(one["content"] for tag, one in page.tags if one.get("http-equiv") == "Content-Security-Policy")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert page.raw["script"] == []
    for _, name, value in page.attributes():
        assert not name.startswith("on")
        assert name not in {"style", "src", "action"}
        assert name != "href" or re.fullmatch("#[a-z-]+", value)
    assert "http" not in style
    assert "url(" not in style
    ids = [value for _, name, value in page.attributes() if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value[1:] for _, name, value in page.attributes() if name == "href"} <= set(ids)


def test_the_page_shows_hostile_names_as_they_are() -> None:
    page = Page(artefact_scan_html.render(sample_scan("<b>{{7*7}}\x1b[0m\u202e"), ["<i>"], "2026-11-28"))
    said = "".join(page.text)
    assert "<b>{{7*7}}\ufffd[0m\ufffd/model.pt" in said
    assert "os.system('<b>{{7*7}}" in said
    assert "<i>" in said


def test_the_page_marks_code_and_leaves_a_single_backtick() -> None:
    scan = sample_scan("one ` backtick")
    page = artefact_scan_html.render(scan, ["vendor"], "2026-11-28")
    assert "Ask for <code>safetensors</code>." in page
    assert "one ` backtick" in page


def test_the_page_says_once_what_to_do_and_then_leads_there() -> None:
    page = Page(artefact_scan_html.render(sample_scan(), ["vendor"], "2026-11-28"))
    said = "".join(page.text)
    # Once at the first finding, and once in the table that later findings lead to.
    assert said.count("Name the exact version.") == 2
    assert [value for _, name, value in page.attributes() if name == "href" and value.startswith("#do-")] == [
        "#do-unpinned",
        "#do-hook",
    ]


def test_the_page_says_what_it_leaves_out() -> None:
    said = " ".join(Page(artefact_scan_html.render(_many(120), ["a", "b", "c", "d"], "2026-11-28")).text)
    for words in (
        "a, b, c and 1 more",
        "and 160 more artefacts",
        "and 20 more artefacts",
        "part-000/build, part-000/venv, part-001/build, part-001/venv, part-002/build and 235 more",
    ):
        assert words in said, words


# --- words ------------------------------------------------------------------------------------------------------------


def test_counts_are_right() -> None:
    scan = sample_scan()
    assert headline(scan) == "5 artefacts: 1 dangerous, 2 unknown, 2 safe"
    assert [(one.rule, one.findings, one.artefacts) for one in rule_totals(scan)] == [
        ("runs-program", 2, 1),
        ("unpinned", 2, 2),
        ("hook", 2, 2),
    ]
    assert rule_totals(scan)[0].ids == ["CVE-2025-32434", "CWE-502", "AML.T0011.000"]
    assert effort(scan) == "2.0 GB, of which 5.7 kB were read, in 0.2 s; 1 file not inspected."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "Dangerous: 1 of 5 artefacts"),
        ({"artefacts": []}, "Unknown: 1 file could not be inspected"),
        ({"artefacts": [], "passed": []}, "Unknown: nothing was inspected"),
        ({"artefacts": empty_scan().artefacts, "passed": []}, "Safe: 1 artefact"),
        ({"artefacts": empty_scan().artefacts}, "Unknown: 1 file could not be inspected"),
    ],
)
def test_the_heading_of_the_page(change: dict[str, Any], said: str) -> None:
    scan = msgspec.structs.replace(sample_scan(), **change)
    assert outcome(scan) == said


def test_words_of_another_command_stand_in_place_of_what_verdicts_mean() -> None:
    scan = empty_scan()
    scan.meaning = ["Signed by a key.", "1 file as signed."]
    assert "Signed by a key.\n1 file as signed.\n" in artefact_scan_text.render(scan)
    assert scan.verdict is Verdict.SAFE
    assert "Signed by a key. 1 file as signed." in artefact_scan_html.render(scan, ["a"], "2026-11-28")
