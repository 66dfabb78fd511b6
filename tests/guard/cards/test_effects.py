from __future__ import annotations

from typing import Any

import pytest

from bartizan.guard.cards import draft
from bartizan.model.words import Effect
from tests.guard.cards.support import NUMBER, TEXTS, tool

READ, WRITE, SEND, EXECUTE, PAY = Effect.READ, Effect.WRITE, Effect.SEND, Effect.EXECUTE, Effect.PAY


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("get_invoice", READ),
        ("listPullRequests", READ),
        ("search-notes", READ),
        ("pull_request_list", READ),
        ("orderStatus", READ),
        ("user_search", READ),
        ("whoami", READ),
        ("XMLHttpGet", READ),
        ("listfiles", READ),
        ("fetch_v2", READ),
        ("message_history", READ),
        ("calendar/list", READ),
        ("buscar_correos", READ),
        ("create_issue", WRITE),
        ("issue_create", WRITE),
        ("UpdateDeviceState", WRITE),
        ("merge_pull_request", WRITE),
        ("unlock_door", WRITE),
        ("get_or_create_folder", WRITE),
        ("search_and_replace", WRITE),
        ("notion-update-page", WRITE),
        ("book_table", WRITE),
        ("robotGoToKitchen", WRITE),
        ("datei_loeschen", WRITE),
        ("dateiLöschen", WRITE),
        ("supprimer_fichier", WRITE),
        ("transfer_ownership_of_repository", WRITE),
        ("grantAccess", WRITE),
        ("send_reminder", SEND),
        ("post_message", SEND),
        ("chat_post_message", SEND),
        ("email", SEND),
        ("reply_to_thread", SEND),
        ("shareDocument", SEND),
        ("inviteMember", SEND),
        ("nachricht_senden", SEND),
        ("invia_messaggio", SEND),
        ("run_workflow", EXECUTE),
        ("terminal_exec", EXECUTE),
        ("deployService", EXECUTE),
        ("execute_sql", EXECUTE),
        ("pay_bill", PAY),
        ("transfer_funds", PAY),
        ("create_refund", PAY),
        ("placeOrder", PAY),
        ("buy_shares", PAY),
        ("send_money", PAY),
        ("ueberweisung_ausfuehren", PAY),
        ("withdraw", PAY),
        ("schedule_payment", PAY),
        ("update_standing_order", PAY),
        ("transfer", PAY),
        ("pay_and_create_payment", PAY),
        ("mark_as_read", WRITE),
        ("update_shopping_list", WRITE),
        ("message_list", READ),
        ("take_screenshot", READ),
        ("order_then_get_receipt", PAY),
        ("delete_old_list_of_guests", WRITE),
        ("order_create", PAY),
        ("cancel_order", WRITE),
        ("delete_payment_method", WRITE),
        ("share_invoice", SEND),
        ("send_payment_reminder_email", SEND),
    ],
)
def test_a_name_alone_tells_the_effect(name: str, effect: Effect) -> None:
    assert draft({"name": name}).effect is effect


@pytest.mark.parametrize("name", ["frobnicate", "weather", "x", "do_the_thing_42", ""])
def test_what_nothing_explains_is_taken_for_the_worst(name: str) -> None:
    card = draft({"name": name})
    assert (card.effect, card.reversible, card.destroys) == (WRITE, False, True)
    assert "nothing says what it does, so the worst is assumed" in card.reasons


@pytest.mark.parametrize(
    ("says", "effect"),
    [
        ("Gets the report and emails it to the board", SEND),
        ("Gets the report. It also sends a copy to every reader.", SEND),
        ("Gets the report, then deletes the draft", WRITE),
        ("This tool will create the report if there is none", WRITE),
        ("Returns the report. Please set `limit` to 10 before you send anything to anybody.", READ),
        ("Gets the report and lists the payments in it", READ),
        ("Lists open and closed reports", READ),
        ("The reports are marked as read after this function is called", READ),
        ("Performs a search for reports", READ),
        ("Performs an update of reports", WRITE),
        ("Performs nothing that is known", WRITE),
        ("Executes the report's query", EXECUTE),
        ("Erstattet und löscht Berichte", PAY),
        ("", READ),
    ],
)
def test_a_description_makes_it_worse_and_never_better(says: str, effect: Effect) -> None:
    assert draft(tool("get_report", says)).effect is effect
    assert draft(tool("delete_report", says)).destroys


@pytest.mark.parametrize(
    ("says", "effect"),
    [
        ("Returns the moon's phase", READ),
        ("Moon phase", WRITE),
        ("Posts the moon's phase", SEND),
        ("Orders of the moon", WRITE),
        ("Pushes the moon to its place", WRITE),
        ("Carries out what the moon wants", WRITE),
        ("Fetches the moon", READ),
        ("Schickt den Mond", SEND),
    ],
)
def test_without_a_verb_in_the_name_the_description_tells(says: str, effect: Effect) -> None:
    assert draft(tool("moon", says)).effect is effect


