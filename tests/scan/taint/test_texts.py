"""Every kind of text is found in its hits and not in its misses; flows name what exists."""

from __future__ import annotations

import pytest

from bartizan.catalog.flows import load_flows, load_text_kinds
from bartizan.scan.taint.operations import Operations
from bartizan.scan.taint.places import TextPlaces
from bartizan.scan.taint.values import ARGUMENT

KINDS = load_text_kinds()
FLOWS = load_flows()


@pytest.mark.parametrize("name", KINDS)
def test_found_in_its_hits_only(name: str) -> None:
    kind = KINDS[name]
    assert kind.hits
    assert kind.misses
    assert [text for text in kind.hits if not kind.pattern.search(text)] == []
    assert [text for text in kind.misses if kind.pattern.search(text)] == []


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_has_what_its_role_needs(name: str) -> None:
    flow = FLOWS[name]
    assert flow.operations
    assert all(operation.calls or operation.reads for operation in flow.operations)
    assert bool(flow.clears) is (flow.role == "check")
    assert flow.gives or flow.role != "source"


def test_calls_are_found_by_their_last_name_and_the_rest() -> None:
    operations = Operations(FLOWS.values(), "python")
    assert [flow.id for flow, _ in operations.called("os.system")] == ["run-shell"]
    assert [flow.id for flow, _ in operations.called("sqlite3.connect().cursor().execute")] == ["query-sql"]
    assert operations.called("mine.system") == []
    assert [flow.gives for flow, _ in operations.read("os.environ")] == ["environment"]


def test_an_argument_in_a_text_stands_for_anything() -> None:
    places = TextPlaces(KINDS.values())
    assert [kind.id for kind in places.found("path", f"/home/{ARGUMENT}/.ssh/id_rsa")][:1] == ["credential-place"]
    assert places.found("path", "notes.txt") == []
