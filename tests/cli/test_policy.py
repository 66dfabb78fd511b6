"""`bartizan policy`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bartizan.catalog.statements import load_statements
from bartizan.model.documents import PolicySpec
from bartizan.model.documents.parse import parse_document
from tests.cli.conftest import Run
from tests.support import REPOSITORY

ORGANISATION = """
kind: Organisation
name: organisation
spec:
  title: Example Insurance
  area: {regions: [ch], sectors: [insurance], develops: true%s}
  frameworks: [iso-42001, dora]
"""
EXCEPTION = """
kind: Exception
name: old-bot
spec:
  title: Old bot
  statement: approved-tools-only
  owner: claims IT
  why: The vendor is late.
  compensating: [human-approval]
  starts: 2026-01-01
  ends: 2026-12-31
  approved_by: ann
"""
GATEWAY = REPOSITORY / "examples" / "gateway" / "gateway.yaml"


@pytest.fixture
def organisation(tmp_path: Path) -> Path:
    path = tmp_path / "organisation.yaml"
    path.write_text(ORGANISATION % "", encoding="utf-8")
    return path


@pytest.fixture
def policy(organisation: Path, run: Run) -> Path:
    path = organisation.parent / "use.yaml"
    done = run(
        "policy", "draft", "acceptable-use-policy", "--organisation", organisation, "--owner", "CISO", "-o", path
    )
    assert done.code == 0, done.err
    return path


def spec(path: Path) -> PolicySpec:
    found = parse_document(path.read_bytes(), path.name).spec
    assert isinstance(found, PolicySpec)
    return found


def test_list_counts_all_statements_or_those_for_an_organisation(organisation: Path, run: Run) -> None:
    every = json.loads(run("policy", "list", "--format", "json").out)["documents"]
    assert [one["id"] for one in every] == list(load_statements().documents)
    assert sum(one["statements"] for one in every) == len(load_statements().statements)
    ours = json.loads(run("policy", "list", "--organisation", organisation, "--format", "json").out)["documents"]
    assert next(one for one in ours if one["id"] == "agent-and-mcp-standard")["statements"] == 0
    assert "agent-and-mcp-standard" in run("policy", "list").out


def test_a_draft_is_a_document_that_reads_back(policy: Path) -> None:
    document = parse_document(policy.read_bytes(), policy.name)
    made = spec(policy)
    assert (document.kind, document.name, made.owner, made.edition) == (
        "Policy",
        "acceptable-use-policy",
        "CISO",
        "1.0",
    )
    assert set(made.statements[0].maps) <= {"iso-42001", "dora"}


def test_drafting_again_without_a_change_gives_the_same_file(policy: Path, organisation: Path, run: Run) -> None:
    done = run(
        "policy", "draft", "acceptable-use-policy", "--organisation", organisation, "--previous", policy, "--owner", "X"
    )
    assert done.out.encode() == policy.read_bytes()
    assert "nothing has changed since edition 1.0" in done.err


def test_own_words_survive_and_the_difference_is_told(policy: Path, run: Run, tmp_path: Path) -> None:
    text = policy.read_text(encoding="utf-8").replace("number: '1.1'", "number: '1.1'\n    own: true", 1)
    mine = tmp_path / "mine.yaml"
    mine.write_text(text.replace("People must use only AI tools", "Staff must use only AI tools"), encoding="utf-8")
    wider = tmp_path / "wider.yaml"
    wider.write_text((ORGANISATION % ", personal_data: false"), encoding="utf-8")
    later = tmp_path / "later.yaml"
    done = run("policy", "draft", "acceptable-use-policy", "--organisation", wider, "--previous", mine, "-o", later)
    assert done.code == 0, done.err
    assert spec(later).statements[0].text.startswith("Staff must use")
    assert len(spec(later).retired) == 3
    shown = run("policy", "diff", policy, later).out
    assert "[-People-]{+Staff+} must use only AI tools" in shown
    assert "no-lone-decision-about-people  removed" in shown
    found = json.loads(run("policy", "diff", policy, later, "--format", "json").out)
    assert [one["kind"] for one in found["changes"]].count("removed") == 3
    assert "nothing has changed" in run("policy", "diff", policy, policy).out


@pytest.mark.parametrize(
    ("suffix", "starts"), [("docx", b"PK"), ("pdf", b"%PDF"), ("html", b"<!doctype"), ("md", b"# ")]
)
def test_a_policy_is_printed_by_the_suffix(suffix: str, starts: bytes, policy: Path, run: Run) -> None:
    target = policy.parent / f"paper.{suffix}"
    done = run("policy", "publish", policy, "-o", target)
    assert (done.code, target.read_bytes()[: len(starts)]) == (0, starts)
    assert "edition 1.0; it is draft" in done.err


def test_the_paper_tells_exceptions_and_what_is_active(policy: Path, organisation: Path, run: Run) -> None:
    exceptions = policy.parent / "exceptions.yaml"
    exceptions.write_text(EXCEPTION, encoding="utf-8")
    done = run(
        "policy", "publish", policy, "--organisation", organisation, "--exceptions", exceptions, "--gateway", GATEWAY,
        "--as-of", "2026-11-28", "--since", policy,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "Example Insurance · Edition 1.0 · draft" in done.out
    assert "| 1.1 | Old bot | claims IT | The vendor is late. | A person confirms" in done.out
    assert "active now · Held by policy: nothing-restricted" in done.out
    assert "not active" in done.out
    unknown = run("policy", "publish", policy, "--as-of", "2027-06-01").out
    assert "active now" not in unknown
    assert "No exception from this policy is in force on 1 June 2027." in unknown.replace("\u00a0", " ")


def test_a_draft_and_a_paper_are_in_the_language_that_is_asked_for(policy: Path, organisation: Path, run: Run) -> None:
    french = run(
        "policy", "draft", "acceptable-use-policy", "--organisation", organisation, "--language", "fr",
        "-o", organisation.parent / "fr.yaml",
    )  # fmt: skip
    assert french.code == 0, french.err
    assert spec(organisation.parent / "fr.yaml").title == "Utilisation acceptable de l’IA"
    italian = run(
        "policy", "publish", policy, "--organisation", organisation, "--language", "it", "--since", policy
    )  # fmt: skip
    assert italian.code == 0, italian.err
    assert italian.out.startswith("# Uso accettabile dell’IA")
    assert "Questa è una traduzione" in italian.out
    assert "People" not in italian.out
    same = run("policy", "publish", policy, "--language", "en")
    assert "translation" not in same.out


def test_scans_count_when_they_are_said_to_run(organisation: Path, run: Run) -> None:
    target = organisation.parent / "dev.yaml"
    run("policy", "draft", "secure-ai-development-standard", "--organisation", organisation, "-o", target)
    assert "active now · Held by scan: pickle-executes" in run("policy", "publish", target, "--scans").out


def test_a_draft_in_german_is_printed_in_german(organisation: Path, run: Run) -> None:
    done = run("policy", "draft", "ai-security-policy", "--organisation", organisation, "--language", "de")
    assert "muss eine Person benennen" in done.out


def test_coverage_names_statements_and_gaps(policy: Path, run: Run) -> None:
    text = run("policy", "coverage", policy).out
    assert "ISO-42001  " in text
    assert "DORA  " in text
    found = json.loads(run("policy", "coverage", policy, "--framework", "iso-42001", "--format", "json").out)
    (only,) = found["frameworks"]
    assert only["covered"]["A.9.2"][0] == "acceptable-use-policy 1.1"
    assert "A.10.4" in only["gaps"]
    assert "A.10.4 (Customers)" in " ".join(text.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["draft", "agents", "--organisation", "{o}"], "there is no policy document `agents`"),
        (
            ["draft", "agent-and-mcp-standard", "--organisation", "{o}"],
            "no statement of `agent-and-mcp-standard` is for",
        ),
        (["draft", "ai-security-policy", "--organisation", "{o}", "--language", "rm"], "is not written in `rm`"),
        (["draft", "ai-security-policy", "--organisation", "{p}"], "is of the kind Policy"),
        (["draft", "ai-security-policy", "--organisation", "nowhere.yaml"], "`nowhere.yaml` is not there"),
        (["publish", "{o}"], "is of the kind Organisation"),
        (["publish", "{p}", "--format", "pdf"], "pdf is not for a terminal"),
        (["publish", "{p}", "--language", "fr"], "a policy in another language needs who it is for"),
        (["publish", "{p}", "--language", "rm", "--organisation", "{o}"], "this policy can't be had in `rm`"),
        (["publish", "{p}", "-o", "paper.txt"], "doesn't tell the format"),
        (["publish", "{p}", "--gateway", "nowhere.yaml"], "`nowhere.yaml` is not there"),
        (["coverage", "{p}", "--framework", "iso-42"], "there is no framework `iso-42`"),
        (["diff", "{p}", "{o}"], "is of the kind Organisation"),
    ],
)
def test_what_is_wrong_is_told(arguments: list[str], message: str, policy: Path, organisation: Path, run: Run) -> None:
    done = run("policy", *(one.replace("{p}", str(policy)).replace("{o}", str(organisation)) for one in arguments))
    assert done.code == 2
    assert message in done.err
