"""Approvals: what is asked about a call, of whom, how it is shown, and how the answer is bound to that very call."""

from bartizan.guard.asking.approval import USER, Answerer, Approval, Asked
from bartizan.guard.asking.binding import Token, call_digest, make_token, read_token
from bartizan.guard.asking.desk import AskingRules, Desk, Settled, Tally
from bartizan.guard.asking.events import asked_event, settled_event
from bartizan.guard.asking.showing import Answer, as_elicitation, as_json, as_markdown, as_text, read_elicitation

__all__ = [
    "USER",
    "Answer",
    "Answerer",
    "Approval",
    "Asked",
    "AskingRules",
    "Desk",
    "Settled",
    "Tally",
    "Token",
    "as_elicitation",
    "as_json",
    "as_markdown",
    "as_text",
    "asked_event",
    "call_digest",
    "make_token",
    "read_elicitation",
    "read_token",
    "settled_event",
]
