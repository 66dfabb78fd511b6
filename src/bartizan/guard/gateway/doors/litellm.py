"""Serves LiteLLM's generic guardrail: one question, one answer of ours, and an event for what is new."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bartizan.guard.config import LiteLlm
from bartizan.guard.doors.litellm import PATH, ROUTE, Calls, LiteLlmDoor, Shown, read_shown
from bartizan.guard.doors.litellm.contract import blocked, told
from bartizan.guard.engine import Engine
from bartizan.guard.gateway.body import read_body
from bartizan.guard.gateway.service import Service
from bartizan.guard.principal import Principal
from bartizan.guard.record import Record
from bartizan.guard.refused import Refused
from bartizan.guard.routes import Route

__all__ = ["Guardrail"]

_NOT_ABLE = 500
"""Statuses from here on say that nothing was decided: LiteLLM's own settings then say what happens."""


class Guardrail:
    """The door of one worker. `clock` is seconds since any moment, and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._calls = Calls(0)
        self._made: tuple[Engine, LiteLlmDoor] | None = None

    def route(self, service: Service, scope: Any) -> Route | None:
        """Return the route of a question, None where it is none or the door is closed."""
        opened = scope.path == PATH and scope.method == "POST" and service.config.doors.litellm is not None
        return ROUTE if opened else None

    async def run(self, service: Service, scope: Any, proto: Any, record: Record) -> None:
        """Answer one question. A refusal is an answer too; what could not be decided is raised as Refused."""
        config = service.config.doors.litellm
        assert config is not None
        try:
            said = await self._decided(self._door(service, config), service, scope, proto, record)
        except Refused as refused:
            if refused.status >= _NOT_ABLE:
                raise
            record.refused(refused)
            said = blocked(refused.sentence, refused.rule)
            await record.close()
        proto.response_bytes(200, [("content-type", "application/json")], said)

    def _door(self, service: Service, config: LiteLlm) -> LiteLlmDoor:
        if self._made is None or self._made[0] is not service.engine:
            self._made = service.engine, LiteLlmDoor(config, service.engine, self._calls)
        return self._made[1]

    async def _decided(self, door: LiteLlmDoor, service: Service, scope: Any, proto: Any, record: Record) -> bytes:
        asking = record.principal = await service.identify(scope.headers)
        limits = service.config.limits
        body = await read_body(scope, proto, limits.body, limits.seconds)
        shown = read_shown(body)
        principal = record.principal = door.principal(asking, shown)
        record.more.update(_claimed(shown))
        if shown.input_type == "request":
            return await self._request(door, service, body, shown, principal, record)
        judgement = door.answer(body, shown, principal, self._clock())
        record.prepared = judgement.prepared
        if (refused := service.stopped(judgement.prepared)) is not None:
            raise refused
        said = judgement.reply()
        await record.answered(news=judgement.news)
        return said

    async def _request(
        self, door: LiteLlmDoor, service: Service, body: bytes, shown: Shown, principal: Principal, record: Record
    ) -> bytes:
        prepared = record.prepared = door.begin(body, principal)
        said = door.request(prepared, shown, service.context(principal))
        taken = await service.take(prepared)
        await service.settle(taken, prepared)
        await record.close()
        door.remember(prepared, shown, principal, self._clock())
        return said


def _claimed(shown: Shown) -> dict[str, str]:
    """Return what LiteLLM says of itself, as far as it looks like ids."""
    claims = shown.request_data
    found = {
        "claimed_user": told(claims.user_id),
        "claimed_team": told(claims.team_id),
        "litellm_call": told(shown.litellm_call_id),
    }
    return {name: id for name, id in found.items() if id}
