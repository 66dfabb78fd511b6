"""Decides what servers answer to calls: what a result holds, who may have written it, whether the client gets it."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import Exchange
from bartizan.guard.mcp.beside import texts_of
from bartizan.guard.mcp.contents import read_result
from bartizan.guard.mcp.flowing import result_of
from bartizan.guard.mcp.gate import Passed, Refusal
from bartizan.guard.mcp.holding import Holding, refused
from bartizan.guard.mcp.listing import copied
from bartizan.guard.mcp.looking import Looked, restore
from bartizan.guard.mcp.recording import Call
from bartizan.guard.mcp.underway import Underway
from bartizan.guard.streams.blocked import Blocked

__all__ = ["returned"]


def returned(
    holding: Holding, underway: Underway, server: str, method: str, result: dict[str, Any], token: Any, now: float
) -> Passed | Refusal:
    """Decide on what a server answered to a call that passed."""
    call = token if type(token) is Call else Call(server, method, "receive-result", "Tool", "", now)
    looker = holding.shared.looker
    exchange, looked = _read(holding, method, result)
    stopped = holding.blocked(server, call.name, now)
    if stopped is not None:
        return underway.withheld(call, looked, stopped, now)
    final = _is_final(result)
    told = "tool-error" if result.get("isError") is True else "ok"
    if final:
        _follow(holding, call, method, result, now)
        if _unopposed(holding, call):
            if underway.done(call):
                holding.later.do(lambda: _tell(holding, underway, call, exchange, looked, now, outcome=told))
            return Passed(result, exchange.changed, call)
    looker.score(exchange, looked)
    holding.read(looked)
    try:
        looker.protect(exchange, looked, "answer", server, holding.from_model)
    except Blocked as blocked:
        return underway.withheld(call, looked, refused(blocked.sentence, blocked.rule), now)
    if looked.numbers and result.get("structuredContent") is not None and _has_output(call):
        why = refused("a number in its result may not be seen, and its schema allows nothing else there",
                      next(iter(looked.found.changed), "data"))  # fmt: skip
        return underway.withheld(call, looked, why, now)
    if holding.shared.authoriser.names("receive-result") and call.thing == "Tool":
        ruled = holding.authorise("receive-result", "Tool", call.name, server, now, looked, **holding.about(call))
        if not ruled.allowed:
            return underway.withheld(call, looked, refused(ruled.sentence, ruled.rule), now)
    if final:
        underway.over(call, now, back=looked, outcome=told, changed=exchange.changed)
    return Passed(result, exchange.changed, call)


def _unopposed(holding: Holding, call: Call) -> bool:
    """Tell whether nothing can be decided about a result any more, so that looking for signals in it may wait."""
    shared = holding.shared
    return (
        holding.later.on
        and call.thing == "Tool"
        and call.action == "call-tool"
        and not shared.looker.rules("answer", call.server)
        and not shared.authoriser.names("receive-result")
    )


def _tell(
    holding: Holding, underway: Underway, call: Call, exchange: Exchange, looked: Looked, now: float, *, outcome: str
) -> None:
    """Look for signals in a result that its client has, for the decisions to come and for the record."""
    looker = holding.shared.looker
    looker.score(exchange, looked)
    holding.read(looked)
    looker.protect(exchange, looked, "answer", call.server, holding.from_model)
    underway.went(call, now, back=looked, outcome=outcome, changed=exchange.changed)


def _read(holding: Holding, method: str, result: dict[str, Any]) -> tuple[Exchange, Looked]:
    """Read a result, without what nobody sees, and with the values put back that were hidden from its server."""
    exchange = read_result(method, result)
    looked = holding.shared.looker.clean(exchange, names=True)
    if restore(exchange, holding.from_servers) or looked.named:
        rewritten = exchange.changed
        exchange = read_result(method, result)  # members may have other names now
        exchange.rewritten = rewritten
    return exchange, looked


def _follow(holding: Holding, call: Call, method: str, result: dict[str, Any], now: float) -> None:
    """Give a result to the flow monitor as it is before anything is hidden in it; it reads it when there is time."""
    flowing, verdict = holding.flowing, call.verdict
    if flowing is None:
        return
    if verdict is None:  # completions, and what comes of a task that isn't known
        holding.heard(call.server, method, texts_of(result), now)
        return
    kept = copied(result) if holding.shared.looker.rules("answer", call.server) else result
    holding.later.do(lambda: flowing.result(verdict, method, kept))
    if holding.journal is not None:
        failed = result.get("isError") is True
        holding.journal.returned(verdict, result_of(method, result), now, failed=failed)


_WISH = frozenset({"resultType", "inputRequests", "requestState", "_meta"})
_BEGUN = frozenset({"resultType", "task", "_meta"})


def _is_final(result: dict[str, Any]) -> bool:
    """Tell whether a result is what the call returns, and not a wish for input or a task that was begun.

    What holds anything else is, whatever it calls itself.
    """
    if result.get("resultType") == "input_required":
        return not result.keys() <= _WISH
    return "task" not in result or not result.keys() <= _BEGUN


def _has_output(call: Call) -> bool:
    """Tell whether a tool says what its structured results look like, to which clients hold them."""
    return call.definition is not None and call.definition.get("outputSchema") is not None
