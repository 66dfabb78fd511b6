"""Verdicts, cards and questions as tests want them."""

from __future__ import annotations

from typing import Any

from bartizan.guard.asking import Approval, Asked, AskingRules, Desk
from bartizan.guard.flow.verdict import Origin, Source, Verdict
from bartizan.model.card import Argument, Role, ToolCard, ValueType
from bartizan.model.ruling import Ask
from bartizan.model.words import Effect

KEY = b"a key that nobody guesses, in tests only"
MAIL = ToolCard(
    tool="send_mail",
    effect=Effect.SEND,
    reversible=False,
    arguments={
        "to": Argument(role=Role.CRITICAL, type=ValueType.EMAIL),
        "body": Argument(role=Role.TEXT),
        "page": Argument(role=Role.FREE),
    },
)
STRANGER = Origin(
    argument="to",
    value="mark@stranger.example",
    type=ValueType.EMAIL,
    source=Source.CONTENT,
    call=1,
    tool="read_file",
    field="content",
)


def verdict(arguments: dict[str, Any] | None = None, **more: Any) -> Verdict:
    """What is asked about: a mail to somebody whom only a file names."""
    given: dict[str, Any] = {
        "number": 3,
        "tool": "send_mail",
        "arguments": {"to": "mark@stranger.example", "body": "Hello"} if arguments is None else arguments,
        "effect": Effect.SEND,
        "ruling": Ask("user"),
        "rule": "flow-ungrounded",
        "reason": "the user has not named the recipient",
        "risk": "data could reach a stranger",
        "tainted": True,
        "origins": (STRANGER,),
    }
    return Verdict(**{**given, **more})


def asked(session: str = "s-1") -> Asked:
    return Asked(session=session, principal="anna", agent="mail-agent", server="mail")


def desk(**rules: Any) -> Desk:
    return Desk(AskingRules(**rules), KEY)


def question(made: object) -> Approval:
    assert isinstance(made, Approval)
    return made


def approval(of: Verdict | None = None, card: ToolCard | None = MAIL) -> Approval:
    return question(desk().ask(of or verdict(), card, asked(), 1_000.0))
