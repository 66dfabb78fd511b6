"""Four eyes: which decisions about threats need a second person, and who may be that person. Pure.

Accepting a risk above the appetite, and saying that a threat above the appetite is none, both leave the risk where it
is: either takes two people. What only adds work, mitigating, takes one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

from bartizan.govern.roles import Action, Person
from bartizan.model import Decision, InputError, Level, System, Verdict

__all__ = ["LONGEST", "RIGHT", "above", "check_request", "decided", "may_confirm", "needs_second", "newly_decided"]

RIGHT = {Verdict.ACCEPT: Action.ACCEPT, Verdict.FALSE_POSITIVE: Action.DECIDE, Verdict.MITIGATE: Action.CHANGE}
"""What somebody has to be allowed to do, in the system's unit, to decide so."""
LONGEST = timedelta(days=366)
"""How long a decision that leaves a risk may stand before somebody looks again."""


def above(severity: Level | None, appetite: Level | float, *, residual_above: bool) -> bool:
    """Tell whether a threat is above an appetite.

    `severity` is that of the worst loss behind the threat, None where nobody has assessed it: that counts as above. An
    appetite in money says nothing about one threat; then it is whether the system as a whole is above
    (`residual_above`), and severe threats always are.
    """
    if severity is None:
        return True
    if isinstance(appetite, Level):
        return severity.rank > appetite.rank
    return residual_above or severity.rank >= Level.HIGH.rank


def needs_second(verdict: Verdict, is_above: bool) -> bool:
    """Tell whether a decision takes a second person."""
    return is_above and verdict is not Verdict.MITIGATE


def check_request(why: str, until: date, today: date) -> None:
    """Raise InputError for a decision without a reason, or whose end is past or too far away."""
    if not why.strip():
        raise InputError("a decision needs a reason", help="say it for whoever reads it next year")
    if until < today:
        raise InputError(f"`{until}` is over already", help="choose a day from today on")
    if until > today + LONGEST:
        raise InputError(f"`{until}` is more than a year away", help="choose an earlier day; it can be decided again")


def may_confirm(asked_by: str, person: Person) -> str:
    """Return why somebody may not be the second person, empty where they may; their rights are another question."""
    if person.program:
        return "a program is no second person"
    if person.id == asked_by:
        return "the second person has to be another one than who asked"
    return ""


def decided(decision: Decision, system: System) -> System:
    """Return a system with a decision in place of what was decided about the same threat before."""
    kept = [one for one in system.decisions if one.threat != decision.threat]
    return msgspec.structs.replace(system, decisions=[*kept, decision])


def newly_decided(before: System | None, after: System) -> Sequence[Decision]:
    """Return decisions that leave a risk and that a change of the document would bring in.

    A document that somebody writes must not carry what two people have to decide: whoever changes a system otherwise
    than by deciding refuses these where they need a second person.
    """
    known: Mapping[str, Decision] = {one.threat: one for one in before.decisions} if before else {}
    return [one for one in after.decisions if one.verdict is not Verdict.MITIGATE and known.get(one.threat) != one]
