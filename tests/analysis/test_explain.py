"""Facts and changes as sentences that name things as their owner does."""

from __future__ import annotations

import pytest

from bartizan.analysis import example_system
from bartizan.analysis.explain import Speaker
from bartizan.analysis.need import Need
from bartizan.analysis.result import Change
from bartizan.catalog import Fact
from tests.analysis.support import catalog

SYSTEM = example_system(
    {
        "data": {"pay": {"name": "Payroll"}, "docs": {}},
        "identities": {"robot": {"kind": "service", "name": "The robot"}, "key": {"kind": "api-key"}},
        "components": {"bot": {"kind": "agent", "name": "Helper {0}"}, "db": {"kind": "data-store"}},
    }
)
SPEAKER = Speaker(catalog(), SYSTEM)


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        (("call", "bot", "db"), "Helper {0} calls db"),
        (("call", "db", "bot"), "Db calls Helper {0}"),
        (("holds", "db", "pay"), "Db keeps Payroll"),
        (("exposed", "docs"), "The attacker has docs"),
        (("effect", "bot", "send"), "Helper {0} can send"),
        (("kept_in", "robot", "db"), "The secret of The robot is kept in db"),
        (("loss", "disclosure", "pay"), "Loss: disclosure of Payroll"),
    ],
)
def test_a_fact_is_a_sentence_with_the_owners_names(fact: Fact, sentence: str) -> None:
    assert SPEAKER.say(fact) == sentence


def test_a_position_is_said_by_its_title() -> None:
    title = catalog().positions["insider"].title

    assert SPEAKER.say(("may_use", "insider", "db")).lower() == f"{title} can use db".lower()
    assert SPEAKER.say(("may_use", "nobody-known", "db")) == "Nobody-known can use db"


def test_a_change_is_a_control_or_something_to_do() -> None:
    title = catalog().controls["rate-limit"].title

    assert SPEAKER.change(Need(control="rate-limit", place="bot")) == Change(
        text=f"{title} (at Helper {{0}})", control="rate-limit", placement="bot"
    )
    assert SPEAKER.change(Need(control="rate-limit", place="system")).text == f"{title} (for the whole system)"
    assert SPEAKER.change(Need(fact=("call", "bot", "db"))) == Change(text="Remove the call from Helper {0} to db")


def test_controls_come_first_and_cheapest_first() -> None:
    needs = {
        Need(control="rate-limit", place="db"),
        Need(control="rate-limit", place="bot"),
        Need(control="cost-cap", place="db"),
        Need(fact=("call", "bot", "db")),
        Need(fact=("call", "a", "b")),
    }
    cost = {"rate-limit": 1.0, "cost-cap": 2.0}
    found = SPEAKER.changes(needs, cost, 2)

    assert [(change.control, change.placement) for change in found] == [
        ("rate-limit", "bot"),
        ("rate-limit", "db"),
        ("", ""),
        ("", ""),
    ]
    assert found[2].text == "Remove the call from a to b"


def test_names_stand_for_unknown_subjects_as_they_are() -> None:
    assert SPEAKER.name("nobody") == "nobody"


def test_every_word_can_be_said_and_every_change_too() -> None:
    for name, word in catalog().vocabulary.items():
        fact = (name, *("bot" for _ in word.args))
        assert "{" not in SPEAKER.say(fact).replace("Helper {0}", "")
        if word.change:
            assert SPEAKER.change(Need(fact=fact)).text


def test_data_and_a_component_with_the_same_id_keep_their_names() -> None:
    system = example_system(
        {"data": {"crm": {"name": "Customer rows"}}, "components": {"crm": {"kind": "data-store", "name": "Database"}}}
    )

    assert Speaker(catalog(), system).say(("holds", "crm", "crm")) == "Database keeps Customer rows"
