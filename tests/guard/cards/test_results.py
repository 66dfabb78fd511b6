from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.cards import draft, refine, refine_by, refine_json
from bartizan.guard.flow.results import leaves
from bartizan.model.card import ToolCard, Trust, ValueType
from bartizan.model.words import Effect
from tests.guard.cards.support import tool

MAILS = [
    {
        "id": "7",
        "sender": "eve@example.org",
        "recipients": ["me@example.com"],
        "subject": "Hi",
        "body": "x",
        "status": "received",
        "attachments": [{"file_id": "3"}],
        "odd thing": "y",
    },
    {
        "id": "8",
        "sender": "me@example.com",
        "recipients": ["bob@example.org"],
        "subject": "Hi",
        "body": "x",
        "status": "sent",
    },
]


def trusts(card: ToolCard) -> dict[str, Trust]:
    return {one.path: one.trust for one in reversed(card.fields) if not one.when}


def when(card: ToolCard) -> set[tuple[str, str, str]]:
    return {(one.path, *next(iter(one.when.items()))) for one in card.fields if one.when}


def bare(definition: dict[str, Any]) -> ToolCard:
    """Return a draft without the fields that are only usual."""
    return msgspec.structs.replace(draft(definition), fields=[])


def test_fields_of_a_result_by_their_names() -> None:
    card = refine(bare(tool("list_mails")), MAILS)
    assert trusts(card) == {
        "*.id": Trust.SERVICE,
        "*.sender": Trust.PLANTABLE,
        "*.recipients.*": Trust.PLANTABLE,
        "*.subject": Trust.PLANTABLE,
        "*.body": Trust.UNTRUSTED,
        "*.status": Trust.SERVICE,
        "*.attachments.*.file_id": Trust.SERVICE,
        "*.odd thing": Trust.UNTRUSTED,
    }
    assert ("*.recipients.*", "status", "sent") in when(card)
    assert {one.type for one in card.fields if one.path == "*.recipients.*"} == {ValueType.EMAIL}


@pytest.mark.parametrize("written", [json.dumps(MAILS), repr(MAILS), "- id: '7'\n  body: x\n"])
def test_results_as_text_in_every_shape(written: str) -> None:
    found = trusts(refine(bare(tool("list_mails")), written))
    assert found["*.id"] is Trust.SERVICE
    assert found["*.body"] is Trust.UNTRUSTED


def test_only_shapes_that_are_trusted_are_read() -> None:
    card = bare(tool("list_mails"))
    assert refine(card, repr(MAILS), frozenset({"json"})) is card


def test_plain_text_and_nothing_change_nothing() -> None:
    card = draft(tool("list_mails"))
    assert refine(card, "hello") is card
    assert refine(card, None) is card
    assert refine(card, []) is card


def test_a_reviewed_card_stays_as_it_is() -> None:
    card = ToolCard(tool="list_mails", effect=Effect.READ, reviewed_by="me")
    assert refine(card, MAILS) is card
    assert refine_by(card, leaves(MAILS, frozenset())) is card


def test_a_result_that_was_taken_apart_already_is_not_read_again() -> None:
    card = draft(tool("list_mails"))
    assert refine_by(card, leaves(MAILS, frozenset())) == refine(card, MAILS)


def test_refining_twice_changes_nothing_more() -> None:
    once = refine(draft(tool("list_mails")), MAILS)
    assert refine(once, MAILS) is once


@pytest.mark.parametrize(
    "definition",
    [
        tool("fetch_page", "", url=""),
        tool("read_file", "", path=""),
        tool("run_report", "", command=""),
        tool("execute_job"),
        tool("search_web", "", query=""),
    ],
)
def test_what_comes_from_outside_as_it_stands_is_trusted_in_no_field(definition: dict[str, Any]) -> None:
    card = refine(draft(definition), MAILS)
    assert set(trusts(card).values()) == {Trust.UNTRUSTED}
    assert when(card) == set()


