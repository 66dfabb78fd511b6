"""May somebody use an external tool with data of a class and some categories: a dated answer, with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import msgspec

from bartizan.govern.reason import Reason, marked, said
from bartizan.model.documents import Claim, ExceptionSpec, Organisation, Standing, ToolSpec, VendorSpec
from bartizan.model.words import Category

__all__ = ["NEEDS", "PERSONAL", "Answer", "Need", "Verdict", "for_tool", "may"]

PERSONAL = frozenset(
    {Category.PERSONAL, Category.SENSITIVE_PERSONAL, Category.HEALTH, Category.BIOMETRIC, Category.CHILDREN}
)
"""Categories about people. Their data is weighed as confidential at least, whatever its class."""
_CONFIDENTIAL = 2
_DENIED = frozenset({"", "no", "none", "false", "unknown", "not stated"})
_UNBOUNDED = (_DENIED - {"none"}) | {"unlimited", "indefinite", "for ever"}
"""Of retention: `none` is that nothing is kept."""


class Verdict(StrEnum):
    """What may be done, from the best answer to the worst."""

    YES = "yes"
    CONDITIONS = "conditions"
    ASK = "ask"
    NO = "no"

    @property
    def rank(self) -> int:
        """0 for yes to 3 for no."""
        return list(Verdict).index(self)


class Need(NamedTuple):
    """What a vendor's claims have to say before data may go in.

    Weights are on the scale 0 (public) to 3 (restricted) of `Scheme.weight`: from `must` on a lack leaves the question
    open; from `should` on it is allowed under `condition`. `denied` are values that say that it doesn't hold.
    """

    criterion: str
    title: str
    should: int
    must: int
    condition: Reason | None = None
    denied: frozenset[str] = _DENIED


NEEDS = (
    Need("no-training", marked("no training on customer data"), 1, 2,
         said("use the organisation's account, with training on its data turned off")),
    Need("retention", marked("bounded retention of prompts and answers"), 2, 2, denied=_UNBOUNDED),
    Need("location", marked("a known place of processing and storage"), 2, 2),
)  # fmt: skip
"""What is needed, kept small. Training: GDPR Art. 28(3)(a) (a processor acts on instructions only). Retention: GDPR
Art. 5(1)(e) and 28(3)(g). Location: GDPR Art. 44 to 46, Swiss FADP Art. 16 and 17, DORA Art. 30(2)(b). Internal data
asks for the first alone, and softly: a leak of it by training hurts, and no law forbids it."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer. `until` is the last day on which it is sure to hold, None when nothing that it rests on ends.

    `conditions` hold for every use; `instead` names other tools of the register, where this one won't do.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...]
    conditions: tuple[Reason, ...] = ()
    until: date | None = None
    instead: tuple[str, ...] = ()


class _Made:
    """An answer while it is made: the worst of all that is said counts."""

    def __init__(self) -> None:
        self.said: list[tuple[Verdict, Reason]] = []
        self.conditions: list[Reason] = []
        self.ends: list[date] = []

    def say(self, verdict: Verdict, reason: Reason) -> None:
        self.said.append((verdict, reason))

    @property
    def verdict(self) -> Verdict:
        return max((verdict for verdict, _ in self.said), key=lambda one: one.rank, default=Verdict.YES)


def may(
    tool: ToolSpec,
    data_class: str,
    categories: Iterable[Category],
    organisation: Organisation,
    vendor: VendorSpec | None = None,
    exceptions: Sequence[ExceptionSpec] = (),
    *,
    as_of: date,
) -> Answer:
    """Answer for a tool, the highest class of the data and its categories, on a day.

    `exceptions` are those for this tool (see `for_tool`): one that counts turns what is open into a yes under
    conditions, and never a no. The answer never gets better with a higher class or more categories, nor by the mere end
    of a decision. Raises InputError for a class that the organisation doesn't have.
    """
    about = frozenset(categories)
    level = organisation.scheme.level(data_class)
    weight = organisation.scheme.weight(level)
    if about & PERSONAL:
        weight = max(weight, _CONFIDENTIAL)
    made = _Made()
    _standing(made, tool, as_of)
    _limits(made, tool, data_class, level, about, organisation)
    _claims(made, tool, vendor, weight, as_of)
    if vendor is not None and vendor.contract_until is not None and weight >= _CONFIDENTIAL:
        if vendor.contract_until < as_of:
            made.say(Verdict.ASK, said("the contract with the vendor ended on %(day)s", day=vendor.contract_until))
        else:
            made.ends.append(vendor.contract_until)
    return _answer(made, tool, exceptions, as_of)


def for_tool(name: str, exceptions: Iterable[ExceptionSpec]) -> list[ExceptionSpec]:
    """Return the exceptions that name a tool among what they are for."""
    return [one for one in exceptions if name in one.systems]


