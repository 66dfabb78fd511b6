"""Gets issuers' public keys over the network, and keeps them fresh.

Source: OpenID Connect Discovery 1.0, sections 3 and 4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import PyreqwestError

from bartizan.guard.config import Issuer
from bartizan.guard.gateway.client import client_builder
from bartizan.guard.identity.tokens import TokenReader
from bartizan.model import InputError

__all__ = ["IssuerKeys"]

_MOST = 1_000_000
_SECONDS = 10.0
_REDIRECTS = 3
_WELL_KNOWN = "/.well-known/openid-configuration"


class IssuerKeys:
    """Fetches the keys of issuers for a reader. To be made and closed within one event loop; `clock` is since 1970.

    Keys come over https only, from the place that the issuer names or the configuration; plain http is for loopback.
    `failed` says for each issuer whose last fetch went wrong what went wrong. `every` is how many seconds pass between
    fetches in the background; after one that failed it is at most `soon`.
    Raises InputError for an address that keys may not come from.
    """

    def __init__(
        self,
        reader: TokenReader,
        issuers: Sequence[Issuer],
        clock: Callable[[], float],
        *,
        every: float = 300.0,
        soon: float = 15.0,
        network: Callable[[], ClientBuilder] = client_builder,
    ) -> None:
        self._reader, self._clock, self._every, self._soon = reader, clock, every, soon
        # Later entries of the same issuer say nothing else about its keys.
        self._issuers = {one.issuer: one for one in reversed(issuers)}
        for one in self._issuers.values():
            _check(one.jwks or one.issuer)
        self._running: dict[str, asyncio.Task[bool]] = {}
        self._background: list[asyncio.Task[None]] = []
        self.failed: dict[str, str] = {}
        self._client: Client = network().timeout(timedelta(seconds=_SECONDS)).build()

    def begin(self) -> None:
        """Begin to keep keys fresh in the background, the first time at once."""
        self._background = [asyncio.create_task(self._keep(name)) for name in self._issuers]

    async def fetch(self, issuer: str, begin: bool) -> bool:
        """Get the keys of an issuer; whoever asks meanwhile waits for the same answer. See `identity.Fetch`."""
        task = self._running.get(issuer)
        if task is None:
            if not begin:
                return False
            task = self._running[issuer] = asyncio.create_task(self._learn(issuer))
            task.add_done_callback(lambda _: self._running.pop(issuer, None))
        # A caller that goes away must not end what others wait for.
        return await asyncio.shield(task)

    async def close(self) -> None:
        """End all that is under way."""
        tasks = [*self._background, *self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.close()

    async def _keep(self, issuer: str) -> None:
        while True:
            good = await self.fetch(issuer, True)
            await asyncio.sleep(self._every if good else min(self._soon, self._every))

    async def _learn(self, issuer: str) -> bool:
        try:
            async with asyncio.timeout(_SECONDS):
                content = await self._get(await self._place(self._issuers[issuer]))
            self._reader.learn(issuer, content, self._clock())
        except (InputError, PyreqwestError, TimeoutError) as error:
            self.failed[issuer] = error.message if isinstance(error, InputError) else type(error).__name__
            return False
        self.failed.pop(issuer, None)
        return True

    async def _place(self, issuer: Issuer) -> str:
        """Return where the keys are: as configured, or as the discovery document says."""
        if issuer.jwks:
            return issuer.jwks
        content = await self._get(issuer.issuer.rstrip("/") + _WELL_KNOWN)
        try:
            document: Any = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise InputError("the discovery document is not JSON") from None
        said = document if isinstance(document, dict) else {}
        if said.get("issuer") != issuer.issuer:
            raise InputError("the discovery document is of another issuer")
        place = said.get("jwks_uri")
        if not isinstance(place, str):
            raise InputError("the discovery document names no keys")
        _check(place)
        return place

    async def _get(self, url: str) -> bytes:
        """Return a document of bounded size. Redirects are followed to the same origin only."""
        first = _origin(url)
        for _ in range(_REDIRECTS + 1):
            async with self._client.get(url).header("accept", "application/json").build_streamed() as response:
                if response.status == 200:
                    return await _read(response)
                location = response.get_header("location") if 301 <= response.status <= 308 else None
                if location is None:
                    raise InputError(f"the issuer answered with status {response.status}")
            url = _joined(url, location)
            if _origin(url) != first:
                raise InputError("the issuer sends to another host, which is not followed")
        raise InputError("the issuer sends from place to place without end")


async def _read(response: Any) -> bytes:
    out = bytearray()
    reader = response.body_reader
    while (chunk := await reader.read_chunk()) is not None:
        out += bytes(chunk)
        if len(out) > _MOST:
            raise InputError(f"the issuer's answer has more than {_MOST:,} bytes")
    return bytes(out)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise InputError("the issuer sends to what is no address") from None


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InputError("the address of the issuer's keys is not one") from None
    return parts.scheme, parts.hostname or "", port


def _check(url: str) -> None:
    scheme, host, _ = _origin(url)
    if not host or not (scheme == "https" or (scheme == "http" and _is_loopback(host))):
        raise InputError(f"keys of an issuer come over https only, not from `{scheme}://{host}`")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
