"""What the demo's made-up staff ask of models: who, for which system or trial, in which words; the same each time."""

from __future__ import annotations

import random
from base64 import b32encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple

__all__ = ["AGENT", "LETTER", "Asked", "asked", "day_of"]

AGENT = "service-mail-assistant"
LETTER = {
    "to": "office@settlements.example",
    "subject": "Settlement of the claim",
    "body": "The claim is settled at 4,200 francs, to be paid by the end of December.",
}
"""What the agent wants to send."""
_STAFF = (
    ("sabine.aebischer", "service-mail-assistant"),
    ("reto.zurbriggen", "claims-documents"),
    ("damian.schnyder", "helpdesk-copilot"),
    ("priya.raman", "coding-agent"),
    ("claudia.meier", "contract-analyst"),
    ("aline.favre", "customer-assistant"),
)
"""People, and the system in which they work."""
_TRIAL, _ANALYSTS = "central-bank-tone", ("selina.roth", "hanspeter.wyss")
# Put together here, so that no scanner of this source takes it for somebody's.
_SECRET = "AKIA" + b32encode(sha256(b"demo").digest()[:10]).decode()
_PICTURE: list[dict[str, Any]] = [
    {"type": "text", "text": "Who is on this picture?"},
    {"type": "image_url", "image_url": {"url": "https://pictures.example/damage.png"}},
]
_SAID: tuple[str | list[dict[str, Any]], ...] = (
    "Sum up the minutes of the meeting in three lines.",
    "Draft a reply to anna.meier@example.ch about her delivery.",
    "What does clause 4.2 of the contract say about notice?",
    "Transfer to CH93 0076 2011 6238 5295 7: is the reference right?",
    "Translate: the claim was settled on Monday.",
    "Is 756.9217.0769.85 the number of the insured person?",
    f"Why does aws_access_key_id={_SECRET} not work?",
    "Which parts of the garage's offer are new?",
    "The card 4111 1111 1111 1111 was charged twice; write to the bank.",
    "Call +41 44 668 18 00 and jan.huber@example.ch back: draft the note.",
    "How do I mock a clock in a test?",
    _PICTURE,
    "Put the three offers into a table.",
)
_SPEECH = (
    "Members saw slower growth and an uncertain outlook for prices. They watch incoming data closely and act as needed "
    "to hold inflation over the medium term. "
) * 30
_CALLS, _LATE, _SPEECHES = 110, 26, 23
"""Calls of the day, of its last hour, and of the trial."""


class Asked(NamedTuple):
    """A call: who asks, within which system and which trial, and the body of the request."""

    who: str
    application: str
    sandbox: str
    body: dict[str, Any]


def asked(number: int) -> Asked:
    """Return the call of a number; they come around."""
    who, application = _STAFF[number % len(_STAFF)]
    said = _SAID[(number * 5 + number // len(_SAID)) % len(_SAID)]
    return Asked(f"{who}@helvion.example", application, "", _body("demo-large", said))


def day_of() -> Iterator[tuple[float, Asked]]:
    """Give the calls of a day in their order, each with the share of the day that is over by then."""
    chance = random.Random(28)  # noqa: S311 - the same day each time
    calls = [(chance.random() * 23 / 24, asked(number)) for number in range(_CALLS)]
    calls += [((23 + chance.random()) / 24, asked(_CALLS + number)) for number in range(_LATE)]
    for number in range(_SPEECHES):
        who = _ANALYSTS[number % len(_ANALYSTS)]
        body = _body("large", f"The tone of speech {number + 1}, in one word: {_SPEECH}")
        calls.append((chance.random(), Asked(f"{who}@helvion.example", "", _TRIAL, body)))
    yield from sorted(calls, key=lambda one: one[0])


def _body(model: str, said: str | list[dict[str, Any]]) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": said}]}
