"""What is put on record of questions: that one was asked, and how it came out. Never a value."""

from __future__ import annotations

from bartizan.guard.asking.approval import Approval
from bartizan.guard.asking.desk import Settled
from bartizan.model import Event, stamp

__all__ = ["asked_event", "settled_event"]


def asked_event(approval: Approval, now: float) -> Event:
    """Return the event of a question that is put to somebody."""
    return Event(
        kind="ask",
        time=stamp(now),
        principal=approval.by.principal,
        action="call-tool",
        resource=approval.tool,
        decision="ask",
        rule=approval.rule,
        more={**_about(approval), "whom": approval.whom, "until": stamp(approval.until)},
    )


def settled_event(approval: Approval, settled: Settled) -> Event:
    """Return the event of an answer, or of a question that ended without one."""
    return Event(
        kind="approval",
        time=stamp(settled.at),
        principal=settled.by or approval.by.principal,
        action="call-tool",
        resource=approval.tool,
        decision="allow" if settled.approved else "deny",
        rule=settled.rule,
        more={**_about(approval), "outcome": settled.outcome, "milliseconds": round(settled.waited * 1000, 1)},
    )


def _about(approval: Approval) -> dict[str, str | int | float | bool | list[str]]:
    return {
        "approval": approval.id,
        "session": approval.by.session,
        "agent": approval.by.agent,
        "server": approval.by.server,
        "call": approval.number,
    }
