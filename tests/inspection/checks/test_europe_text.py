"""Checks of European numbers that hold letters, against python-stdnum on random values and on published ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import import_module

import pytest

from bartizan.inspection.checks import text_checks

# Check, module of stdnum, layout: `#` is a digit, `@` a letter, `y`, `m` and `d` parts of a day, `?` one of the signs
# that follow the layout; anything else stands for itself.
SAME = [
    ("cy_tic", "cy.vat", "1#######@", ""),
    ("es_cif", "es.cif", "B#######?", "0123456789ABCDEFGHIJ"),
    ("es_cif", "es.nif", "ESA#######?", "0123456789"),
    ("es_nie", "es.nie", "X#######@", ""),
    ("es_nie", "es.nie", "Z#######@", ""),
    ("es_nif", "es.nif", "########@", ""),
    ("es_nif", "es.nif", "K#######@", ""),
    ("fi_personal_identity_code", "fi.hetu", "ddmmyy-85#?", "0123456789ABCDEFHJKLMNPRSTUVWXY"),
    ("fi_personal_identity_code", "fi.hetu", "ddmmyyA000?", "0123456789ABCDEFHJKLMNPRSTUVWXY"),
    ("fr_tva", "fr.tva", "FR##732829320", ""),
    ("fr_tva", "fr.tva", "FR##000000000", ""),
    ("fr_tva", "fr.tva", "FR40#########", ""),
    ("fr_tva", "fr.tva", "FR?#732829320", "ABCDEFGHJKLMNPQRSTUVWXYZ"),
    ("fr_tva", "fr.tva", "FR#?732829320", "ABCDEFGHJKLMNPQRSTUVWXYZ"),
    ("ie_pps", "ie.pps", "#######?", "ABCDEFGHIJKLMNOPQRSTUVW"),
    ("ie_pps", "ie.pps", "#######?A", "ABCDEFGHIJKLMNOPQRSTUVW"),
    ("ie_pps", "ie.pps", "#######?T", "ABCDEFGHIJKLMNOPQRSTUVW"),
    ("ie_vat", "ie.vat", "IE#######?", "ABCDEFGHIJKLMNOPQRSTUVW"),
    ("ie_vat", "ie.vat", "IE#######?A", "ABCDEFGHIJKLMNOPQRSTUVW"),
    ("ie_vat", "ie.vat", "IE8Z#####?", "ABCDEFGHIJKLMNOPQRSTUVW"),
    ("it_fiscal_code", "it.codicefiscale", "RSSMRA85T1#A562@", ""),
    ("it_fiscal_code", "it.codicefiscale", "RSSMRA8?T5LA562@", "LMNPQRSTUV"),
    ("nl_btw", "nl.btw", "NL#########B#1", ""),
    ("pt_cc", "pt.cc", "#########ZZ#", ""),
    ("ro_onrc", "ro.onrc", "J2016######40#", ""),
    ("uk_upn", "gb.upn", "?80120000100#", "ABCDEFGHJKLMNPQRTUVWXYZ"),
    ("uk_upn", "gb.upn", "?80120000100B", "ABCDEFGHJKLMNPQRTUVWXYZ"),
]


def values(layout: str, signs: str) -> list[str]:
    """Return made-up values of a layout."""
    chance = random.Random(layout)  # noqa: S311
    out = []
    for _ in range(1500):
        day = f"{chance.randint(1, 31):02}{chance.randint(1, 12):02}{chance.randint(0, 20):02}"
        text = layout.replace("ddmmyy", day)
        choices = {"#": "0123456789", "@": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "?": signs}
        out.append("".join(chance.choice(choices[sign]) if sign in choices else sign for sign in text))
    return out


@pytest.mark.parametrize(("check", "module", "layout", "signs"), SAME)
def test_agrees_with_stdnum(check: str, module: str, layout: str, signs: str) -> None:
    is_valid: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    function = text_checks()[check]
    numbers = values(layout, signs)
    assert [n for n in numbers if function(n) != is_valid(n)] == []


# Checks that stdnum doesn't have, or where it says something else: numbers that pass, then numbers that don't.
OWN: list[tuple[str, list[str], list[str]]] = [
    # Published examples; the letter of a tax number follows the same rule as that of a person's number.
    ("al_nid", ["J00101999W", "J05115999K", "j00101999w"], ["J00101999V", "J00230999W", "J01301999W"]),
    ("al_nipt", ["K72410014H", "J 91402501 L", "AL K22218003V"], ["K72410014I"]),
    ("cy_tic", ["10259033P", "CY10259033P"], ["10259033Z", "12259033P"]),
    ("de_document", ["L01X00T44", "c01234565", "CZ6311T03"], ["L01X00T45"]),
    ("de_health_insurance", ["A000500015", "Z999999997"], ["A123456787"]),
    ("de_social_security", ["15070649C103", "65 070803 A 019"], ["15070649C100", "15071349C103"]),
    # Temporary numbers, and signs of the century that came in 2023.
    ("fi_personal_identity_code", ["010594Y9021", "020504A902E", "131052-308t"], ["111111-111A", "010594Y0016"]),
    ("fr_nir_corsica", ["1 85 05 2A 006 048 71", "269052b58815744"], ["1 85 05 2A 006 048 72"]),
    ("nl_btw", ["NL 123456782 B 13", "NL002455799B11"], ["NL123456781B12"]),
    ("pl_identity_card", ["ABA300000", "ABS 123456"], ["ABS523456"]),
    ("pl_passport", ["ZS0000177"], ["ZS0000178"]),
    ("uk_nino", ["AA 12 34 56 B", "PR123612C"], ["GB 12 34 56 B", "ZZ123456A"]),
]


@pytest.mark.parametrize(("check", "good", "bad"), OWN, ids=[case[0] for case in OWN])
def test_own_checks(check: str, good: list[str], bad: list[str]) -> None:
    function = text_checks()[check]
    assert [value for value in good if not function(value)] == []
    assert [value for value in bad if function(value)] == []
