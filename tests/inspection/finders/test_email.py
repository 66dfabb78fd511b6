from __future__ import annotations

import pytest

from bartizan.inspection.finders.email import email_address


def found(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in email_address(text)]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("write to jane.doe+news@example.co.uk.", "jane.doe+news@example.co.uk"),
        ("'me@example.com'", "me@example.com"),
        ("<o'brien_99@mail-7.example.org>", "o'brien_99@mail-7.example.org"),
        ("a..b@example.com", "b@example.com"),
        ("user@xn--80ak6aa92e.com", "user@xn--80ak6aa92e.com"),
        ("jörg@müller.example", "jörg@müller.example"),
        ("иван@пример.рф", "иван@пример.рф"),
        ("联系li@例子.中国谢谢", "li@例子.中国"),
        ("a@b.com.x1", "a@b.com"),
        (f"{'a' * 64}@example.com", f"{'a' * 64}@example.com"),
    ],
)
def test_addresses(text: str, address: str) -> None:
    assert found(text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "user@host",
        "a @ b.com",
        "@example.com",
        "-@example.com",
        "a.@example.com",
        "a@b.c",
        "a@b.com1",
        f"{'a' * 65}@example.com",
        "none",
    ],
)
def test_no_addresses(text: str) -> None:
    assert found(text) == []


def test_several_addresses() -> None:
    assert found("a@example.com;b@host, c@example.org") == ["a@example.com", "c@example.org"]
