"""What is different between two versions of a document."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bartizan.govern.changes import Difference, differences
from bartizan.model.documents import Document, Kind, ToolSpec
from tests.govern.support import components, system


def document(**parts: Any) -> Document:
    return Document(kind=Kind.SYSTEM, name="bot", spec=system(**parts))


def told(old: Document | None, new: Document | None) -> list[tuple[str, str | None, str | None]]:
    return [(one.path, one.before, one.after) for one in differences(old, new)]


def test_the_same_document_has_no_differences() -> None:
    assert differences(document(), document()) == []


def test_a_value_that_changed_is_told_with_its_path() -> None:
    made = components()
    made["agent"]["autonomy"] = "suggest"

    assert told(document(), document(components=made, criticality="high")) == [
        ("spec.criticality", "medium", "high"),
        ("spec.components.agent.autonomy", "act", "suggest"),
    ]


def test_the_unit_is_a_part_of_the_document() -> None:
    moved = msgspec.structs.replace(document(), unit="claims")

    assert differences(document(), moved) == [Difference(path="unit", before="", after="claims")]


def test_what_is_new_is_told_value_by_value() -> None:
    made = components() | {"log": {"kind": "log-store", "zone": "inside", "readers": ["team"]}}

    found = told(document(), document(components=made))

    assert ("spec.components.log.kind", None, "log-store") in found
    assert ("spec.components.log.readers[team]", None, "team") in found
    assert all(before is None for _, before, _ in found)


def test_what_is_gone_is_told_as_gone() -> None:
    made = components() | {"log": {"kind": "log-store"}}

    assert ("spec.components.log.kind", "log-store", None) in told(document(components=made), document())


def test_entries_of_lists_are_told_apart_by_what_names_them() -> None:
    new = ["rate-limit", {"control": "kill-switch", "on": ["agent"], "note": "later"}]

    assert told(document(controls=["rate-limit"]), document(controls=new[::-1])) == [
        ("spec.controls[kill-switch].control", None, "kill-switch"),
        ("spec.controls[kill-switch].on[agent]", None, "agent"),
        ("spec.controls[kill-switch].note", None, "later"),
    ]


def test_flows_are_named_by_their_ends_or_their_id() -> None:
    flows = msgspec.to_builtins(system().flows)
    flows[1]["encryption"] = "mtls"
    flows[2]["encryption"] = "none"

    assert told(document(), document(flows=flows)) == [
        ("spec.flows[agent->mail].encryption", "unknown", "mtls"),
        ("spec.flows[ask].encryption", "tls", "none"),
    ]


def test_entries_of_one_name_are_counted() -> None:
    one = {"control": "rate-limit", "on": ["agent"]}
    old, new = document(controls=[one, one]), document(controls=[one, {**one, "note": "second"}])

    assert told(old, new) == [("spec.controls[rate-limit #2].note", "", "second")]


def test_another_order_is_told_as_such() -> None:
    found = told(document(controls=["a", "b"]), document(controls=["b", "a"]))

    assert found == [("spec.controls (order)", "[a], [b]", "[b], [a]")]


def test_a_long_value_is_cut() -> None:
    [(_, _, after)] = told(document(), document(description="x" * 5000))

    assert after == "x" * 2000 + "…"


def test_a_document_that_is_new_is_told_without_what_it_leaves_empty() -> None:
    tool = Document(kind=Kind.TOOL, name="writer", spec=ToolSpec(title="Writer", domains=["example.com"]))

    assert told(None, tool) == [
        ("kind", None, "Tool"),
        ("name", None, "writer"),
        ("spec.title", None, "Writer"),
        ("spec.domains[example.com]", None, "example.com"),
        ("spec.standing", None, "unreviewed"),
    ]
    assert [(path, after, before) for path, before, after in told(tool, None)] == told(None, tool)
    assert differences(None, None) == []


@pytest.mark.parametrize(("old", "new", "shown"), [(None, 5, (None, "5")), (5, None, ("5", "null"))])
def test_a_value_that_comes_or_goes_is_told(old: int | None, new: int | None, shown: tuple[str, str]) -> None:
    one = document(data={"claims": {"class": "public", "records": old}})
    other = document(data={"claims": {"class": "public", "records": new}})

    [(path, before, after)] = told(one, other)

    assert path == "spec.data.claims.records"
    assert (before, after) == (shown[0] or "null", shown[1])
