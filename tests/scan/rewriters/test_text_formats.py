"""Text, JSON, CSV, HTML, XML, notebooks and mails: values go, all else stays to the last byte."""

from __future__ import annotations

import base64
import csv
import io
import json
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection.redaction import Mode
from bartizan.model import InputError
from bartizan.scan.rewriters.lines import rewrite_stream
from tests.scan.rewriters.support import CARD, MAIL, SSN, VALUES, hide, reveal, run, work_for

PLACE = {SSN: "<us-ssn>", MAIL: "<email-address>", CARD: "<credit-card>"}
CASES = {
    "a.txt": f"one {SSN}\r\ntwo\t{MAIL}\n\n  {CARD} no end",
    "a.log": f'2026-11-01 INFO {MAIL}\n{{"user": "{MAIL}", "n": 1}}\nplain [{SSN}]\n',
    "a.json": f'{{ "user" : "{MAIL}",\n\t"ids": [1, 2.50, "{SSN}"], "{MAIL}": null, "x": "caf\\u00e9 \\/ \\ud800" }}\n',
    "a.jsonl": f'{{"a": "{SSN}"}}\n{{"a":"é","b":["{CARD}"]}}\n\n"{MAIL}"\n',
    "a.csv": f'name;mail;note\r\nBob;{MAIL};"say ""{SSN}"""\r\n"Al;x";none;\r\n',
    "a.tsv": f"id\tmail\n1\t{MAIL}\n",
    "a.html": f"<!DOCTYPE html><p title='{MAIL}'>A &amp; {SSN}<br/>x<!-- {CARD} --><script>let a='{MAIL}'</script>",
    "a.xml": f"<?xml version='1.0'?><r a=\"{MAIL}\"><b>{SSN}</b><![CDATA[{CARD}]]> &#8364; </r>",
    "a.yaml": f"ssn: {SSN}\nmails: [{MAIL}, none]\n",
    "a.toml": f'ssn = "{SSN}"\n[x]\nmail = "{MAIL}"\n',
    "a.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": [f"x = '{MAIL}'\n", f"# {SSN}"]}], "nbformat": 4}),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("mode", [Mode.REPLACE, Mode.MASK, Mode.HASH, Mode.TOKEN, Mode.DROP])
def test_values_go(name: str, mode: Mode) -> None:
    made = hide(CASES[name].encode(), name, mode).decode()
    assert not [value for value in VALUES if value in made]


@pytest.mark.parametrize("name", CASES)
def test_all_else_stays(name: str) -> None:
    expected = CASES[name]
    escaped = name.endswith((".html", ".xml"))
    for value, place in PLACE.items():
        expected = expected.replace(value, place)
    made = hide(CASES[name].encode(), name).decode()
    if escaped:
        made = made.replace("&lt;", "<").replace("&gt;", ">").replace('title="', "title='").replace('"email', "'email")
        assert made.replace("'", '"') == expected.replace("'", '"')
    else:
        assert made == expected


@pytest.mark.parametrize("name", CASES)
def test_pseudonyms_lead_back_to_the_same_bytes(name: str) -> None:
    data = CASES[name].encode()
    made = hide(data, name, Mode.PSEUDONYM)
    back = reveal(made, name).decode()
    assert (back.replace("'", '"') if name == "a.html" else back) == (
        CASES[name].replace("'", '"') if name == "a.html" else CASES[name]
    )


def test_numbers_in_json() -> None:
    text = '{"ssn": 780511210, "n": 780511210, "ssn_list": [780511210, -1], "big": 1234567}'
    assert (
        hide(text.encode(), "a.json")
        == text.replace('ssn": 780511210', 'ssn": "<number>"').replace("[780511210", '["<number>"').encode()
    )
    assert json.loads(hide(text.encode(), "a.json", Mode.DROP))["ssn"] is None
    kept = json.loads(hide(text.encode(), "a.json", number=Mode.FORMAT))
    assert isinstance(kept["ssn"], int)
    assert kept["ssn"] != kept["n"] == 780511210


