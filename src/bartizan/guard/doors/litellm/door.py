"""Decides what LiteLLM asks about, with the engine that decides all other calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from bartizan.guard.config import Door, LiteLlm, Upstream
from bartizan.guard.doors.litellm.answer import Answer, Growing, Judged, read_answer
from bartizan.guard.doors.litellm.calls import Calls, whose
from bartizan.guard.doors.litellm.contract import Shown, intervened, passed, told
from bartizan.guard.doors.litellm.request import ROUTE, rewritten
from bartizan.guard.engine import Call, Engine, Prepared
from bartizan.guard.exchange import Usage
from bartizan.guard.principal import Principal
from bartizan.guard.protection import Found
from bartizan.guard.refused import Refused
from bartizan.guard.streams import Blocked

__all__ = ["LiteLlmDoor", "door_upstream"]


def door_upstream(config: LiteLlm) -> Upstream:
    """Return the estate behind LiteLLM as what policies and data rules know: an upstream that nobody here calls."""
    door = cast("Door", ROUTE.door)  # no prefix of a path, and nothing that an upstream in the file may say
    return Upstream(
        id=config.upstream, door=door, url="", region=config.region, models={name: name for name in config.models},
        prices=config.prices,
    )  # fmt: skip


class LiteLlmDoor:
    """Decides questions. `engine` is the gateway's; `calls` outlives this door when the configuration changes."""

    def __init__(self, config: LiteLlm, engine: Engine, calls: Calls) -> None:
        self.config, self.calls = config, calls
        self.upstream = door_upstream(config)
        self.engine = engine.beside([self.upstream])
        calls.keep = config.keep

    def principal(self, asking: Principal, shown: Shown) -> Principal:
        """Return for whom it is decided: LiteLLM itself, or the user that it names if its key may vouch for users."""
        claims = shown.request_data
        user, team = told(claims.user_id), told(claims.team_id)
        if not user or asking.source.removeprefix("key:") not in self.config.vouches:
            return asking
        prefix = self.config.prefix
        return msgspec.structs.replace(
            asking,
            id=prefix + user,
            groups=frozenset((prefix + team,)) if team else frozenset(),
            application=asking.application or asking.id,
        )

    def begin(self, body: bytes, principal: Principal) -> Prepared:
        """Read a request. Raises Refused."""
        return self.engine.begin(Call(ROUTE, "", body), principal)

    def request(self, prepared: Prepared, shown: Shown, context: Mapping[str, Any]) -> bytes:
        """Decide a request, and return what LiteLLM is told. Raises Refused."""
        claims = shown.request_data
        about = {**context, "claimed_user": told(claims.user_id), "claimed_team": told(claims.team_id)}
        self.engine.decide(prepared, about)
        exchange = prepared.exchange
        assert exchange is not None
        changed = rewritten(exchange)
        # LiteLLM doesn't tell what a call has used: booked is what is sent, by a token for four characters.
        prepared.usage = Usage(sum(len(piece.text) for piece in exchange.pieces) // 4, 0)
        return passed() if changed is None else intervened(changed)

    def remember(self, prepared: Prepared, shown: Shown, principal: Principal, now: float) -> None:
        """Keep what the answer to a request needs that may go on."""
        self.calls.begin(whose(principal, shown), prepared.vault, now)

    def answer(self, body: bytes, shown: Shown, principal: Principal, now: float) -> Judgement:
        """Begin to decide an answer, or as much of it as has come. Raises Refused for what can't be read."""
        return Judgement(self, read_answer(body), shown, principal, now)


class Judgement:
    """The decision about an answer. `prepared` is for the record, and for what may have been blocked meanwhile.

    `news` tells whether there is more to put on record than at the last time that this answer was shown.
    """

    def __init__(self, door: LiteLlmDoor, answer: Answer, shown: Shown, principal: Principal, now: float) -> None:
        self._door, self._answer, self._now = door, answer, now
        engine, calls = door.engine, door.calls
        self._open = calls.find(whose(principal, shown), now)
        vault = engine.vault(principal) if self._open is None else self._open.vault
        self.prepared = Prepared(Call(ROUTE, "", b""), principal, door.upstream, vault)
        self.prepared.model = self.prepared.sent = str(answer.rest.tree.get("model") or "")
        self.prepared.size = sum(len(text) for text in answer.texts)
        self.news = True

    def reply(self) -> bytes:
        """Return what LiteLLM is told. Raises Refused."""
        if self._open is None and self._door.config.unshown == "block":
            raise Refused(403, "request-not-shown", "the request that this answers was not shown here")
        try:
            judged = self._texts()
            self._rest()
        except Blocked as blocked:
            raise Refused(403, blocked.rule, blocked.sentence, blocked.ask) from None
        if any(one.hides for one in judged) and (self._answer.fixed or self._door.config.answers == "block"):
            raise Refused(403, *self._unchanged())
        held = [one.held for one in judged]
        texts = [one.text for one in judged]
        if texts == self._answer.texts:
            return passed(held)
        return intervened({"texts": texts, "stream_holdback_chars": held})

    def _texts(self) -> list[Judged]:
        prepared, known, calls = self.prepared, self._open, self._door.calls
        protector = self._door.engine.protector
        found = prepared.answered = Found(protector.lowest)
        texts = self._answer.texts
        growing = [Growing(protector) for _ in texts] if known is None else known.growing(texts, protector)
        try:
            out = [
                one.grown(text, protector, prepared.upstream.id, prepared.vault, found)
                for one, text in zip(growing, texts, strict=True)
            ]
        except Blocked:
            if known is not None:  # what is shown once more is blocked once more
                calls.grew(known, [], self._now)
            raise
        if known is not None:
            calls.grew(known, growing, self._now)
            self.news = not known.answered or bool(found.types)
            known.answered = True
        return out

    def _rest(self) -> None:
        """Look through what LiteLLM takes no change of: a value that would have to be hidden there blocks it."""
        prepared, rest = self.prepared, self._answer.rest
        if not rest.pieces:
            return
        protector = self._door.engine.protector
        protector.exchange(rest, "answer", prepared.upstream.id, prepared.vault, prepared.answered)
        if rest.changed:
            raise Refused(403, *self._unchanged())

    def _unchanged(self) -> tuple[str, str]:
        return "not-changed-here", "the answer holds a value to be hidden where LiteLLM lets nobody change it"
