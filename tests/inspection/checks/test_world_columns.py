"""Checks of numbers of digits from beyond Europe, against python-stdnum on random values."""

from __future__ import annotations

import pytest

from bartizan.inspection.checks import column_checks
from tests.inspection.checks.test_europe_columns import ours, theirs, values

# Check, module of stdnum, layout as in the tests of European numbers.
SAME = [
    ("ar_cbu", "ar.cbu", "28505909400904181352##"),
    ("ar_cbu", "ar.cbu", "2850590#40090418135201"),
    ("ar_cuit", "ar.cuit", "20#########"),
    ("au_abn", "au.abn", "###########"),
    ("au_acn", "au.acn", "#########"),
    ("au_tfn", "au.tfn", "#########"),
    ("br_cnpj", "br.cnpj", "1122233300####"),
    ("br_cpf", "br.cpf", "529982247##"),
    ("br_cpf", "br.cpf", "#########0#"),
    ("ca_business_number", "ca.bn", "#########"),
    ("ca_health_bc", "ca.bc_phn", "9#########"),
    ("ca_sin", "ca.sin", "#########"),
    ("cl_rut", "cl.rut", "########"),
    ("cl_rut", "cl.rut", "#########"),
    ("cn_resident_id", "cn.ric", "11010519yymmdd####"),
    ("co_nit", "co.nit", "##########"),
    ("ec_cedula", "ec.ci", "17########"),
    ("ec_cedula", "ec.ci", "##########"),
    ("ec_ruc", "ec.ruc", "17#######0001"),
    ("ec_ruc", "ec.ruc", "1790######00#"),
    ("id_nik", "id.nik", "320101ddmmyy001#"),
    ("id_npwp", "id.npwp", "##############0"),
    ("id_npwp", "id.npwp", "0#########120000"),
    ("il_id", "il.idnr", "#########"),
    ("imei", "imei", "35#############"),
    ("in_aadhaar", "in_.aadhaar", "############"),
    ("in_aadhaar", "in_.vid", "################"),
    ("in_voter", "luhn", "#######"),
    ("jp_corporate_number", "jp.cn", "#############"),
    ("jp_my_number", "jp.in_", "############"),
    ("kr_rrn", "kr.rrn", "yymmdd30#####"),
    ("luhn", "luhn", "##########"),
    ("ma_ice", "ma.ice", "0015611910000##"),
    ("my_nric", "my.nric", "yymmdd0#####"),
    ("nz_ird", "nz.ird", "1########"),
    ("nz_ird", "nz.ird", "########"),
    ("pe_ruc", "pe.ruc", "20#########"),
    ("pk_cnic", "pk.cnic", "#############"),
    ("py_ruc", "py.ruc", "#########"),
    ("ru_inn_company", "ru.inn", "##########"),
    ("ru_inn_person", "ru.inn", "5001007322##"),
    ("ru_inn_person", "ru.inn", "#########0##"),
    ("ru_ogrn", "ru.ogrn", "10222########"),
    ("th_tin", "th.moa", "0###########0"),
    ("th_tnin", "th.pin", "110##########"),
    ("us_ein", "us.ein", "##1######"),
    ("us_itin", "us.itin", "9##78####"),
    ("us_ssn", "us.ssn", "12######9"),
    ("uy_rut", "uy.rut", "21######001#"),
    ("vn_mst", "vn.mst", "##########"),
    ("za_id", "za.idnr", "yymmdd####08#"),
    ("za_tax_number", "za.tin", "##########"),
]

# Ours finds less: a Korean business number has a check digit, a Salvadoran tax number a day, an American routing number
# a prefix in use.
STRICTER = [
    ("aba_routing", "us.rtn", "#########"),
    ("kr_brn", "kr.brn", "1108######"),
    ("sv_nit", "sv.nit", "0614ddmmyy0###"),
    ("sv_nit", "sv.nit", "0614ddmmyy2###"),
    ("us_atin", "us.atin", "9##93####"),
]

# Ours finds more: American groups that came later, Taiwan's rule of 2023, Russian remainders of two digits.
LAXER = [
    ("kr_rrn_day", "kr.rrn", "yymmdd40#####"),
    ("ru_ogrn", "ru.ogrn", "304500116######"),
    ("tw_ubn", "tw.ubn", "########"),
    ("us_itin", "us.itin", "9########"),
]