def test_keys_that_change_stay_apart() -> None:
    text = '{"a@b.ch": 1, "c@d.ch": 2, "x": {"a@b.ch": 3}}'
    assert json.loads(hide(text.encode(), "a.json")) == {
        "<email-address>": 1, "<email-address>-2": 2, "x": {"<email-address>": 3}
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        f'{{"a": "{SSN}\\x", b: {MAIL}, "c": "{SSN}',
        f'}}]{{"a" "{SSN}"',
        f"NaN {SSN} // comment {MAIL}\n",
        f'{{"a": "line\n{SSN}"}}',
    ],
)
def test_what_is_no_json_is_text(text: str) -> None:
    made = hide(text.encode(), "a.json").decode()
    assert SSN not in made
    assert MAIL not in made


VALUES_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.sampled_from(VALUES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES_JSON, st.sampled_from([None, 2]), st.booleans())
def test_any_json_comes_back(value: object, indent: int | None, plain: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=plain)
    if not text.isascii():
        text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    data = text.encode()
    hidden = run(data, "a.json", work_for(Mode.PSEUDONYM))
    assert not [one for one in VALUES if one.encode() in hidden]
    assert reveal(hidden, "a.json") == data


@given(
    st.lists(st.lists(st.text() | st.sampled_from(VALUES), min_size=1, max_size=4), max_size=5),
    st.sampled_from(",;\t|"),
)
def test_any_csv_comes_back(rows: list[list[str]], separator: str) -> None:
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows(rows)
    data = file.getvalue().encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()
    hidden = run(data, "a.csv", work_for(Mode.PSEUDONYM))
    assert not [one for one in VALUES if one.encode() in hidden]
    assert reveal(hidden, "a.csv") == data


def test_csv_headings_count_and_a_first_row_of_data_is_none() -> None:
    assert hide(b"ssn,n\n780511210,780511210\n", "a.csv") == b"ssn,n\n<number>,780511210\n"
    assert hide(b"a@b.ch,x\n780511210,y\n", "a.csv") == b"<email-address>,x\n780511210,y\n"
    assert hide(b'"open, @b.ch\n078-05-1121,a@b.ch\n', "a.csv") == b'"open, @b.ch\n<us-ssn>,<email-address>\n'
    assert hide(b"a\n1\xff,a@b.ch\r2,a@b.ch", "a.csv") == b"a\n1\xff,<email-address>\r2,<email-address>"


def test_a_value_through_tags() -> None:
    assert hide(b"<p><b>078</b>-<i>05-1121</i> x</p>", "a.html") == b"<p><b>&lt;us-ssn&gt;</b><i></i> x</p>"
    assert hide(b"<a>078</a><a>-05-1121</a>", "a.xml") == b"<a>078</a><a>-05-1121</a>"


def test_names_of_elements_and_attributes_are_headings() -> None:
    text = b'<x:ssn>780511210</x:ssn><n ssn="780511210" n="780511210"/>'
    assert hide(text, "a.xml") == b'<x:ssn>&lt;number&gt;</x:ssn><n ssn="&lt;number&gt;" n="780511210"/>'


def test_encodings_stay() -> None:
    for encoding in ("utf-16", "utf-32", "utf-8-sig"):
        data = f"é {SSN}\nx".encode(encoding)
        assert hide(data, "a.txt").decode(encoding) == "é <us-ssn>\nx"
    latin = f"<?xml version='1.0' encoding='iso-8859-1'?><a>é {SSN}</a>".encode("iso-8859-1")
    assert "é &lt;us-ssn&gt;".encode("iso-8859-1") in hide(latin, "a.xml")
    assert hide(f"<a>é {SSN}</a>".encode("utf-16"), "a.xml").decode("utf-16") == "<a>é &lt;us-ssn&gt;</a>"
    assert hide(b"<a>\xe9 078-05-1121 \xc3", "a.xml") == b"<a>\xe9 &lt;us-ssn&gt; \xc3"
    for name in ("a.xml", "a.txt"):
        with pytest.raises(InputError, match="is marked as utf-16-le"):
            run(b"\xff\xfe\xfd 078-05-1121 \xc3", name, work_for())
    assert hide(b"a \xe9 078-05-1121 \xc3\n", "a.txt") == b"a \xe9 <us-ssn> \xc3\n"


