"""The providers' side: one client, and the headers that a call gets there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from pyreqwest.client import Client

from bartizan.guard.config import Egress, Upstream
from bartizan.guard.engine import Prepared
from bartizan.guard.gateway.client import Network
from bartizan.guard.passing import BACK, PASSED, TRACE

__all__ = ["Upstreams", "header", "said_back"]

_KEY = {"openai": "authorization", "azure": "api-key", "anthropic": "x-api-key", "gemini": "x-goog-api-key"}
_HIDDEN = b"[the credential]"
_LEAST = 12
"""Characters from which a credential is one: servers of one's own are given `none` or `EMPTY`, which are words too."""


class Upstreams:
    """Calls providers. To be made and closed within one event loop; `read` reads a secret by where it is kept.

    `network` says how they are reached. Raises InputError for what can't be used of it.

    Redirects are not followed and cookies not kept: a provider that redirects is not the one that was configured.
    """

    def __init__(self, upstreams: list[Upstream], read: Callable[[str], str], network: Network | None = None) -> None:
        network = network or Network(Egress(), Path(), read)
        self._keys = {one.id: _header(one.door, read(one.secret)) for one in upstreams if one.secret is not None}
        bare = {id: key.removeprefix("Bearer ").encode() for id, (_, key) in self._keys.items()}
        self._hidden = {id: key for id, key in bare.items() if len(key) >= _LEAST}
        self._own = {one.id: network.client(one) for one in upstreams if one.ca or one.certificate or one.address}
        self._client: Client = network.client()

    def request(self, prepared: Prepared, said: Any) -> Any:
        """Return a request that is ready to be entered (`async with`). `said` are the caller's headers."""
        upstream = prepared.upstream
        url = upstream.url.rstrip("/") + prepared.path
        headers = {name: value for name, look in PASSED.items() if (value := said.get(name)) and look.match(value)}
        if upstream.trace and (trace := said.get("traceparent")) and TRACE.match(trace):
            headers["traceparent"] = trace
        if upstream.id in self._keys:
            name, key = self._keys[upstream.id]
            headers[name] = key
        client = self._own.get(upstream.id, self._client)
        if prepared.call.route.format is None:
            builder = client.get(url)
        else:
            headers["content-type"] = "application/json"
            builder = client.post(url).body_bytes(prepared.body)
        if prepared.exchange is not None and prepared.exchange.stream:
            # Left alone, it hands an answer over only when it is whole or has 64 kB: pieces shall go on as they come.
            builder = builder.streamed_read_buffer_limit(0)
        return builder.headers(headers).timeout(timedelta(seconds=upstream.seconds)).build_streamed()

    def credential(self, upstream: Upstream) -> tuple[str, str] | None:
        """Return the header with an upstream's credential, None where none is configured."""
        return self._keys.get(upstream.id)

    def without_key(self, prepared: Prepared, data: bytes) -> bytes:
        """Return what a provider says without the credential that it got: some repeat it in their errors."""
        key = self._hidden.get(prepared.upstream.id)
        return data if key is None or key not in data else data.replace(key, _HIDDEN)

    async def close(self) -> None:
        """Close all connections."""
        for client in (self._client, *self._own.values()):
            await client.close()


def header(response: Any, name: str) -> str:
    """Return a header of a provider's answer, empty where there is none or it is no ASCII."""
    try:
        return response.get_header(name) or ""
    except ValueError:
        return ""


def said_back(response: Any) -> list[tuple[str, str]]:
    """Return the headers of a provider's answer that go back to the caller, each once."""
    return [
        (name, value)
        for name in dict.fromkeys(response.headers)
        if (look := BACK.get(name)) is not None and look.match(value := header(response, name)) is not None
    ]


def _header(door: str, key: str) -> tuple[str, str]:
    name = _KEY[door]
    return name, f"Bearer {key}" if name == "authorization" else key
