"""More tools than the desk has: tickets, lookups, a registry of accounts, folders, orders, and who the user is."""

from __future__ import annotations

from typing import Any

from bartizan.guard.flow import FlowMonitor, FlowSession
from bartizan.model.card import Argument, ResultField, Role, ToolCard, Trust, ValueType
from bartizan.model.words import Effect
from tests.guard.flow.desk import CARDS

__all__ = ["OFFICE", "office"]


def _critical(type_: ValueType) -> Argument:
    return Argument(role=Role.CRITICAL, type=type_)


def _field(path: str, type_: ValueType, trust: Trust) -> ResultField:
    return ResultField(path=path, type=type_, trust=trust)


_TEXT = Argument(role=Role.TEXT)
_AMOUNT = Argument(role=Role.BOUND, type=ValueType.AMOUNT)
_ID, _NAME = ValueType.IDENTIFIER, ValueType.NAME

OFFICE = [
    *CARDS,
    ToolCard(
        tool="find_files", effect=Effect.READ, objects=["file"],
        arguments={"query": _TEXT, "page": Argument(role=Role.FREE), "folder": _critical(_NAME)},
        fields=[_field("*.id", _ID, Trust.SERVICE), _field("*.name", ValueType.PATH, Trust.PLANTABLE)],
    ),
    ToolCard(
        tool="search_web", effect=Effect.READ, arguments={"query": _TEXT},
        fields=[_field("*.url", ValueType.URL, Trust.PLANTABLE), _field("*.text", ValueType.TEXT, Trust.UNTRUSTED)],
    ),
    ToolCard(
        tool="get_ticket", effect=Effect.READ, objects=["ticket"], arguments={"number": _critical(_ID)},
        fields=[
            _field("number", _ID, Trust.SERVICE), _field("customer_id", _ID, Trust.SERVICE),
            _field("title", ValueType.TEXT, Trust.PLANTABLE), _field("author", ValueType.EMAIL, Trust.PLANTABLE),
        ],
    ),
    ToolCard(
        tool="list_customers", effect=Effect.READ, result=Trust.SERVICE,
        fields=[_field("*.id", _ID, Trust.SERVICE), _field("*.email", ValueType.EMAIL, Trust.OWNER)],
    ),
    ToolCard(
        tool="update_ticket", effect=Effect.WRITE, verbs=["set", "update", "close"], objects=["ticket"],
        arguments={"number": _critical(_ID), "status": Argument(role=Role.BOUND), "note": _TEXT},
    ),
    ToolCard(
        tool="list_folders", effect=Effect.READ, objects=["folder"], fields=[_field("*", _NAME, Trust.SERVICE)],
    ),
    ToolCard(
        tool="delete_folder", effect=Effect.WRITE, destroys=True, verbs=["delete"], objects=["folder"],
        arguments={"folder": _critical(_NAME)},
    ),
    ToolCard(
        tool="open_folder", effect=Effect.WRITE, verbs=["open"], objects=["folder"],
        arguments={"folder": _critical(_NAME)},
    ),
    ToolCard(
        tool="invite", effect=Effect.SEND, verbs=["invite"], objects=["user"],
        arguments={"user": _critical(_NAME), "email": _critical(ValueType.EMAIL)},
    ),
    ToolCard(tool="list_users", effect=Effect.READ, objects=["user"], fields=[_field("*", _NAME, Trust.SERVICE)]),
    ToolCard(
        tool="payees", effect=Effect.READ, result=Trust.OWNER,
        fields=[_field("*.name", _NAME, Trust.OWNER), _field("*.account", ValueType.ACCOUNT, Trust.OWNER)],
    ),
    ToolCard(
        tool="transfer", effect=Effect.PAY, verbs=["pay", "transfer"], objects=["money"],
        arguments={"name": Argument(role=Role.BOUND, type=_NAME), "account": _critical(ValueType.ACCOUNT),
                   "amount": _AMOUNT},
    ),
    ToolCard(
        tool="set_limit", effect=Effect.WRITE, verbs=["set"], objects=["limit"],
        arguments={"amount": _AMOUNT, "page": Argument(role=Role.FREE, type=ValueType.AMOUNT)},
    ),
    ToolCard(
        tool="merge", effect=Effect.WRITE, verbs=["merge"], objects=["branch"],
        arguments={"repo": _critical(_ID), "owner": _critical(_NAME)},
    ),
    ToolCard(tool="whoami", effect=Effect.READ, result=Trust.OWNER, objects=["me", "profile"],
             fields=[_field("email", ValueType.EMAIL, Trust.OWNER)]),
    ToolCard(
        tool="text_someone", effect=Effect.SEND, verbs=["text", "message"], objects=["message"],
        arguments={"phone": _critical(ValueType.PHONE), "body": _TEXT},
    ),
    ToolCard(
        tool="ship", effect=Effect.SEND, verbs=["ship", "send"], objects=["parcel"],
        arguments={"address": _critical(ValueType.ADDRESS)},
    ),
]  # fmt: skip


def office(request: str, *results: tuple[str, Any, dict[str, Any]], **more: Any) -> FlowSession:
    """Begin a session with a request, after an outsider's text and these results were read."""
    session = FlowMonitor(OFFICE, **more).session(request)
    for tool, result, arguments in (("read_file", "whatever", {"path": "x"}), *results):
        session.result(session.call(tool, arguments), result)
    return session
