"""A small desk: mail, files, calendar, chat, web and a bank, as cards; and a session on it."""

from __future__ import annotations

from typing import Any

from bartizan.guard.flow import FlowMonitor, FlowSession, Verdict
from bartizan.model import Allow
from bartizan.model.card import Argument, ResultField, Role, ToolCard, Trust, ValueType
from bartizan.model.words import Effect

__all__ = ["CARDS", "allowed", "monitor", "read", "session"]


def _critical(type_: ValueType) -> Argument:
    return Argument(role=Role.CRITICAL, type=type_)


def _field(path: str, type_: ValueType, trust: Trust, **more: Any) -> ResultField:
    return ResultField(path=path, type=type_, trust=trust, **more)


_TEXT = Argument(role=Role.TEXT)
_DATE = Argument(role=Role.BOUND, type=ValueType.DATE)
_AMOUNT = Argument(role=Role.BOUND, type=ValueType.AMOUNT)

CARDS = [
    ToolCard(
        tool="list_mails", effect=Effect.READ, private=True, verbs=["read"], objects=["mail", "inbox"],
        arguments={"query": _TEXT},
        fields=[
            _field("*.id", ValueType.IDENTIFIER, Trust.SERVICE), _field("*.sender", ValueType.EMAIL, Trust.PLANTABLE),
            _field("*.subject", ValueType.TEXT, Trust.PLANTABLE),
            _field("*.cc.*", ValueType.EMAIL, Trust.PLANTABLE),
            _field("*.to", ValueType.EMAIL, Trust.OWNER, when={"folder": "sent"}),
            _field("*.to", ValueType.EMAIL, Trust.PLANTABLE), _field("*.code", ValueType.SECRET, Trust.SERVICE),
        ],
    ),
    ToolCard(
        tool="send_mail", effect=Effect.SEND, reversible=False, verbs=["send", "mail", "write"], objects=["mail"],
        result=Trust.SERVICE,
        arguments={
            "to": _critical(ValueType.EMAIL), "subject": _TEXT, "body": _TEXT,
            "attachments": _critical(ValueType.IDENTIFIER),
        },
    ),
    ToolCard(
        tool="delete_mail", effect=Effect.WRITE, destroys=True, verbs=["delete"], objects=["mail"],
        arguments={"id": _critical(ValueType.IDENTIFIER)}, result=Trust.SERVICE,
    ),
    ToolCard(
        tool="list_files", effect=Effect.READ, objects=["file"],
        fields=[
            _field("*.id", ValueType.IDENTIFIER, Trust.SERVICE), _field("*.name", ValueType.PATH, Trust.PLANTABLE),
            _field("*.size", ValueType.AMOUNT, Trust.SERVICE), _field("*.modified", ValueType.DATE, Trust.SERVICE),
            _field("*.readers.keys", ValueType.EMAIL, Trust.SERVICE),
        ],
    ),
    ToolCard(
        tool="read_file", effect=Effect.READ, objects=["file"], arguments={"path": _critical(ValueType.PATH)},
    ),
    ToolCard(
        tool="create_file", effect=Effect.WRITE, verbs=["create", "write"], objects=["file"], result=Trust.SERVICE,
        arguments={"name": _critical(ValueType.PATH), "content": _TEXT},
        fields=[_field("id", ValueType.IDENTIFIER, Trust.SERVICE)],
    ),
    ToolCard(
        tool="delete_file", effect=Effect.WRITE, destroys=True, verbs=["delete"], objects=["file"],
        arguments={"id": _critical(ValueType.IDENTIFIER)},
    ),
    ToolCard(
        tool="create_event", effect=Effect.WRITE, verbs=["create", "add", "schedule"], objects=["event", "meeting"],
        arguments={"title": _TEXT, "start": _DATE, "guests": _critical(ValueType.EMAIL), "notes": _TEXT},
    ),
    ToolCard(
        tool="find_contact", effect=Effect.READ, result=Trust.OWNER, arguments={"query": _TEXT},
        fields=[_field("*.email", ValueType.EMAIL, Trust.OWNER), _field("*.name", ValueType.NAME, Trust.OWNER)],
    ),
    ToolCard(
        tool="read_channel", effect=Effect.READ, objects=["channel", "message"],
        arguments={"channel": _critical(ValueType.NAME)},
        fields=[
            _field("*.sender", ValueType.NAME, Trust.SERVICE), _field("*.body", ValueType.TEXT, Trust.ORGANISATION),
        ],
    ),
    ToolCard(
        tool="list_channels", effect=Effect.READ, objects=["channel"],
        fields=[_field("*", ValueType.NAME, Trust.PLANTABLE)],
    ),
    ToolCard(
        tool="post", effect=Effect.SEND, verbs=["post", "tell"], objects=["channel"],
        arguments={"channel": _critical(ValueType.NAME), "body": _TEXT},
    ),
    ToolCard(
        tool="fetch", effect=Effect.READ, fetches=True, objects=["page"], arguments={"url": _critical(ValueType.URL)},
    ),
    ToolCard(
        tool="pay", effect=Effect.PAY, reversible=False, verbs=["pay", "send", "refund"], objects=["bill", "money"],
        arguments={"account": _critical(ValueType.ACCOUNT), "amount": _AMOUNT, "reason": _TEXT}, result=Trust.SERVICE,
    ),
    ToolCard(
        tool="list_payments", effect=Effect.READ,
        fields=[
            _field("*.to", ValueType.ACCOUNT, Trust.OWNER, when={"from": "me"}),
            _field("*.amount", ValueType.AMOUNT, Trust.SERVICE), _field("*.from", ValueType.ACCOUNT, Trust.PLANTABLE),
        ],
    ),
    ToolCard(
        tool="confirm", effect=Effect.WRITE, binds="pay", verbs=["confirm"], objects=["payment"],
        arguments={"code": _critical(ValueType.CODE)},
    ),
    ToolCard(
        tool="set_password", effect=Effect.WRITE, verbs=["set", "change"], objects=["password"],
        arguments={"password": _critical(ValueType.SECRET)},
    ),
    ToolCard(tool="run", effect=Effect.EXECUTE, verbs=["run"], arguments={"command": _critical(ValueType.COMMAND)}),
    ToolCard(tool="today", effect=Effect.READ, result=Trust.SERVICE),
]  # fmt: skip


def monitor(**more: Any) -> FlowMonitor:
    """Return a monitor of the desk."""
    return FlowMonitor(CARDS, **more)


def session(request: str, **more: Any) -> FlowSession:
    """Begin a session at the desk with what the user asks for."""
    return monitor(**more).session(request)


def read(of: FlowSession, tool: str, result: Any, **arguments: Any) -> Verdict:
    """Call a tool and take its result, whatever was decided."""
    verdict = of.call(tool, arguments)
    of.result(verdict, result)
    return verdict


def allowed(of: FlowSession, tool: str, **arguments: Any) -> bool:
    """Tell whether a call may go on by itself."""
    return isinstance(of.call(tool, arguments).ruling, Allow)
