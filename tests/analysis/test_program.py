"""Rules and facts go to the solver and come back as ground instances, the same in every run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.analysis.program import Instance, derive
from bartizan.catalog import Fact, Predicate, Rule, parse_atom


def word(*args: str, gained: bool = False) -> Predicate:
    return Predicate(args=list(args), meaning="", phrase="", gained=gained)


WORDS = {
    "agent": word("component"),
    "open": word("component"),
    "flow": word("component", "component"),
    "call": word("component", "component"),
    "effect": word("component", "word"),
    "attacker": word("position"),
    "tainted": word("component", gained=True),
    "steered": word("component", gained=True),
}


def rule(name: str, when: str, then: str, at: str = "A") -> Rule:
    return Rule(
        id=name,
        when=tuple(parse_atom(text) for text in when.split(" & ")),
        then=parse_atom(then),
        at=at,
        cuts=(),
        threat=True,
    )


RULES = {
    "read": rule("read", "agent(A) & flow(S, A) & open(S)", "tainted(A)"),
    "spread": rule("spread", "tainted(A) & flow(A, B) & agent(B) & A != B", "tainted(B)", "B"),
    "steer": rule("steer", "tainted(A) & effect(T, send) & call(A, T)", "steered(A)", "T"),
}
FACTS: set[Fact] = {
    ("agent", "a"),
    ("agent", "b"),
    ("open", "s"),
    ("flow", "s", "a"),
    ("flow", "a", "b"),
    ("flow", "a", "a"),
    ("call", "b", "t"),
    ("call", "a", "u"),
    ("effect", "t", "send"),
    ("effect", "u", "read"),
}


def heads(found: list[Instance]) -> list[tuple[str, Fact]]:
    return [(instance.rule, instance.head) for instance in found]


def test_everything_derivable_is_derived_and_nothing_else() -> None:
    assert heads(derive(RULES, FACTS, WORDS)) == [
        ("read", ("tainted", "a")),
        ("spread", ("tainted", "b")),
        ("steer", ("steered", "b")),
    ]


def test_an_instance_says_what_it_rests_on() -> None:
    steer = derive(RULES, FACTS, WORDS)[-1]

    assert steer.body == (("tainted", "b"), ("effect", "t", "send"), ("call", "b", "t"))
    assert steer.value("T") == "t"
    assert steer.value("constant") == "constant"


def test_nothing_follows_from_nothing() -> None:
    assert derive(RULES, set(), WORDS) == []


def test_steps_that_lead_in_a_circle_are_all_there_but_start_nothing() -> None:
    circle = {("agent", "a"), ("agent", "b"), ("flow", "a", "b"), ("flow", "b", "a")}

    assert derive(RULES, circle, WORDS) == []
    assert len(derive(RULES, circle | {("open", "s"), ("flow", "s", "a")}, WORDS)) == 3


def test_a_witness_that_only_one_condition_names_does_not_multiply_instances() -> None:
    many = {("agent", "a"), *((("flow", f"s{n}", "a")) for n in range(5))}
    rules = {"any": rule("any", "agent(A) & flow(S, A)", "tainted(A)")}

    assert len(derive(rules, many, WORDS)) == 1
    named = {"any": rule("any", "agent(A) & flow(S, A) & open(S)", "tainted(A)")}
    assert len(derive(named, many | {("open", f"s{n}") for n in range(5)}, WORDS)) == 5


def test_a_gained_condition_keeps_its_witness() -> None:
    rules = {**RULES, "echo": rule("echo", "agent(A) & tainted(X)", "steered(A)")}
    found = [instance for instance in derive(rules, FACTS, WORDS) if instance.rule == "echo"]

    assert {instance.value("X") for instance in found} == {"a", "b"}


def test_a_blank_stands_for_anything() -> None:
    rules = {"blank": rule("blank", "agent(A) & flow(_, A)", "tainted(A)")}

    assert heads(derive(rules, {("agent", "a"), ("flow", "x", "a")}, WORDS)) == [("blank", ("tainted", "a"))]


@given(st.permutations(sorted(FACTS)), st.permutations(sorted(RULES)))
def test_the_order_of_rules_and_facts_means_nothing(facts: list[Fact], names: list[str]) -> None:
    assert derive({name: RULES[name] for name in names}, facts, WORDS) == derive(RULES, FACTS, WORDS)


@given(st.sets(st.sampled_from(sorted(FACTS))), st.sets(st.sampled_from(sorted(FACTS))))
def test_more_facts_give_more_steps(some: set[Fact], more: set[Fact]) -> None:
    assert set(derive(RULES, some, WORDS)) <= set(derive(RULES, some | more, WORDS))


@pytest.mark.parametrize("name", ["x-1", "a.b_c", "9", "not", "x" * 80])
def test_ids_come_back_as_they_went_in(name: str) -> None:
    assert heads(derive(RULES, {("agent", name), ("flow", "s", name), ("open", "s")}, WORDS)) == [
        ("read", ("tainted", name))
    ]


@pytest.mark.parametrize("name", ['a"', 'a","b', "a\\", "a\nb", 'x"). tainted("y'])
def test_what_is_no_id_never_reaches_the_solver(name: str) -> None:
    with pytest.raises(ValueError, match="`agent` has an argument that is no id"):
        derive(RULES, {("agent", name)}, WORDS)


def test_who_the_attacker_is_stays_known_though_one_condition_names_him() -> None:
    rules = {"enter": rule("enter", "attacker(P) & agent(A)", "tainted(A)")}
    found = derive(rules, {("agent", "a"), ("attacker", "outsider"), ("attacker", "insider")}, WORDS)

    assert sorted(instance.body[0] for instance in found) == [("attacker", "insider"), ("attacker", "outsider")]