def _answer(made: _Made, tool: ToolSpec, exceptions: Sequence[ExceptionSpec], as_of: date) -> Answer:
    verdict = made.verdict
    if verdict is Verdict.ASK:
        counting = [one for one in exceptions if one.counts(as_of)]
        if counting:
            one = max(counting, key=lambda exception: exception.ends)
            verdict = Verdict.CONDITIONS
            made.ends = [one.ends]
            made.say(verdict, said("the exception “%(title)s” allows it until %(day)s", title=one.title, day=one.ends))
            made.conditions += [
                said("`%(control)s` stands in for what is missing", control=id) for id in one.compensating
            ]
    if verdict.rank <= Verdict.CONDITIONS.rank:
        made.conditions += [said("%(condition)s", condition=text) for text in tool.conditions]
        if made.conditions:
            verdict = Verdict.CONDITIONS
    if verdict is Verdict.YES:
        made.say(verdict, said("it is approved for data up to this class, and nothing stands against it"))
    return Answer(
        verdict=verdict,
        reasons=tuple(reason for _, reason in sorted(made.said, key=lambda one: -one[0].rank)),
        conditions=tuple(made.conditions) if verdict is Verdict.CONDITIONS else (),
        until=min(made.ends, default=None) if verdict.rank <= Verdict.CONDITIONS.rank else None,
        instead=() if verdict is Verdict.YES else tuple(tool.instead),
    )


def _standing(made: _Made, tool: ToolSpec, as_of: date) -> None:
    if tool.standing is Standing.FORBIDDEN:
        made.say(Verdict.NO, said("the tool is forbidden"))
    elif tool.standing is Standing.UNREVIEWED:
        made.say(Verdict.ASK, said("nobody has decided about the tool yet"))
    elif tool.good_until is not None and tool.good_until < as_of:
        made.say(Verdict.ASK, said("the decision about the tool ended on %(day)s", day=tool.good_until))
    elif tool.good_until is not None:
        made.ends.append(tool.good_until)
    if tool.standing is Standing.CONDITIONAL:
        made.say(Verdict.CONDITIONS, said("the tool is approved under conditions"))


def _limits(
    made: _Made, tool: ToolSpec, data_class: str, level: int, about: frozenset[Category], organisation: Organisation
) -> None:
    for category in sorted(about & set(tool.forbidden)):
        made.say(Verdict.NO, said("data of the category %(category)s may not go into it", category=category.value))
    if tool.standing is Standing.UNREVIEWED:
        return
    highest = tool.highest or organisation.classes[0]
    if highest not in organisation.classes:
        made.say(
            Verdict.ASK, said("it was decided for a class `%(highest)s`, which is no class any more", highest=highest)
        )
    elif level > organisation.scheme.level(highest):
        made.say(
            Verdict.NO, said("it is for data up to %(highest)s, and this is %(data)s", highest=highest, data=data_class)
        )


def _claims(made: _Made, tool: ToolSpec, vendor: VendorSpec | None, weight: int, as_of: date) -> None:
    for need in NEEDS:
        if weight < need.should:
            continue
        claims = [claim for claim in _applying(tool, vendor) if claim.criterion == need.criterion]
        fresh = [claim for claim in claims if claim.fresh(as_of)]
        against = [claim for claim in fresh if _denies(claim, need)]
        good = [claim for claim in fresh if claim.grade.suffices and not _denies(claim, need)]
        if any(claim.grade.suffices for claim in against):
            made.say(Verdict.NO, said("the vendor says that there is not: %(need)s", need=need.title))
        elif good and not against:
            made.ends.append(max(claim.good_until or date.max for claim in good))
        elif weight >= need.must or need.condition is None:
            made.say(Verdict.ASK, _lack(need, claims, fresh, against))
        else:
            made.say(Verdict.CONDITIONS, _lack(need, claims, fresh, against))
            made.conditions.append(need.condition)
    made.ends = [day for day in made.ends if day != date.max]


def _lack(need: Need, claims: list[Claim], fresh: list[Claim], against: list[Claim]) -> Reason:
    if against:
        return said("something says that there is not, and is not well founded: %(need)s", need=need.title)
    if fresh:
        return said("only an answer or an assumption says so, and that can't satisfy it: %(need)s", need=need.title)
    if claims:
        return said("what was claimed is no longer fresh: %(need)s", need=need.title)
    return said("nothing is known of this: %(need)s", need=need.title)


def _denies(claim: Claim, need: Need) -> bool:
    return claim.value.strip().casefold() in need.denied


def _applying(tool: ToolSpec, vendor: VendorSpec | None) -> Iterable[Claim]:
    """Return the tool's own claims, and those of its vendor whose scope is everything or names the plan or the tool."""
    yield from tool.claims
    about = {tool.plan.casefold(), tool.title.casefold()} - {""}
    for claim in vendor.claims if vendor is not None else ():
        scope = claim.scope.casefold()
        if not scope or any(word in scope or scope in word for word in about):
            yield claim
