"""Checks of numbers that hold letters, from beyond Europe, against python-stdnum and published examples."""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module

import pytest

from bartizan.inspection.checks import text_checks

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

DIGITS = "0123456789"

# Check, module of stdnum, beginning, and the last characters to try; `#` is a digit, `@` a letter.
SAME = [
    ("cn_resident_id_x", "cn.ric", "11010519510615###", "X"),
    ("cn_resident_id_x", "cn.ric", "1101051951061####", "X"),
    ("cn_uscc", "cn.uscc", "91######@#@######", "0123456789ABCDEFGHJKLMNPQRTUWXY"),
    ("gt_nit", "gt.nit", "#######", "0123456789K"),
    ("in_gstin", "in_.gstin", "27@@@P@####@1Z", ALPHABET),
    ("mu_nid", "mu.nid", "@150578######", ALPHABET),
    ("mx_curp", "mx.curp", "BEXW310820HNERXN0", DIGITS),
    ("mx_curp", "mx.curp", "BEXW310820MDFRXNA", DIGITS),
    ("mx_curp", "mx.curp", "@EXW31082#H@@RXN#", DIGITS),
    ("sg_uen", "sg.uen", "########", LETTERS),
    ("sg_uen", "sg.uen", "201######", LETTERS),
    ("sg_uen", "sg.uen", "T16RF####", LETTERS),
    ("sg_uen", "sg.uen", "S57TU####", LETTERS),
    ("ve_rif", "ve.rif", "J########", DIGITS),
    ("ve_rif", "ve.rif", "V########", DIGITS),
]

