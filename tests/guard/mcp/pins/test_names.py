"""Names that can be taken for each other."""

from __future__ import annotations

import pytest

from bartizan.guard.mcp.pins.names import Names, skeleton, snake, words_of


@pytest.mark.parametrize(
    ("name", "other", "how"),
    [
        ("send_email", "send_email", "same"),
        ("sendEmail", "send_email", "look-alike"),
        ("SEND-EMAIL", "send_email", "look-alike"),
        ("sеnd_еmail", "send_email", "look-alike"),
        ("send_ema\u200bil", "send_email", "look-alike"),
        ("send_emai1", "send_email", "look-alike"),
        ("send_ernail", "send_email", "look-alike"),
        ("send_email_v2", "send_email", "similar"),
        ("send_the_emails", "send_email", "similar"),
        ("send_emial", "send_email", "one-off"),
        ("send_emaik", "send_email", "one-off"),
        ("send_emails_x", "send_emails", "one-off"),
        ("send_mail", "send_email", "one-off"),
    ],
)
def test_names_that_look_or_read_alike_are_alike(name: str, other: str, how: str) -> None:
    assert [one.how for one in Names([("mail", other)]).like(name)] == [how]


@pytest.mark.parametrize(
    ("name", "other"),
    [("send_email", "read_email"), ("add", "sub"), ("add", "and"), ("list_files", "list_folders"), ("検索", "削除"),
     ("get_user", "get_order"), ("copy_file", "move_file"), ("__", "--"), ("x" * 200, "x" * 201)],
)  # fmt: skip
def test_other_names_are_not(name: str, other: str) -> None:
    assert list(Names([("other", other)]).like(name)) == []


def test_each_owner_is_told_once() -> None:
    found = list(Names([("a", "search"), ("b", "search"), ("a", "Search")]).like("search"))
    assert [(one.owner, one.name, one.how) for one in found] == [
        ("a", "search", "same"),
        ("b", "search", "same"),
        ("a", "Search", "look-alike"),
    ]


def test_words_are_told_apart_by_humps_and_marks() -> None:
    assert words_of("getHTTPResponse-v2.final") == ("get", "http", "response", "v2", "final")
    assert snake("systemPrompt") == "system_prompt"
    assert skeleton("Paypa1") == skeleton("PAYPAL")
