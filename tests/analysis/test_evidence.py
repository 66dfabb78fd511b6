"""What was found in data: it raises a class, never lowers one, and is told beside what is declared."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.analysis import review
from bartizan.analysis.evidence import as_found, evidence_notes, evidence_views, standing_evidence
from bartizan.analysis.result import Review
from bartizan.model import DataEvidence, System, parse_text
from bartizan.model.words import Category
from tests.analysis.support import AS_OF, catalog

SYSTEM = """
id: helpdesk
zones: {internet: {kind: internet}, cloud: {kind: cloud}}
data:
  tickets: {class: internal, categories: [personal]}
  articles: {class: public}
components:
  customer: {kind: person, party: customers, zone: internet}
  chat: {kind: application, zone: cloud, renders: [markdown, images]}
  agent: {kind: agent, zone: cloud}
  llm: {kind: model, zone: cloud}
  desk: {kind: data-store, zone: cloud, holds: [tickets, articles], writers: [customers]}
flows:
  - {from: customer, to: chat}
  - {from: chat, to: agent, authority: user}
  - {from: agent, to: llm, carries: [tickets]}
  - {from: agent, to: desk, returns: [tickets, articles], authority: service}
"""


def _found(asset: str = "tickets", class_: str = "restricted", **more: object) -> DataEvidence:
    values: dict[str, object] = {"source": "export.csv", "observed_at": date(2026, 1, 2)} | more
    return DataEvidence(asset=asset, class_=class_, **values)  # type: ignore[arg-type]


def _system(*evidence: DataEvidence) -> System:
    return msgspec.structs.replace(parse_text(SYSTEM), data_evidence=list(evidence))


def _reviewed(system: System) -> Review:
    return review(system, catalog(), as_of=AS_OF)


def test_a_finding_above_the_declaration_counts_and_is_told() -> None:
    declared = _reviewed(_system())
    found = _reviewed(_system(_found(categories=[Category.HEALTH], counts={"ch-ahv": 12}, digest="sha256:ab")))
    (view,) = found.data_evidence
    assert (view.asset, view.declared, view.found, view.raised) == ("tickets", "internal", "restricted", True)
    assert (view.new_categories, view.declared_categories, view.counts) == (["health"], ["personal"], {"ch-ahv": 12})
    assert declared.labels["agent"].confidentiality == "internal"
    assert found.labels["agent"].confidentiality == "restricted"
    assert found.labels["agent"].categories == ["health", "personal"]
    ranks = [{loss.id: loss.severity.rank for loss in one.losses} for one in (declared, found)]
    assert ranks[1]["disclosure:tickets"] > ranks[0]["disclosure:tickets"]


def test_a_finding_at_or_below_the_declaration_changes_nothing_but_its_list() -> None:
    plain = _reviewed(_system())
    same = _reviewed(_system(_found(class_="public"), _found(class_="", source="b"), _found("articles", "public")))
    assert [(view.asset, view.found, view.raised) for view in same.data_evidence] == [
        ("articles", "public", False),
        ("tickets", "", False),
        ("tickets", "public", False),
    ]
    assert msgspec.structs.replace(same, data_evidence=[]) == plain


def test_of_two_findings_from_one_source_the_later_counts_and_sources_are_joined() -> None:
    old, new = _found(observed_at=date(2026, 1, 1)), _found(class_="internal", observed_at=date(2026, 2, 1))
    assert standing_evidence(_system(new, old), AS_OF) == [new]
    assert as_found(_system(old, new), AS_OF).data["tickets"].class_ == "internal"
    other = _found(class_="confidential", source="dump.sql")
    assert as_found(_system(new, other), AS_OF).data["tickets"].class_ == "confidential"


def test_what_goes_beyond_the_declaration_comes_first() -> None:
    system = _system(_found("articles", "public"), _found("tickets"), _found("tickets", "internal", source="a"))
    assert [view.raised for view in evidence_views(system, AS_OF)] == [True, False, False]


def test_findings_that_count_for_nothing_are_noted() -> None:
    late = _found(observed_at=date(9000, 1, 1))
    system = _system(_found("gone"), late)
    assert as_found(system, AS_OF).data == system.data
    assert evidence_notes(system, AS_OF) == [
        "a finding is about `gone`, which is no data asset of this system",
        "a finding about `tickets` is of 9000-01-01, after the day of this review",
    ]
    assert set(evidence_notes(system, AS_OF)) <= set(_reviewed(system).notes)


CLASSES = parse_text(SYSTEM).classes
EVIDENCE = st.builds(
    _found,
    st.sampled_from(["tickets", "articles"]),
    st.sampled_from(["", *CLASSES]),
    categories=st.lists(st.sampled_from(list(Category)), max_size=3, unique=True),
    source=st.sampled_from(["a", "b", "c"]),
    observed_at=st.dates(date(2026, 1, 1), date(2026, 3, 1)),
)


@given(st.lists(EVIDENCE, max_size=5))
def test_findings_never_lower_anything(evidence: list[DataEvidence]) -> None:
    system = _system(*evidence)
    for name, data in as_found(system, AS_OF).data.items():
        assert system.scheme.level(data.class_) >= system.scheme.level(system.data[name].class_)
        assert {*data.categories} >= {*system.data[name].categories}


@pytest.mark.parametrize("class_", CLASSES)
def test_the_joined_class_is_the_higher_one(class_: str) -> None:
    joined = as_found(_system(_found(class_=class_)), AS_OF).data["tickets"].class_
    assert joined == max("internal", class_, key=CLASSES.index)