# Published examples and well-known numbers, where python-stdnum has no module.
KNOWN = [
    ("ae_emirates_id", "784199012345676"),
    ("au_healthcare_identifier", "8003608166690503"),
    ("au_healthcare_identifier", "8003624900000396"),
    ("au_medicare", "2123456701"),
    ("au_medicare", "24287781321"),
    ("br_cnh", "02650306461"),
    ("br_cnh", "69044271146"),
    ("br_pis", "12056412847"),
    ("br_sus", "279197866950004"),
    ("br_sus", "898000000043208"),
    ("br_voter_title", "106644440302"),
    ("ca_health_on", "1234567897"),
    ("do_cedula", "40212345678"),
    ("eg_national_id", "29001150112345"),
    ("gt_cui", "1234567890101"),
    ("ir_national_id", "0084575948"),
    ("kr_crn", "1301110006246"),
    ("kr_driver_license", "112212345612"),
    ("kr_frn", "9111245678906"),
    ("kr_frn_day", "9111245678901"),
    ("kw_civil_id", "288020122596"),
    ("kw_civil_id", "227081660516"),
    ("kz_iin", "900101300017"),
    ("lk_nic_day", "853400937"),
    ("lk_nic_day", "198534000937"),
    ("lk_nic_day", "200184000937"),
    ("mx_clabe", "032180000118359719"),
    ("mx_nss", "72795608040"),
    ("ng_nin", "12345678902"),
    ("nz_bank_account", "010902006838900"),
    ("nz_nzbn", "9429034042984"),
    ("ph_tin", "000123456001"),
    ("rw_nid", "1199080012345067"),
    ("ru_snils", "11223344595"),
    ("sa_national_id", "1061527352"),
    ("sa_national_id", "2116737160"),
    ("sv_dui", "000162975"),
    ("th_tnin", "1220000000007"),
    ("tw_ubn", "04595257"),
    ("tz_nida", "19900215123450000123"),
    ("us_npi", "1234567893"),
    ("us_npi", "1245319599"),
    ("uy_cedula", "12345672"),
    ("uz_pinfl", "31502900010025"),
]

# Well formed but for one thing.
REFUSED = [
    ("ae_emirates_id_year", "784189012345676"),
    ("bh_cpr", "851312345"),
    ("br_cnh", "11111111111"),
    ("cn_resident_id", "990105194912310028"),
    ("cu_ni", "91131527775"),
    ("gt_cui", "1234567892301"),
    ("ir_national_id", "1111111111"),
    ("kr_driver_license", "272212345612"),
    ("kr_frn_day", "9111244678901"),
    ("lk_nic_day", "218534000937"),
    ("ng_bvn", "33123456789"),
    ("nz_bank_account", "070902006838900"),
    ("qa_qid", "18535612345"),
    ("rw_nid", "1199090012345067"),
    ("ru_snils", "00000000000"),
    ("sa_vat", "310122393500004"),
    ("th_tnin", "0220000000007"),
    ("tz_nida", "19901315123450000123"),
    ("us_ein", "070000001"),
    ("us_ssn", "222222222"),
    ("vn_cccd", "097085123456"),
]


@pytest.mark.parametrize(("check", "module", "layout"), SAME)
def test_agrees_with_stdnum(check: str, module: str, layout: str) -> None:
    numbers = values(layout, seed=4)
    expected = theirs(module, numbers)
    assert ours(check, numbers) == expected
    assert any(expected)


@pytest.mark.parametrize(("check", "module", "layout"), STRICTER)
def test_finds_nothing_that_stdnum_refuses(check: str, module: str, layout: str) -> None:
    numbers = values(layout, seed=5)
    found = ours(check, numbers)
    assert any(found)
    assert not [n for n, mine, other in zip(numbers, found, theirs(module, numbers), strict=True) if mine and not other]


@pytest.mark.parametrize(("check", "module", "layout"), LAXER)
def test_finds_all_that_stdnum_accepts(check: str, module: str, layout: str) -> None:
    numbers = values(layout, seed=6)
    expected = theirs(module, numbers)
    assert any(expected)
    assert not [n for n, mine, other in zip(numbers, ours(check, numbers), expected, strict=True) if other and not mine]


@pytest.mark.parametrize(("check", "number"), KNOWN)
def test_known_numbers_hold(check: str, number: str) -> None:
    assert ours(check, [number]) == [True]


@pytest.mark.parametrize(("check", "number"), REFUSED)
def test_near_misses_are_refused(check: str, number: str) -> None:
    assert ours(check, [number]) == [False]


@pytest.mark.parametrize(
    ("check", "number"),
    [
        (c, n)
        for c, n in KNOWN
        if c in {"br_pis", "br_sus", "br_voter_title", "kz_iin", "mx_clabe", "us_npi", "uz_pinfl"}
    ],
)
def test_another_last_digit_is_refused(check: str, number: str) -> None:
    others = [number[:-1] + last for last in "0123456789" if last != number[-1]]
    assert ours(check, others) == [False] * 9


MANY = [
    ("bh_cpr", "#########"),
    ("br_rg_sp", "#########"),
    ("cu_ni", "###########"),
    ("ng_bvn", "2##########"),
    ("qa_qid", "3##########"),
    ("sa_vat", "3#############3"),
    ("sa_vat", "3##############"),
    ("vn_cccd", "0###########"),
]


@pytest.mark.parametrize(("check", "layout"), MANY)
def test_some_of_many_rows_hold(check: str, layout: str) -> None:
    assert any(ours(check, values(layout, seed=7)))


def test_every_check_is_one_of_columns() -> None:
    names = {check for check, *_ in SAME + STRICTER + LAXER} | {check for check, _ in KNOWN + REFUSED + MANY}
    assert names <= set(column_checks())
