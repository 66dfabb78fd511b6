"""Which machine one server's name leads to: one that may be called, and no other.

A name in a configuration may come to mean another machine: whoever holds it could have the gateway call inside the
network, or a cloud's metadata service, with its own credential. So a name is looked up here, and its address is held.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from bartizan.guard.config_mcp import McpServer, is_near
from bartizan.model import BartizanError

__all__ = ["NotReached", "Reaching", "is_public", "looked_up"]

_AGAIN = 60.0
"""Seconds after which a name is looked up once more."""
_SECONDS = 10.0
_TRANSLATED = ip_network("64:ff9b::/96")
"""Addresses that a gateway translates to the IPv4 address in their last 32 bits (RFC 6052)."""
LookUp = Callable[[str, int], Awaitable[list[str]]]
"""Returns the addresses of a host. Raises OSError."""


class NotReached(BartizanError):
    """A server can't be called. The message names it, and nothing that it has said."""


async def looked_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet, behind whichever form of IPv6."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _TRANSLATED:
            inner = IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast


class Reaching:
    """Gives the address of a server. To be used within one event loop.

    What the configuration names as an address, as this machine or as `private` is called as it says, and what goes
    through a proxy (`proxied`) is looked up there.
    """

    def __init__(
        self, server: McpServer, clock: Callable[[], float], look_up: LookUp = looked_up, *, proxied: bool = False
    ) -> None:
        self._server, self._clock, self._look_up = server, clock, look_up
        place = urlsplit(server.url)
        self.host = place.hostname or ""
        self.port = place.port or (80 if place.scheme == "http" else 443)
        free = server.private or proxied or _is_address(self.host) or is_near(self.host)
        self._free = server.address or (self.host if free else "")
        self._address, self._until = "", 0.0
        self._lock = asyncio.Lock()

    async def address(self) -> str:
        """Return what to connect to: an IP address, or a name that may mean anything. Raises NotReached."""
        if self._free:
            return self._free
        if self._clock() >= self._until:
            async with self._lock:
                if self._clock() >= self._until:
                    await self._look()
        return self._address

    def failed(self) -> None:
        """Look the name up again before the next call: what it meant does not answer."""
        self._until = 0.0

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(_SECONDS):
                found = await self._look_up(self.host, self.port)
        except (OSError, TimeoutError, UnicodeError):
            raise NotReached(f"the name of server `{self._server.id}` can't be looked up") from None
        good = [one for one in found if is_public(one)]
        if not good:
            raise NotReached(
                f"the name of server `{self._server.id}` leads into a private network",
                help="allow it with `private: true`, if that is meant",
            )
        self._until = self._clock() + _AGAIN
        if self._address not in good:
            self._address = good[0]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
