"""Calls decided by people: together, in the first way that reaches somebody, and on record before they go on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from bartizan.guard.asking import Answerer, Approval, Settled
from bartizan.guard.flow.verdict import Verdict
from bartizan.guard.gateway.asking import Asker, MemoryStore, Queue, Reply, Said, Unreachable, Ways
from bartizan.model import BartizanError, Event
from bartizan.model.ruling import Ask
from tests.guard.asking.making import MAIL, approval, asked, desk, verdict

ANNA = Answerer(name="anna", user=True)
CALL = {"to": "mark@stranger.example", "body": "Hello"}


class Answering:
    """A way in which somebody says the same to everything; it keeps what was shown."""

    def __init__(
        self, approved: bool | None = True, who: Answerer = ANNA, lasting: bool = False, name: str = "answering"
    ) -> None:
        self.approved, self.who, self.lasting, self.name = approved, who, lasting, name
        self.shown: list[list[Approval]] = []

    async def ask(self, approvals: Sequence[Approval]) -> list[Said]:
        self.shown.append(list(approvals))
        if self.approved is None:
            raise Unreachable("nobody is there")
        return [Said(one.id, self.approved, self.lasting, self.who) for one in approvals]


class Silent:
    """A way in which nobody ever answers."""

    name = "silent"

    async def ask(self, approvals: Sequence[Approval]) -> list[Said]:
        del approvals
        await asyncio.sleep(60)
        return []


Decided = tuple[Approval | None, Settled]


def decide(asker: Callable[[], Asker], *verdicts: Verdict, **more: Any) -> list[Decided]:
    async def deciding() -> list[Decided]:
        made = asker()
        try:
            return list(await asyncio.gather(*(made.decide(one, MAIL, asked(), **more) for one in verdicts)))
        finally:
            await made.close()

    return asyncio.run(deciding())


def test_the_first_way_that_reaches_somebody_counts() -> None:
    nobody, stranger, anna, later = (
        Answering(None, name="nobody"),
        Answering(who=Answerer(name="eve")),
        Answering(),
        Answering(False),
    )
    ways = Ways([nobody, stranger, anna, later])
    one = approval()
    assert asyncio.run(ways.ask([one])) == [Said(one.id, True, False, ANNA)]
    assert (len(nobody.shown), len(stranger.shown), len(anna.shown), len(later.shown)) == (1, 1, 1, 0)
    assert ways.failed == {"nobody": "nobody is there"}
    assert ways


def test_each_question_goes_to_those_who_may_answer_it() -> None:
    finance = Answering(who=Answerer(name="paul", groups=frozenset({"finance"})))
    anna = Answering()
    one, two = approval(), approval(verdict({"to": "x"}, ruling=Ask("finance")))
    said = asyncio.run(Ways([anna, finance]).ask([one, two]))
    assert [(each.approval, each.who.name) for each in said] == [(one.id, "anna"), (two.id, "paul")]
    assert finance.shown == [[two]]


def test_no_way_at_all() -> None:
    assert not Ways([])
    with pytest.raises(Unreachable):
        asyncio.run(Ways([]).ask([approval()]))


def test_an_approved_call_goes_on_once() -> None:
    held = desk(window=0.0)
    asker = Asker(held, Answering(), lambda: 0.0)

    async def deciding() -> list[bool]:
        made, settled = await asker.decide(verdict(), MAIL, asked())
        assert made is not None
        assert settled.approved
        uses = [asker.use(made, "send_mail", CALL) for _ in range(2)]
        await asker.close()
        return uses

    assert asyncio.run(deciding()) == [True, False]


def test_calls_of_one_moment_are_shown_together_and_the_same_once() -> None:
    way = Answering()
    out = decide(
        lambda: Asker(desk(window=0.0), way, lambda: 0.0),
        verdict(),
        verdict({"to": "paul@stranger.example"}),
        verdict(),
    )
    assert [settled.approved for _, settled in out] == [True, True, True]
    assert [len(batch) for batch in way.shown] == [2]
    assert out[0][0] is out[2][0]


@pytest.mark.parametrize(
    ("way", "rule"),
    [(Answering(False), "asking-denied"), (Answering(None), "asking-unattended"),
     (Answering(who=Answerer(name="eve")), "asking-unattended")],
)  # fmt: skip
def test_no_answer_is_a_no(way: Answering, rule: str) -> None:
    ((made, settled),) = decide(lambda: Asker(desk(window=0.0), way, lambda: 0.0), verdict())
    assert made is not None
    assert (settled.approved, settled.rule) == (False, rule)


def test_time_runs_out() -> None:
    ticks = iter([0.0] * 3)
    ((_, settled),) = decide(lambda: Asker(desk(window=0.0), Silent(), lambda: next(ticks, 301.0)), verdict())
    assert settled.rule == "asking-expired"


def test_what_is_settled_without_a_question_shows_none() -> None:
    way = Answering()
    ((made, settled),) = decide(lambda: Asker(desk(), way, lambda: 0.0), verdict(), attended=False)
    assert (made, settled.rule, way.shown) == (None, "asking-unattended", [])


def test_both_are_on_record_before_the_call_goes_on() -> None:
    events: list[Event] = []

    async def note(event: Event) -> None:
        events.append(event)

    decide(lambda: Asker(desk(window=0.0), Answering(lasting=True), lambda: 0.0, note), verdict())
    assert [(one.kind, one.decision) for one in events] == [("ask", "ask"), ("approval", "allow")]


@pytest.mark.parametrize("kind", ["ask", "approval"])
def test_what_can_not_be_put_on_record_does_not_go_on(kind: str) -> None:
    async def note(event: Event) -> None:
        if event.kind == kind:
            raise BartizanError("the disk is full")

    with pytest.raises(BartizanError, match="the disk is full"):
        decide(lambda: Asker(desk(window=0.0), Answering(), lambda: 0.0, note), verdict())


def test_closing_refuses_what_waits() -> None:
    async def closing() -> Settled:
        asker = Asker(desk(window=0.0), Silent(), lambda: 0.0)
        task = asyncio.create_task(asker.decide(verdict(), MAIL, asked()))
        await asyncio.sleep(0.02)
        await asker.close()
        return (await task)[1]

    assert asyncio.run(closing()).rule == "asking-unattended"


def test_whoever_goes_away_ends_nothing_for_others() -> None:
    async def leaving() -> Settled:
        store = MemoryStore()
        asker = Asker(desk(window=0.0), Queue(store, lambda: 0.0, every=0.005), lambda: 0.0)
        gone, stays = (asyncio.create_task(asker.decide(verdict(), MAIL, asked())) for _ in range(2))
        while not store.pending():
            await asyncio.sleep(0.002)
        gone.cancel()
        (shown,) = store.pending()
        store.answer(Reply(approval=shown["id"], digest=shown["digest"], approved=True, by="anna"))
        made, settled = await stays
        assert msgspec.structs.asdict(settled)["approval"] == shown["id"]
        assert made is not None
        await asker.close()
        return settled

    assert asyncio.run(leaving()).approved