def test_a_list_of_files_is_the_services_own() -> None:
    card = refine(
        bare(tool("list_files", "", path="")), [{"name": "a", "size": 3, "shared_with": {"eve@example.org": "r"}}]
    )
    assert trusts(card)["*.size"] is Trust.SERVICE
    assert trusts(card)["*.shared_with.keys"] is Trust.SERVICE
    assert trusts(card)["*.name"] is Trust.PLANTABLE


def test_contacts_are_the_owners_and_their_notes_are_not() -> None:
    card = refine(
        bare(tool("search_contacts", "", query="")),
        [{"id": "1", "name": "Eve", "email": "eve@example.org", "notes": "x"}],
    )
    assert trusts(card) == {
        "*.id": Trust.SERVICE,
        "*.name": Trust.OWNER,
        "*.email": Trust.OWNER,
        "*.notes": Trust.UNTRUSTED,
    }


def test_the_own_profile_has_classes() -> None:
    card = refine(
        draft(tool("get_my_profile")),
        {"First Name": "Ann", "Home Address": "x", "IBAN": "DE89370400440532013000", "Passport Number": "X1"},
    )
    found = {one.path: (one.trust, one.class_) for one in card.fields}
    assert found["First Name"] == (Trust.OWNER, "")
    assert found["Home Address"] == (Trust.OWNER, "confidential")
    assert found["IBAN"] == (Trust.OWNER, "restricted")
    assert found["Passport Number"] == (Trust.OWNER, "restricted")


def test_own_payments_ground_whom_they_went_to_and_others_nobody() -> None:
    result = [
        {"sender": "me", "recipient": "DE89370400440532013000", "amount": 3, "subject": "Rent"},
        {"sender": "X", "recipient": "me"},
    ]
    card = refine(bare(tool("list_transactions")), result)
    assert when(card) == {("*.recipient", "sender", "me"), ("*.amount", "sender", "me")}
    assert trusts(card)["*.sender"] is Trust.PLANTABLE
    assert trusts(card)["*.subject"] is Trust.UNTRUSTED
    assert {one.type for one in card.fields if one.path == "*.recipient"} == {ValueType.ACCOUNT}
    scheduled = refine(bare(tool("list_scheduled_transactions")), result)
    assert trusts(scheduled)["*.recipient"] is Trust.OWNER


def test_nobody_calls_himself_me_in_a_mail() -> None:
    card = refine(bare(tool("list_mails")), [{"sender": "me", "recipient": "eve@example.org"}])
    assert when(card) == set()


@pytest.mark.parametrize(
    ("record", "mark"),
    [
        ({"to": "x", "folder": "inbox"}, ("folder", "sent")),
        ({"to": "x", "direction": "inbound"}, ("direction", "outbound")),
        ({"to": "x", "direction": "incoming"}, ("direction", "outgoing")),
        ({"to": "x", "box": "outbox"}, ("box", "outbox")),
    ],
)
def test_services_mark_what_the_user_sent(record: dict[str, str], mark: tuple[str, str]) -> None:
    assert ("*.to", *mark) in when(refine(bare(tool("list_messages")), [record]))


def test_times_of_events_are_whatever_the_inviter_chose() -> None:
    card = refine(bare(tool("list_events")), [{"start_time": "2024-05-06 10:00", "created_at": "2024-05-06"}])
    assert trusts(card)["*.start_time"] is Trust.PLANTABLE


def test_secrets_in_others_records_are_not_the_owners() -> None:
    card = refine(bare(tool("list_tickets")), [{"password": "x"}])
    assert [(one.trust, one.class_) for one in card.fields] == [(Trust.PLANTABLE, "restricted")]


def test_names_of_members_can_be_values() -> None:
    card = refine(bare(tool("get_hotel_reviews", "", hotels="")), {"Garden Hotel": "nice", "Old Mill": "fine"})
    assert {one.path: (one.trust, one.type) for one in card.fields} == {
        "keys": (Trust.PLANTABLE, ValueType.NAME),
        "*": (Trust.UNTRUSTED, ValueType.TEXT),
    }


def test_names_of_members_that_are_addresses_are_values() -> None:
    card = refine(bare(tool("list_votes")), {"votes": {"a@example.org": 1, "b@example.org": 2}})
    assert trusts(card) == {"votes.keys": Trust.PLANTABLE, "votes.*": Trust.UNTRUSTED}


