"""Where models, training data and running software come from."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.analysis import example_system
from bartizan.analysis.lineage import lineage_facts
from bartizan.analysis.topology import Topology
from bartizan.catalog import Fact

PARTS: dict[str, Any] = {
    "ann": {"kind": "person"},
    "page": {"kind": "client"},
    "app": {"kind": "application"},
    "web": {"kind": "web"},
    "rows": {"kind": "data-set"},
    "lake": {"kind": "data-store"},
    "book": {"kind": "notebook"},
    "job": {"kind": "training-job"},
    "m": {"kind": "model"},
    "reg": {"kind": "model-registry"},
    "hub": {"kind": "repository"},
    "ci": {"kind": "pipeline"},
}


def lineage(*flows: tuple[str, str] | tuple[str, str, dict[str, Any]]) -> set[Fact]:
    calls = [{"from": flow[0], "to": flow[1], **(flow[2] if len(flow) == 3 else {})} for flow in flows]
    return set(lineage_facts(Topology(example_system({"data": {"docs": {}}, "components": PARTS, "flows": calls}))))


WRITES = {"carries": ["docs"]}


@pytest.mark.parametrize(
    "flows",
    [
        [("job", "m")],
        [("m", "job")],
        [("job", "reg"), ("m", "reg")],
        [("job", "reg"), ("reg", "m")],
        [("job", "reg"), ("ci", "reg"), ("ci", "m")],
        [("job", "lake", WRITES), ("app", "lake"), ("app", "m")],
    ],
)
def test_a_job_trains_the_model_it_calls_or_that_is_taken_from_where_it_writes(flows: list[tuple[str, str]]) -> None:
    assert ("trains", "job", "m") in lineage(*flows)


@pytest.mark.parametrize(
    "flows",
    [
        [("job", "rows")],
        [("job", "reg"), ("book", "reg"), ("book", "m")],
        [("job", "hub"), ("m", "hub")],
        [("app", "m")],
    ],
)
def test_a_job_trains_no_other_model(flows: list[tuple[str, str]]) -> None:
    assert ("trains", "job", "m") not in lineage(*flows)


def test_what_a_job_reads_feeds_it_and_its_model() -> None:
    found = lineage(("job", "rows"), ("job", "m"))

    assert {fact for fact in found if fact[0] == "feeds"} == {("feeds", "rows", "job"), ("feeds", "rows", "m")}


def test_what_writes_into_the_data_feeds_too() -> None:
    found = lineage(("job", "rows"), ("ci", "rows", WRITES), ("ci", "lake"), ("app", "lake", WRITES), ("ann", "app"))
    feeding = {fact[1] for fact in found if fact[0] == "feeds" and fact[2] == "job"}

    assert feeding == {"rows", "ci", "lake", "app"}


def test_what_is_pushed_to_a_job_feeds_it() -> None:
    assert ("feeds", "lake", "job") in lineage(("lake", "job"))
    assert ("feeds", "book", "job") in lineage(("book", "job"))


def test_code_and_models_are_no_training_data() -> None:
    found = lineage(("job", "hub"), ("job", "reg"), ("m", "job"))

    assert not {fact for fact in found if fact[0] == "feeds"}


def test_what_runs_comes_from_where_it_is_taken() -> None:
    assert ("serves", "hub", "app") in lineage(("app", "hub"))
    assert ("serves", "hub", "app") in lineage(("hub", "app"))
    assert ("serves", "ci", "app") in lineage(("ci", "app"))
    assert not {fact for fact in lineage(("ann", "hub"), ("hub", "ann")) if fact[0] == "serves"}
    assert ("serves", "hub", "app") not in lineage(("app", "hub", {"returns": []}))


def test_a_pipeline_carries_artefacts_to_what_it_deploys() -> None:
    found = {fact[1:] for fact in lineage(("ci", "hub"), ("ci", "app"), ("ci", "lake", WRITES)) if fact[0] == "serves"}

    assert {("hub", "ci"), ("hub", "app"), ("ci", "app"), ("ci", "lake")} <= found
    assert ("hub", "lake") not in found
    assert ("hub", "hub") not in found


def test_people_work_with_what_stands_behind_their_screens() -> None:
    found = lineage(("ann", "page"), ("page", "app"), ("app", "m"), ("m", "lake"))

    assert {fact[2] for fact in found if fact[:2] == ("user_of", "ann")} == {"page", "app", "m"}
