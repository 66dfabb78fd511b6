"""How the console asks an OpenID provider: bounded in size and time, and nowhere but where it is told."""

from __future__ import annotations

from datetime import timedelta
from threading import Lock

from pyreqwest.client import SyncClient, SyncClientBuilder
from pyreqwest.exceptions import PyreqwestError
from pyreqwest.request import SyncRequestBuilder

from bartizan import __version__
from bartizan.console.identity.oidc_claims import NotSignedIn

__all__ = ["Fetcher"]

_MOST = 1_000_000
"""Bytes of an answer."""
_SECONDS = 10.0


class Fetcher:
    """Asks over http. No redirect is followed, no cookie is kept. May be used by many threads.

    Nothing is opened before it is first used: workers are forked, and what speaks http doesn't survive that.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._opened: SyncClient | None = None

    def get(self, place: str, access_token: str = "") -> bytes:
        """Return a document. Raises NotSignedIn."""
        asked = self._client().get(place).header("accept", "application/json")
        return self._sent(asked.bearer_auth(access_token) if access_token else asked)

    def post(self, place: str, form: dict[str, str], basic: tuple[str, str] | None) -> bytes:
        """Send a form, with a name and a secret where there are any. Raises NotSignedIn."""
        asked = self._client().post(place).header("accept", "application/json").form(form)
        return self._sent(asked.basic_auth(*basic) if basic else asked)

    def _client(self) -> SyncClient:
        with self._lock:
            if self._opened is None:
                seconds = timedelta(seconds=_SECONDS)
                builder = SyncClientBuilder().follow_redirects(False).referer(False).default_cookie_store(False)
                named = builder.user_agent(f"bartizan/{__version__}")
                self._opened = named.timeout(seconds).connect_timeout(seconds).build()
            return self._opened

    def _sent(self, asked: SyncRequestBuilder) -> bytes:
        try:
            with asked.build_streamed() as response:
                out = bytearray()
                while (chunk := response.body_reader.read_chunk()) is not None:
                    out += bytes(chunk)
                    if len(out) > _MOST:
                        raise NotSignedIn("the provider's answer is too large")
                if response.status != 200:
                    raise NotSignedIn(f"the provider answered with status {response.status}")
                return bytes(out)
        except PyreqwestError as error:
            raise NotSignedIn(
                f"the provider can't be reached: {type(error).__name__}", help="try again later"
            ) from None
