"""Addresses of networks and machines that hold letters."""

from __future__ import annotations

import ipaddress
import re

_NAMELESS = frozenset({"0" * 12, "f" * 12, "0" * 16, "f" * 16})
_MAC = re.compile(
    "[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\\1[0-9a-f]{2}){4}(?:(?:\\1[0-9a-f]{2}){2})?|[0-9a-f]{4}(?:\\.[0-9a-f]{4}){2}"
)


def ipv6(value: str) -> bool:
    """An address of RFC 4291, and one that a program would hardly mean otherwise (`a::b`, `[1::2]`, a fingerprint)."""
    try:
        ipaddress.IPv6Address(value)
    except ipaddress.AddressValueError:
        return False
    address = value.partition("%")[0]
    groups = [group for group in address.split(":") if group]
    if not any(character.isdecimal() for character in address):
        # Names in code are letters only: at least three of them make an address.
        return len(groups) > 2
    if "::" not in address:
        return any(len(group) != 2 for group in groups)
    if len(groups) > 2 or "." in address or address == "::1":
        return True
    first = address.partition(":")[0]
    return len(first) == 4 or (len(first) == 3 and not first.isdecimal()) or first == "64"


def mac_address(value: str) -> bool:
    """Six or eight bytes with one separator, which are not all the same bit (IEEE 802, EUI-48 and EUI-64)."""
    plain = value.lower()
    digits = re.sub("[^0-9a-f]", "", plain)
    if not _MAC.fullmatch(plain) or digits in _NAMELESS:
        return False
    # Three groups of four digits are as likely some other number.
    return "." not in plain or not digits.isdecimal()
