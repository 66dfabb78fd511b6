"""Checks of European numbers made of digits, against python-stdnum on random values."""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module

import numpy as np
import pytest

from bartizan.inspection.checks import column_checks

# Check, module of stdnum, layout. In a layout `#` is any digit, `y`, `m` and `d` are parts of a day, any other digit
# stands for itself.
SAME = [
    ("at_svnr", "at.vnr", "####ddmmyy"),
    ("be_identity_card", "be.eid", "############"),
    ("bg_egn", "bg.egn", "yymmdd####"),
    ("bg_lnch", "bg.pnf", "##########"),
    ("bg_vat", "bg.vat", "##########"),
    ("bg_vat", "bg.vat", "#########"),
    ("ch_ahv", "ch.ssn", "756##########"),
    ("cz_dic", "cz.dic", "########"),
    ("cz_dic", "cz.dic", "yymmdd####"),
    ("cz_dic", "cz.dic", "#########"),
    ("cz_rodne_cislo", "cz.rc", "yymmdd####"),
    ("cz_rodne_cislo", "cz.rc", "yymmdd###"),
    ("de_tax_id_repeated", "de.idnr", "47036892###"),
    ("de_vat_id", "de.vat", "#########"),
    ("dk_cvr", "dk.cvr", "########"),
    ("ee_isikukood", "ee.ik", "#yymmdd####"),
    ("ee_kmkr", "ee.kmkr", "10#######"),
    ("ee_registrikood", "ee.registrikood", "########"),
    ("fi_business_id", "fi.alv", "########"),
    ("fr_nif", "fr.nif", "#############"),
    ("fr_siren", "fr.siren", "#########"),
    ("fr_siret", "fr.siret", "73282932#####0"),
    ("fr_siret", "fr.siret", "35600000000###"),
    ("gr_afm", "gr.vat", "#########"),
    ("gr_amka", "gr.amka", "ddmmyy#####"),
    ("hr_oib", "hr.oib", "###########"),
    ("hu_vat", "hu.anum", "########"),
    ("it_vat_code", "it.iva", "###########"),
    ("lt_asmens_kodas", "lt.asmens", "#yymmdd####"),
    ("lt_pvm", "lt.pvm", "#######1#"),
    ("lt_pvm", "lt.pvm", "##########1#"),
    ("lu_vat", "lu.tva", "########"),
    ("lv_personas_kods", "lv.pvn", "ddmmyy1####"),
    ("lv_personas_kods_new", "lv.pvn", "32#########"),
    ("lv_pvn", "lv.pvn", "4##########"),
    ("md_idnp", "md.idno", "1############"),
    ("me_pib", "me.pib", "########"),
    ("mk_edb", "mk.edb", "4############"),
    ("mt_vat", "mt.vat", "########"),
    ("nl_bsn", "nl.bsn", "#########"),
    ("no_orgnr", "no.orgnr", "9########"),
    ("pl_nip", "pl.nip", "##########"),
    ("pl_pesel", "pl.pesel", "yymmdd#####"),
    ("pl_regon", "pl.regon", "#########"),
    ("pl_regon", "pl.regon", "19296341######"),
    ("pt_nif", "pt.nif", "2########"),
    ("ro_cnp", "ro.cnp", "#yymmdd######"),
    ("ro_cui", "ro.cui", "##########"),
    ("ro_cui", "ro.cui", "#######"),
    ("rs_pib", "rs.pib", "1########"),
    ("se_personnummer", "se.personnummer", "yymmdd####"),
    ("se_personnummer", "se.personnummer", "19yymmdd####"),
    ("si_davcna", "si.ddv", "########"),
    ("si_emso", "si.emso", "ddmm98250####"),
    ("tr_national_id", "tr.tckimlik", "#########2#"),
    ("tr_vkn", "tr.vkn", "##########"),
    ("ua_edrpou", "ua.edrpou", "########"),
    ("ua_rnokpp", "ua.rntrc", "##########"),
    ("uk_nhs", "gb.nhs", "##########"),
    ("uk_utr", "gb.utr", "##########"),
    ("uk_vat", "gb.vat", "#########"),
    ("uk_vat", "gb.vat", "############"),
]

# Ours finds less: BE numbers that begin with 00 aren't given, nor are French months 13 to 19; a Swedish third digit
# below 2 makes a personal number; Slovak birth numbers have their own check.
STRICTER = [
    ("be_vat", "be.vat", "0#########"),
    ("fr_nir", "fr.nir", "1#########3####"),
    ("se_organisationsnummer", "se.orgnr", "55########"),
    ("sk_dic", "sk.dph", "#########7"),
]

# Ours finds more, because it has no clock (Belgium, Denmark), no list of tax offices (Austria) and no rule that joins
# year and serial (Norway), knows the nineteenth century (Iceland) and more than one business of an owner (Sweden).
LAXER = [
    ("at_steuernummer", "at.tin", "#########"),
    ("be_nn", "be.ssn", "yymmdd#####"),
    ("dk_cpr_day", "dk.cpr", "ddmm######"),
    ("is_kennitala", "is_.kennitala", "ddmmyy###9"),
    ("no_fodselsnummer", "no.fodselsnummer", "ddmmyy#####"),
    ("se_vat", "se.vat", "##########01"),
]


