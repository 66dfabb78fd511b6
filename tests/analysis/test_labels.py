"""Labels propagate to a fixed point: the strictest of what arrives, the least trusted of who wrote it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bartizan.analysis import example_system
from bartizan.analysis.spread import labels, spread_data
from bartizan.analysis.topology import Topology
from bartizan.model import Integrity, Label, System
from bartizan.model.words import Category
from tests.analysis.strategies import flow_between, systems
from tests.analysis.test_properties import with_flow


def label_of(system: System) -> dict[str, Label]:
    topology = Topology(system)
    return labels(topology, spread_data(topology))


def labelled(components: dict[str, Any], *flows: dict[str, Any]) -> dict[str, Label]:
    data = {"pay": {"class": "restricted", "categories": ["personal"]}, "news": {"class": "public"}}
    return label_of(example_system({"data": data, "components": components, "flows": list(flows)}))


PAY = Label(3, frozenset({Category.PERSONAL}))
PARTS = {
    "ann": {"kind": "person", "party": "customers"},
    "app": {"kind": "application"},
    "bot": {"kind": "agent"},
    "db": {"kind": "data-store", "holds": ["pay"], "writers": ["team"]},
    "inbox": {"kind": "mailbox"},
    "llm": {"kind": "model"},
}


def test_without_calls_each_has_its_own_label() -> None:
    found = labelled(PARTS)

    assert found["db"] == PAY
    assert found["inbox"] == Label(integrity=Integrity.UNTRUSTED)
    assert found["ann"] == Label(integrity=Integrity.UNTRUSTED)
    assert found["app"] == found["bot"] == found["llm"] == Label()


def test_what_a_component_reads_is_joined() -> None:
    found = labelled(PARTS, {"from": "bot", "to": "db"}, {"from": "bot", "to": "inbox"})

    assert found["bot"] == PAY.join(found["inbox"])
    assert found["db"] == PAY


def test_answers_carry_labels_further_than_data_is_listed() -> None:
    flows = [{"from": "app", "to": "bot"}, {"from": "bot", "to": "db"}, {"from": "bot", "to": "inbox"}]
    found = labelled(PARTS, *flows)

    assert found["app"].covers(found["bot"])
    assert labelled(PARTS, {**flows[0], "returns": []}, *flows[1:])["app"] == Label()


def test_a_model_hands_on_mistrust_but_not_secrets_of_others() -> None:
    flows = [
        {"from": "app", "to": "db"},
        {"from": "app", "to": "llm"},
        {"from": "bot", "to": "llm"},
        {"from": "app", "to": "inbox"},
    ]
    found = labelled(PARTS, *flows)

    assert found["llm"].level == 3
    assert found["bot"] == Label(integrity=Integrity.UNTRUSTED)


def test_people_keep_the_trust_that_they_have() -> None:
    found = labelled({**PARTS, "ann": {"kind": "person"}}, {"from": "ann", "to": "bot"}, {"from": "bot", "to": "inbox"})

    assert found["ann"].integrity is Integrity.ORGANISATION
    assert found["bot"].integrity is Integrity.UNTRUSTED


@given(systems(), st.data())
def test_one_more_flow_never_relaxes_a_label(system: System, data: st.DataObject) -> None:
    wider = with_flow(system, data.draw(flow_between(sorted(system.components))))
    before, after = label_of(system), label_of(wider)

    assert all(after[name].covers(before[name]) for name in system.components)


@given(systems())
def test_labels_are_a_fixed_point(system: System) -> None:
    """Whoever gets content from a component trusts it no more than the component's label says."""
    topology, found = Topology(system), label_of(system)
    for flow in system.flows:
        people = [name for name in (flow.source, flow.target) if topology.kind[name] == "person"]
        if topology.sends(flow) and flow.target not in people:
            assert found[flow.target].integrity >= found[flow.source].integrity
        if topology.answers(flow) and flow.source not in people:
            assert found[flow.source].integrity >= found[flow.target].integrity
