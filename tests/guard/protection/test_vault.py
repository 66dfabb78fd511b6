"""Pseudonyms as models repeat them, faithfully and otherwise."""

from __future__ import annotations

import json

import pytest

from bartizan.guard.protection import DataRule, Found, Handling, Vault
from bartizan.guard.protection.channels import Protecting
from bartizan.guard.streams import Channel
from bartizan.inspection.redaction import apply_edits
from tests.guard.protection.support import MAIL, protector, vault

SIZES = pytest.mark.parametrize("size", [1, 3, 1000])


def hidden() -> tuple[Vault, str]:
    """Return a vault with an address, and the signs of its pseudonym."""
    kept = vault()
    made = kept.hide("email-address", MAIL)
    assert made.startswith("(email-address:")
    return kept, made[15:-1]


def restored(kept: Vault, text: str, size: int, *, source: bool = False) -> str:
    """Return the text as it comes back in pieces."""
    rules = protector(DataRule(id="x", do=Handling.ALLOW))
    channel = Channel(Protecting(rules, "model", "up", kept, Found("public"), source=source))
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    places = [(*channel.feed(piece), piece) for piece in pieces]
    channel.finish()
    return "".join(channel.rewritten(*place) for place in places)


ALTERED = {
    "(email-address:SIGNS)": "MAIL",
    "(EMAIL-ADDRESS:SIGNS)": "MAIL",
    "(email_address: SIGNS)": "MAIL",
    "( email-address:SIGNS )": "MAIL",
    "**(email-address:SIGNS)**": "**MAIL**",
    r"\(email\-address:SIGNS\)": "MAIL",
    "[email-address:SIGNS]": "MAIL",
    "(Adresse-e-mail:SIGNS)": "MAIL",
    "\uff08email-address\uff1aSIGNS\uff09": "MAIL",
    "&#40;email-address:SIGNS&#41;": "MAIL",
    "email-address:SIGNS": "MAIL",
    "Mail:SIGNS": "Mail:MAIL",
    "(SIGNS)": "(MAIL)",
    "(to email-address:SIGNS)": "(to MAIL)",
    "(email-address:SIGNS": "(MAIL",
    "<a href='mailto:(email-address:SIGNS)?cc=(email-address:SIGNS)'>": "<a href='mailto:MAIL?cc=MAIL'>",
}


@SIZES
@pytest.mark.parametrize("said", ALTERED)
def test_an_altered_pseudonym_is_turned_back(said: str, size: int) -> None:
    kept, signs = hidden()
    for written in (signs, signs.lower()):
        text = f"see {said.replace('SIGNS', written)} there"
        assert restored(kept, text, size) == f"see {ALTERED[said].replace('MAIL', MAIL)} there"


@SIZES
def test_in_an_address_of_the_web_the_value_is_encoded_too(size: int) -> None:
    kept, signs = hidden()
    said = f"https://example.com/?q=%28email-address%3A{signs}%29&n=1"
    assert restored(kept, said, size) == f"https://example.com/?q={MAIL.replace('@', '%40')}&n=1"


@SIZES
@pytest.mark.parametrize("said", ["(SIGN)", "xSIGNS", "(email-address:SIGNSA)", "(email-address:SIG NS)"])
def test_what_is_not_whole_stays(said: str, size: int) -> None:
    kept, signs = hidden()
    text = said.replace("SIGNS", signs).replace("SIGN", signs[:-1]).replace("SIG NS", f"{signs[:9]} {signs[9:]}")
    assert restored(kept, text, size) == text


def test_letters_that_become_two_in_capitals_move_nothing() -> None:
    kept, signs = hidden()
    text = f"Stra\u00dfe \ufb01x: (email-address:{signs.lower()}), {signs}"
    assert apply_edits(text, kept.edits(text)) == f"Stra\u00dfe \ufb01x: {MAIL}, {MAIL}"


def test_what_another_vault_hid_stays() -> None:
    kept, _ = hidden()
    strange = vault("other").hide("email-address", MAIL)
    assert kept.edits(f"{strange} {strange[15:-1]}") == []
    assert vault().edits(strange) == []


@SIZES
@pytest.mark.parametrize("said", [r"\\(email-address:SIGNS\\)", r"\u0028email-address:SIGNS\u0029", "[SIGNS]"])
def test_json_in_a_string_stays_valid(said: str, size: int) -> None:
    kept, signs = hidden()
    made = restored(kept, f'{{"to": "{said.replace("SIGNS", signs)}", "n": 1}}', size, source=True)
    assert json.loads(made)["to"].strip("[]") == MAIL


def test_several_values_come_back_by_their_own_signs() -> None:
    kept, signs = hidden()
    other = kept.hide("phone-number", "+41 44 668 18 00")
    text = f"email-address:{signs}, {other.upper()}, (phone-number:{signs})"
    assert apply_edits(text, kept.edits(text)) == f"{MAIL}, +41 44 668 18 00, {MAIL}"


@pytest.mark.parametrize(
    "said", [*ALTERED, "SIGNS", "xSIGNS", "SIGNSx", "%3ASIGNS", "a SIGNS SIGNS b", "(SIGNS", "\u0131 SIGNS"]
)
def test_among_many_values_each_is_found_as_among_few(said: str) -> None:
    few, signs = hidden()
    many, _ = hidden()
    for number in range(40):
        many.hide("email-address", f"{number}@example.ch")
    text = said.replace("SIGNS", signs)
    assert many.edits(text) == few.edits(text)
    assert many.edits(f"{text} and (email-address:AAAAAAAAAAAAAAAAAAAAAAAAAA)") == few.edits(text)
