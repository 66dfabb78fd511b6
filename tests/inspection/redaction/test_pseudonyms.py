"""Pseudonyms and tokens: who can open them, what they survive, and what they tell."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import re
from urllib.parse import quote, quote_plus, urlsplit

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bartizan.catalog.data_types import DataType, Form
from bartizan.inspection.redaction import Pseudonyms, Revealer, Tokens, apply_edits, as_written, normaliser
from bartizan.inspection.redaction.surrogates import from_base32, to_base32
from bartizan.model import InputError
from tests.inspection.redaction.support import FIRST, SECOND, ring

VALUE = "078-05-1121"


def reveal(text: str, pseudonyms: Pseudonyms, *, lenient: bool = False) -> str:
    revealer = Revealer(pseudonyms, lenient=lenient)
    edits = revealer.edits(text)
    assert revealer.edits_many([text], "a heading") == [edits]
    return apply_edits(text, edits)


@given(st.text(st.characters(), min_size=1, max_size=200))
def test_what_is_hidden_is_revealed(value: str) -> None:
    pseudonyms = Pseudonyms(ring(), "acme")
    hidden = pseudonyms.hide("us-ssn", value)
    assert re.fullmatch(r"\(us-ssn:k1:[A-Z2-7]+\)", hidden)
    assert reveal(f"<{hidden}{hidden}>", pseudonyms) == f"<{value}{value}>"


def test_the_same_value_gets_the_same_pseudonym_but_not_for_another_tenant_or_type() -> None:
    one = Pseudonyms(ring(), "acme")
    assert one.hide("a", VALUE) == Pseudonyms(ring(), "acme").hide("a", VALUE)
    bodies = [
        one.hide("a", VALUE),
        one.hide("b", VALUE),
        Pseudonyms(ring(), "rival").hide("a", VALUE),
        Pseudonyms(ring(f"k1:{SECOND}"), "acme").hide("a", VALUE),
    ]
    assert len({body.rpartition(":")[2] for body in bodies}) == 4


def _url(text: str) -> str:
    assert urlsplit(f"https://example.com/users/{text}?q={text}").path == f"/users/{text}"
    return quote(text, safe="")


@pytest.mark.parametrize(
    "carry",
    [
        lambda text: json.loads(json.dumps({"a": text}))["a"],
        lambda text: next(csv.reader(io.StringIO(f"a,{text},b;{text}\tc")))[1],
        html.escape,
        lambda text: yaml.safe_load(f"a: {text}\nb: [{text}, x]")["b"][0],
        _url,
        quote_plus,
        lambda text: text.lower(),
        lambda text: f"The customer **{text}** wrote to '{text}', didn't ({text})?",
    ],
)
def test_a_pseudonym_survives(carry: object) -> None:
    pseudonyms = Pseudonyms(ring(), "acme")
    assert callable(carry)
    carried = carry(pseudonyms.hide("us-ssn", VALUE))
    assert VALUE in reveal(carried, pseudonyms)
    assert "k1" not in reveal(carried, pseudonyms)


def test_old_keys_still_reveal() -> None:
    old = Pseudonyms(ring(f"old:{FIRST}"), "acme").hide("us-ssn", VALUE)
    assert reveal(old, Pseudonyms(ring(f"new:{SECOND},old:{FIRST}"), "acme")) == VALUE


def _tampered(text: str) -> str:
    body = text[len("(us-ssn:k1:") : -1]
    other = "A" if body[3] != "A" else "B"
    return f"(us-ssn:k1:{body[:3]}{other}{body[4:]})"


@pytest.mark.parametrize(
    ("keys", "tenant", "change", "sentence"),
    [
        (f"k1:{SECOND}", "acme", str, "a pseudonym of type `us-ssn` can't be opened with key `k1` of this tenant"),
        (f"k2:{SECOND}", "acme", str, "there is no key `k1`"),
        (f"k1:{FIRST}", "rival", str, "can't be opened"),
        (f"k1:{FIRST}", "acme", _tampered, "can't be opened"),
        (f"k1:{FIRST}", "acme", lambda text: text.replace("us-ssn", "uk-nino"), "of type `uk-nino` can't be opened"),
        (f"k1:{FIRST}", "acme", lambda text: text[:-1] + "A)", "can't be opened"),
    ],
)
def test_another_key_or_tenant_and_an_altered_pseudonym_are_errors(
    keys: str, tenant: str, change: object, sentence: str
) -> None:
    assert callable(change)
    hidden = change(Pseudonyms(ring(), "acme").hide("us-ssn", VALUE))
    other = Pseudonyms(ring(keys), tenant)
    with pytest.raises(InputError) as caught:
        reveal(hidden, other)
    assert sentence in caught.value.message
    assert "078" not in caught.value.diagnostics()
    assert reveal(f"x {hidden}", other, lenient=True) == f"x {hidden}"


def test_bodies_have_one_form() -> None:
    for text in ("AAAA1", "AAAAAAB", "AB"):
        with pytest.raises(ValueError, match=r"base32|shortest"):
            from_base32(text)
    assert from_base32("mfrgg") == b"abc"
    for length in range(40):
        data = bytes(range(7, 7 + length))
        assert to_base32(data) == base64.b32encode(data).decode().rstrip("=")


def test_tokens_join_what_is_written_differently() -> None:
    form = Form(digits=["###"])
    types = {
        "ssn": DataType(id="ssn", title="", family="national-id", class_="x", forms=[form], hits=[], misses=[]),
        "iban": DataType(id="iban", title="", family="bank", class_="x", forms=[Form(pattern="x")], hits=[], misses=[]),
    }
    tokens = Tokens(ring(), "acme", normaliser(types))
    assert tokens.token("ssn", "078-05-1121") == tokens.token("ssn", "078051121")
    assert tokens.token("iban", "ch93 0076") == tokens.token("iban", "CH930076")
    assert tokens.token("phone-number", "+41 44 668 18 00") == tokens.token("phone-number", "+41446681800")
    assert tokens.token("email-address", "A@B.ch") == tokens.token("email-address", "a@b.ch")
    assert tokens.token("password", "A") != tokens.token("password", "a")
    assert re.fullmatch(r"\(ssn:[A-Z2-7]{26}\)", tokens.token("ssn", "078051121"))
    assert re.fullmatch(r"\(hash:[0-9a-f]{32}\)", tokens.hash("ssn", "078051121"))
    assert as_written("x", " A ") == " A "


def test_tokens_differ_by_tenant_type_and_use() -> None:
    one, other = Tokens(ring(), "acme", as_written), Tokens(ring(), "rival", as_written)
    made = {one.token("a", "1"), one.token("b", "1"), other.token("a", "1"), one.hash("a", "1"), other.hash("a", "1")}
    assert len({token.rpartition(":")[2] for token in made}) == 5
