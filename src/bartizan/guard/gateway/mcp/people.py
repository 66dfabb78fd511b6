"""How people are asked about calls where a client can't ask its own user: by a webhook, or in a folder of questions."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from bartizan.guard.config_mcp import McpDoor
from bartizan.guard.gateway.asking import FolderStore, Queue, Together, Way, Ways, Webhook
from bartizan.guard.gateway.client import Network
from bartizan.guard.gateway.mcp.asking import asks_by, nobody
from bartizan.guard.gateway.mcp.stdio import Asks

__all__ = ["People"]


class People:
    """The ways of all doors. To be made, used and closed within one event loop. Raises InputError, BartizanError."""

    def __init__(
        self, doors: list[McpDoor], folder: Path, read: Callable[[str], str], network: Network,
        clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self._webhooks: list[Webhook] = []
        self._asks: dict[str, Asks] = {}
        key = secrets.token_bytes(32)
        for door in doors:
            ways: list[Way] = []
            if door.asking.webhook and door.asking.secret is not None:
                secret = read(door.asking.secret).encode()
                webhook = Webhook(door.asking.webhook, secret, key, network, clock)
                self._webhooks.append(webhook)
                ways.append(webhook)
            if door.asking.folder:
                ways.append(Queue(FolderStore(folder / door.asking.folder), clock))
            self._asks[door.id] = asks_by(Together(Ways(ways))) if ways else nobody

    def asks(self, door: McpDoor) -> Asks:
        """Return what asks for a door."""
        return self._asks[door.id]

    def callback(self, headers: Mapping[str, str], body: bytes) -> int:
        """Take answers that a webhook gives later, and return the status of the response: 204, 400, 401 or 409.

        Several doors may have webhooks with one secret: whose questions they answer, counts.
        """
        said = {one.callback(headers, body) for one in self._webhooks}
        return next((status for status in (204, 409, 400) if status in said), 401)

    async def close(self) -> None:
        """Close all connections."""
        for one in self._webhooks:
            await one.close()
