"""Rules use only known words, rightly, before the solver sees them."""

from __future__ import annotations

import pytest

from bartizan.catalog import Predicate, Rule, parse_atom
from bartizan.catalog.check import check_rules
from bartizan.model import InputError, Place

WORDS = {
    "agent": Predicate(args=["component"], meaning="", phrase=""),
    "flow": Predicate(args=["component", "component"], meaning="", phrase=""),
    "tainted": Predicate(args=["component"], meaning="", phrase="", gained=True),
    "steered": Predicate(args=["component"], meaning="", phrase="", gained=True),
}


def rule(when: str, then: str = "steered(A)", at: str = "A", cut_at: str = "A") -> Rule:
    return Rule(
        id="sample",
        when=tuple(parse_atom(text) for text in when.split(" & ")),
        then=parse_atom(then),
        at=at,
        cuts=(("rate-limit", 1, cut_at),),
        threat=True,
    )


@pytest.mark.parametrize(
    "good",
    [
        rule("agent(A)"),
        rule("agent(A) & flow(S, A) & tainted(S) & S != A"),
        rule("agent(A) & flow(_, A)"),
        rule("agent(A)", cut_at="system"),
        rule("agent(A)", at="system"),
    ],
)
def test_rules_in_known_words_pass(good: Rule) -> None:
    check_rules([good], WORDS)


@pytest.mark.parametrize(
    ("bad", "message", "help_text"),
    [
        (rule("agnet(A)"), "`agnet` is not a word of the rules", "did you mean `agent`?"),
        (rule("agent(A)", then="stered(A)"), "`stered` is not a word of the rules", "did you mean `steered`?"),
        (rule("agent(A) & flow(A)"), "`flow` takes 2 terms, not 1", ""),
        (rule("agent(A)", then="steered(A, A)"), "`steered` takes 1 terms, not 2", ""),
        (rule("agent(B)"), "`A` is bound by no condition", "use it in `when`"),
        (rule("agent(A)", at="B"), "`B` is bound by no condition", "use it in `when`"),
        (rule("agent(A)", cut_at="C"), "`C` is bound by no condition", "use it in `when`"),
        (rule("agent(A) & A != B"), "`B` is bound by no condition", "use it in `when`"),
        (rule("agent(A)", then="agent(A)"), "`agent(A)` is nothing that an attacker gains", ""),
        (
            rule("agent(A) & tainted(_)"),
            "name every argument of `tainted(_)`",
            "`_` is for facts of the system only",
        ),
        (
            rule("agent(A)", then="steered(_)"),
            "name every argument of `steered(_)`",
            "`_` is for facts of the system only",
        ),
    ],
)
def test_rules_that_can_not_work_name_the_file(bad: Rule, message: str, help_text: str) -> None:
    with pytest.raises(InputError) as error:
        check_rules([rule("agent(A)"), bad], WORDS)

    assert error.value.message == message
    assert error.value.help == help_text
    assert error.value.place == Place("sample.yaml")
