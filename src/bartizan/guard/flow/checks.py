"""The rules for a call with an effect, once a session has read what an outsider may have written.

Each says what is wrong in a sentence without any value, or nothing. What a rule can't find out is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from bartizan.guard.flow.amounts import explained
from bartizan.guard.flow.arguments import FLAGS, Given
from bartizan.guard.flow.dates import days
from bartizan.guard.flow.grounding import Ground, Grounding, Place
from bartizan.guard.flow.matching import AMOUNT, amounts_of
from bartizan.guard.flow.readings import readings
from bartizan.guard.flow.secrets import secrets_in
from bartizan.guard.flow.stems import stem
from bartizan.guard.flow.values import embedded, folded, numbers, words
from bartizan.guard.flow.verdict import GOOD, Origin, Source
from bartizan.model.card import Role, ToolCard, Trust, ValueType
from bartizan.model.words import Effect

__all__ = [
    "Call", "Problem", "Rule", "Waiting", "amounts", "asked_for", "bounds", "codes", "critical", "literals",
    "prescribed", "private_read", "repeated", "secrets", "states",
]  # fmt: skip

_FAMILY = {
    "title": "title", "name": "title", "filename": "title", "file_name": "title", "summary": "title",
    "heading": "title", "subject": "subject", "description": "description", "body": "body", "content": "body",
    "message": "body", "text": "body", "comment": "body",
}  # fmt: skip
_SMALL = frozenset({"the", "and", "for", "with", "from", "about", "this", "that", "are", "your", "our"})


class Problem(NamedTuple):
    """Why a call may not go on by itself: the rule, a sentence, and what could happen."""

    rule: str
    reason: str
    risk: str = ""


class Waiting(NamedTuple):
    """A call that waits for a one-time code: its number in the session, its tool, and its values."""

    number: int
    tool: str
    values: tuple[str, ...]


class Call:
    """A call as the rules see it. They fill `origins`.

    `again` tells whether the same tool was called already with the same reach, since the user last spoke.
    """

    def __init__(
        self, card: ToolCard, values: list[Given], ground: Grounding, waiting: Waiting | None, again: bool
    ) -> None:
        self.card, self.values, self.ground, self.waiting, self.again = card, values, ground, waiting, again
        self.origins: list[Origin] = []
        self._readings: dict[str, list[str]] = {}

    def readings(self, text: str) -> list[str]:
        """Return a text with its encodings undone, which several rules look at."""
        if text not in self._readings:
            self._readings[text] = readings(text)
        return self._readings[text]


Rule = Callable[[Call], Iterable[Problem]]
"""What is wrong with a call in one respect."""
_OTHER_ACTION = "this may be another action than the one that you asked for"
_OTHER_WISH = "somebody else may have asked for it, in a text that the agent read"


def critical(call: Call) -> Iterable[Problem]:
    """Each value that decides whom or what the call reaches has a good origin."""
    # A name with a good origin may vouch for an address that is written like it; nothing else of the call may.
    names: list[str] = []
    said = [given.text for given in call.values if given.about.type is ValueType.NAME]
    for given in sorted(call.values, key=lambda given: given.about.type is not ValueType.NAME):
        type_ = given.about.type
        if given.about.role is not Role.CRITICAL or type_ in (ValueType.FLAG, ValueType.AMOUNT, ValueType.CODE):
            continue
        place = Place(call.card, given.plain, type_, said if type_ is ValueType.ACCOUNT else names)
        ground = call.ground.find(given.text, place)
        if type_ is ValueType.NAME and ground.source in GOOD:
            names.append(given.text)
        call.origins.append(_origin(given, given.text, type_, ground, f"`{given.name}`"))
        if ground.source not in GOOD:
            yield Problem("value-without-origin", f"`{given.name}` {ground.words}", _RISK.get(type_, ""))


_RISK = {
    ValueType.EMAIL: "someone whom you did not name would receive it",
    ValueType.ACCOUNT: "the money would go to an account that you did not name",
    ValueType.URL: "an address that you did not name would be contacted, and can learn from it",
    ValueType.IDENTIFIER: "something else than what you meant would be changed",
    ValueType.NAME: "someone or something else than what you named would be reached",
    ValueType.AMOUNT: "another sum than you meant would be paid",
    ValueType.COMMAND: "a command that you did not give would be run",
    ValueType.SECRET: "somebody else's password or key would be set or used",
    ValueType.PHONE: "someone whom you did not name would be called or written to",
}


def _origin(given: Given, value: str, type_: ValueType, ground: Ground, what: str) -> Origin:
    return Origin(argument=given.name, value=value, type=type_, source=ground.source, call=ground.call,
                  field=ground.field, words=f"{what} {ground.words}")  # fmt: skip


_NO_TEXT = frozenset({ValueType.FLAG, ValueType.CODE})
_NO_WORDS = frozenset({ValueType.DATE, ValueType.AMOUNT})


def literals(call: Call) -> Iterable[Problem]:
    """Each address, link or account that stands within a text has a good origin, however it is written."""
    seen: set[tuple[ValueType, str]] = set()
    texts = [given for given in call.values
             if given.about.role is not Role.CRITICAL and given.about.type not in _NO_TEXT]  # fmt: skip
    for given in [*texts, *_together(texts)]:
        for reading in call.readings(given.text):
            for value in embedded(reading):
                if (value.type, value.key) in seen:
                    continue
                seen.add((value.type, value.key))
                ground = call.ground.find(value.key, Place(call.card, given.plain, value.type, ()))
                call.origins.append(_origin(given, value.key, value.type, ground, f"what `{given.name}` holds"))
                if ground.source not in GOOD:
                    yield Problem("text-holds-stranger",
                                  f"`{given.name}` holds a value ({value.type.value}) that {ground.words}",
                                  "whoever reads the text could be led to a stranger's address or account")  # fmt: skip


def _together(texts: list[Given]) -> list[Given]:
    """Return all texts of the call as one, where a value may have been cut in two; bounded."""
    short = [given for given in texts if len(given.text) <= 4096 and given.about.type not in _NO_WORDS]
    if len(short) < 2:
        return []
    whole = "".join(given.text.strip() for given in short)
    name = " with ".join(given.name for given in short[:3])
    return [Given(name, name, whole, short[0].about)] if len(whole) <= 65_536 else []


def prescribed(call: Call) -> Iterable[Problem]:
    """A title, subject or text that the request prescribes is what it says."""
    said = call.ground.request.said
    if not said:
        return
    for given in call.values:
        family = _FAMILY.get(given.plain.rpartition(".")[2].lower())
        patterns = [one.pattern for one in said if one.family == family]
        if family is None or not patterns or given.about.role is Role.FREE:
            continue
        value = folded(given.text)
        if not any(pattern.search(value) if family == "body" else pattern.fullmatch(value) for pattern in patterns):
            yield Problem(
                "not-what-was-prescribed", f"`{given.name}` is not what the request says it should be", _OTHER_ACTION
            )


_ENDS = re.compile(r"end|until|till|to$|due|expir|finish|checkout|return")


def bounds(call: Call) -> Iterable[Problem]:
    """Days don't contradict those of the request; what is made without any named value is about what was asked."""
    request = call.ground.request
    for given in call.values if request.days else ():
        told = days(given.text) if given.about.type is ValueType.DATE else []
        if told and not any(map(request.day, told)) and not _ENDS.search(given.plain.lower()):
            yield Problem("another-day", f"`{given.name}` is none of the days that the request names", _OTHER_ACTION)
    if any(origin.source in GOOD for origin in call.origins):
        return
    for given in call.values:
        if _FAMILY.get(given.plain.lower()) not in ("title", "subject") or given.about.role is Role.CRITICAL:
            continue
        own = {stem(word) for word in words(given.text) if word not in _SMALL and len(word) > 2}
        if own and not own & request.stems:
            yield Problem("another-subject", f"`{given.name}` has no word in common with the request", _OTHER_ACTION)


