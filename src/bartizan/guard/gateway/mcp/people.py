"""How people are asked about calls where a client can't ask its own user: by a webhook, or in a folder of questions."""

from __future__ import annotations

import secrets
from collections.abc import Callable
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

    async def close(self) -> None:
        """Close all connections."""
        for one in self._webhooks:
            await one.close()
