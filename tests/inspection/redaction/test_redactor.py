"""The redactor: each mode, twice is once, round trips, and keys that change."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection.redaction import (
    FormatKeeper,
    FormatRevealer,
    Hiding,
    Mode,
    Pseudonyms,
    Redactor,
    Revealer,
    apply_edits,
)
from bartizan.inspection.redaction.modes import masked
from bartizan.model import InputError
from tests.inspection.redaction.support import FIRST, SECOND, Found, inspect, ring

SSN, MAIL, CARD, IBAN = "078-05-1121", "alice@example.com", "4111 1111 1111 1111", "CH93 0076 2011 6238 5295 7"
TEXT = f"{SSN}, {MAIL} paid with {CARD} from {IBAN}; password=hunter2pass"
VALUES = [SSN, MAIL, CARD, IBAN, "hunter2pass"]
PARTS = st.lists(
    st.sampled_from([*VALUES, "password=", " ", "\n", "(", "*", "<b>", "é", "us-ssn"]) | st.text(max_size=6)
)


def redactor(mode: Mode, keys: str = f"k1:{FIRST}", **modes: Mode) -> Redactor:
    given = {name.replace("_", "-"): way for name, way in modes.items()}
    return Redactor(inspect, Hiding(mode, modes=given, keys=ring(keys), tenant="acme"))


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        (Mode.MASK, "***-**-****, *****@*******.*** paid with **** **** **** 1111 from **** **** **** **** *295 7; "
                    "password=********"),
        (Mode.REPLACE, "<us-ssn>, <email-address> paid with <credit-card> from <iban-code>; password=<password>"),
        (Mode.DROP, ",  paid with  from ; password="),
    ],
)  # fmt: skip
def test_what_takes_the_place_of_values(mode: Mode, shown: str) -> None:
    assert redactor(mode).redact(TEXT) == shown


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode != Mode.FORMAT])
def test_nothing_is_left_and_twice_is_once(mode: Mode) -> None:
    hide = redactor(mode)
    once = hide.redact(TEXT)
    assert not [value for value in VALUES if value in once]
    assert hide.redact(once) == once
    assert hide.edits(once) == []


@given(PARTS, st.sampled_from([mode for mode in Mode if mode != Mode.FORMAT]))
def test_twice_is_once_for_any_text(parts: list[str], mode: Mode) -> None:
    hide = redactor(mode)
    once = hide.redact(" ".join(parts))
    if mode != Mode.DROP:  # what is dropped may join what stood around it
        assert hide.redact(once) == once


@given(PARTS)
def test_pseudonyms_lead_back_to_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    hidden = redactor(Mode.PSEUDONYM).redact(text)
    assert apply_edits(hidden, Revealer(Pseudonyms(ring(), "acme")).edits(hidden)) == text


def test_formats_lead_back_too() -> None:
    hide = redactor(Mode.REPLACE, credit_card=Mode.FORMAT, email_address=Mode.FORMAT)
    text = f"card {CARD}, mail and {MAIL}, ssn {SSN}"
    hidden = hide.redact(text)
    assert CARD not in hidden
    assert "<us-ssn>" in hidden
    keys = ring()
    back = FormatRevealer(
        inspect, FormatKeeper(keys, "acme"), Revealer(Pseudonyms(keys, "acme")).edits, ["credit-card"], least=75
    )
    assert [apply_edits(hidden, edits) for edits in back.edits_many([hidden])] == [
        text.replace(SSN, "<us-ssn>").replace(MAIL, _mail(hidden))
    ]


def _mail(hidden: str) -> str:
    """The surrogate of the address, which is not asked to be turned back."""
    return hidden.split(" and ")[1].split(",", maxsplit=1)[0]


def test_a_value_without_a_format_gets_a_pseudonym() -> None:
    hide = redactor(Mode.FORMAT)
    hidden = hide.redact("password=Ab1")
    assert hidden.startswith("password=(password:k1:")
    back = FormatRevealer(
        inspect, FormatKeeper(ring(), "acme"), Revealer(Pseudonyms(ring(), "acme")).edits, ["password"]
    )
    assert apply_edits(hidden, back.edits(hidden)) == "password=Ab1"
    assert back.edits("password=Ab1") == []


def test_a_heading_counts() -> None:
    hide = redactor(Mode.REPLACE)
    assert hide.redact("078051121") == "078051121"
    assert hide.redact("078051121", "SSN of the customer") == "<number>"


def test_types_and_confidence_are_chosen() -> None:
    def unsure(text: str, column: str) -> Sequence[Found]:
        return [*inspect(text, column), Found("name", 0, 3, 65)]

    assert Redactor(unsure, Hiding(), types=["us-ssn"]).redact(f"Bob {SSN} {MAIL}") == f"Bob <us-ssn> {MAIL}"
    assert Redactor(unsure, Hiding(), least=65).redact(f"Bob {SSN}") == "<name> <us-ssn>"


def test_many_texts_are_inspected_at_once() -> None:
    asked: list[int] = []

    def many(texts: Sequence[str], column: str) -> list[Sequence[Found]]:
        asked.append(len(texts))
        return [inspect(text, column) for text in texts]

    for hide in (Redactor(inspect, Hiding(), many=many), redactor(Mode.REPLACE)):
        made = hide.edits_many([SSN, "x", MAIL])
        assert [[edit.text for edit in edits] for edits in made] == [["<us-ssn>"], [], ["<email-address>"]]
    assert asked == [3]


def test_with_a_new_key_old_pseudonyms_are_written_anew() -> None:
    old = redactor(Mode.PSEUDONYM).redact(f"{SSN} x")
    hide = redactor(Mode.PSEUDONYM, f"k2:{SECOND},k1:{FIRST}")
    new = hide.redact(f"{old} {SSN}")
    assert new == hide.redact(f"{SSN} x {SSN}")
    assert "k1" not in new
    assert redactor(Mode.REPLACE, f"k2:{SECOND},k1:{FIRST}").redact(old) == old


def test_pseudonyms_of_others_are_left_alone() -> None:
    hide = redactor(Mode.PSEUDONYM, f"k2:{SECOND},k1:{FIRST}")
    foreign = Redactor(inspect, Hiding(Mode.PSEUDONYM, keys=ring(), tenant="rival")).redact(SSN)
    assert hide.redact(foreign) == foreign
    unknown = Redactor(inspect, Hiding(Mode.PSEUDONYM, keys=ring(f"k9:{FIRST}"), tenant="acme")).redact(SSN)
    assert hide.redact(unknown) == unknown


def test_the_rest_of_a_piece_around_a_pseudonym_is_hidden() -> None:
    hidden = redactor(Mode.PSEUDONYM).redact(SSN)

    def wide(text: str, column: str) -> Sequence[Found]:
        return [Found("address", 0, len(text))] if not column else []

    hide = Redactor(wide, Hiding())
    assert hide.redact(f"12 Main St {hidden} Bern") == f"<address>{hidden}<address>"
    assert hide.redact(f"({hidden}).") == f"({hidden})."
    assert hide.redact("no surrogate <b>") == "<address>"
    assert hide.redact(f"{hidden}") == hidden


def test_a_mode_with_a_key_needs_one() -> None:
    for mode in (Mode.HASH, Mode.TOKEN, Mode.PSEUDONYM, Mode.FORMAT):
        with pytest.raises(InputError, match=f"mode `{mode}` needs a key"):
            Hiding(mode)
    assert Hiding(Mode.DROP, modes={"a": Mode.MASK}).mode_of("a") == Mode.MASK


def test_a_mask_tells_nothing_of_secrets_and_shows_that_it_is_one() -> None:
    assert masked("password", "credentials", "x") == masked("password", "credentials", "x" * 50) == "********"
    assert masked("credit-card", "payment", "12345678901") == "***********"
    assert masked("credit-card", "payment", "123456789012") == "********9012"
    assert masked("date", "", "1.2.34") == "********"
    assert masked("email-address", "", "".join(chr(0xE0000 + ord(mark)) for mark in "a.b@c.de")) == "*" * 8
    assert masked("email-address", "", "ⓐⓝⓝⓐ@ⓧ.ⓒⓗ") == "****@*.**"
    assert masked("name", "", "Jürg Müller") == "**** ******"


def test_a_mask_that_is_not_one_is_no_shelter() -> None:
    hide = redactor(Mode.REPLACE)
    assert hide.redact(f"***{SSN}***") == "***<us-ssn>***"
    assert hide.redact(f"<{MAIL}>") == "<<email-address>>"