def values(layout: str, seed: int, count: int = 120) -> list[str]:
    """Return made-up values of a layout, each with all ten last digits, so that some are valid."""
    chance = random.Random(seed)  # noqa: S311
    out: dict[str, None] = {}
    for _ in range(count):
        parts = {
            "d": f"{chance.randint(1, 31):02}",
            "m": f"{chance.randint(1, 12):02}",
            "y": f"{chance.randint(0, 25):02}",
        }
        taken: dict[str, int] = {}
        text = ""
        for sign in layout:
            if sign in parts:
                text += parts[sign][taken.setdefault(sign, 0)]
                taken[sign] += 1
            else:
                text += str(chance.randint(0, 9)) if sign == "#" else sign
        out.update(dict.fromkeys(text[:-1] + last for last in "0123456789"))
        out[text] = None
    return list(out)


def ours(check: str, numbers: list[str]) -> list[bool]:
    """Run a check over all numbers at once, and prove that it says the same one by one."""
    function = column_checks()[check]
    columns = [np.array([int(number[place]) for number in numbers]) for place in range(len(numbers[0]))]
    found = np.broadcast_to(function(columns), (len(numbers),)).tolist()
    singly = [bool(function([int(digit) for digit in number])) for number in numbers]
    assert found == singly
    return singly


def theirs(module: str, numbers: list[str]) -> list[bool]:
    """Ask python-stdnum."""
    is_valid: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return [is_valid(number) for number in numbers]


@pytest.mark.parametrize(("check", "module", "layout"), SAME)
def test_agrees_with_stdnum(check: str, module: str, layout: str) -> None:
    numbers = values(layout, seed=1)
    expected = theirs(module, numbers)
    assert ours(check, numbers) == expected
    assert any(expected)


@pytest.mark.parametrize(("check", "module", "layout"), STRICTER)
def test_finds_nothing_that_stdnum_refuses(check: str, module: str, layout: str) -> None:
    numbers = values(layout, seed=2)
    found = ours(check, numbers)
    assert any(found)
    assert not [n for n, mine, other in zip(numbers, found, theirs(module, numbers), strict=True) if mine and not other]


@pytest.mark.parametrize(("check", "module", "layout"), LAXER)
def test_finds_all_that_stdnum_accepts(check: str, module: str, layout: str) -> None:
    numbers = values(layout, seed=3)
    expected = theirs(module, numbers)
    assert any(expected)
    assert not [n for n, mine, other in zip(numbers, ours(check, numbers), expected, strict=True) if other and not mine]


# Checks that stdnum doesn't have: numbers that pass, published ones first, then numbers that don't.
OWN: list[tuple[str, list[str], list[str]]] = [
    ("at_uid", ["13585627"], ["13585626"]),
    ("ba_jmb", ["1506982171746"], ["1506982178145", "1506982713646", "1506782171748"]),
    ("be_vat_any", ["428759497", "403259880"], ["428759498"]),
    ("be_vat_any", ["0428759497"], ["0428759496", "2428759497"]),
    ("bg_eik", ["175074752", "658212476"], ["175074751", "000000000"]),
    ("ch_insurance_card", ["80756015090002647590"], ["80757015090002647590", "80756915090002647590"]),
    ("ch_uid", ["100155212", "627730689"], ["100155213"]),
    ("cz_ico", ["25596641", "96634014"], ["25596642", "00000000"]),
    ("de_lanr", ["123456601", "987654401"], ["234567601"]),
    ("de_plz", ["01067", "10115"], ["00115"]),
    ("de_tax_id", ["98765432106", "47036892816"], ["98765432107", "02476291358"]),
    ("dk_cpr", ["2110625629"], ["2110625628", "3113625620"]),
    ("es_nss", ["281234567840", "280341342384", "081702185570"], ["281234567841", "991234567840"]),
    ("eu_ehic", ["80276000011234567890", "80756011234567890123"], ["80999000000000000003"]),
    ("fr_rpps", ["10682551162"], ["10682551163", "20682551161"]),
    ("hr_jmbg", ["1506982333266"], ["1506982331663", "1506982171746"]),
    ("hu_personal_id", ["18506150142", "30106157597"], ["18506151774", "18513150142", "98506150142"]),
    ("hu_taj", ["123456788", "114656977"], ["123456789", "000000000"]),
    ("hu_tax_id", ["8422780135", "8735643633"], ["8422780136", "7422780135"]),
    ("is_kennitala_day", ["1203451249", "5203450570"], ["1213451249", "1203451241"]),
    ("it_health_card", ["80380001200123456789"], ["80380900301234567890", "80756011234567890123"]),
    ("lt_company_code", ["303233895", "119511515"], ["305149413", "000000000"]),
    ("lu_nin", ["1893120105732", "1984021591825"], ["1893120105733", "1893120105742", "2000130500127"]),
    ("me_jmb", ["1506982210326"], ["1506982219910"]),
    ("mk_embg", ["1506982453679"], ["1506982451601"]),
    ("nl_rsin", ["11122233301", "20666094701"], ["11122233300", "11122233401"]),
    ("pt_niss", ["17165480469"], ["17165480468", "37165480469"]),
    ("rs_jmbg", ["1506982713646", "1506005060146"], ["1506982719748", "1506982171746"]),
    ("ua_unzr_day", ["1985061501234"], ["1985131501234", "1885061501234"]),
    ("uk_chi", ["1506824757"], ["1506820293", "4006824750"]),
    ("verhoeff", ["2363"], ["2364", "3263"]),
    ("xk_personal_number", ["1234567892", "1758929007"], ["1234567893", "0234567892"]),
]


@pytest.mark.parametrize(("check", "good", "bad"), OWN, ids=[case[0] for case in OWN])
def test_own_checks(check: str, good: list[str], bad: list[str]) -> None:
    assert ours(check, good) == [True] * len(good)
    assert ours(check, bad) == [False] * len(bad)
