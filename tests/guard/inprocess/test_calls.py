"""Calls of a program: decided before and after, with one event each, for threads and for event loops."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from bartizan.guard.config import Budget, Limits
from bartizan.guard.identity import Identifier, KeyRecord, KeyStore
from bartizan.guard.identity.keys import digest, make_key
from bartizan.guard.inprocess import Plain
from bartizan.guard.limits import Block, Blocks
from bartizan.guard.refused import Refused
from bartizan.model import BartizanError, Event, InputError
from tests.guard.inprocess.support import CARD, IBAN, MAIL, NOW, chat, engine, guarded, said

KEY = make_key(bytes(range(32)))


def keys() -> Identifier:
    made = datetime(2026, 1, 1, tzinfo=UTC)
    record = KeyRecord(id="k-1", hash=digest(KEY), last=KEY[-4:], principal="anna", groups=["staff"], created=made)
    return Identifier(KeyStore([record]))


def test_a_value_is_hidden_on_the_way_out_and_put_back_in_the_answer() -> None:
    guard = guarded()
    with guard.request("openai-chat", chat(f"write to {MAIL}"), principal=guard.anna) as call:
        assert MAIL.encode() not in call.body
        assert (call.model, call.upstream, call.principal) == ("gpt-2026", "own", guard.anna)
        assert call.url == "http://127.0.0.1:9/v1/chat/completions"
        hidden = call.json["messages"][0]["content"]
        assert guard.events == []
        answer = call.answer(said(hidden))
    assert answer["choices"][0]["message"]["content"] == f"write to {MAIL}"
    (event,) = guard.events
    assert (event.kind, event.decision, event.rule, event.principal) == ("call", "transform", "staff", "anna")
    assert (event.tokens.input, event.tokens.output) == (5, 7)
    assert MAIL not in str(event)


@pytest.mark.parametrize("kind", ["bytes", "text", "decoded"])
def test_an_answer_is_of_the_kind_that_was_given(kind: str) -> None:
    guard = guarded()
    call = guard.request("openai-chat", json.dumps(chat("hello")), principal=guard.anna)
    given: Any = {"bytes": json.dumps(said("x")).encode(), "text": json.dumps(said("x")), "decoded": said("x")}[kind]
    assert call.answer(given) == given


def test_what_is_not_allowed_names_its_rule_in_the_callers_shape() -> None:
    guard = guarded()
    with pytest.raises(Refused) as told:
        guard.request("anthropic-messages", {**chat(CARD), "max_tokens": 9}, principal=guard.anna)
    assert (told.value.status, told.value.rule) == (403, "no-cards")
    shown = json.loads(guard.refusal(told.value, "anthropic-messages"))
    assert (shown["type"], shown["error"]["rule"]) == ("error", "no-cards")
    assert guard.last() == ("refusal", "deny", "no-cards")
    assert CARD not in str(guard.events)


def test_who_is_to_be_asked_is_told() -> None:
    guard = guarded()
    with pytest.raises(Refused) as told:
        guard.request("openai-chat", chat(IBAN), principal=guard.anna)
    assert told.value.ask == "the data office"
    assert guard.last() == ("refusal", "ask", "ask-first")


def test_an_answer_that_may_not_be_used_is_refused_once() -> None:
    guard = guarded()
    with guard.request("openai-chat", chat("hello"), principal=guard.anna) as call:
        with pytest.raises(Refused, match="credit-card"):
            call.answer(said(f"your card is {CARD}"))
        with pytest.raises(RuntimeError, match="over"):
            call.answer(said("another try"))
        with pytest.raises(RuntimeError, match="over"):
            call.stream()
    assert [event.rule for event in guard.events] == ["no-cards"]


def test_an_error_of_the_provider_is_decided_too() -> None:
    guard = guarded()
    with guard.request("openai-chat", chat(f"write to {MAIL}"), principal=guard.anna) as call:
        hidden = call.json["messages"][0]["content"]
        error = call.error({"error": {"message": f"can't read: {hidden}"}}, 400)
    assert error["error"]["message"] == f"can't read: write to {MAIL}"
    assert guard.events[-1].more["upstream_status"] == 400


def test_who_calls_is_known_by_key_by_headers_or_by_the_programs_word() -> None:
    guard = guarded(identifier=keys())
    assert guard.identify(KEY).id == "anna"
    assert guard.identify({"X-Api-Key": KEY}).source == "key:k-1"
    assert asyncio.run(guard.aidentify([("api-key", KEY)])).id == "anna"
    call = guard.request("openai-chat", chat("hello"), principal=KEY)
    call.answer(said("hello"))
    assert guard.events[-1].principal == "anna"
    assert guard.principal("bea", sandbox="pilot").source == "program"


@pytest.mark.parametrize(("credential", "rule"), [("", "not-identified"), (KEY[:-1] + "_", "key-mistyped")])
def test_nobody_is_anonymous(credential: str, rule: str) -> None:
    guard = guarded(identifier=keys())
    with pytest.raises(Refused):
        guard.request("openai-chat", chat("hello"), principal=credential)
    assert guard.last() == ("refusal", "deny", rule)


def test_without_keys_and_issuers_only_the_programs_word_counts() -> None:
    guard = guarded()
    with pytest.raises(Refused, match="no keys and no issuers"):
        guard.request("openai-chat", chat("hello"), principal=KEY)


def test_an_identity_that_has_ended_is_none() -> None:
    guard = guarded()
    ends = msgspec.structs.replace(guard.anna, until=NOW)
    with pytest.raises(Refused, match="has ended"):
        guard.request("openai-chat", chat("hello"), principal=ends)


def test_a_budget_is_reserved_booked_and_given_back() -> None:
    guard = guarded(budgets=(Budget(id="few", of="principal", tokens=100),))
    first = guard.request("openai-chat", chat("hello", max_tokens=50), principal=guard.anna)
    with pytest.raises(Refused) as told:
        guard.request("openai-chat", chat("hello", max_tokens=50), principal=guard.anna)
    assert (told.value.status, told.value.rule, told.value.again) == (429, "few", 1)
    first.answer(said("hello"))
    with guard.request("openai-chat", chat("hello", max_tokens=50), principal=guard.anna) as call:
        assert call.prepared.call.body
    assert guard.limiter.context(guard.anna, guard.clock())["budget_used"] == 12
    assert guard.events[-1].more["outcome"] == "not-answered"


def test_budgets_hold_for_threads() -> None:
    guard = guarded(budgets=(Budget(id="ten", of="principal", requests=10),))

    def ask(_: int) -> str:
        try:
            with guard.request("openai-chat", chat(f"hello {MAIL}"), principal=guard.anna) as call:
                return str(call.answer(call.body)) and str(call.record.outcome)
        except Refused as refused:
            return refused.rule

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(ask, range(60))) == {"": 10, "ten": 50}
    assert len(guard.events) == 60


def test_a_block_ends_what_is_under_way() -> None:
    guard = guarded()
    block = Block(id="1a", kind="principal", name="anna", until=NOW + 9, by="jo", why="")
    call = guard.request("openai-chat", chat("hello", stream=True), principal=guard.anna)
    stream = call.stream()
    guard.limits.blocks = Blocks([block])
    assert b"block-1a" in stream.feed(b'data: {"choices":[]}\n\n')
    with pytest.raises(Refused, match="blocked"):
        guard.request("openai-chat", chat("hello"), principal=guard.anna)
    assert [event.rule for event in guard.events] == ["staff", "block-1a", "block-1a"]


def test_policies_see_the_time_of_the_guards_clock() -> None:
    guard = guarded()
    guard.time.now = NOW - NOW % 86_400
    assert guard.limiter.context(guard.anna, guard.clock()) == {
        "budget_used": 0,
        "hour": 0,
        "weekday": 1,
    }  # 2026-11-30 is a Monday
    with pytest.raises(Refused):
        guard.request("openai-chat", chat("hello"), principal=guard.anna)
    assert guard.events[-1].rule == "not-at-night"


def test_event_loops_have_the_same() -> None:
    guard = guarded()

    async def work() -> None:
        async with await guard.arequest("openai-chat", chat(f"to {MAIL}"), principal=guard.anna) as call:
            answer = await call.aanswer(said(call.json["messages"][0]["content"]))
        assert answer["choices"][0]["message"]["content"] == f"to {MAIL}"
        with pytest.raises(ZeroDivisionError):
            async with await guard.arequest("openai-chat", chat("hello"), principal=guard.anna):
                raise ZeroDivisionError
        async with await guard.arequest("openai-chat", chat("hello"), principal=guard.anna) as call:
            assert await call.aerror({"error": {"message": "no"}}) == {"error": {"message": "no"}}

    asyncio.run(work())
    assert [event.more.get("outcome") for event in guard.events] == [None, "failed", None]


def test_what_can_not_be_recorded_is_not_answered() -> None:
    written: list[Event] = []

    async def full(event: Event) -> None:
        if len(written) == 1:
            raise BartizanError("the disk is full")
        written.append(event)

    guard = guarded(sink=full)

    async def work() -> None:
        call = await guard.arequest("openai-chat", chat("hello"), principal=guard.anna)
        await call.aanswer(said("hello"))
        call = await guard.arequest("openai-chat", chat("hello"), principal=guard.anna)
        with pytest.raises(Refused) as told:
            await call.aanswer(said("hello"))
        assert (told.value.status, told.value.rule, told.value.again) == (503, "guard-not-able", 1)
        assert isinstance(told.value.__cause__, BartizanError)

    asyncio.run(work())


def test_a_call_that_is_forgotten_is_on_record_and_told() -> None:
    guard = guarded()
    with pytest.warns(ResourceWarning, match="neither answered nor closed"):
        guard.request("openai-chat", chat("hello"), principal=guard.anna)
    assert guard.events == []
    guard.text("hello")
    assert [event.more.get("outcome") for event in guard.events] == ["forgotten", None]
    with pytest.warns(ResourceWarning, match="neither answered nor closed"):
        guard.request("openai-chat", chat("hello"), principal=guard.anna)
    guard.close()
    assert guard.events[-1].more["outcome"] == "forgotten"


def test_a_body_that_json_can_not_carry_is_refused() -> None:
    guard = guarded()
    with pytest.raises(Refused, match="can't be written"):
        guard.request("openai-chat", chat("hello", temperature=float("inf")), principal=guard.anna)
    small = guarded(limits=Limits(body=20))
    with pytest.raises(Refused, match="more than 20 bytes"):
        small.request("openai-chat", chat("hello"), principal=guard.anna)


def test_an_answer_has_a_bound() -> None:
    guard = guarded(limits=Limits(answer=200))
    with pytest.raises(Refused, match="more than 200 bytes"):
        guard.request("openai-chat", chat("hello"), principal=guard.anna).answer(said("x" * 300))
    stream = guard.request("openai-chat", chat("hello", stream=True), principal=guard.anna).stream()
    assert b"answer-too-large" in stream.feed(b"data: {}\n\n" * 30)
    assert stream.feed(b"data: {}\n\n") == stream.end() == stream.cut() == b""


@pytest.mark.parametrize(
    ("format", "body"),
    [
        ("gemini-generate", {"contents": [{"parts": [{"text": f"to {MAIL}"}]}]}),
        ("/gemini/v1beta/models/flash:countTokens", {"contents": [{"parts": [{"text": f"to {MAIL}"}]}]}),
    ],
)
def test_a_model_in_the_path_is_renamed_there(format: str, body: dict[str, Any]) -> None:
    guard = guarded()
    with guard.request(format, body, principal=guard.anna, model="flash") as call:
        assert "/models/flash-2026:" in call.url
        assert MAIL.encode() not in call.body


@pytest.mark.parametrize(("format", "said"), [("chat", "no wire format"), ("/v1/files", "no wire format"),
                                              ("gemini-generate", "names the model")])  # fmt: skip
def test_a_mistake_of_the_program_is_told(format: str, said: str) -> None:
    guard = guarded()
    with pytest.raises(InputError, match=said):
        guard.request(format, {}, principal=guard.anna)


def test_the_files_are_looked_at_once_a_second() -> None:
    seen: list[float] = []
    guard = guarded(look=seen.append)
    for step in (0.0, 0.5, 0.6, 0.5, 1.0):
        guard.time.now += step
        guard.text("hello")
    assert seen == [NOW + 1.1, NOW + 2.6]


def test_another_engine_counts_from_the_next_call_on() -> None:
    guard = guarded()
    call = guard.request("openai-chat", chat("hello"), principal=guard.anna)
    other = engine(Limits(body=1_000))
    guard.use(
        other,
    )
    assert call.engine is not other
    assert call.answer(said("hello")) == said("hello")
    with guard, guard.request("openai-chat", chat("hello"), principal=guard.anna) as call:
        assert call.engine is other


def test_an_event_goes_to_a_function_of_either_kind() -> None:
    seen: list[Event] = []
    event = Event(kind="start", time="2026-11-28T00:00:00.000Z")
    plain = Plain(seen.append)
    plain.put(event)
    asyncio.run(plain.aput(event))
    assert seen == [event, event]


def test_a_path_that_is_not_served_is_refused_when_it_is_decided() -> None:
    guard = guarded()
    call = guard.opened(None)
    with pytest.raises(Refused) as refused:
        asyncio.run(call.decide(guard.awaiting, b"{}", guard.anna))
    call.close()
    assert (refused.value.status, refused.value.rule) == (404, "path-not-served")
