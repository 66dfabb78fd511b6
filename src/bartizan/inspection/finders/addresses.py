"""Addresses of machines that are part of nothing longer: groups of hexadecimal digits with colons, dashes or dots."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.inspection.checks.text.network import ipv6, mac_address

# A run is taken whole, so that a fingerprint isn't read as an address and its rest.
_IPV6 = re.compile(
    r"(?<![0-9A-Za-z_.])(?<![0-9A-Fa-f]:)(?<!::)(?:[0-9A-Fa-f]{1,4}:|::)(?:[0-9A-Fa-f]{0,4}:)*"
    r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4})(?:%[0-9A-Za-z](?:[0-9A-Za-z._-]{0,14}[0-9A-Za-z])?)?(?![0-9A-Za-z_:])"
)
_MAC = re.compile(
    r"(?<![0-9A-Za-z_])(?<![0-9A-Fa-f][:.-])"
    r"(?:[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5,}|[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2})(?![0-9A-Za-z_]|[:.-][0-9A-Fa-f])"
)


def ipv6_address(text: str) -> Iterator[tuple[int, int, int]]:
    """Find IPv6 addresses in every form: `::`, a zone, an IPv4 address as their end; a prefix length stays outside.

    The unspecified address `::` alone is none: programming languages have the sign, too.
    """
    for match in _IPV6.finditer(text):
        if ipv6(match.group()):
            yield *match.span(), 75


def hardware_address(text: str) -> Iterator[tuple[int, int, int]]:
    """Find addresses of network cards, `00:1a:2b:3c:4d:5e`, `00-1A-2B-3C-4D-5E` or `001a.2b3c.4d5e`."""
    for match in _MAC.finditer(text):
        if mac_address(match.group()):
            yield *match.span(), 65 if "." in match.group() else 75


_UNSPECIFIED = re.compile(
    r"\b(?:unspecified|address|bind(?:ing)?|listen(?:ing)?|on|host|any)[\"']?[ =:]{1,2}[\"'\[]?(::)(?=[\]\"',;]|\s*$)",
    re.I | re.M,
)


def unspecified_address(text: str) -> Iterator[tuple[int, int, int]]:
    """Find the IPv6 address `::` behind a word that says what is meant."""
    for match in _UNSPECIFIED.finditer(text):
        yield *match.span(1), 65
