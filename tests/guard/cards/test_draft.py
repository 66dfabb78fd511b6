from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.cards import draft, draft_all
from bartizan.guard.cards.effects import RANK
from bartizan.model.card import Role, Trust
from bartizan.model.words import Effect
from tests.guard.cards.support import NUMBER, TEXTS, tool

SHAPES = st.recursive(
    st.sampled_from(
        [{"type": "string"}, {"type": "number"}, {"type": "boolean"}, {"enum": ["a"]}, {}, {"format": "email"}, 3, None]
    ),
    lambda inner: (
        st.builds(lambda one: {"type": "array", "items": one}, inner)
        | st.builds(lambda one: {"type": "object", "properties": {"to": one}}, inner)
    ),
    max_leaves=4,
)


@given(
    st.text(max_size=30),
    st.text(max_size=80),
    st.dictionaries(st.text(max_size=12), SHAPES, max_size=4),
    st.dictionaries(st.sampled_from(["readOnlyHint", "destructiveHint"]), st.booleans() | st.none()),
)
def test_any_definition_has_a_card(name: str, says: str, properties: dict[str, Any], hints: dict[str, Any]) -> None:
    card = draft({"name": name, "description": says, "inputSchema": {"properties": properties}, "annotations": hints})
    assert set(properties) <= set(card.arguments)
    assert not card.reviewed
    assert card.effect is Effect.READ or not card.private


@given(st.sampled_from(["get_note", "update_note", "delete_note", "frobnicate"]), st.text(max_size=80), st.booleans())
def test_no_description_and_no_claim_makes_a_known_tool_better(name: str, says: str, claim: bool) -> None:
    bare = draft({"name": name})
    card = draft(tool(name, says, {"readOnlyHint": claim}, id="the note"))
    if name != "frobnicate":
        assert RANK[card.effect] >= RANK[bare.effect]
        assert card.destroys >= bare.destroys


@pytest.mark.parametrize(
    ("definition", "private", "class_"),
    [
        (tool("list_mails"), True, "confidential"),
        (tool("get_patient", "", id=""), True, "restricted"),
        (tool("list_api_keys"), True, "restricted"),
        (tool("get_location_history"), True, "confidential"),
        (tool("list_channels"), True, "internal"),
        (tool("get_weather", "", city=""), False, ""),
        (tool("search_public_records", "", query=""), True, "confidential"),
        (tool("get_flight_data", "", flight=""), False, ""),
        (tool("list_moons", "Lists moons and the personal data of who lives there"), True, "confidential"),
        (tool("send_mail", "", to=""), False, ""),
        (tool("list_moons", "Lists moons"), False, ""),
    ],
)
def test_what_is_private_and_of_which_class(definition: dict[str, Any], private: bool, class_: str) -> None:
    card = draft(definition)
    assert (card.private, card.class_) == (private, class_)


@pytest.mark.parametrize(
    ("definition", "result"),
    [
        (tool("get_my_profile"), Trust.OWNER),
        (tool("get_user_profile"), Trust.OWNER),
        (tool("get_user_profile", "", username=""), Trust.UNTRUSTED),
        ({"name": "get_user_profile"}, Trust.UNTRUSTED),
        (tool("get_me"), Trust.OWNER),
        (tool("list_bank_accounts"), Trust.OWNER),
        (tool("get_profile_messages"), Trust.UNTRUSTED),
        (tool("update_profile", "", name=""), Trust.UNTRUSTED),
        (tool("get_current_time", "", timezone=""), Trust.SERVICE),
        (tool("get_account_balance"), Trust.SERVICE),
        (tool("get_day_events", "", day=""), Trust.UNTRUSTED),
        (tool("fetch", "", url=""), Trust.UNTRUSTED),
    ],
)
def test_who_decides_what_it_returns(definition: dict[str, Any], result: Trust) -> None:
    assert draft(definition).result is result


def test_words_by_which_people_ask() -> None:
    card = draft(tool("cancel_event", "", event_id=""))
    assert card.verbs[0] == "cancel"
    assert {"call off", "storniere", "annule", "elimina"} <= set(card.verbs)
    assert card.objects[0] == "event"
    assert {"meeting", "termin", "réunion"} <= set(card.objects)


def test_opposites_are_not_asked_for_by_the_same_words() -> None:
    assert not {"lock", "verriegle"} & set(draft({"name": "unlock_door"}).verbs)
    assert not {"reject", "refuse"} & set(draft({"name": "approve_request"}).verbs)
    assert "go" not in draft({"name": "manage_notes"}).verbs


def test_words_for_anything_and_names_of_products_are_no_objects() -> None:
    card = draft({"name": "AcmeCloudGetServerDetails"})
    assert not {"acme", "cloud", "detail"} & set(card.objects)
    assert "server" in card.objects
    assert draft({"name": "get_details"}).objects == ["detail"]
    assert draft({"name": "the"}).objects == ["the"]


def test_a_description_gives_verbs_where_the_name_has_only_lesser_ones() -> None:
    card = draft(tool("get_report", "Gets the report and emails it to the board"))
    assert {"get", "email"} <= set(card.verbs)


def test_names_of_secrets_in_a_description_are_fields() -> None:
    card = draft(tool("get_profile", "Returns name, passport number and bank account number"))
    classes = {one.path: one.class_ for one in card.fields}
    assert classes["**.passport number"] == "restricted"
    assert draft(tool("update_profile", "Changes the passport number", name="")).fields[0].path == "**.id"


def test_usual_fields_stand_in_for_a_schema_of_results() -> None:
    fields = {(one.path, *one.when.items()): one.trust for one in draft(tool("list_mails")).fields}
    assert fields["**.sender",] is Trust.PLANTABLE
    assert fields["**.recipients", ("status", "sent")] is Trust.OWNER
    assert fields["**.id",] is Trust.SERVICE
    assert draft(tool("fetch_page", "", url="")).fields == []


def test_a_code_is_bound_to_what_it_confirms() -> None:
    cards = draft_all(
        [
            tool("transfer_money", "", iban="", amount=NUMBER),
            tool("delete_account", "", id=""),
            tool("list_transfers"),
            tool("confirm_transfer", "", transfer_id="", otp=""),
            tool("verify_login", "", otp=""),
        ],
        server="bank",
    )
    bound = {card.tool: card.binds for card in cards}
    assert bound["confirm_transfer"] == "transfer_money"
    assert bound["verify_login"] == ""
    assert {card.server for card in cards} == {"bank"}


def test_a_code_that_may_confirm_several_calls_is_bound_to_none() -> None:
    twins = [tool("pay_bill", "", iban=""), tool("send_payment", "", iban=""), tool("confirm_payment", "", otp="")]
    assert draft_all(twins)[2].binds in ("", "send_payment")
    same = [tool("create_order"), tool("change_order"), tool("confirm_order", "", otp="")]
    assert draft_all(same)[2].binds == ""


def test_every_argument_has_its_reason() -> None:
    card = draft(tool("send_mail", "Sends a mail", to=TEXTS, body=""))
    assert card.arguments["to"].role is Role.CRITICAL
    assert [one for one in card.reasons if "`to`" in one]
    assert [one for one in card.reasons if "`body`" in one]
