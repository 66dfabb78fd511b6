"""Approvals as people are shown them: plain text, Markdown, JSON, and the form of an MCP elicitation.

Every text that is not our own goes through `visible`: names of tools and arguments are chosen by servers, values by
whoever wrote what the agent has read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bartizan.guard.asking.approval import Approval, Came, Shown
from bartizan.guard.asking.visible import MARKDOWN, PLAIN, Look, strange_letters, words
from bartizan.model import stamp
from bartizan.model.card import ValueType
from bartizan.model.words import Effect

__all__ = ["Answer", "as_elicitation", "as_json", "as_markdown", "as_text", "read_elicitation"]

_VALUE, _NAME, _SENTENCE = 240, 80, 300
_DOES = {
    Effect.READ: "reads something",
    Effect.WRITE: "changes something",
    Effect.SEND: "sends something to somebody",
    Effect.EXECUTE: "runs something",
    Effect.PAY: "pays",
}
_COVERS = ". For the session covers the same values from the same sources only."
_PLAIN_LETTERS = frozenset(
    {ValueType.EMAIL, ValueType.ACCOUNT, ValueType.URL, ValueType.IDENTIFIER, ValueType.PATH, ValueType.COMMAND}
)
DENY, APPROVE, LASTING = "deny", "approve", "approve-for-session"


class Answer(NamedTuple):
    """What somebody says to an approval; `lasting` for the session."""

    approval: str
    approved: bool
    lasting: bool = False


def as_text(approvals: Sequence[Approval]) -> str:
    """Return a batch as plain text. No value of a call can begin a line or steer a terminal."""
    return "\n\n".join(
        "\n".join(
            "  " * line.depth + ("- " if line.item else "") + line.text
            for line in _lines(one, PLAIN, f"[{number}] " if len(approvals) > 1 else "")
        )
        for number, one in enumerate(approvals, 1)
    )


def as_markdown(approvals: Sequence[Approval]) -> str:
    """Return a batch as Markdown, in which every foreign text is a code span."""
    parts = []
    for number, one in enumerate(approvals, 1):
        first, *rest = _lines(one, MARKDOWN, f"Call {number}: " if len(approvals) > 1 else "")
        lines = [f"- {line.text}" if line.item else "  " * (line.depth - 1) + line.text for line in rest]
        # Two spaces at its end keep a line apart from the next one.
        parts.append("  \n".join([f"**{first.text}**", *lines]))
    return "\n\n".join(parts)


def as_json(approval: Approval) -> dict[str, Any]:
    """Return an approval for programs. Values are as they are, cut: who shows them has to clean them."""
    return {
        "schema": "bartizan/approval/1",
        "id": approval.id,
        "session": approval.by.session,
        "agent": approval.by.agent,
        "principal": approval.by.principal,
        "server": approval.by.server,
        "call": approval.number,
        "tool": approval.tool,
        "effect": approval.effect.value,
        "digest": approval.digest,
        "rule": approval.rule,
        "reason": approval.reason,
        "risk": approval.risk,
        "whom": approval.whom,
        "tainted": approval.tainted,
        "lasting": approval.lasting,
        "asked": stamp(approval.asked),
        "until": stamp(approval.until),
        "arguments": [
            {
                "name": one.name,
                "texts": list(one.texts),
                "count": one.count,
                "length": one.length,
                "critical": one.critical,
                "origins": [
                    {"at": came.at, "value": came.value, "type": came.type.value, "good": came.good,
                     "words": came.words}
                    for came in one.origins
                ],
                "origins_left_out": one.more,
            }
            for one in approval.arguments
        ],
        "arguments_left_out": approval.more,
        "text": as_text([approval]),
    }  # fmt: skip


def as_elicitation(approvals: Sequence[Approval]) -> dict[str, Any]:
    """Return the parameters of `elicitation/create` (MCP 2025-06-18 and later, form mode): one field for each call.

    The form is flat and has strings of fixed choices only, which every revision knows.
    """
    properties = {}
    for number, one in enumerate(approvals, 1):
        choices = [DENY, APPROVE, LASTING] if one.lasting else [DENY, APPROVE]
        about = f"Call {one.number}: {words(one.tool, _NAME)}{_COVERS if one.lasting else ''}"
        properties[_field(number, approvals)] = {
            "type": "string", "title": "Decision", "description": about, "enum": choices,
        }  # fmt: skip
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"message": as_markdown(approvals), "requestedSchema": schema}


def read_elicitation(approvals: Sequence[Approval], result: Mapping[str, Any]) -> list[Answer]:
    """Read the result of an elicitation, an answer for each approval. What isn't a clear yes is a no."""
    content = result.get("content") if result.get("action") == "accept" else None
    chosen = content if isinstance(content, dict) else {}
    out = []
    for number, one in enumerate(approvals, 1):
        choice = chosen.get(_field(number, approvals))
        lasting = choice == LASTING and one.lasting
        out.append(Answer(one.id, choice == APPROVE or lasting, lasting))
    return out


def _field(number: int, approvals: Sequence[Approval]) -> str:
    return "decision" if len(approvals) == 1 else f"decision_{number}"


class _Line(NamedTuple):
    text: str
    depth: int = 1
    item: bool = False


def _lines(one: Approval, look: Look, before: str) -> list[_Line]:
    agent = f"agent {look.show(one.by.agent, _NAME)}" if one.by.agent else "an agent"
    server = f" of server {look.show(one.by.server, _NAME)}" if one.by.server else ""
    lines = [
        _Line(f"{before}Approval wanted: {agent} calls {look.show(one.tool, _NAME)}{server}", 0),
        _Line(f"It {_DOES[one.effect]}. Session {look.show(one.by.session, _NAME)}, call {one.number}."),
        _Line(f"Why you are asked: {words(one.reason, _SENTENCE)}"),
    ]
    if one.risk:
        lines.append(_Line(f"What could happen: {words(one.risk, _SENTENCE)}"))
    if one.tainted:
        lines.append(_Line("The agent has read what an outsider may have written."))
    for shown in one.arguments:
        lines += _argument(shown, look)
    if one.more:
        lines.append(_Line(f"... and {one.more} more arguments that are not shown"))
    if not one.arguments:
        lines.append(_Line("It has no arguments."))
    return lines


def _argument(shown: Shown, look: Look) -> list[_Line]:
    texts = ", ".join(look.show(text, _VALUE) for text in shown.texts)
    more = f" ... and {shown.count - len(shown.texts)} more" if shown.count > len(shown.texts) else ""
    long = f" ({shown.length:,} characters)" if shown.length > _VALUE else ""
    lines = [_Line(f"{look.show(shown.name, _NAME)} = {texts}{more}{long}", item=True)]
    lines += [_Line(_origin(came, shown, look), 2) for came in shown.origins]
    if shown.more:
        lines.append(_Line(f"... and {shown.more} more values in it", 2))
    return lines


def _origin(came: Came, shown: Shown, look: Look) -> str:
    mark = "good" if came.good else "CAUTION"
    about = "" if (came.value,) == shown.texts else f" {look.show(came.value, _NAME)}"
    strange = strange_letters(came.value) if came.type in _PLAIN_LETTERS else ""
    twins = f"; it has letters that may look like others: {strange}" if strange else ""
    return f"{mark}:{about} {words(came.words, _SENTENCE)}{twins}"
