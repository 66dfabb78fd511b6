"""Data goes where calls and answers take it, with the rights that the call has."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from bartizan.analysis import example_system
from bartizan.analysis.spread import Spread, spread_data
from bartizan.analysis.topology import Topology


def spread(components: dict[str, Any], *flows: dict[str, Any], **data: dict[str, Any]) -> Spread:
    return spread_data(
        Topology(
            example_system({"data": {"docs": {}, "mail": {}, **data}, "components": components, "flows": list(flows)})
        )
    )


DB = {"kind": "data-store", "holds": ["docs"]}
APP = {"kind": "application"}
BOT = {"kind": "agent"}


def test_a_store_hands_out_what_it_keeps_to_whoever_reads_it() -> None:
    found = spread({"app": APP, "db": DB}, {"from": "app", "to": "db"})

    assert found.handles["app"] == {"docs"}
    assert found.pooled["app"] == {"docs"}
    assert found.pooled["db"] == set()


def test_an_empty_answer_brings_nothing() -> None:
    assert spread({"app": APP, "db": DB}, {"from": "app", "to": "db", "returns": []}).handles["app"] == set()


def test_a_listed_answer_brings_what_is_listed() -> None:
    found = spread({"app": APP, "db": DB}, {"from": "app", "to": "db", "returns": ["mail"]})

    assert found.handles["app"] == {"mail"}
    assert found.handles["db"] == {"docs", "mail"}


def test_the_asking_persons_rights_do_not_pool() -> None:
    flow = {"from": "app", "to": "db", "authority": "user"}

    assert spread({"app": APP, "db": DB}, flow).pooled["app"] == set()
    assert spread({"app": APP, "db": DB}, flow).handles["app"] == {"docs"}


def test_what_is_pooled_stays_pooled_behind_a_persons_call() -> None:
    flows = [{"from": "bot", "to": "search", "authority": "user"}, {"from": "search", "to": "db"}]
    found = spread({"bot": BOT, "search": {"kind": "retriever"}, "db": DB}, *flows)

    assert found.pooled["search"] == found.pooled["bot"] == {"docs"}


def test_a_users_own_memory_does_not_pool() -> None:
    flow = {"from": "bot", "to": "notes"}
    own = spread({"bot": BOT, "notes": {"kind": "memory", "holds": ["docs"]}}, flow)
    shared = spread({"bot": BOT, "notes": {"kind": "memory", "holds": ["docs"], "scope": "tenant"}}, flow)

    assert own.handles["bot"] == {"docs"}
    assert own.pooled["bot"] == set()
    assert shared.pooled["bot"] == {"docs"}


def test_retrievers_tools_and_gateways_hand_on_and_agents_do_not() -> None:
    for kind, passes in (("retriever", True), ("tool", True), ("mcp-server", True), ("agent", False)):
        found = spread(
            {"app": APP, "middle": {"kind": kind}, "db": DB},
            {"from": "app", "to": "middle"},
            {"from": "middle", "to": "db"},
        )
        assert ("docs" in found.handles["app"]) is passes, kind


def test_unlisted_data_is_followed_for_three_calls() -> None:
    middle = {f"t{n}": {"kind": "tool"} for n in range(4)}
    names = ["db", *middle]
    flows = [{"from": later, "to": earlier} for earlier, later in pairwise(names)]
    found = spread({"db": DB, **middle}, *flows)

    assert [name for name in middle if "docs" in found.handles[name]] == ["t0", "t1", "t2"]


def test_a_prompt_without_listed_data_carries_what_the_caller_handles() -> None:
    parts = {"ann": {"kind": "person", "holds": ["mail"]}, "app": APP, "db": DB, "llm": {"kind": "model"}}
    reads, asks = {"from": "app", "to": "db"}, {"from": "app", "to": "llm"}

    assert spread(parts, reads, asks).handles["llm"] == {"docs"}
    assert spread(parts, reads, {**asks, "carries": ["mail"]}).handles["llm"] == {"mail"}
    assert spread(parts, {"from": "ann", "to": "llm"}).handles["llm"] == set()
    classifier = {**parts, "llm": {"kind": "model", "type": "classifier"}}
    assert spread(classifier, reads, asks).handles["llm"] == set()


def test_what_a_model_answers_does_not_pool() -> None:
    found = spread(
        {"app": APP, "llm": {"kind": "model", "holds": ["docs"]}}, {"from": "app", "to": "llm", "returns": ["docs"]}
    )

    assert found.handles["app"] == {"docs"}
    assert found.pooled["app"] == set()


def test_instructions_are_not_pooled_data() -> None:
    found = spread(
        {"app": APP, "db": {"kind": "prompt-store", "holds": ["rules"]}},
        {"from": "app", "to": "db"},
        rules={"categories": ["system-prompt"]},
    )

    assert found.handles["app"] == {"rules"}
    assert found.pooled["app"] == set()