_CODE = re.compile(r"(?<![\w.])\d{4,8}(?!\w|\.\d)")


def codes(call: Call) -> Iterable[Problem]:
    """A one-time code confirms the call that waits for it: it was read after that call was let through."""
    for given in call.values:
        if given.about.type is not ValueType.CODE:
            continue
        source, call_number, reason = _code(call, given)
        call.origins.append(Origin(argument=given.name, value=given.text, type=ValueType.CODE, source=source,
                                   call=call_number, words=f"`{given.name}` {reason}"))  # fmt: skip
        if source not in GOOD:
            yield Problem("code-without-call", f"`{given.name}` {reason}",
                          "something that you did not ask for would be confirmed in your name")  # fmt: skip


def _code(call: Call, given: Given) -> tuple[Source, int, str]:
    if call.ground.request.holds(ValueType.CODE, given.text):
        return Source.REQUEST, -1, "stands in the request"
    waiting = call.waiting
    if waiting is None or (call.card.binds and call.card.binds != waiting.tool):
        return Source.NOWHERE, -1, "confirms a call that this session did not make"
    text = folded(given.text)
    told = {plain for value in waiting.values if len(plain := folded(value)) > 3}
    passages = [
        (number, passage.text)
        for number in range(waiting.number, len(call.ground.memory.records))
        for passage in call.ground.memory.passages(number)
        if _CODE.search(passage.text)
    ]
    # Where messages with codes name what they are for, only those that name the pending call count.
    speaking = [(number, said) for number, said in passages if any(value in said for value in told)]
    for number, said in speaking or passages:
        if f" {text}" in said:
            return Source.SERVICE, number, "was sent for the call that waits for it"
    return Source.NOWHERE, -1, "was not sent after the call that waits for it"


