"""Finds out who calls from the headers of a request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Protocol

from bartizan.guard.identity.keys import PREFIX, KeyStore, well_formed
from bartizan.guard.identity.proxy import SECRET_HEADER, ProxyReader
from bartizan.guard.identity.refusals import NeedKeys, NotIdentified
from bartizan.guard.identity.tokens import LONGEST, TokenReader
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused

__all__ = ["Fetch", "Headers", "Identifier"]

Fetch = Callable[[str, bool], Awaitable[bool]]
"""Gets an issuer's keys, and has the reader learn them: the issuer, and whether to begin when no fetch is under way.

Whoever waits for the same issuer waits for the same fetch. False when there was none, or it failed.
"""

_PLACES = frozenset({"authorization", "x-api-key", "api-key", "x-goog-api-key"})
"""Where the clients of OpenAI, Anthropic, Azure OpenAI and Gemini put a key."""
_NOT_NOW = 503
_AGAIN = 10
"""Seconds after which a caller may try again when an issuer's keys can't be had."""


class Headers(Protocol):
    """The headers of a request: names in lower case, one pair for each value."""

    def items(self) -> list[tuple[str, str]]:
        """Return all pairs."""
        ...


class Identifier:
    """Identifies callers by keys, tokens, or a trusted proxy; any of these may be missing.

    `refusals` counts what was refused, by rule, for metrics. No credential is in an error.
    """

    def __init__(
        self,
        keys: KeyStore | None = None,
        readers: TokenReader | None = None,
        proxy: ProxyReader | None = None,
        fetch: Fetch | None = None,
    ) -> None:
        self._keys, self._readers, self._proxy, self._fetch = keys, readers, proxy, fetch
        self._header = "" if proxy is None else proxy.header
        self.refusals: Counter[str] = Counter()
        ways = [
            *(["a key (`btz_...`)"] if keys is not None else []),
            *(["an access token of an issuer that is trusted here"] if readers is not None else []),
        ]
        self._nobody = (
            f"send {' or '.join(ways)} as `Authorization: Bearer`, `x-api-key`, `api-key` or `x-goog-api-key`"
            if ways
            else "come through the proxy that checks certificates"
        )

    async def identify(self, headers: Headers, now: float) -> Principal:
        """Return who calls; `now` is seconds since 1970. Raises Refused: there is no anonymous caller."""
        try:
            by_proxy, said = self._said(headers)
            if by_proxy is not None:
                return by_proxy
            if said.startswith(PREFIX):
                return self._by_key(said, now)
            return await self._by_token(said, now)
        except NotIdentified as error:
            self.refusals[error.rule] += 1
            again = _AGAIN if error.status == _NOT_NOW else 0
            raise Refused(error.status, error.rule, error.sentence, again=again) from None

    def _said(self, headers: Headers) -> tuple[Principal | None, str]:
        """Return whom the proxy names, or the one credential that is there. Raises NotIdentified."""
        said: set[str] = set()
        names: list[str] = []
        secrets: list[str] = []
        for name, value in headers.items():
            if name in _PLACES:
                said.add(_bearer(value) if name == "authorization" else value.strip())
            elif name == SECRET_HEADER:
                secrets.append(value)
            elif name == self._header:
                names.append(value)
        said.discard("")
        who = None if self._proxy is None else self._proxy.read(names, secrets)
        if len(said) + (who is not None) > 1:
            raise NotIdentified("credentials-differ", "the request has more than one credential: send one")
        if who is not None:
            return who, ""
        if not said:
            raise NotIdentified("not-identified", f"the request says not who calls: {self._nobody}")
        (credential,) = said
        if len(credential) > LONGEST or not credential.isascii():
            raise NotIdentified("not-identified", "the credential is too long, or not ASCII")
        return None, credential

    def _by_key(self, key: str, now: float) -> Principal:
        who = None if self._keys is None else self._keys.find(key, now)
        if who is None:
            if not well_formed(key):
                raise NotIdentified("key-mistyped", "the key's checksum is wrong: copy it once more, whole")
            raise NotIdentified("key-not-valid", "the key is unknown, revoked or expired: ask for a new one")
        return who

    async def _by_token(self, token: str, now: float) -> Principal:
        if self._readers is None:
            raise NotIdentified("not-identified", f"the credential is not known here: {self._nobody}")
        try:
            return self._readers.read(token, now)
        except NeedKeys as need:
            if self._fetch is None or not await self._fetch(need.issuer, need.begin):
                raise _undecided(need) from None
        try:
            return self._readers.read(token, now)
        except NeedKeys as need:
            raise _undecided(need) from None


def _undecided(need: NeedKeys) -> NotIdentified:
    if need.none:
        return NotIdentified(
            "issuer-keys-missing", "the keys of the token's issuer can't be had at the moment", _NOT_NOW
        )
    return NotIdentified("token-not-valid", "the token's key is none that its issuer has published")


def _bearer(value: str) -> str:
    scheme, _, credential = value.strip().partition(" ")
    if scheme.lower() != "bearer" and value.strip():
        raise NotIdentified("not-identified", "the authorization is not of the kind `Bearer`")
    return credential.strip()
