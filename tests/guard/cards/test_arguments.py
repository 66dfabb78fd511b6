from __future__ import annotations

from typing import Any

import pytest

from bartizan.guard.cards import draft
from bartizan.guard.cards.arguments import type_of_value
from bartizan.model.card import Argument, Role, ValueType
from tests.guard.cards.support import NUMBER, TEXTS, tool

C, B, T, F = Role.CRITICAL, Role.BOUND, Role.TEXT, Role.FREE


@pytest.mark.parametrize(
    ("definition", "role", "type_"),
    [
        (tool("send_mail", "", to=TEXTS), C, ValueType.EMAIL),
        (tool("send_mail", "", bcc_list=TEXTS), C, ValueType.EMAIL),
        (tool("send_sms", "", to="Phone number of the receiver"), C, ValueType.PHONE),
        (tool("send_sms", "", phoneNumberTo=""), C, ValueType.PHONE),
        (tool("transfer_money", "", beneficiary=""), C, ValueType.ACCOUNT),
        (tool("transfer_money", "", payee="IBAN of who is paid"), C, ValueType.ACCOUNT),
        (tool("post_message", "", channel=""), C, ValueType.NAME),
        (tool("post_message", "", channel_id=""), C, ValueType.NAME),
        (tool("post_message", "", user_id=""), C, ValueType.IDENTIFIER),
        (tool("post_message", "", emailTo=""), C, ValueType.EMAIL),
        (tool("delete_note", "", note_id=""), C, ValueType.IDENTIFIER),
        (tool("delete_note", "", noteIds=TEXTS), C, ValueType.IDENTIFIER),
        (tool("delete_note", "", name=""), C, ValueType.TEXT),
        (tool("create_note", "", name=""), T, ValueType.TEXT),
        (tool("search_notes", "", name=""), T, ValueType.TEXT),
        (tool("get_note", "", name=""), C, ValueType.TEXT),
        (tool("create_file", "", filename=""), B, ValueType.PATH),
        (tool("delete_file", "", filename=""), C, ValueType.PATH),
        (tool("create_file", "", path=""), C, ValueType.PATH),
        (tool("create_channel", "", channel_name=""), B, ValueType.NAME),
        (tool("move_file", "", source="", destination=""), C, ValueType.PATH),
        (tool("send_mail", "", from_="", attachments=TEXTS), B, ValueType.NAME),
        (tool("pay", "", amount=NUMBER), B, ValueType.AMOUNT),
        (tool("list_notes", "", limit=NUMBER), F, ValueType.AMOUNT),
        (tool("list_notes", "", sort_by=""), F, ValueType.TEXT),
        (tool("list_notes", "", created_after={"type": "string", "format": "date-time"}), B, ValueType.DATE),
        (tool("add_event", "", when={"type": "object"}), B, ValueType.DATE),
        (tool("add_event", "", venue=""), T, ValueType.ADDRESS),
        (tool("ship_parcel", "", delivery_address=""), C, ValueType.ADDRESS),
        (tool("find_shops", "", city=""), B, ValueType.ADDRESS),
        (tool("share_note", "", permission=""), B, ValueType.FLAG),
        (tool("share_note", "", public={"type": "boolean"}), B, ValueType.FLAG),
        (tool("share_note", "", recipient={"type": "string", "enum": ["eve"]}), C, ValueType.NAME),
        (tool("share_note", "", priority={"type": "string", "enum": ["low"]}), B, ValueType.FLAG),
        (tool("set_login", "", password=""), C, ValueType.SECRET),
        (tool("confirm_login", "", code=""), C, ValueType.CODE),
        (tool("run", "", code=""), C, ValueType.COMMAND),
        (tool("get_product", "", code=""), C, ValueType.IDENTIFIER),
        (tool("get_product", "", product_code=""), C, ValueType.IDENTIFIER),
        (tool("post_comment", "", body=""), T, ValueType.TEXT),
        (tool("fetch", "", address={"type": "string", "format": "uri"}), B, ValueType.URL),
        (tool("nachricht_senden", "", empfaenger="E-Mail-Adresse"), C, ValueType.EMAIL),
        (tool("nachricht_senden", "", Inhalt=""), T, ValueType.TEXT),
        # Nothing in the name: what is said of it, then what its schema says, then the worst.
        (tool("frob", "", p1="The email address of whom to tell"), C, ValueType.EMAIL),
        (tool("frob", "", p1="How to do it (by email)"), C, ValueType.EMAIL),
        (tool("frob", "", p1={"type": "boolean"}), B, ValueType.FLAG),
        (tool("frob", "", p1={"enum": ["a", "b"]}), B, ValueType.FLAG),
        (tool("frob", "", p1={"type": "integer"}), B, ValueType.AMOUNT),
        (tool("frob", "", p1=""), C, ValueType.TEXT),
        (tool("frob", "", __=""), C, ValueType.TEXT),
        # What decides nothing in a list may decide much elsewhere.
        (tool("set_budget", "", limit=NUMBER), B, ValueType.AMOUNT),
        (tool("submit_form", "", fields={"type": "object"}), T, ValueType.TEXT),
    ],
)
def test_an_argument_by_name_words_and_schema(definition: dict[str, Any], role: Role, type_: ValueType) -> None:
    assert next(iter(draft(definition).arguments.values())) == Argument(role=role, type=type_)


