"""Ends what is done for a caller who has gone away, so that a provider that is silent holds nothing for nobody."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any

from granian._granian import RSGIProtocolClosed as ProtocolClosed

__all__ = ["Presence"]

_LOOK = 1.0
"""Seconds after which it is looked for. Most calls are over by then, and asking the server costs more than a timer."""


class Presence:
    """An `async with` block that ends with ProtocolClosed when the caller of `proto` goes away."""

    def __init__(self, proto: Any) -> None:
        self._proto = proto
        self._limit = asyncio.timeout(None)
        self._gone: asyncio.Future[None] | None = None
        self._over = False

    async def __aenter__(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_LOOK, self._look)
        await self._limit.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        self._timer.cancel()
        if self._gone is not None:
            self._gone.cancel()
        try:
            await self._limit.__aexit__(kind, error, trace)
        except TimeoutError:
            raise ProtocolClosed from None

    def _look(self) -> None:
        self._gone = asyncio.ensure_future(self._proto.client_disconnect())
        self._gone.add_done_callback(self._left)

    def _left(self, _: asyncio.Future[None]) -> None:
        if not self._over:
            self._limit.reschedule(asyncio.get_running_loop().time())
