"""An answer as LiteLLM shows it: whole, or as far as it has come, again and again."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any, NamedTuple

from bartizan.guard.doors.litellm.request import take_unknown
from bartizan.guard.exchange import BodyError, Exchange, Origin, decode_body
from bartizan.guard.formats.openai.messages import take_call
from bartizan.guard.formats.openai.reader import Reader
from bartizan.guard.protection import Found, Protector, Vault
from bartizan.guard.refused import Refused
from bartizan.inspection import Released
from bartizan.inspection.redaction import Edit, apply_edits

__all__ = ["Answer", "Growing", "Judged", "read_answer"]


class Judged(NamedTuple):
    """A text as it may go on, how many of its last characters can still become another, and whether it must change.

    `hides` is whether something was hidden in it, which is more than a pseudonym turned back.
    """

    text: str
    held: int
    hides: bool


class Growing:
    """One text of an answer that is shown each time it has grown; what was let go once stays as it was.

    A text that is shown whole is one that has grown once. `seen` is the text as it came so far.
    """

    __slots__ = ("_decided", "_hides", "_out", "_stream", "_told", "seen")

    def __init__(self, protector: Protector) -> None:
        self.seen = ""
        self._stream = protector.inspector.stream()
        self._out: list[str] = []
        self._hides = False
        self._decided = Found(protector.lowest)
        self._told = Found(protector.lowest)

    def grown(self, text: str, protector: Protector, upstream: str, vault: Vault, found: Found) -> Judged:
        """Take the text once more, which begins with what was `seen`. Raises Blocked.

        `found` gets what wasn't there the last time.
        """
        new = self._stream.feed(text[len(self.seen) :])
        made, hides = _changed(new, protector, upstream, vault, self._decided)
        self.seen = text
        self._out.append(made)
        self._hides = self._hides or hides
        # It may be the last time, which nobody tells: then what is held goes on as it would at the end.
        end = Found(protector.lowest)
        rest, late = _changed(copy.copy(self._stream).end(), protector, upstream, vault, end)
        self._tell(end, found, protector)
        return Judged("".join(self._out) + rest, len(rest), self._hides or late)

    def _tell(self, end: Found, found: Found, protector: Protector) -> None:
        decided, told = self._decided, self._told
        for name in ("types", "changed"):
            now = Counter(getattr(decided, name)) + Counter(getattr(end, name))
            before = Counter(getattr(told, name))
            setattr(found, name, dict(Counter(getattr(found, name)) + (now - before)))
            setattr(told, name, dict(before | now))
        found.class_ = max(found.class_, decided.class_, end.class_, key=protector.level)


def _changed(released: Released, protector: Protector, upstream: str, vault: Vault, found: Found) -> tuple[str, bool]:
    """Return a text with what rules hide hidden, and pseudonyms turned back; and whether anything was hidden."""
    text = released.text
    hidden: list[Edit] = protector.edits(text, released.spans, Origin.MODEL, "answer", upstream, vault, found)
    edits = sorted([*vault.edits(text), *hidden])
    return (apply_edits(text, edits) if edits else text), bool(hidden)


class Answer(NamedTuple):
    """What is shown of an answer. `texts` are what it says, `rest` all else that may hold a value.

    `fixed` tells that it is a part of an answer in a format whose changes LiteLLM lets fall.
    """

    texts: list[str]
    rest: Exchange
    fixed: bool


def read_answer(body: bytes) -> Answer:
    """Read an answer. Raises Refused for what is none."""
    try:
        exchange = Exchange("litellm-guardrail", body, decode_body(body))
        tree = exchange.tree
        texts = _texts(tree)
        read = Reader(exchange, answer=True)
        _calls(read, tree)
        for name in ("images", "tools", "structured_messages"):
            if tree.get(name):
                read.spare(tree, name, Origin.MODEL, "", None)
        take_unknown(read, tree, Origin.MODEL)
    except BodyError as error:
        raise Refused(400, "body-not-understood", f"the answer can't be read: {error}") from None
    # The model is missing where pieces of Responses and of Messages are shown, whose texts LiteLLM changes in no mode.
    return Answer(texts, exchange, not tree.get("model"))


def _texts(tree: dict[str, Any]) -> list[str]:
    texts = tree.get("texts") or []
    if type(texts) is not list or not all(type(text) is str for text in texts):
        raise BodyError("`texts` is no list of texts")
    return texts


def _calls(read: Reader, tree: dict[str, Any]) -> None:
    calls = tree.get("tool_calls") or []
    if type(calls) is not list:
        raise BodyError("`tool_calls` is no list")
    for number, call in enumerate(calls):
        if type(call) is dict:
            take_call(read, call, "assistant", ((None, "tool_calls"), number))
        else:
            read.spare(calls, number, Origin.TOOL_CALL, "assistant", (None, "tool_calls"))