def test_members_of_objects_have_entries_of_their_own() -> None:
    message = {"type": "object", "properties": {"to": {"type": "string"}, "text": {"type": "string"}}}
    files = {"type": "array", "items": {"type": "object", "properties": {"path": {"type": "string"}}}}
    drafted = draft(tool("send_mail", "", message=message, files=files)).arguments
    assert {name: one.role for name, one in drafted.items()} == {
        "message": T,
        "message.to": C,
        "message.text": T,
        "files": C,
        "files.path": C,
    }


@pytest.mark.parametrize(
    ("sample", "role", "type_"),
    [
        ({"who": "eve@example.org"}, C, ValueType.EMAIL),
        ({"recipient": "+41 44 000 00 00"}, C, ValueType.PHONE),
        ({"recipients": ["eve@example.org"]}, C, ValueType.EMAIL),
        ({"keep": True}, B, ValueType.FLAG),
        ({"often": 3}, B, ValueType.AMOUNT),
        ({"filter": {"since": "2024-01-01"}}, T, ValueType.TEXT),
        ({"empty": []}, C, ValueType.TEXT),
    ],
)
def test_a_sample_of_arguments_stands_in_for_a_schema(sample: dict[str, Any], role: Role, type_: ValueType) -> None:
    assert next(iter(draft({"name": "tell"}, sample=sample).arguments.values())) == Argument(role=role, type=type_)


def test_a_sample_adds_to_a_schema_and_goes_into_objects() -> None:
    drafted = draft(tool("tell", "", who="somebody"), sample={"who": "eve@example.org", "x": {"url": "y"}}).arguments
    assert drafted["who"].type is ValueType.EMAIL
    assert drafted["x.url"].type is ValueType.URL


def test_in_a_search_persons_only_narrow() -> None:
    drafted = draft(tool("search_mail", "", query="", sender="", thread_id="")).arguments
    assert {name: one.role for name, one in drafted.items()} == {"query": T, "sender": B, "thread_id": C}
    assert draft(tool("get_chat", "", user="")).arguments["user"].role is C


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ("eve@example.org", ValueType.EMAIL),
        ("https://example.org/a", ValueType.URL),
        ("www.example.org", ValueType.URL),
        ("DE89 3704 0044 0532 0130 00", ValueType.ACCOUNT),
        ("0x" + "a" * 40, ValueType.ACCOUNT),
        ("2024-05-06", ValueType.DATE),
        ("2024-05-06T07:08:09Z", ValueType.DATE),
        ("+41 44 000 00 00", ValueType.PHONE),
        ("/etc/hosts", ValueType.PATH),
        ("notes/a.txt", ValueType.PATH),
        ("bill.pdf", ValueType.PATH),
        (["a.txt"], ValueType.PATH),
        (True, ValueType.FLAG),
        (3, ValueType.TEXT),
        ("hello there", ValueType.TEXT),
        ("x" * 600, ValueType.TEXT),
        ([], ValueType.TEXT),
    ],
)
def test_the_form_of_a_value(value: object, type_: ValueType) -> None:
    assert type_of_value(value) is type_
