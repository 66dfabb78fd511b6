"""What single vendors' tokens must satisfy beyond their pattern; see `secrets_value` for the measures."""

from __future__ import annotations

import re
from binascii import crc32, crc_hqx
from itertools import pairwise
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

from bartizan.inspection.checks.text.secrets_generic import token_text
from bartizan.inspection.checks.text.secrets_value import Value

_BASE62 = digits + ascii_uppercase + ascii_lowercase
_BASE32 = ascii_uppercase + "234567"


def mixed_token(value: str) -> bool:
    """A token with letters and digits that runs unlike words; for prefixes that could begin an ordinary name."""
    it = Value(value)
    return token_text(value) and it.digits > 0 and it.letters > 0 and it.surprise >= 0.25 and it.run < 6


def mixed_upper(value: str) -> bool:
    """Capital letters and digits, both, with the digits not all at the end."""
    return token_text(value) and any(map(str.isdigit, value[4:20])) and any(map(str.isalpha, value[4:]))


def aws_key_id(value: str) -> bool:
    """An identifier of AWS that no documentation shows: those end in EXAMPLE.

    Source: AWS Identity and Access Management User Guide, unique identifiers.
    """
    return "EXAMPLE" not in value and len(set(value[4:])) > 5


def aws_secret(value: str) -> bool:
    """Forty characters of base64 in upper case, lower case and digits that form no path."""
    it = Value(value)
    if "EXAMPLE" in value or it.placeholder or it.run > 6:
        return False
    return it.digits > 0 and it.entropy > 3.5 and it.classes >= 3 and value.count("/") < 5


def google_api_key(value: str) -> bool:
    """A key that is random behind `AIza`."""
    it = Value(value[4:])
    return token_text(value) and it.entropy > 3.5 and it.classes > 2


def github_token(value: str) -> bool:
    """Random text, or the right check sum: the last six characters are the CRC-32 of those before in base 62.

    Source: GitHub, "Behind GitHub's new authentication token formats" (2021).
    """
    return token_text(value) or _crc62(value[4:-6]) == value[-6:]


def _crc62(text: str) -> str:
    rest, out = crc32(text.encode()), ""
    for _ in range(6):
        rest, index = divmod(rest, 62)
        out = _BASE62[index] + out
    return out


def artifactory_key(value: str) -> bool:
    """An Artifactory key or encrypted password: digits among the letters, or a token that runs unlike words."""
    it = Value(value[3:])
    return not Value(value).placeholder and it.digits > 1 and it.letters > 3 and it.surprise >= 0.25


def twilio_sid(value: str) -> bool:
    """An account identifier: hexadecimal behind `AC`."""
    return token_text(value) and all(character in "0123456789abcdef" for character in value[2:])


def random_bearer(value: str) -> bool:
    """A bearer token in free text: letters of both cases and digits, no name."""
    it = Value(value)
    return token_text(value) and it.digits > 1 and it.letters > 0 and not it.code and it.surprise >= 0.2


def base32_seed(value: str) -> bool:
    """A base32 seed: letters and digits, running unlike words."""
    it = Value(value)
    return not it.placeholder and it.digits > 0 and it.surprise >= 0.25


def nkey_seed(value: str) -> bool:
    """The seed of a NATS key: base32 whose last two bytes are the CRC-16 (XMODEM) of those before, or random text.

    Source: nats-io/nkeys, the encoding of seeds.
    """
    if not token_text(value):
        return False
    number = 0
    for character in value:
        number = number * 32 + _BASE32.index(character)
    raw = (number >> 2).to_bytes(36, "big")
    return crc_hqx(raw[:-2], 0) == int.from_bytes(raw[-2:], "little") or Value(value).surprise >= 0.3


def key_bytes(value: str) -> bool:
    """A row of bytes as a program writes it: more than five different ones, not counting up."""
    numbers = [_number(text) for text in re.findall(r"\w+", value)]
    steps = {two - one for one, two in pairwise(numbers)}
    return len(set(numbers)) > 5 and len(steps) > 2


def _number(text: str) -> int:
    if text[:2] in ("0x", "0X"):
        return int(text, 16)
    return int(text, 8 if text[0] == "0" and set(text) <= set("01234567") else 10)


def salt_text(value: str) -> bool:
    """A long random text with punctuation, as frameworks generate for their secret keys."""
    it = Value(value)
    words = re.findall(f"[{ascii_letters}]+", value)
    return (
        not re.search(r"\$\{|\{\{|phrase here|your[-_ ]|change[-_ ]?me|<[\w -]+>|example|insert", value, re.IGNORECASE)
        and it.entropy > 3.5
        and (it.digits > 0 or it.surprise > 0.25)
        and len(words) < len(value) / 2
    )


def slack_legacy(value: str) -> bool:
    """A token of Slack in one of its older forms: the part behind the last hyphen has letters."""
    return token_text(value) and any(map(str.isalpha, value.rpartition("-")[2]))
