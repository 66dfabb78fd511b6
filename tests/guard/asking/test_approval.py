"""What a question holds, and who may answer it."""

from __future__ import annotations

import msgspec
import pytest

from bartizan.guard.asking import USER, Answerer, Asked
from bartizan.guard.flow.verdict import Origin, Source
from bartizan.model.card import ValueType
from bartizan.model.ruling import Allow, Ask
from tests.guard.asking.making import STRANGER, approval, verdict


def origin(argument: str, value: str, source: Source = Source.REQUEST, **more: object) -> Origin:
    return Origin(argument=argument, value=value, type=ValueType.TEXT, source=source, **more)  # type: ignore[arg-type]


def test_it_holds_the_call_and_its_origins() -> None:
    made = approval()
    assert (made.tool, made.number, made.rule, made.whom) == ("send_mail", 3, "flow-ungrounded", USER)
    assert (made.asked, made.until, made.lasting, made.tainted) == (1_000.0, 1_300.0, True, True)
    to, body = made.arguments
    assert (to.name, to.texts, to.critical, to.good) == ("to", ("mark@stranger.example",), True, False)
    assert (body.critical, body.good) == (False, True)
    assert to.origins[0].words == (
        "it stands in content that an outsider may have written (call 1, read_file, field content)"
    )


def test_the_monitors_own_words_go_first() -> None:
    came = approval(verdict(origins=(origin("to", "x", Source.NOWHERE, words="it came from bill.txt"),))).arguments[0]
    assert came.origins[0].words == "it came from bill.txt"


@pytest.mark.parametrize("source", Source)
def test_each_source_has_words(source: Source) -> None:
    made = approval(verdict(origins=(origin("to", "x", source),)))
    assert " " in next(one for one in made.arguments if one.name == "to").origins[0].words


def test_a_source_without_a_tool_is_a_tool() -> None:
    made = approval(verdict(origins=(origin("to", "x", Source.CONTENT, call=2),)))
    assert made.arguments[0].origins[0].words.endswith("(call 2, a tool)")


def test_values_without_a_good_origin_come_before_a_flood_of_others() -> None:
    arguments = {**{f"a{number}": "x" for number in range(50)}, "to": "mark@stranger.example"}
    made = approval(verdict(arguments))
    assert made.arguments[0].name == "to"
    assert (len(made.arguments), made.more, made.lasting) == (12, 39, False)


def test_origins_within_an_argument_are_its_own_and_others_are_shown_too() -> None:
    made = approval(
        verdict(
            {"a": {"b": 1}, "a/b": "x"},
            origins=(origin("a/b", "x"), origin("a/b/0", "y"), origin("a/c", "z"), origin("gone", "w")),
        )
    )
    assert {one.name: [came.value for came in one.origins] for one in made.arguments} == {
        "a": ["z"],
        "a/b": ["x", "y"],
        "gone": ["w"],
    }


def test_long_and_many_values_are_cut_and_counted() -> None:
    many = tuple(origin("to", str(number)) for number in range(20))
    made = approval(verdict({"to": ["x"] * 30, "body": "a" * 5_000 + "z"}, origins=many))
    by = {one.name: one for one in made.arguments}
    assert (len(by["to"].texts), by["to"].count, len(by["to"].origins), by["to"].more) == (10, 30, 8, 12)
    assert (len(by["body"].texts[0]), by["body"].length, by["body"].texts[0][-1]) == (2_000, 5_001, "z")
    assert not made.lasting


def test_values_that_are_no_text_are_shown_as_json() -> None:
    made = approval(verdict({"a": {"b": [1, None, "ä"]}, "c": [1, True, "x"], "d": []}, origins=()))
    assert [one.texts for one in made.arguments] == [('{"b": [1, null, "ä"]}',), ("1", "true", "x"), ("[]",)]


@pytest.mark.parametrize(
    ("whom", "who", "may"),
    [
        ("user", Answerer(name="anyone", user=True), True),
        ("user", Answerer(name="anna"), True),
        ("user", Answerer(name="paul"), False),
        ("user", Answerer(name="mail-agent"), False),
        ("finance", Answerer(name="paul", groups=frozenset({"finance"})), True),
        ("finance", Answerer(name="finance"), True),
        ("finance", Answerer(name="anna", user=True), False),
        ("finance", Answerer(name="mail-agent", groups=frozenset({"finance"})), False),
    ],
)
def test_who_may_answer(whom: str, who: Answerer, may: bool) -> None:
    assert approval(verdict(ruling=Ask(whom))).may_answer(who) is may


def test_without_a_name_the_user_is_asked() -> None:
    assert approval(verdict(ruling=Ask(""))).whom == USER
    assert approval(verdict(ruling=Allow())).whom == USER


def test_an_agent_that_is_its_own_principal_does_not_answer() -> None:
    made = approval(verdict(origins=(STRANGER,)))
    assert made.by.agent != made.by.principal
    alone = msgspec.structs.replace(made, by=Asked(session="s", principal="bot", agent="bot"))
    assert not alone.may_answer(Answerer(name="bot"))
