"""What is asked: one call, each value's origin, what could happen, who may answer and until when."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from bartizan.guard.asking.binding import call_digest
from bartizan.guard.flow.verdict import Origin, Source, Verdict
from bartizan.model.card import Argument, Role, ToolCard, ValueType
from bartizan.model.ruling import Ask
from bartizan.model.words import Effect

__all__ = ["USER", "Answerer", "Approval", "Asked", "Came", "Shown", "make_approval"]

USER = "user"
"""Whom is asked when it is the person that the agent works for."""
_ARGUMENTS, _VALUES, _ORIGINS = 12, 10, 8
_KEPT = 2_000
"""Characters of a value that an approval keeps; what is shown of them is less."""
_ONE = Argument(role=Role.CRITICAL)
_WORDS = {
    Source.REQUEST: "the user's request says it",
    Source.OWNER: "only the user or the organisation writes where it came from",
    Source.SERVICE: "the service itself has set it",
    Source.CREATED: "an earlier call of this session has made it",
    Source.DESIGNATED: "the request says which record it stands in",
    Source.APPROVED: "somebody has approved it before",
    Source.HANDED: "the agent that handed the task over has found it good",
    Source.PLANTED: "an outsider may have chosen it, such as a sender or a title",
    Source.CONTENT: "it stands in content that an outsider may have written",
    Source.NOWHERE: "nothing that was said or read has it: the model has made it up or put it together",
}


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """Where a value came from. `at` is the argument's name with a pointer, `words` the origin in a sentence."""

    at: str
    value: str
    type: ValueType
    good: bool
    words: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """An argument as it is shown: its texts, cut, how many there are, how long it is in all, and where it came from."""

    name: str
    texts: tuple[str, ...]
    count: int
    length: int
    critical: bool
    origins: tuple[Came, ...] = ()
    more: int = 0

    @property
    def good(self) -> bool:
        """Whether everything in it has a good origin."""
        return all(one.good for one in self.origins)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """On whose behalf a call is made: session, agent, the principal it works for, and the server it goes to."""

    session: str
    principal: str = ""
    agent: str = ""
    server: str = ""


class Answerer(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers. `user` tells that the way it came by makes sure that it is the person the agent works for."""

    name: str
    groups: frozenset[str] = frozenset()
    user: bool = False


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """A question about one call. Times are seconds since 1970.

    `digest` is the call's. `whom` is who may answer: a principal, a group, or USER. `lasting` tells that it may be
    approved for the session. What a person is shown may hold anything, so it is kept no longer than the question.
    """

    id: str
    by: Asked
    number: int
    tool: str
    effect: Effect
    digest: str
    rule: str
    reason: str
    risk: str
    whom: str
    asked: float
    until: float
    tainted: bool = False
    lasting: bool = False
    arguments: tuple[Shown, ...] = ()
    more: int = 0

    def may_answer(self, who: Answerer) -> bool:
        """Tell whether somebody may answer. An agent never answers for itself."""
        if self.whom == USER:
            return who.user or (bool(self.by.principal) and who.name == self.by.principal != self.by.agent)
        return who.name != self.by.agent and (who.name == self.whom or self.whom in who.groups)


def make_approval(
    verdict: Verdict, card: ToolCard | None, asked: Asked, id: str, *, now: float, seconds: float, lasting: bool
) -> Approval:
    """Make the question for a call that was ruled to be asked about, open for `seconds`.

    Arguments that decide, and values of no good origin, come first, so that no flood of others can push them out.
    """
    whom = verdict.ruling.whom if isinstance(verdict.ruling, Ask) else ""
    roles = {} if card is None else card.arguments
    by: dict[str, list[Origin]] = {}
    for origin in verdict.origins:
        by.setdefault(_name(origin.argument, verdict.arguments), []).append(origin)
    shown = [_shown(name, value, roles.get(name, _ONE), by.pop(name, ())) for name, value in verdict.arguments.items()]
    shown += [_shown(name, "", _ONE, origins) for name, origins in by.items()]
    shown.sort(key=lambda one: (one.good, not one.origins, not one.critical))
    return Approval(
        id=id,
        by=asked,
        number=verdict.number,
        tool=verdict.tool,
        effect=verdict.effect,
        digest=call_digest(asked.session, verdict.tool, verdict.arguments),
        rule=verdict.rule,
        reason=verdict.reason,
        risk=verdict.risk,
        whom=whom or USER,
        asked=now,
        until=now + seconds,
        tainted=verdict.tainted,
        lasting=lasting and len(shown) <= _ARGUMENTS and all(one.count <= _VALUES and not one.more for one in shown),
        arguments=tuple(shown[:_ARGUMENTS]),
        more=max(len(shown) - _ARGUMENTS, 0),
    )


def _name(argument: str, arguments: Mapping[str, Any]) -> str:
    """Return which argument an origin is about: the longest name that its place begins with."""
    if argument in arguments:
        return argument
    found = [name for name in arguments if argument.startswith(f"{name}/")]
    return max(found, key=len, default=argument)


def _shown(name: str, value: object, argument: Argument, origins: Collection[Origin]) -> Shown:
    texts = _texts(value)
    came = sorted((_came(one) for one in origins), key=lambda one: one.good)
    return Shown(
        name=name[:_KEPT],
        texts=tuple(_cut(text) for text in texts[:_VALUES]),
        count=len(texts),
        length=sum(map(len, texts)),
        critical=argument.role is Role.CRITICAL,
        origins=tuple(came[:_ORIGINS]),
        more=max(len(came) - _ORIGINS, 0),
    )


def _texts(value: object) -> Sequence[str]:
    if isinstance(value, list) and value and all(not isinstance(one, dict | list) for one in value):
        return [_text(one) for one in value]
    return [_text(value)]


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)


def _cut(text: str) -> str:
    """Keep a text's beginning and its end."""
    return text if len(text) <= _KEPT else text[: _KEPT - _KEPT // 4] + text[len(text) - _KEPT // 4 :]


def _came(origin: Origin) -> Came:
    words = origin.words or _WORDS.get(origin.source, origin.source.value)
    if origin.call >= 0 and not origin.words:
        field = f", field {origin.field}" if origin.field else ""
        words = f"{words} (call {origin.call}, {origin.tool or 'a tool'}{field})"
    return Came(
        at=origin.argument[:_KEPT], value=_cut(origin.value), type=origin.type, good=origin.good, words=words[:_KEPT]
    )
