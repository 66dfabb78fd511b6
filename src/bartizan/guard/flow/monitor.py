"""The flow monitor: what an agent has read decides what it may still do.

    monitor = FlowMonitor(cards)
    session = monitor.session("Pay the bill in bill.txt")
    verdict = session.call("read_file", {"path": "bill.txt"})       # before the call: Allow, Ask or Deny, and why
    session.result(verdict, text)                                   # after it: what it returned

Pure: no clock, no network, no model. It asks what a call would do and where each value that matters comes from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bartizan.guard.flow.arguments import Given, given
from bartizan.guard.flow.checks import (
    Call,
    Rule,
    Waiting,
    amounts,
    asked_for,
    bounds,
    codes,
    critical,
    literals,
    prescribed,
    private_read,
    repeated,
    secrets,
    states,
)
from bartizan.guard.flow.grounding import REUSED, Grounding, Place, Vouched
from bartizan.guard.flow.handover import Message
from bartizan.guard.flow.languages import in_all_languages
from bartizan.guard.flow.matching import Matches
from bartizan.guard.flow.memory import Memory
from bartizan.guard.flow.request import Request
from bartizan.guard.flow.results import Shape, written
from bartizan.guard.flow.values import comparable, embedded
from bartizan.guard.flow.verdict import GOOD, Verdict
from bartizan.model import Allow, Ask, Deny, Ruling
from bartizan.model.card import Role, ToolCard, Trust, ValueType
from bartizan.model.words import Effect

__all__ = ["FlowMonitor", "FlowSession"]

_EFFECT: tuple[Rule, ...] = (
    critical, codes, literals, prescribed, bounds, amounts, secrets, asked_for, states, repeated,
)  # fmt: skip
_FETCH: tuple[Rule, ...] = (critical, literals, secrets)
_SELF = frozenset({"me", "profile", "user", "account", "self", "identity"})
_ANY = ToolCard(tool="any", effect=Effect.WRITE)
_WAITS = re.compile(
    r"verif(?:y|ication)|confirm(?:ation)?|one[- ]time|\botp\b|\b2fa\b|\bmfa\b|passcode"
    r"|approval (?:code|needed|required)|\bcode (?:was |has been )?sent",
    re.IGNORECASE,
)


class FlowMonitor:
    """Decides the calls of agents. `cards` say what tools do; without one for a tool, its calls are denied.

    `attended` tells whether somebody can be asked; if not, what would be asked is denied. `shapes` are the ways in
    which texts may write structures down. Where tools put texts of others together without quoting them, anybody can
    write a field: say `json` alone there. `own` are domains, such as `corp.example`, to whose addresses and sites
    anything may go, those below them too. `refine` adds the fields of a result that was seen to a card that nobody
    reviewed.
    """

    def __init__(
        self,
        cards: Iterable[ToolCard],
        *,
        attended: bool = True,
        shapes: Iterable[Shape] = ("json", "python", "yaml"),
        own: Iterable[str] = (),
        refine: Callable[[ToolCard, Any], ToolCard] | None = None,
    ) -> None:
        self.cards = {card.tool: in_all_languages(card) for card in cards}
        self.refine = refine
        self.attended, self.shapes, self.own = attended, frozenset(shapes), frozenset(own)

    def know(self, card: ToolCard) -> None:
        """Take a card, in place of one for the same tool."""
        self.cards[card.tool] = in_all_languages(card)

    def session(self, request: str = "") -> FlowSession:
        """Begin a session with what the user asks for; empty where that is not known."""
        return FlowSession(self, request)

    def session_of(self, message: Message) -> FlowSession:
        """Begin the session of an agent to which another one hands over: labels and good values go along.

        An agent that had read nothing of an outsider speaks for the user; one that had doesn't.
        """
        said = message.request if message.tainted else f"{message.request}\n{message.text}"
        session = FlowSession(self, said)
        session.vouched.handed.update(message.good)
        if message.tainted:
            session.received(message.text, message.sender)
        return session


class FlowSession:
    """One conversation of a user with an agent: what was asked, read and done in it."""

    def __init__(self, monitor: FlowMonitor, request: str) -> None:
        self._monitor = monitor
        self._said = [request]
        self.memory = Memory(monitor.shapes)
        self.verdicts: list[Verdict] = []
        self.vouched = Vouched()
        self._given: dict[int, list[Given]] = {}
        self._use(Request(request))
        self.done: list[tuple[str, frozenset[tuple[str, str]]]] = []
        """The calls with an effect that were made since the user last spoke: the tool, and what decides its reach."""
        self.pending: int = -1
        """The number of a call that waits for a one-time code, -1 for none."""

    @property
    def tainted(self) -> bool:
        """Whether it has read what an outsider may have written."""
        return self.memory.tainted

    def request(self, text: str) -> None:
        """Take what the user says further on."""
        self._said.append(text)
        self.done.clear()
        self._use(Request("\n".join(self._said)))

    def _use(self, request: Request) -> None:
        matches = Matches(request)
        for records in self.memory.records:
            matches.add(records.values())
        self.ground = Grounding(request, self.memory, matches, self.vouched, self._monitor.own)
        for number, values in self._given.items():
            self._designate(number, values, self.verdicts[number].tool)

    # ---- before a call

    def call(self, tool: str, arguments: Mapping[str, Any]) -> Verdict:
        """Decide a call. Nothing of it has happened yet."""
        number = len(self.verdicts)
        card = self._monitor.cards.get(tool)
        if card is None:
            verdict = Verdict(number=number, tool=tool, arguments=dict(arguments), effect=Effect.EXECUTE,
                              ruling=Deny("no card says what this tool does"), rule="unknown-tool",
                              reason="no card says what this tool does", tainted=self.tainted)  # fmt: skip
        else:
            verdict = self._decided(number, card, arguments)
        self.verdicts.append(verdict)
        return verdict

    def _decided(self, number: int, card: ToolCard, arguments: Mapping[str, Any]) -> Verdict:
        values = given(card, arguments)
        self._given[number] = values
        rules = self._rules(card)
        again = (card.tool, frozenset(self._deciding(values))) in self.done
        call = Call(card, values, self.ground, self._waiting(), again)
        problems = [problem for rule in rules for problem in rule(call)]
        ruling: Ruling = Allow()
        rule, reason, risk = ("origins-good" if rules else "nothing-at-stake"), "", ""
        if problems:
            rule = problems[0].rule
            reason = "; ".join(dict.fromkeys(problem.reason for problem in problems))
            risk = "; ".join(dict.fromkeys(problem.risk for problem in problems if problem.risk))
            ruling = Ask("user") if self._monitor.attended else Deny(reason)
        return Verdict(
            number=number, tool=card.tool, arguments=dict(arguments), effect=card.effect, ruling=ruling, rule=rule,
            reason=reason, risk=risk, tainted=self.tainted, origins=tuple(call.origins),
        )  # fmt: skip

    def _waiting(self) -> Waiting | None:
        if self.pending < 0:
            return None
        texts = tuple(value.text for value in self._given[self.pending])
        return Waiting(self.pending, self.verdicts[self.pending].tool, texts)

    def _rules(self, card: ToolCard) -> tuple[Rule, ...]:
        if not self.tainted:
            return ()
        if card.effect is not Effect.READ:
            return _EFFECT
        rules: tuple[Rule, ...] = _FETCH if card.fetches else ()
        return (*rules, private_read) if card.private else rules

    def approve(self, verdict: Verdict, *, remember: bool = False) -> None:
        """Take note that somebody let a call pass; with `remember`, its values are good from now on."""
        if remember:
            for origin in verdict.origins:
                key = (verdict.tool, origin.argument.partition("/")[0], comparable(origin.type, origin.value))
                self.vouched.approved.add(key)

    # ---- after a call

    def result(self, verdict: Verdict, result: Any, *, failed: bool = False) -> None:
        """Take what a call returned: text, or what JSON can carry. A failed call's text is an outsider's."""
        card = self._monitor.cards.get(verdict.tool)
        if card is None:
            return
        made = verdict.effect is not Effect.READ and not failed
        if failed:
            card = ToolCard(tool=card.tool, effect=card.effect)
        elif self._monitor.refine is not None and not card.reviewed:
            card = self._monitor.refine(card, result)
        values = self._given.get(verdict.number, [])
        self.memory.add(verdict.number, card, result, arguments=[value.text for value in values], created=made)
        self.ground.matches.add(self.memory.records[verdict.number].values())
        self._designate(verdict.number, values, verdict.tool)
        if made:
            self.vouched.used |= {
                (value.plain.rpartition(".")[2], comparable(value.about.type, value.text))
                for value in values
                if value.about.role is Role.CRITICAL and value.about.type in REUSED
            }
            self.done.append((verdict.tool, frozenset(self._deciding(values))))
            self.pending = verdict.number if _WAITS.search(written(result)[:20_000]) else -1

    # ---- other agents

    def received(self, text: str, sender: str = "agent") -> None:
        """Take a message of another agent, of which nothing is known: what it read may have written it."""
        number = len(self.verdicts)
        self.verdicts.append(Verdict(number=number, tool=f"message of {sender}", arguments={}, effect=Effect.READ,
                                     ruling=Allow(), rule="message", reason="", tainted=self.tainted))  # fmt: skip
        self.memory.add(number, ToolCard(tool="message", effect=Effect.READ), text)
        self.ground.matches.add(self.memory.records[number].values())

    def hand_over(self, text: str, sender: str = "agent") -> Message:
        """Return a message for another agent, with what this session knows of the values in it."""
        place = Place(ToolCard(tool="message", effect=Effect.SEND), "message", ValueType.TEXT, ())
        good = []
        for value in embedded(text):
            place.type = value.type
            if self.ground.find(value.key, place).source in GOOD:
                good.append((value.type, value.key))
        return Message(sender=sender, request="\n".join(self._said), text=text, tainted=self.tainted, good=tuple(good))

    @staticmethod
    def _deciding(values: list[Given]) -> Iterable[tuple[str, str]]:
        return ((value.plain, value.text) for value in values if value.about.role is Role.CRITICAL)

    def _looks_for(self, values: list[Given]) -> bool:
        """Tell whether a reading call looks for words of the request, or for what has a good origin itself."""
        for value in values:
            if value.about.role is Role.FREE or len(value.text) < 2:
                continue
            if value.about.role is Role.CRITICAL:
                place = Place(_ANY, value.plain, value.about.type, ())
                if self.ground.find(value.text, place).source in GOOD:
                    return True
            elif self.ground.request.speaks_of(value.text):
                return True
        return False

    def _designate(self, number: int, values: list[Given], tool: str) -> None:
        """Note whether a call looked at a place that the request names, or at one that such a place names."""
        card = self._monitor.cards.get(tool)
        if card is None or card.effect is not Effect.READ:
            return
        if not card.arguments and card.result is Trust.OWNER and _SELF & set(card.objects):
            self.ground.mine.add(number)
        if self._looks_for(values):
            self.ground.found.add(number)
        for value in values:
            if value.about.role is not Role.CRITICAL or len(value.text) < 3:
                continue
            if self.ground.request.holds(value.about.type, value.text):
                self.ground.designated[number] = card.result
            elif value.about.type is ValueType.URL and any(
                sighting.call in self.ground.designated for sighting in self.memory.seen(ValueType.URL, value.text)
            ):
                self.ground.second[number] = card.result
