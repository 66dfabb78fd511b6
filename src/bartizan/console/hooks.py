"""Tells others what happened: messages to webhooks, signed as Standard Webhooks 1.0 lays down, at least once, in order.

Each subscription is worked off by one process at a time, whichever comes first. What can't be delivered is tried again
later and later, and holds up only that subscription; after some days it is turned off.
"""

from __future__ import annotations

import hmac
import logging
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex

import msgspec
from pyreqwest.client import SyncClient, SyncClientBuilder
from pyreqwest.exceptions import PyreqwestError

from bartizan import __version__
from bartizan.console.hook_targets import Target, target_of
from bartizan.console.services import Services
from bartizan.console.turns import Turns
from bartizan.model import InputError
from bartizan.model.documents import Organisation
from bartizan.store.register.hooks import Due, Happened, Hook, Hooks

__all__ = ["DELIVERED", "GIVE_UP_DAYS", "TEST", "WAITS", "Deliverer", "concerns", "message", "sign", "signatures"]

_LOG = logging.getLogger(__name__)
WAITS = (5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600)
"""Seconds until the next attempt after the first, second, ... that failed; then always the last."""
GIVE_UP_DAYS = 5
DELIVERED = "delivered"
"""How a message ended that was taken."""
TEST = "webhook.test"
"""The kind of a message that somebody has asked for to see whether it arrives."""
_LEASE = 120
_SECONDS = 10.0
_MOST_READ = 1 << 16
_EVERY = 2.0
_GONE = 410


def sign(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`. `secret` is `whsec_` and the key in base64."""
    key = b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{id}.{timestamp}.".encode() + body, sha256)
    return f"v1,{b64encode(mac.digest()).decode()}"


def signatures(secrets: Iterable[str], id: str, timestamp: int, body: bytes) -> str:
    """Return a signature by each secret, between spaces: a receiver takes a message if one of them is right."""
    return " ".join(sign(secret, id, timestamp, body) for secret in secrets)


def concerns(hook: Hook, happened: Happened, organisation: Organisation) -> bool:
    """Tell whether a subscription is about something that happened."""
    return happened.kind in hook.kinds and (not hook.unit or happened.unit in organisation.below(hook.unit))


def message(happened: Happened) -> bytes:
    """Return what is told: what happened to what, and never what a document says."""
    return msgspec.json.encode({"type": happened.kind, "timestamp": happened.at, "data": happened.data})


class Deliverer(Turns):
    """Works off subscriptions in a thread of its own between `start` and `stop`; `run` does one round at once.

    `private` lets messages go to addresses of this machine and of private networks, and over plain http there.
    """

    def __init__(
        self, services: Services, hooks: Hooks, *, private: bool = False, before: Callable[[], object] | None = None
    ) -> None:
        super().__init__("webhooks", _EVERY, "webhooks wait")
        self._services, self._hooks, self._private, self._before = services, hooks, private, before

    def run(self) -> int:
        """Tell every subscription that is due what it hasn't been told, and return how many messages went out."""
        sent = 0
        while not self._ending.is_set():
            now = self._services.clock()
            due = self._hooks.take(_written(now), _written(now + timedelta(seconds=_LEASE)))
            if due is None:
                break
            sent += self._serve(due)
        return sent

    def trial(self, id: str) -> str:
        """Send a message of the kind `webhook.test` at once, and return how that ended: `delivered`, or what failed.

        It changes nothing of what the subscription is told otherwise. Raises Missing.
        """
        now = _written(self._services.clock())
        due = self._hooks.due(id, now)
        data = {"kind": "Webhook", "name": id, "unit": due.hook.unit}
        test = Happened(
            id=f"test-{token_hex(8)}", kind=TEST, at=now, unit=due.hook.unit, data=data, reached=due.reached
        )
        try:
            with self._client(due.hook) as client:
                self._send(client, due, test)
        except _Failed as error:
            return error.message
        return DELIVERED

    def _turn(self) -> None:
        if self._before is not None:
            self._before()
        self.run()

    def _serve(self, due: Due) -> int:
        """Tell one subscription a part of what it hasn't been told."""
        happened, end = self._hooks.pending(due.reached)
        organisation = self._services.organisation()
        mine = [one for one in happened if concerns(due.hook, one, organisation)]
        sent = 0
        try:
            for sent in self._sent(due, mine):
                # What comes after one that is told is told again when this process ends here: at least once.
                if self._ending.is_set():
                    end = mine[sent - 1].reached
                    break
        except _Failed as error:
            self._failed(due, error)
            return sent
        self._hooks.went_well(due.hook.id, end, _written(self._services.clock()), "", DELIVERED if sent else "")
        return sent

    def _sent(self, due: Due, happened: Sequence[Happened]) -> Iterator[int]:
        """Send messages one after the other, and yield how many went out. Raises _Failed."""
        if not happened:
            return
        with self._client(due.hook) as client:
            for number, one in enumerate(happened, 1):
                self._send(client, due, one)
                self._services.metrics.messages.add(1, "delivered")
                now = self._services.clock()
                lease = _written(now + timedelta(seconds=_LEASE))
                self._hooks.went_well(due.hook.id, one.reached, _written(now), lease, DELIVERED)
                yield number

    def _client(self, hook: Hook) -> SyncClient:
        """Return a client that reaches the address that was looked at, and no other. Raises _Failed."""
        try:
            target: Target = target_of(hook.url, private=self._private)
        except InputError as error:
            raise _Failed(error.message) from None
        made = (
            SyncClientBuilder()
            .follow_redirects(False)
            .referer(False)
            .no_proxy()
            .user_agent(f"bartizan/{__version__}")
            .timeout(timedelta(seconds=_SECONDS))
        )
        return (made.resolve(target.host, target.ip, target.port) if target.named else made).build()

    def _send(self, client: SyncClient, due: Due, happened: Happened) -> None:
        """Post one message. Raises _Failed."""
        id = f"{due.hook.id}-{happened.id}"
        at = int(self._services.clock().timestamp())
        body = message(happened)
        headers = {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": str(at),
            "webhook-signature": signatures(due.secrets, id, at, body),
        }
        try:
            with client.post(due.hook.url).body_bytes(body).headers(headers).build_streamed() as response:
                status = response.status
                read = 0
                while read < _MOST_READ and (chunk := response.body_reader.read_chunk()) is not None:
                    read += len(bytes(chunk))
        except (PyreqwestError, ValueError) as error:
            raise _Failed(f"it can't be reached: {type(error).__name__}") from None
        if not 200 <= status < 300:
            raise _Failed(f"it answered with status {status}", gone=status == _GONE)

    def _failed(self, due: Due, error: _Failed) -> None:
        self._services.metrics.messages.add(1, "failed")
        now = self._services.clock()
        hook = due.hook
        wait = WAITS[min(due.failures, len(WAITS) - 1)]
        self._hooks.went_wrong(due, _written(now), _written(now + timedelta(seconds=wait)), error.message)
        since = datetime.fromisoformat(hook.failing_since.replace("Z", "+00:00")) if hook.failing_since else now
        if error.gone or now - since >= timedelta(days=GIVE_UP_DAYS):
            why = "it said that it is gone" if error.gone else f"it failed for {GIVE_UP_DAYS} days: {error.message}"
            self._hooks.switch(hook.id, active=False, result=f"turned off, for {why}")
            _LOG.warning("webhook `%s` is turned off", hook.id)


class _Failed(Exception):
    """A message that was not taken."""

    def __init__(self, message: str, *, gone: bool = False) -> None:
        super().__init__(message)
        self.message, self.gone = message, gone


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
