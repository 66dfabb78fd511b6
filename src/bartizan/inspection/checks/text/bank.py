"""Numbers of accounts, banks, securities and companies that hold letters."""

from __future__ import annotations

import re

from bartizan.inspection.checks.digits import bare
from bartizan.inspection.checks.text.iso7064 import mod97_10

# How an account is written in each country: n digits, a capital letters, c digits or capital letters.
_ACCOUNTS = """
AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BI23n BR23n1a1c BY4c4n16c CH5n12c CR18n CY8n16c
CZ20n DE18n DJ23n DK14n DO4c20n EE16n EG25n ES20n FI14n FK2a12n FO14n FR10n11c2n GB4a14n GE2a16n GI4a15c GL14n
GR7n16c GT4c20c HN4a20n HR17n HU24n IE4a14n IL19n IQ4a15n IS22n IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c LC4a24c
LI5n12c LT16n LU3n13c LV4a13c LY21n MC10n11c2n MD2c18c ME18n MK3n10c2n MN16n MR23n MT4a5n18c MU4a19n3a NI4a20n
NL4a10n NO11n OM3n16c PK4a16c PL24n PS4a21c PT21n QA4a21c RO4a16c RS18n RU14n15c SA2n18c SC4a20n3a SD14n SE20n SI15n
SK20n SM1a10n12c SO19n ST21n SV4a20n TL19n TN20n TR6n16c UA6n19c VA18n VG4a16n XK16n YE4a4n18c
"""
_SETS = {"n": "[0-9]", "a": "[A-Z]", "c": "[0-9A-Z]"}
_COUNTRIES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE
    JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO
    MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM
    TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
    """.split()  # noqa: SIM905 - two letters a country are read more easily without 500 quotes
)


def _accounts() -> dict[str, re.Pattern[str]]:
    out = {}
    for entry in _ACCOUNTS.split():
        parts = re.findall("([0-9]+)([nac])", entry[2:])
        out[entry[:2]] = re.compile("[0-9]{2}" + "".join(f"{_SETS[kind]}{{{count}}}" for count, kind in parts))
    return out


_ACCOUNT_OF = _accounts()


def iban(value: str) -> bool:
    """The account is written as its country does, and MOD 97-10 holds (SWIFT IBAN registry, release 101; ISO 13616).

    Small letters pass when there are no others: logs and search boxes write all in one case.
    """
    if value not in {value.upper(), value.lower()}:
        return False
    plain = bare(value)
    account = _ACCOUNT_OF.get(plain[:2])
    return account is not None and account.fullmatch(plain, 2) is not None and mod97_10(plain[4:] + plain[:4])


def swift_bic(value: str) -> bool:
    """A country of ISO 3166-1 (and XK) stands at the fifth place, and it is no test code (ISO 9362)."""
    return value[4:6] in _COUNTRIES and value[7] != "0"


def isin(value: str) -> bool:
    """A country or an agency in front; Luhn over the number with letters as 10 to 35 (ISO 6166)."""
    if value[:2] not in _COUNTRIES and value[:2] not in {"XS", "EU", "QS"}:
        return False
    digits = "".join(str(int(character, 36)) for character in value)
    doubled = "".join(str(int(digit) * (2 if place % 2 else 1)) for place, digit in enumerate(reversed(digits)))
    return sum(map(int, doubled)) % 10 == 0


def lei(value: str) -> bool:
    """MOD 97-10 over twenty characters, and not digits only (ISO 17442)."""
    return mod97_10(value) and not value.isdecimal()


def sepa_creditor(value: str) -> bool:
    """MOD 97-10 without the three characters of the business code (EPC262-08)."""
    plain = bare(value)
    return plain[:2] in _COUNTRIES and mod97_10(plain[7:] + plain[:4])
