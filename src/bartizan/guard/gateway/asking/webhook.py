"""Asks by a webhook: a signed request to a program of the organisation, such as its chat or its ticket system.

Requests and callbacks are signed as Standard Webhooks 1.0 lays down: HMAC-SHA256 over `ID.TIMESTAMP.BODY` with the
headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. An answer repeats the token that its question came
with, so that nobody answers what they were not asked, and each token answers once.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import msgspec
from pyreqwest.client import Client
from pyreqwest.exceptions import PyreqwestError

from bartizan.guard.asking import Answerer, Approval, Token, as_json, make_token, read_token
from bartizan.guard.gateway.asking.ways import Said, Unreachable
from bartizan.guard.gateway.client import Network
from bartizan.model import InputError

__all__ = ["Webhook", "sign", "signed_by"]

_SECONDS = 10.0
_EVERY = 2.0
_MOST = 1 << 18
_LEAST_SECRET = 16
_DRIFT = 300.0
"""Seconds that the time of a signed message may differ from ours; the specification advises some minutes."""
_NEAR = frozenset({"localhost", "127.0.0.1", "::1"})


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    token: str
    decision: Literal["deny", "approve", "approve-for-session"]
    by: str
    groups: list[str] = []


class _Answers(msgspec.Struct, frozen=True, kw_only=True):
    answers: list[_Answer] = []


_DECODER = msgspec.json.Decoder(_Answers)


def sign(secret: bytes, id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature`."""
    mac = hmac.new(secret, f"{id}.{timestamp}.".encode() + body, sha256)
    return f"v1,{b64encode(mac.digest()).decode()}"


def signed_by(secret: bytes, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Tell whether a message with these headers (names in lower case) was signed, and just now."""
    id, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (at.isascii() and at.isdigit() and len(at) < 12) or abs(int(at) - now) > _DRIFT:
        return False
    good = sign(secret, id, int(at), body).encode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(good, one.encode(errors="replace")) for one in given)


class Webhook:
    """Asks at one address. To be made and closed within one event loop.

    `secret` signs requests and callbacks, `key` our tokens. The answer comes in the response (status 200), later from
    the `location` that the response names at the same host (202), or by a callback that whoever serves hands to
    `callback`. Raises InputError for an address or a secret that can't be used.
    """

    name = "webhook"

    def __init__(
        self, url: str, secret: bytes, key: bytes, network: Network, clock: Callable[[], float], every: float = _EVERY
    ) -> None:
        self._origin = _origin(url)
        scheme, host, _ = self._origin
        if not host or not (scheme == "https" or (scheme == "http" and host in _NEAR)):
            raise InputError("a webhook is called over https only", help="plain http is for this machine")
        if len(secret) < _LEAST_SECRET:
            raise InputError(f"the secret of the webhook has less than {_LEAST_SECRET} bytes")
        self._url, self._secret, self._key, self._clock, self._every = url, secret, key, clock, every
        self._client: Client = network.client()
        self._waiting: dict[str, tuple[Approval, asyncio.Future[Said]]] = {}

    async def ask(self, approvals: Sequence[Approval]) -> list[Said]:
        """Post the questions, and return what is said to them until they are over. Raises Unreachable."""
        end = max(one.until for one in approvals)
        loop = asyncio.get_running_loop()
        for one in approvals:
            self._waiting[one.id] = (one, loop.create_future())
        futures = {one.id: self._waiting[one.id][1] for one in approvals}
        try:
            where = await self._post(approvals)
            if where is not None:
                await self._wait(list(futures.values()), where, end)
        finally:
            for one in approvals:
                del self._waiting[one.id]
        out = [future.result() for future in futures.values() if future.done()]
        if not out:
            raise Unreachable("nobody has answered by the webhook")
        return out

    def callback(self, headers: Mapping[str, str], body: bytes) -> int:
        """Take an answer that comes later, and return the status of the response: 204, 400, 401 or 409."""
        if not signed_by(self._secret, headers, body, self._clock()):
            return 401
        try:
            answers = _answers(body)
        except Unreachable:
            return 400
        taken = [self._take(one) for one in answers]
        return 204 if taken and all(taken) else 409

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()

    async def _post(self, approvals: Sequence[Approval]) -> str | None:
        """Post the questions. Return where to look for answers, empty for a callback, None when they came at once."""
        questions = [{**as_json(one), "token": self._token(one)} for one in approvals]
        body = json.dumps({"schema": "bartizan/approvals/1", "approvals": questions}).encode()
        id, at = f"msg_{secrets.token_hex(12)}", int(self._clock())
        headers = {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": str(at),
            "webhook-signature": sign(self._secret, id, at, body),
        }
        status, content, where = await self._sent(self._client.post(self._url).body_bytes(body).headers(headers))
        if status == 200:
            for one in _answers(content):
                self._take(one)
            return None
        if status != 202:
            raise Unreachable(f"the webhook answered with status {status}")
        if not where:
            return ""
        place = urljoin(self._url, where)
        if _origin(place) != self._origin:
            raise Unreachable("the webhook sends to another host, which is not followed")
        return place

    async def _wait(self, futures: list[asyncio.Future[Said]], where: str, end: float) -> None:
        poll = asyncio.create_task(self._poll(where, end)) if where else None
        try:
            await asyncio.wait(futures, timeout=max(end - self._clock(), 0.0))
        finally:
            if poll is not None:
                poll.cancel()
                await asyncio.gather(poll, return_exceptions=True)

    async def _poll(self, where: str, end: float) -> None:
        """Look for answers until there are all. What goes wrong once may go well the next time."""
        while self._clock() < end:
            await asyncio.sleep(self._every)
            id, at = f"msg_{secrets.token_hex(12)}", int(self._clock())
            headers = {
                "webhook-id": id,
                "webhook-timestamp": str(at),
                "webhook-signature": sign(self._secret, id, at, b""),
            }
            try:
                status, content, _ = await self._sent(self._client.get(where).headers(headers))
                for one in _answers(content) if status == 200 else []:
                    self._take(one)
            except Unreachable:
                continue

    async def _sent(self, builder: Any) -> tuple[int, bytes, str]:
        try:
            request = builder.timeout(timedelta(seconds=_SECONDS)).build_streamed()
            async with request as response:
                content = bytearray()
                while (chunk := await response.body_reader.read_chunk()) is not None:
                    content += bytes(chunk)
                    if len(content) > _MOST:
                        raise Unreachable("the webhook's response is too large")
                return response.status, bytes(content), response.get_header("location") or ""
        except (PyreqwestError, ValueError) as error:
            raise Unreachable(f"the webhook can't be reached: {type(error).__name__}") from None

    def _token(self, one: Approval) -> str:
        return make_token(self._key, Token("answer", one.id, one.digest, one.until))

    def _take(self, answer: _Answer) -> bool:
        """Take an answer if it is the first to a question that was asked here, by somebody who may give it."""
        token = read_token(self._key, answer.token, "answer", self._clock())
        approval, future = self._waiting.get(token.approval, (None, None)) if token is not None else (None, None)
        if token is None or approval is None or future is None or future.done() or token.digest != approval.digest:
            return False
        who = Answerer(name=answer.by, groups=frozenset(answer.groups))
        if not approval.may_answer(who):
            return False
        lasting = answer.decision == "approve-for-session" and approval.lasting
        future.set_result(Said(approval.id, answer.decision == "approve" or lasting, lasting, who))
        return True


def _answers(body: bytes) -> list[_Answer]:
    try:
        return _DECODER.decode(body).answers
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreachable("the webhook's answer is not what it should be") from None


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", "", None
    return parts.scheme, parts.hostname or "", port