KNOWN = [
    ("br_cnpj_letters", "12.ABC.345/01DE-35"),
    ("br_rg_sp_x", "12.345.671-X"),
    ("ca_health_qc", "TREM 8405 1218"),
    ("ca_health_qc", "BOUF94532012"),
    ("cl_rut_k", "12.345.670-K"),
    ("cn_resident_id_x", "11010519491231002X"),
    ("hk_hkid", "G123456(A)"),
    ("hk_hkid", "A123456(3)"),
    ("hk_hkid", "AB987654(3)"),
    ("mrz_birth", "7408122F1204159UTO<<<<<<<<<<<6"),
    ("mrz_card", "D231458907UTO7408122F1204159<<<<<<<6"),
    ("mrz_card_name", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"),
    ("mrz_name", "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"),
    ("mrz_number", "I<UTOD231458907<<<<<<<<<<<<<<<"),
    ("mrz_number", "I<UTOD23145890<7349<<<<<<<<<<<"),
    ("mrz_passport", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
    ("mrz_passport", "L898902C36UTO7408122F1204159<<<<<<<<<<<<<<08"),
    ("mrz_passport", "L898902C36UTO7408122F1204159<<<<<<<<<<<<<<<8"),
    ("mrz_person", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"),
    ("mx_elector", "GMVLMR80070501M100"),
    ("mx_elector", "BRCRGL56042787H500"),
    ("mx_rfc", "GODE561231GR8"),
    ("mx_rfc", "MAB-930714-8T4"),
    ("mx_rfc_day", "GODE561231GR9"),
    ("ng_plate", "app-456cv"),
    ("nz_nhi", "ZAC5361"),
    ("nz_nhi", "CGC2720"),
    ("nz_nhi", "ZBN77VL"),
    ("nz_nhi", "zvb97xq"),
    ("sg_nric", "S9108268C"),
    ("sg_nric", "T7572225C"),
    ("sg_nric", "F5611427X"),
    ("sg_nric", "G1234567X"),
    ("sg_nric", "M5398242L"),
    ("tw_national_id", "A123456789"),
    ("tw_national_id", "F131104093"),
    ("tw_national_id", "A800000014"),
    ("tw_national_id", "AC01234567"),
    ("us_dea", "BB1388568"),
    ("us_dea", "K92993548"),
    ("vin", "1M8GDM9AXKP042788"),
    ("vin", "5GZCZ43D13S812715"),
    ("vin_letters", "WVWZZZ1JZXW000001"),
    ("zw_national_id", "50-025544-Q-12"),
]

REFUSED = [
    ("br_cnpj_letters", "11.222.333/0001-81"),
    ("br_cnpj_letters", "12.ABC.345/01DE-36"),
    ("br_rg_sp_x", "12.345.678-X"),
    ("ca_health_qc", "BOUF94993012"),
    ("cl_rut_k", "12.345.678-K"),
    ("cn_resident_id_x", "11010519491331002X"),
    ("gt_nit", "00000-0"),
    ("hk_hkid", "G123456(B)"),
    ("mrz_birth", "7408122F1204158UTO<<<<<<<<<<<6"),
    ("mrz_birth", "7413122F1204159UTO<<<<<<<<<<<6"),
    ("mrz_card", "D231458907UTO7408122F1204159<<<<<<<7"),
    ("mrz_card_name", "ERIKSSON<ANNA<<<<<<<<<<<<<<<<<"),
    ("mrz_name", "PXUTOERIKSSONANNAMARIAERIKSSONANNAMARIAERIKS"),
    ("mrz_name", "P<UTOERIKSSON<<<ANNA<MARIA<<<<<<<<<<<<<<<<<<"),
    ("mrz_number", "I<UTOD231458906<<<<<<<<<<<<<<<"),
    ("mrz_passport", "L898902C36UTO7408122F1204159ZE184226B<<<<<20"),
    ("mrz_passport", "L898902C36UTO7408122F1204159ZE184226B<<<<<11"),
    ("mrz_person", "L8988901C5XXX4009078F96121096ZE184226B<<<<<<"),
    ("mx_curp", "BOXW310820HZZRXN09"),
    ("mx_elector", "GMVLMR80070550M100"),
    ("mx_elector", "GMVLMR80130501M100"),
    ("mx_rfc", "GODE561331GR8"),
    ("ng_plate", "the-100th"),
    ("nz_nhi", "ZAC5362"),
    ("nz_nhi", "ZZZ0044"),
    ("nz_nhi", "ZZZ00AX"),
    ("sg_nric", "S9108268D"),
    ("sg_uen", "T16ZZ0037C"),
    ("us_dea", "BG8207031"),
    ("us_dea", "YB1388568"),
    ("us_dea", "BB0000000"),
    ("vin", "1M8GDM9A1KP042788"),
    ("vin", "11111111111111111"),
    ("vin_letters", "ABABABABABABAB123"),
    ("zw_national_id", "50-025544-R-12"),
]


def filled(layout: str, lasts: str) -> list[str]:
    """Return made-up values that begin as a layout says, each with every one of the last characters."""
    chance = random.Random(9)  # noqa: S311
    signs = {"#": DIGITS, "@": "ABCDEFGHJKLMNPQRTUWXY"}
    starts = ["".join(chance.choice(signs.get(sign, sign)) for sign in layout) for _ in range(40)]
    return [start + last for start in starts for last in lasts]


@pytest.mark.parametrize(("check", "module", "layout", "lasts"), SAME)
def test_agrees_with_stdnum(check: str, module: str, layout: str, lasts: str) -> None:
    is_valid: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    holds = text_checks()[check]
    found = 0
    for value in filled(layout, lasts):
        expected = is_valid(value)
        assert holds(value) == expected, value
        found += expected
    assert found


def test_rfc_agrees_with_stdnum() -> None:
    stdnum = import_module("stdnum.mx.rfc")
    holds = text_checks()["mx_rfc"]
    values = filled("GOD&56123#A1", "0123456789A") + filled("@@@930714M7", "0123456789A")
    assert [holds(v) for v in values] == [stdnum.is_valid(v, validate_check_digits=True) for v in values]
    assert any(holds(v) for v in values)


@pytest.mark.parametrize(("check", "value"), KNOWN)
def test_known_numbers_hold(check: str, value: str) -> None:
    assert text_checks()[check](value) is True


@pytest.mark.parametrize(("check", "value"), REFUSED)
def test_near_misses_are_refused(check: str, value: str) -> None:
    assert text_checks()[check](value) is False