def test_many_unknown_members_of_something_known_are_values() -> None:
    result = {"members": {name: {"role": "x"} for name in ("zork", "blip", "frob", "quux")}}
    assert "members.keys" in trusts(refine(bare(tool("get_team")), result))
    assert "members.zork.role" in trusts(refine(bare(tool("get_team")), {"members": {"zork": {"role": "x"}}}))


def test_a_list_of_bare_values_is_what_the_tool_is_called_after() -> None:
    card = refine(bare(tool("list_channels")), ["general", "random"])
    assert [(one.path, one.trust, one.type) for one in card.fields] == [("*", Trust.PLANTABLE, ValueType.NAME)]
    ids = refine(bare(tool("list_ids")), ["a1", "a2"])
    assert trusts(ids)["*"] is Trust.PLANTABLE
    assert trusts(refine(bare(tool("list_frobs")), ["a1"]))["*"] is Trust.UNTRUSTED


def test_a_schema_of_results_is_read_before_anything_is_returned() -> None:
    output = {
        "type": "object",
        "$defs": {"Who": {"type": "object", "properties": {"email": {"type": "string", "format": "email"}}}},
        "properties": {
            "issues": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "number": {"type": "integer"},
                        "title": {"type": "string"},
                        "body": {"type": "string"},
                        "author": {"$ref": "#/$defs/Who"},
                        "open": {"type": "boolean"},
                        "labels": {"type": "array", "items": {"type": "string"}},
                    },
                },
            },
            "shared_with": {"type": "object", "additionalProperties": {"type": "string"}},
            "bad.name": {"type": "string"},
            "nothing": 3,
        },
    }
    card = draft({**tool("list_issues"), "outputSchema": output})
    assert trusts(card) == {
        "issues.*.number": Trust.SERVICE,
        "issues.*.title": Trust.PLANTABLE,
        "issues.*.body": Trust.UNTRUSTED,
        "issues.*.author.email": Trust.PLANTABLE,
        "issues.*.open": Trust.UNTRUSTED,
        "issues.*.labels.*": Trust.PLANTABLE,
        "shared_with.keys": Trust.SERVICE,
        "shared_with.*": Trust.SERVICE,
    }


def test_schemas_of_results_are_bounded() -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(30):
        deep = {"type": "object", "properties": {"a": deep}}
    assert not [one for one in draft({**tool("list_issues"), "outputSchema": deep}).fields if one.path.startswith("a.")]
    wide = {"properties": {f"a{number}": {"type": "string"} for number in range(900)}}
    assert len(draft({**tool("list_issues"), "outputSchema": wide}).fields) == 200
    assert draft({**tool("list_issues"), "outputSchema": 3}).fields == draft(tool("list_issues")).fields


def test_results_are_bounded() -> None:
    card = refine(bare(tool("list_issues")), {f"a{number}": {"b": 1} for number in range(900)})
    assert len(card.fields) == 400
    assert len(refine(card, {"more": 1}).fields) == 400


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(max_size=6) | st.sampled_from(["id", "to", "body"]), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_any_result_refines_and_its_texts_change_no_trust(result: Any) -> None:
    card = refine(draft(tool("list_messages")), result)
    assert [one.path for one in card.fields if "" in one.path.split(".")] == []
    assert [one for one in card.fields if one.path.endswith("body") and one.trust is not Trust.UNTRUSTED] == []


def test_a_folder_of_the_users_own_marks_nothing() -> None:
    assert when(refine(bare(tool("list_mails")), [{"to": "x", "folder": "archive"}])) == set()


def test_results_of_mcp_are_read_as_json_alone() -> None:
    card = draft({"name": "list_files"})
    assert any(one.path == "owner" for one in refine_json(card, '{"owner": "a@b.example", "name": "x"}').fields)
    assert refine_json(card, "- owner: a@b.example\n- owner: c@d.example") == card


def test_names_of_members_that_no_path_can_say_are_left_out() -> None:
    told = {one.path for one in refine(draft({"name": "list_files"}), {" ": "x", "a.b": "y", "owner": "z"}).fields}
    assert not {" ", "a.b"} & told
