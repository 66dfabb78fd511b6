"""Documents as people write them."""

from __future__ import annotations

import pytest

from bartizan.model.documents import parse_document
from bartizan.model.documents.plain import plain
from bartizan.model.yamltree import to_yaml


@pytest.mark.parametrize(
    "text",
    [
        "{kind: System, unit: claims, spec: {id: bot, components: {a: {kind: agent, autonomy: suggest}}}}",
        "{kind: Tool, name: writer, spec: {title: Writer, claims: [{criterion: x, value: y, seen_on: 2026-01-02}]}}",
        "{kind: Organisation, name: organisation, spec: {title: Us, units: {a: {title: A}}, appetite: 5000.0}}",
    ],
)
def test_a_document_reads_back_from_its_plain_values(text: str) -> None:
    document = parse_document(text.encode(), "one.yaml")

    assert parse_document(to_yaml(plain(document)).encode(), "two.yaml") == document


def test_what_is_as_it_is_by_itself_is_left_out() -> None:
    document = parse_document(b"{kind: System, spec: {id: bot, stage: design, components: {a: {kind: agent}}}}", "one")

    assert plain(document) == {
        "kind": "System",
        "name": "bot",
        "spec": {"id": "bot", "components": {"a": {"kind": "agent"}}},
    }
