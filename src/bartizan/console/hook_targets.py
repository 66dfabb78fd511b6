"""Where messages may go: not to this machine, and not into private networks, unless somebody has allowed it."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

from bartizan.model import InputError

__all__ = ["Target", "checked", "target_of"]

_LONGEST = 1_000
_PORTS = {"http": 80, "https": 443}
_EMBED = [ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")]
"""IPv6 addresses that lead to an IPv4 address, through a translator or a tunnel: nobody needs them here."""


class Target(NamedTuple):
    """An address that was looked up: `named` when the host is a name, and `ip` what it stands for just now."""

    host: str
    port: int
    ip: str
    named: bool


def checked(url: str, *, private: bool = False) -> tuple[str, str, int]:
    """Return scheme, host and port of an address that messages may go to, as far as can be told from it.

    Raises InputError.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InputError("the address of the webhook is none") from None
    # An encoded host, `8.8.8.8%2eexample.com`, is one name to us and another one to what connects.
    odd = not url.isascii() or not url.isprintable() or " " in url or "\\" in url or "%" in host
    if len(url) > _LONGEST or odd or not host:
        raise InputError("the address of the webhook is none", help="such as https://example.com/hooks/bartizan")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise InputError("the address of a webhook holds no user, password or fragment")
    if parts.scheme != "https" and not (private and parts.scheme == "http"):
        raise InputError("a webhook is called over https only")
    literal = _literal(host)
    if literal is not None and not private:
        _public(literal)
    if not private and f".{host.rstrip('.')}".endswith(".localhost"):
        raise InputError("a webhook on this machine isn't called")
    return parts.scheme, host, port or _PORTS[parts.scheme]


def target_of(url: str, *, private: bool = False) -> Target:
    """Look an address up, and hold that all it stands for may be called. Raises InputError.

    The caller connects to `ip`: looked up again, the name could stand for something else.
    """
    _, host, port = checked(url, private=private)
    literal = _literal(host)
    if literal is not None:
        return Target(host, port, str(literal), named=False)
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise InputError(f"the name `{host[:100]}` can't be looked up") from None
    found = [ip_address(str(answer[4][0]).split("%")[0]) for answer in answers]
    if not private:
        for address in found:
            _public(address)
    return Target(host, port, str(found[0]), named=True)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.split("%", maxsplit=1)[0])
    except ValueError:
        return None


def _public(address: IPv4Address | IPv6Address) -> None:
    """Hold that an address is one of the public network. Raises InputError, without saying which it is."""
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    bad = not address.is_global or address.is_multicast or address.is_reserved
    if inner is not None:
        bad = not inner.is_global or inner.is_multicast or inner.is_reserved
    elif isinstance(address, IPv6Address):
        bad = bad or any(address in network for network in _EMBED)
    if bad:
        raise InputError("the webhook is on this machine or in a private network, which isn't called")
