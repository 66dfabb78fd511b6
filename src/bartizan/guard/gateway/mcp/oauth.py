"""Access tokens that the gateway gets for servers: its own, or one in exchange for a caller's. Never the caller's.

Sources: RFC 6749 sections 2.3.1, 4.4 and 5 (the gateway's own), RFC 8693 (exchange), RFC 8707 (what a token is for).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import quote_plus

import msgspec
from pyreqwest.client import Client
from pyreqwest.exceptions import PyreqwestError

from bartizan.guard.config_mcp import McpServer
from bartizan.model import BartizanError

__all__ = ["Caller", "NoToken", "Tokens"]

_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
_ACCESS = "urn:ietf:params:oauth:token-type:access_token"
_GIVEN = frozenset({"", _ACCESS, "urn:ietf:params:oauth:token-type:jwt"})
_SECONDS = 10.0
_MOST_BYTES = 65_536
_LONGEST = 16_384
"""Characters of a token."""
_KEPT = 1_000
"""Tokens that are kept for each server."""
_EARLY = 30.0
"""Seconds before its end at which a token is not used any more; a short one is used for nine tenths of its life."""
_LIFE = 300.0
"""Seconds a token is used whose issuer doesn't say how long it lives."""


class Caller(NamedTuple):
    """On whose behalf a token is wanted: its issuer, its principal, its access token and when that ends.

    Without an access token there is nothing that could be exchanged.
    """

    issuer: str
    principal: str
    token: str = ""
    until: float = 0.0


class NoToken(BartizanError):
    """A token can't be had. The message says why, and nothing of what the authorisation server has said."""


class _Answer(msgspec.Struct):
    access_token: str
    token_type: str
    expires_in: Any = None
    issued_token_type: str = ""


class _Kept(NamedTuple):
    token: str
    until: float


class Tokens:
    """Tokens for one server, kept by issuer, principal and what they are for. To be used within one event loop.

    `secret` is the gateway's own at the token endpoint, `clock` is in seconds since 1970.
    """

    def __init__(self, server: McpServer, secret: str, client: Client, clock: Callable[[], float]) -> None:
        assert server.oauth is not None
        self._server, self._oauth, self._secret = server.id, server.oauth, secret
        self._resource = server.oauth.resource or server.url
        self._client, self._clock = client, clock
        self._kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
        self._running: dict[tuple[str, ...], asyncio.Task[_Kept]] = {}

    async def token(self, caller: Caller) -> str:
        """Return a token that is in force. Raises NoToken."""
        key = self._key(caller)
        kept = self._kept.get(key)
        if kept is not None and self._clock() < kept.until:
            self._kept.move_to_end(key)
            return kept.token
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(self._get(caller))
            task.add_done_callback(lambda _: self._running.pop(key, None))
        # A caller that goes away must not end what others wait for.
        got = await asyncio.shield(task)
        self._kept[key] = got
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return got.token

    def refused(self, caller: Caller, token: str) -> None:
        """Forget a token that the server did not take."""
        kept = self._kept.get(self._key(caller))
        if kept is not None and kept.token == token:
            del self._kept[self._key(caller)]

    async def close(self) -> None:
        """End all that is under way."""
        for task in (tasks := list(self._running.values())):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _key(self, caller: Caller) -> tuple[str, ...]:
        for_whom = (caller.issuer, caller.principal) if self._oauth.grant == "token-exchange" else ()
        return (*for_whom, self._resource, self._oauth.audience, self._oauth.scope)

    def _form(self, caller: Caller) -> dict[str, str]:
        said = {"resource": self._resource}
        if self._oauth.audience:
            said["audience"] = self._oauth.audience
        if self._oauth.scope:
            said["scope"] = self._oauth.scope
        if self._oauth.grant == "client-credentials":
            return {"grant_type": "client_credentials", **said}
        if not caller.token:
            raise NoToken(
                f"server `{self._server}` is called on behalf of people, who have to come with an access token",
                help="a key of the gateway can't be exchanged",
            )
        return {
            "grant_type": _EXCHANGE,
            "subject_token": caller.token,
            "subject_token_type": _ACCESS,
            "requested_token_type": _ACCESS,
            **said,
        }

    async def _get(self, caller: Caller) -> _Kept:
        form = self._form(caller)
        try:
            async with asyncio.timeout(_SECONDS):
                content = await self._ask(form)
        except (PyreqwestError, TimeoutError) as error:
            raise NoToken(f"the token endpoint of server `{self._server}` fails: {type(error).__name__}") from None
        try:
            answer = msgspec.json.decode(content, type=_Answer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise NoToken(f"the token endpoint of server `{self._server}` gives no token") from None
        return self._checked(answer, caller)

    async def _ask(self, form: dict[str, str]) -> bytes:
        builder = self._client.post(self._oauth.token_url).form(form).timeout(timedelta(seconds=_SECONDS))
        # Both are form-encoded before they are joined (RFC 6749, section 2.3.1).
        builder = builder.basic_auth(quote_plus(self._oauth.client), quote_plus(self._secret))
        async with builder.header("accept", "application/json").build_streamed() as response:
            if response.status != 200:
                raise NoToken(f"the token endpoint of server `{self._server}` answers with status {response.status}")
            out = bytearray()
            while (chunk := await response.body_reader.read_chunk()) is not None:
                out += bytes(chunk)
                if len(out) > _MOST_BYTES:
                    raise NoToken(f"the token endpoint of server `{self._server}` answers with too much")
        return bytes(out)

    def _checked(self, answer: _Answer, caller: Caller) -> _Kept:
        token = answer.access_token
        usable = token.isascii() and token.isprintable() and " " not in token and 0 < len(token) <= _LONGEST
        if not usable or answer.token_type.lower() != "bearer" or answer.issued_token_type not in _GIVEN:
            raise NoToken(f"the token endpoint of server `{self._server}` gives no bearer token")
        if token == caller.token:
            # What a caller came with must not go on, whoever hands it out (MCP, security considerations).
            raise NoToken(f"the token endpoint of server `{self._server}` gives the caller's own token back")
        now = self._clock()
        said = answer.expires_in
        life = float(said) if isinstance(said, int | float) and 0 < said < 1e9 else _LIFE
        until = now + max(life - _EARLY, life * 0.9 if life < 10 * _EARLY else 0.0)
        if self._oauth.grant == "token-exchange" and caller.until:
            until = min(until, caller.until)
        return _Kept(token, until)
