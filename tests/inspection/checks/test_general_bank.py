from __future__ import annotations

import re

import pytest

from bartizan.catalog.data_types import load_data_types
from bartizan.inspection.checks.text import bank
from bartizan.inspection.checks.text.bank import iban, isin, lei, sepa_creditor, swift_bic


@pytest.mark.parametrize(
    "account",
    [
        "CH93 0076 2011 6238 5295 7",
        "DE89370400440532013000",
        "AL47-2121-1009-0000-0002-3569-8741",
        "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
        "BR1800360305000010009795493C1",
        "gb29 nwbk 6016 1331 9268 19",
    ],
)
def test_accounts(account: str) -> None:
    assert iban(account)


@pytest.mark.parametrize(
    "text",
    [
        "CH93 0076 2011 6238 5295 8",
        "DE8937040044053201300",
        "AL47 212A 1009 0000 0002 3569 8741",
        "AM47212110090000000235698740",
        "Gb29 NWBK 6016 1331 9268 19",
    ],
)
def test_no_accounts(text: str) -> None:
    assert not iban(text)


def test_the_data_type_knows_every_country_at_its_length() -> None:
    pattern = next(form.pattern for form in load_data_types()["iban-code"].forms if form.anchor)
    told: dict[str, int] = {}
    for way in pattern.removeprefix("(?:").removesuffix(")").split("|(?:"):
        countries, _, rest = way.removeprefix("(?:").partition(")")
        fours = re.search(r"\{4}\)\{(\d+)\}", rest)
        assert fours is not None
        last = rest[fours.end() :].removeprefix("[ -][0-9A-Z]")
        left = 0 if rest.endswith(fours.group()) else int(last.strip("{}") or 1)
        told |= dict.fromkeys(countries.split("|"), 4 * int(fours[1]) + left)
    lengths = {entry[:2]: sum(map(int, re.findall(r"\d+", entry[2:]))) for entry in bank._ACCOUNTS.split()}
    assert told == lengths


def test_banks() -> None:
    assert swift_bic("UBSWCHZH80A")
    assert not swift_bic("UBSWQQZH80A")
    assert not swift_bic("DEUTDEF0")


def test_securities() -> None:
    assert isin("US0378331005")
    assert isin("XS2021993212")
    assert not isin("US0378331006")
    assert not isin("ZZ0378331005")


def test_legal_entities() -> None:
    assert lei("5493001KJTIIGC8Y1R12")
    assert not lei("5493001KJTIIGC8Y1R13")
    assert not lei("12345678901234567890")


def test_creditors() -> None:
    assert sepa_creditor("DE98ZZZ09999999999")
    assert not sepa_creditor("DE97ZZZ09999999999")
    assert not sepa_creditor("QQ98ZZZ09999999999")
