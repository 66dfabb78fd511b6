"""Values that keep their format: valid, reversible, and refused where they could be guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban, luhn

from bartizan.catalog.data_types import DataType, Form
from bartizan.inspection.redaction import FormatKeeper, validity
from bartizan.model import InputError
from tests.inspection.redaction.support import ring

KEEPER = FormatKeeper(ring(), "acme")


def shape(value: str) -> str:
    return "".join("#" if char.isdigit() else "a" if char.isalpha() else char for char in value)


@pytest.mark.parametrize("value", ["4111 1111 1111 1111", "378282246310005", "5019-7170-1010-3742", "000000000000"])
def test_cards_stay_cards(value: str) -> None:
    hidden = KEEPER.hide("credit-card", value)
    assert hidden != value
    assert shape(hidden) == shape(value)
    assert hidden[:5] == value[:5]
    assert luhn.is_valid("".join(filter(str.isdigit, hidden)))
    assert KEEPER.reveal("credit-card", hidden) == value


@pytest.mark.parametrize(
    "value", ["CH93 0076 2011 6238 5295 7", "GB82WEST12345698765432", "AL47212110090000000235698741"]
)
def test_ibans_stay_ibans(value: str) -> None:
    hidden = KEEPER.hide("iban-code", value)
    assert hidden != value
    assert (hidden[:2], shape(hidden)) == (value[:2], shape(value))
    assert iban.is_valid(hidden, check_country=False)
    assert KEEPER.reveal("iban-code", hidden) == value


@given(st.from_regex(r"[A-Z]{0,2}[0-9]{3}[- ]?[0-9]{3,12}", fullmatch=True))
def test_digits_stay_digits_in_place(value: str) -> None:
    hidden = KEEPER.hide("passport", value)
    assert shape(hidden) == shape(value)
    digits = [char for char in value if char.isdigit()], [char for char in hidden if char.isdigit()]
    assert (digits[0][0] == "0") == (digits[1][0] == "0")
    assert KEEPER.reveal("passport", hidden) == value


@given(
    st.from_regex(r"[a-z0-9]{1,3}-[a-z][a-z]{2,6}", fullmatch=True)
    | st.from_regex(r"[A-Z][A-Z0-9]{3,7}", fullmatch=True)
)
def test_letters_and_digits_stay_in_one_case(value: str) -> None:
    if sum(map(str.isdigit, value)) >= 6:
        return
    hidden = KEEPER.hide("badge", value)
    assert (len(hidden), hidden.isupper()) == (len(value), value.isupper())
    assert KEEPER.reveal("badge", hidden) == value


@pytest.mark.parametrize("value", ["12345", "abc", "AbCd", "Jürg", "-", "1" * 65, "a" * 64, "٤١١١"])
def test_what_has_no_format_to_keep_is_refused_without_being_named(value: str) -> None:
    with pytest.raises(InputError, match="of type `badge` has no format that can be kept") as caught:
        KEEPER.hide("badge", value)
    assert value == "-" or value not in caught.value.diagnostics()


def test_wrong_cards_and_ibans_are_treated_as_numbers() -> None:
    for type, value in (("credit-card", "4111 1111 1111 1112"), ("iban-code", "CH94 0076 2011 6238 5295 7")):
        assert KEEPER.reveal(type, KEEPER.hide(type, value)) == value


def test_right_values_get_right_surrogates() -> None:
    forms = {
        "us-ssn": [Form(digits=["###-##-####"], check="us_ssn")],
        "ch-ahv": [Form(digits=["###.####.####.##"])],
        "long": [Form(digits=["#" * 16], check="luhn"), Form(pattern="x", check="mod97_10")],
    }
    types = {
        id: DataType(id=id, title="", family="national-id", class_="x", forms=given, hits=[], misses=[])
        for id, given in forms.items()
    }
    valid = validity(types)
    keeper = FormatKeeper(ring(), "acme", valid)
    for number in range(60):
        value = f"078-05-{1100 + number}"
        hidden = keeper.hide("us-ssn", value)
        assert valid("us-ssn", hidden)
        assert keeper.reveal("us-ssn", hidden) == value
    wrong = keeper.hide("us-ssn", "000-05-1121")
    assert not valid("us-ssn", wrong)
    assert keeper.reveal("us-ssn", wrong) == "000-05-1121"
    assert keeper.hide("ch-ahv", "756.9217.0769.85").startswith("756.")
    assert not valid("us-ssn", "12")
    assert valid("other", "anything")
    assert not valid("long", "12345")
    assert valid("long", "4111111111111111")


def test_what_is_right_too_seldom_is_refused() -> None:
    keeper = FormatKeeper(ring(), "acme", lambda _, value: value == "123456")
    with pytest.raises(InputError, match="no format that can be kept"):
        keeper.hide("badge", "123456")


def test_tenants_and_types_have_their_own() -> None:
    other = FormatKeeper(ring(), "rival")
    made = {KEEPER.hide("a", "123456789"), KEEPER.hide("b", "123456789"), other.hide("a", "123456789")}
    assert len(made) == 3
    assert KEEPER.hide("a", "123456789") in made
