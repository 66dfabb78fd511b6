"""`bartizan decide`: what it refuses, what it writes, and that the next review honours it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

DAY = ("--as-of", "2026-11-01")
GOOD = ("--until", "2027-06-30", "--by", "CISO", "--why", "Compensated by monitoring: see annex")


def _first(system: Path, run: Run) -> str:
    return str(json.loads(run("review", system, "--format", "json", *DAY).out)["threats"][0]["id"])


def test_a_decision_is_noted_and_honoured(system: Path, run: Run) -> None:
    threat = _first(system, run)
    before = system.read_bytes()
    done = run("decide", system, threat, "accept", *GOOD, "--ticket", "SEC-7", *DAY)
    assert done.code == 0, done.err
    assert threat in done.err
    assert system.read_bytes() == before
    review = json.loads(run("review", system, "--format", "json", *DAY).out)
    every = {entry["id"]: entry for entry in (*review["threats"], *review["appendix"])}
    assert every[threat]["status"] == "accepted"
    assert every[threat]["decision"]["ticket"] == "SEC-7"
    assert threat not in [entry["id"] for entry in review["threats"]]


def test_a_decision_that_is_over_counts_no_longer(system: Path, run: Run) -> None:
    threat = _first(system, run)
    run("decide", system, threat, "accept", *GOOD, *DAY)
    later = json.loads(run("review", system, "--format", "json", "--as-of", "2027-07-01").out)
    every = {entry["id"]: entry for entry in (*later["threats"], *later["appendix"])}
    assert every[threat]["status"] == "open"
    assert any(threat in note for note in later["notes"])


def test_the_file_only_grows(system: Path, run: Run) -> None:
    threat = _first(system, run)
    target = system.with_name("system.decisions.yaml")
    run("decide", system, threat, "accept", *GOOD, *DAY)
    first = target.read_bytes()
    assert run("decide", system, threat, "mitigate", *GOOD, *DAY).code == 0
    assert target.read_bytes().startswith(first)
    review = json.loads(run("review", system, "--format", "json", *DAY).out)
    every = {entry["id"]: entry for entry in (*review["threats"], *review["appendix"])}
    assert every[threat]["status"] == "mitigated"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nothing@here", "accept", *GOOD), "there is no threat `nothing@here`"),
        (("x@y", "accept", "--until", "2026-10-31", "--by", "me", "--why", "x"), "is over already"),
        (("x@y", "accept", "--until", "2027-10-31", "--by", " ", "--why", "x"), "`--by` is empty"),
        (("x@y", "accept", "--until", "2027-10-31", "--by", "me", "--why", ""), "`--why` is empty"),
        (("x@y", "forget", *GOOD), "`forget` is not one of"),
        (("x@y", "accept", "--until", "2027-10-31", "--by", "me"), "missing option `--why`"),
    ],
)
def test_an_incomplete_decision_is_refused(arguments: tuple[str, ...], sentence: str, system: Path, run: Run) -> None:
    done = run("decide", system, *arguments, *DAY)
    assert done.code == 2
    assert sentence in done.err
    assert not system.with_name("system.decisions.yaml").exists()