def test_a_title_counts_as_a_description() -> None:
    assert draft({**tool("moon"), "title": "Delete the moon"}).destroys


@pytest.mark.parametrize(
    ("definition", "effect"),
    [
        (tool("query", "Run a read-only query", sql="SQL"), EXECUTE),
        (tool("analyse", "", python_code="what to run"), EXECUTE),
        (tool("get_country", "", code="ISO 3166 code of the country"), READ),
        (tool("get_price", "", currency_code=""), READ),
        (tool("check", "", code="Python snippet to run"), EXECUTE),
        (tool("add_guests", "", event_id="", guests=TEXTS), SEND),
        (tool("add_event", "", attendees=TEXTS), SEND),
        (tool("create_contact", "", name="", email=""), WRITE),
        (tool("create_task", "", title="", cc="E-mail addresses that are told"), SEND),
        (tool("compose_mail", "", to="", body=""), WRITE),
        (tool("query_customers", "Runs SQL on the customers", query=""), EXECUTE),
        (tool("search_customers", "", query="A Cypher query"), EXECUTE),
        (tool("search_customers", "", query="What to look for"), READ),
        (tool("export_notes", "", destination=""), SEND),
        (tool("export_notes", "", note_id="", output_path=""), WRITE),
        (tool("export_notes", "", zork="", format=""), READ),
        (tool("download_note", "", note_id="", save_path=""), WRITE),
        (tool("download_note", "", path=""), READ),
        (tool("new_entry", "", account="", amount=NUMBER), PAY),
        (tool("http_request", "", method={"type": "string", "enum": ["GET", "PUT"]}, url=""), SEND),
        (tool("calendar", "Lists and more", action={"enum": ["list", "delete"]}), WRITE),
        (tool("calendar", "Lists and more", action={"enum": ["list", "count", "frob"]}), READ),
        (tool("calendar", "Lists and more", colour={"enum": ["delete"]}), READ),
    ],
)
def test_arguments_make_it_worse(definition: dict[str, Any], effect: Effect) -> None:
    assert draft(definition).effect is effect


@pytest.mark.parametrize(
    ("hints", "name", "expected"),
    [
        ({"readOnlyHint": True}, "delete_note", (WRITE, False, True)),
        ({"readOnlyHint": True}, "get_note", (READ, True, False)),
        ({"readOnlyHint": True}, "frobnicate", (READ, True, False)),
        ({"readOnlyHint": False}, "get_note", (WRITE, False, False)),
        ({"destructiveHint": True}, "update_note", (WRITE, False, True)),
        ({"destructiveHint": True}, "get_note", (READ, True, False)),
        ({"destructiveHint": False}, "delete_note", (WRITE, False, True)),
        ({"readOnlyHint": "yes"}, "frobnicate", (WRITE, False, True)),
    ],
)
def test_annotations_are_claims(hints: dict[str, Any], name: str, expected: tuple[Effect, bool, bool]) -> None:
    card = draft(tool(name, "", hints))
    assert (card.effect, card.reversible, card.destroys) == expected


def test_a_claim_that_is_not_believed_is_told() -> None:
    assert "it claims only to read; that is not believed" in draft(tool("send_fax", "", {"readOnlyHint": True})).reasons


@pytest.mark.parametrize(
    ("definition", "reversible", "destroys"),
    [
        (tool("update_note", "", note_id="", text=""), True, False),
        (tool("archive_note", "This cannot be undone.", note_id=""), False, False),
        (tool("save_note", "Overwrites the note", text=""), False, True),
        (tool("create_file", "", path="", overwrite={"type": "boolean"}), False, True),
        (tool("write_file", "", path="", content=""), False, True),
        (tool("append_to_file", "", path="", content=""), True, False),
        (tool("set_password", "", new_password=""), False, True),
        (tool("login", "", password=""), False, False),
        (tool("send_fax", "", number=""), False, False),
    ],
)
def test_what_can_be_undone(definition: dict[str, Any], reversible: bool, destroys: bool) -> None:
    card = draft(definition)
    assert (card.reversible, card.destroys) == (reversible, destroys)


@pytest.mark.parametrize(
    ("definition", "fetches"),
    [
        (tool("fetch", "", url=""), True),
        (tool("ping", "", host=""), True),
        (tool("set_webhook", "", target_url=""), True),
        (tool("search_web", "", query="", site=""), False),
        (tool("create_profile", "", avatar_url=""), False),
        (tool("get_page", "", page_id=""), False),
    ],
)
def test_a_tool_that_goes_where_its_caller_says(definition: dict[str, Any], fetches: bool) -> None:
    assert draft(definition).fetches is fetches