@pytest.mark.parametrize("text", ["<", "<a", "<!-- x", "<![CDATA[ x", "<a b='", "</", "<script>x", "&bogus; <a &>"])
def test_broken_markup_stays(text: str) -> None:
    assert run(f"<p>{text}".encode(), "a.html", work_for()) == f"<p>{text}".encode()


def test_a_long_line_is_read_in_windows() -> None:
    filler = "word " * 120_000
    text = f"{filler}{SSN} {filler}{MAIL} {'é' * 700_000}{SSN}\n{SSN}"
    made = run(text.encode(), "a.txt", work_for()).decode()
    assert made == text.replace(SSN, "<us-ssn>").replace(MAIL, "<email-address>").replace("é<us-ssn>", f"é{SSN}") or (
        made == text.replace(SSN, "<us-ssn>").replace(MAIL, "<email-address>")
    )


def test_a_value_on_the_edge_of_a_window_stays_whole() -> None:
    for before in range((1 << 20) - 4096 - 12, (1 << 20) - 4096 + 2, 3):
        text = f"{'!' * before}{SSN}{'!' * 9000}"
        assert run(text.encode(), "a.txt", work_for()) == text.replace(SSN, "<us-ssn>").encode()


class Pipe(io.BytesIO):
    """A target that remembers what had been written at each flush."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[bytes] = []

    def flush(self) -> None:
        self.seen.append(self.getvalue())


def test_a_stream_is_written_line_by_line() -> None:
    target = Pipe()
    key = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"
    rewrite_stream(io.BytesIO(f'{MAIL}\n{{"a": "{SSN}"}}\n{key}last'.encode()), target, work_for())
    lines = ["<email-address>\n", '{"a": "<us-ssn>"}\n', key, "last"]
    assert target.seen == ["".join(lines[: count + 1]).encode() for count in range(4)]


def test_a_key_without_end_is_held_back_for_some_lines_only() -> None:
    target = Pipe()
    rewrite_stream(io.BytesIO(b"-----BEGIN PRIVATE KEY-----\n" + b"x\n" * 1000), target, work_for())
    assert len(target.seen) > 500


def test_a_stream_of_bytes_is_refused() -> None:
    with pytest.raises(InputError, match="no text"):
        rewrite_stream(io.BytesIO(b"PAR1\0\0"), io.BytesIO(), work_for())


TABLE = base64.b64encode(f"a,b\n{SSN},x\n".encode()).decode()
PDF = base64.b64encode(f"%PDF-1.7 {SSN}".encode()).decode()
MAIL_TEXT = f"""From: "Alice" <{MAIL}>\r
To: bob@example.org\r
Subject: =?utf-8?q?F=C3=BCr?= {SSN}\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary="b"\r
\r
--b\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: quoted-printable\r
\r
Gr=C3=BC=C3=9Fe {SSN}\r
--b\r
Content-Type: text/html\r
\r
<p>{SSN}</p>\r
--b\r
Content-Type: text/csv; name="{SSN}.csv"\r
Content-Disposition: attachment; filename="list.csv"\r
Content-Transfer-Encoding: base64\r
\r
{TABLE}\r
--b\r
Content-Type: application/pdf\r
Content-Disposition: attachment; filename="a.pdf"\r
Content-Transfer-Encoding: base64\r
\r
{PDF}\r
--b--\r
"""


def test_mails() -> None:
    work = work_for()
    made = run(MAIL_TEXT.encode(), "a.eml", work)
    message = message_from_bytes(made)
    parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    assert parts[0] == "Grüße <us-ssn>".encode()
    assert parts[1] == b"<p>&lt;us-ssn&gt;</p>"
    assert parts[2] == b"a,b\n<us-ssn>,x\n"
    assert parts[3] == b""
    assert [(part.member, part.kept) for part in work.unread] == [("a.pdf", False)]
    assert MAIL.encode() not in made
    assert SSN.encode() not in made
    assert b"\r\n" in made
    assert message["To"] == "<email-address>"
    again = work_for()
    run(made, "a.eml", again)
    assert not again.counts


def test_an_untouched_mail_stays() -> None:
    text = b"From: a\nReceived: by x\n\tfor y\nSubject: =?utf-8?q?F=C3=BCr?=\n\nFrom here on\n"
    assert run(text, "x", work_for()) == text