def amounts(call: Call) -> Iterable[Problem]:
    """An amount of money follows from the request and from what services told."""
    ground = call.ground
    for given in call.values:
        if given.about.type is not ValueType.AMOUNT or given.about.role is Role.FREE:
            continue
        found = numbers(given.text) if AMOUNT.match(given.text) else []
        read = [] if call.card.effect is not Effect.PAY else [
            number for place in ground.designated for passage in ground.memory.passages(place)
            for number in numbers(passage.text)
        ]  # fmt: skip
        told = [*ground.memory.amounts, *ground.matches.amounts, *_of_accounts(call)]
        good = bool(found) and explained(found[0], ground.request.numbers, told, read)
        source = Source.REQUEST if given.text and ground.request.holds(ValueType.AMOUNT, given.text) else (
            Source.SERVICE if good else Source.NOWHERE)  # fmt: skip
        reason = "follows from the request and what was read" if good else "does not follow from what the request says"
        call.origins.append(Origin(argument=given.name, value=given.text, type=ValueType.AMOUNT, source=source,
                                   words=f"`{given.name}` {reason}"))  # fmt: skip
        if not good:
            yield Problem("amount-not-explained", f"`{given.name}` {reason}", _RISK[ValueType.AMOUNT])


def _of_accounts(call: Call) -> Iterable[float]:
    """Yield the amounts in the records that have an account of the call."""
    for given in call.values:
        if given.about.type is ValueType.ACCOUNT and given.about.role is Role.CRITICAL:
            for sighting in call.ground.memory.seen(ValueType.ACCOUNT, given.text):
                if sighting.record is not None:
                    yield from amounts_of(sighting.record, _TOLD)


_TOLD = frozenset({Trust.OWNER, Trust.SERVICE, Trust.PLANTABLE})


def secrets(call: Call) -> Iterable[Problem]:
    """No secret leaves in a text or an address, known or by its form, unless the request speaks of it."""
    request, known = call.ground.request, call.ground.memory.secrets
    texts = [reading for given in call.values for reading in call.readings(given.text)
             if not request.holds(given.about.type, given.text)]  # fmt: skip
    whole = "".join(given.text for given in call.values if given.about.role is not Role.CRITICAL)
    names = [secret.field for secret in known.within([*texts, whole, whole[::-1]])] if known else []
    names += [name for text in texts for value, name in secrets_in(text) if not request.holds_text(value)]
    for field in names:
        name = field.rpartition(".")[2].replace("_", " ")
        told = {stem(word) for word in words(name)} - {"id", "number", "no"}
        if told and told <= request.stems:
            continue
        yield Problem("secret-leaves", f"it carries a value of `{name}`, of which the request says nothing",
                      "a secret would leave with a message that is otherwise in order")  # fmt: skip
        return


def asked_for(call: Call) -> Iterable[Problem]:
    """The request asks for something of this kind: by a verb, and by a noun or a value of the call."""
    card, request = call.card, call.ground.request
    if any(origin.type is ValueType.CODE and origin.source in GOOD for origin in call.origins):
        return
    verbs = card.verbs or words(card.tool.replace("_", " "))
    if not any(request.has_verb(verb) for verb in verbs):
        yield Problem("not-asked-for", "nothing in the request asks for an action of this kind", _OTHER_WISH)
        return
    named = any(request.has_word(word) for word in card.objects)
    shown = any(origin.good for origin in call.origins)
    if not named and not shown:
        yield Problem("not-asked-for", "the request does not speak of what this acts on", _OTHER_WISH)


def repeated(call: Call) -> Iterable[Problem]:
    """What was done once is not done again, unless the request speaks of all or each of something."""
    if call.again and not call.ground.request.plural:
        yield Problem("done-already", "the same was done already, with other words or sums",
                      "somebody may have had it done once more, in another way than you asked for")  # fmt: skip


_STATES = frozenset({"status", "state", "priority", "visibility", "permission", "role", "access", "level"})


def states(call: Call) -> Iterable[Problem]:
    """A state or a right that is set is one that the request speaks of."""
    request = call.ground.request
    for given in call.values:
        name = given.plain.rpartition(".")[2].lower()
        if name not in _STATES | FLAGS or given.about.role is Role.FREE:
            continue
        value = name if given.about.type is ValueType.FLAG and given.text == "true" else folded(given.text)
        told = {stem(word) for word in words(value)}
        begins = len(value) <= 2 and any(word.startswith(value) for word in request.stems)
        if told and not told <= request.stems and not begins:
            yield Problem("another-state", f"`{given.name}` is nothing that the request speaks of",
                          "something would be set to another state than the one that you asked for")  # fmt: skip


def private_read(call: Call) -> Iterable[Problem]:
    """What is private is read because the request speaks of it, not because of what the agent read."""
    request = call.ground.request
    spoken = any(request.has_word(word) or stem(word) in request.stems for word in call.card.objects)
    values = [given for given in call.values if given.about.role is not Role.FREE and len(given.text) > 2]
    held = any(request.holds(given.about.type, given.text) for given in values)
    part = {stem(word) for word in words(call.card.tool.replace("_", " "))} & _PARTS
    if not held and (not spoken or part - request.stems):
        yield Problem("private-read", "it reads what is private, and the request does not speak of it",
                      "what it returns could then be sent to somebody else")  # fmt: skip


_PARTS = frozenset(
    stem(word) for word in ("unread", "sent", "deleted", "archived", "draft", "drafts", "hidden", "spam")
)
"""Words that single out a part of what is kept: who asks for a mail doesn't ask for all that are unread, which then
count as read."""
