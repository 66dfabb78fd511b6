"""Questions of one moment are one interruption."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bartizan.guard.asking import Answerer, Approval
from bartizan.guard.gateway.asking import Said, Together, Unreachable
from bartizan.model.ruling import Ask
from tests.guard.asking.making import MAIL, asked, desk, question, verdict

ANNA = Answerer(name="anna", user=True)


class Way:
    """Answers some questions after a while, and keeps what was shown and whether it was stopped."""

    name = "way"

    def __init__(self, answered: int = 9, seconds: float = 0.0) -> None:
        self.answered, self.seconds = answered, seconds
        self.shown: list[list[str]] = []
        self.stopped = False

    async def ask(self, approvals: Sequence[Approval]) -> list[Said]:
        self.shown.append([one.id for one in approvals])
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.stopped = True
            raise
        if not self.answered:
            raise Unreachable("nobody is there")
        return [Said(one.id, True, False, ANNA) for one in approvals[: self.answered]]


def questions(count: int, session: str = "s-1", whom: str = "user") -> list[Approval]:
    held = desk(per_minute=99, per_session=99)
    return [
        question(held.ask(verdict({"to": str(n)}, ruling=Ask(whom)), MAIL, asked(session), 0.0)) for n in range(count)
    ]


def ask(way: Way, *groups: list[Approval], most: int = 8) -> list[list[Said] | BaseException]:
    async def asking() -> list[list[Said] | BaseException]:
        together = Together(way, window=0.02, most=most)
        return await asyncio.gather(*(together.ask(group) for group in groups), return_exceptions=True)

    return asyncio.run(asking())


def test_questions_of_one_moment_are_shown_together_and_each_gets_its_own_answer() -> None:
    way, (one, two, three) = Way(), questions(3)
    out = ask(way, [one], [two, three])
    assert way.shown == [[one.id, two.id, three.id]]
    assert out == [[Said(one.id, True, False, ANNA)], [Said(id, True, False, ANNA) for id in (two.id, three.id)]]


def test_other_sessions_and_other_people_are_asked_for_themselves() -> None:
    way = Way()
    groups = [questions(1), questions(1, session="s-2"), questions(1, whom="finance")]
    ask(way, *groups)
    assert sorted(way.shown) == sorted([group[0].id] for group in groups)


def test_a_dialogue_has_a_bound() -> None:
    way, several = Way(), questions(5)
    ask(way, several, most=2)
    assert [len(shown) for shown in way.shown] == [2, 2, 1]


def test_questions_that_come_later_are_a_dialogue_of_their_own() -> None:
    way, (one, two) = Way(seconds=0.1), questions(2)

    async def asking() -> None:
        together = Together(way, window=0.01)
        first = asyncio.create_task(together.ask([one]))
        await asyncio.sleep(0.05)
        await asyncio.gather(first, together.ask([two]))

    asyncio.run(asking())
    assert way.shown == [[one.id], [two.id]]


def test_what_nobody_has_answered_is_told() -> None:
    one, two = questions(2)
    said, failed = ask(Way(answered=1), [one], [two])
    assert said == [Said(one.id, True, False, ANNA)]
    assert isinstance(failed, Unreachable)
    (gone,) = ask(Way(answered=0), [one])
    assert str(gone) == "nobody is there"


@pytest.mark.parametrize(("stay", "stopped"), [(True, False), (False, True)])
def test_a_dialogue_ends_when_nobody_waits_for_it(stay: bool, stopped: bool) -> None:
    way, (one, two) = Way(seconds=0.15), questions(2)

    async def asking() -> None:
        together = Together(way, window=0.01)
        tasks = [asyncio.create_task(together.ask([each])) for each in (one, two)]
        await asyncio.sleep(0.05)
        for task in tasks[1:] if stay else tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(asking())
    assert way.stopped is stopped
