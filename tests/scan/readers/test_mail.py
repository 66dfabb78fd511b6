"""Mail messages and mailboxes."""

from __future__ import annotations

from email.message import EmailMessage
from email.mime.text import MIMEText

import pytest

from bartizan.scan.blocks import Block
from tests.scan.readers.support import Record, everything, reasons, records, values
from tests.scan.readers.test_archives import zipped


def message(body: str = "mail anna@example.com\n") -> EmailMessage:
    out = EmailMessage()
    out["From"] = "Anna Müller <anna@example.com>"
    out["To"] = "bob@example.com"
    out["Subject"] = "Grüße, eine lange Betreffzeile, die über mehrere Zeilen geht, weil sie so lang ist"
    out["X-Custom"] = "some value"
    out.set_content(body)
    return out


def test_headers_stand_under_their_names() -> None:
    items = everything("a.eml", message().as_bytes())

    assert values(items, "From") == ["Anna Müller <anna@example.com>"]
    assert values(items, "Subject") == [message()["Subject"]]
    assert "X-Custom: some value" in values(items, "header")


def test_bodies_are_decoded_and_know_their_lines() -> None:
    mail = message("first line\nzweite Zeile: über\n")
    whole = mail.as_bytes()
    items = everything("a.eml", whole)
    place = next(record.place for record in records(items) if record.text == "first line")

    assert whole.split(b"\n")[place - 1].startswith(b"first line")
    assert "zweite Zeile: über" in values(items, "")


@pytest.mark.parametrize("coding", ["base64", "quoted-printable", "8bit"])
def test_codings_for_transport(coding: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.com", "b@example.com", "x"
    mail.set_content("über anna@example.com " * 20 + "\n", cte=coding)

    assert "über anna@example.com über" in values(everything("a.eml", mail.as_bytes()), "")[0]


def test_other_charsets() -> None:
    mail = MIMEText("Grüße aus Zürich", _charset="iso-8859-1")
    mail["From"], mail["To"], mail["Subject"] = "a@example.com", "b@example.com", "x"

    assert values(everything("a.eml", mail.as_bytes()), "") == ["Grüße aus Zürich"]


def test_parts_and_attachments_are_members() -> None:
    mail = message()
    mail.add_alternative("<p>in <b>html</b></p>", subtype="html")
    mail.add_attachment(
        zipped({"in.csv": b"id,name\n1,Anna\n2,Bob\n"}), maintype="application", subtype="zip", filename="dätä.zip"
    )
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "i@example.com", "b@example.com", "forwarded"
    inner.set_content("inner text\n")
    mail.add_attachment(inner)
    items = everything("a.eml", mail.as_bytes())
    members = {record.member for record in records(items)}

    assert values(items, "name", "dätä.zip!in.csv") == ["Anna", "Bob"]
    assert any(record.text == "in html" and record.member.endswith(".html") for record in records(items))
    assert any(record.text == "inner text" and record.member.endswith(".eml") for record in records(items))
    assert "" in members


def test_a_mailbox_gives_every_message() -> None:
    first, second = message("one\n"), message("two\n>From here on\n")
    data = b"From a@example.com Mon\n" + first.as_bytes() + b"\nFrom b@example.com Tue\n" + second.as_bytes()
    found = [r for r in records(everything("a.mbox", data)) if r.column == ""]

    assert [(r.text, r.member) for r in found if r.text] == [
        ("one", "message 1"),
        ("two", "message 2"),
        ("From here on", "message 2"),
    ]


def test_a_large_attachment_is_not_held_in_memory_as_text() -> None:
    mail = message()
    mail.add_attachment(b"line of text\n" * 900_000, maintype="text", subtype="plain", filename="a.log")
    items = everything("a.eml", mail.as_bytes())
    blocks = [item for item in items if isinstance(item, Block) and item.member == "a.log"]

    assert sum(len(block.data) for block in blocks) == 13 * 900_000
    assert max(len(block.data) for block in blocks) < 4 << 20


@pytest.mark.parametrize(
    "data",
    [
        b"From: a\nTo: b\nSubject: c\n\n",
        b"From: a\nTo: b\nSubject: c",
        b'From: a\nTo: b\nSubject: c\nContent-Type: multipart/mixed; boundary="x"\n\nbefore\n--x\n--x--\nafter\n',
        b'From: a\nTo: b\nContent-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain\n\nnever closed',
        b"From: a\nTo: b\nSubject: =?utf-8?b?!!!?=\nContent-Transfer-Encoding: base64\n\n!!!!a\n",
        b'From: a\nTo: b\nSubject: c\nContent-Type: text/plain; charset="idna"\n\nx..y\xff\n',
        b'From: a\nTo: b\nSubject: c\nContent-Type: text/plain; charset="a\0b"\n\nx\n',
        b"From: a\rTo: b\rSubject: c\r\rold line ends\r",
    ],
)
def test_messages_of_any_kind_are_read(data: bytes) -> None:
    items = everything("a.eml", data)

    assert reasons(items) == []
    assert records(items)


def test_a_boundary_in_a_text_without_parts_is_text() -> None:
    items = everything("a.eml", b"From: a\nTo: b\nSubject: c\n\none\n--x\ntwo\n")

    assert values(items, "") == ["one", "--x", "two"]
    assert Record("two", "", 7, "") in records(items)
