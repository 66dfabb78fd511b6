"""Asking by a webhook: signed both ways, answered once, by whoever may."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_socket

from bartizan.guard.asking import Answerer, Approval
from bartizan.guard.config import Egress
from bartizan.guard.gateway.asking import Said, Unreachable, Webhook
from bartizan.guard.gateway.asking.webhook import sign, signed_by
from bartizan.guard.gateway.client import Network
from bartizan.model import InputError
from bartizan.model.ruling import Ask
from tests.guard.asking.making import KEY, approval, verdict
from tests.guard.gateway.asking.people import People, Request, people, said

pytestmark = pytest.mark.enable_socket
SECRET = b"a secret shared with the webhook"
NOW = 1_000.0
FINANCE = Answerer(name="paul", groups=frozenset({"finance"}))


@pytest.fixture(scope="module")
def them() -> Iterator[People]:
    pytest_socket.enable_socket()
    with people() as made:
        yield made


def question(**more: Any) -> Approval:
    return approval(verdict(ruling=Ask("finance"), **more))


def made(url: str, **more: Any) -> Webhook:
    network = Network(Egress(), Path(), lambda where: where)
    return Webhook(url, SECRET, KEY, network, more.pop("clock", lambda: NOW), every=0.02)


def answer(token: str, decision: str = "approve", by: str = "paul", groups: tuple[str, ...] = ("finance",)) -> Any:
    return {"token": token, "decision": decision, "by": by, "groups": list(groups)}


def ask(them: People, *questions: Approval, **more: Any) -> list[Said]:
    async def asking() -> list[Said]:
        webhook = made(them.url, **more)
        try:
            return await webhook.ask(questions)
        finally:
            await webhook.close()

    them.requests.clear()
    return asyncio.run(asking())


def test_the_answer_comes_in_the_response(them: People) -> None:
    them.reply = lambda request: (200, {}, said(answer(request.tokens[0])))
    one = question()
    assert ask(them, one) == [Said(one.id, True, False, FINANCE)]
    (request,) = them.requests
    assert signed_by(SECRET, request.headers, request.body, NOW)
    shown = json.loads(request.body)["approvals"][0]
    assert (shown["id"], shown["whom"], shown["tool"]) == (one.id, "finance", "send_mail")


@pytest.mark.parametrize(
    ("decision", "lasts", "approved", "lasting"),
    [
        ("deny", True, False, False),
        ("approve", True, True, False),
        ("approve-for-session", True, True, True),
        ("approve-for-session", False, False, False),
    ],
)
def test_what_can_be_said(them: People, decision: str, lasts: bool, approved: bool, lasting: bool) -> None:
    them.reply = lambda request: (200, {}, said(answer(request.tokens[0], decision)))
    one = question() if lasts else approval(verdict(ruling=Ask("finance")), None)
    assert ask(them, one)[0][1:3] == (approved, lasting)


def test_of_several_some_can_be_answered(them: People) -> None:
    them.reply = lambda request: (200, {}, said(answer(request.tokens[1], "deny")))
    one, two = question(), question(arguments={"to": "x"})
    assert ask(them, one, two) == [Said(two.id, False, False, FINANCE)]


@pytest.mark.parametrize(
    "reply",
    [
        lambda _: (500, {}, b""),
        lambda _: (302, {"location": "/elsewhere"}, b""),
        lambda _: (200, {}, b"{}"),
        lambda _: (200, {}, b"no json"),
        lambda _: (200, {}, b'{"answers": [{"token": "x"}]}'),
        lambda _: (200, {}, said(answer("made.up"))),
        lambda _: (200, {}, b"x" * (1 << 19)),
        lambda request: (200, {}, said(answer(request.tokens[0], by="mail-agent"))),
        lambda request: (200, {}, said(answer(request.tokens[0], by="anna", groups=("staff",)))),
        lambda request: (200, {}, said(answer(request.tokens[0] + "x"))),
        lambda _: (202, {"location": "http://127.0.0.2/answers"}, b""),
    ],
)
def test_what_is_no_answer(them: People, reply: Callable[[Request], Any]) -> None:
    them.reply = reply
    with pytest.raises(Unreachable):
        ask(them, question())


def test_nobody_is_there() -> None:
    nobody = People()
    nobody.port = 9
    with pytest.raises(Unreachable, match="can't be reached"):
        ask(nobody, question())


def test_the_answer_is_looked_for_until_it_is_there(them: People) -> None:
    tokens: list[str] = []

    def reply(request: Request) -> Any:
        if request.method == "POST":
            tokens[:] = request.tokens
            return 202, {"location": "/answers/1"}, b""
        count = len(them.requests)
        return (404, {}, b"") if count < 3 else (200, {}, said(answer(tokens[0]))) if count > 3 else (200, {}, b"{}")

    them.reply = reply
    one = question()
    assert ask(them, one)[0].approved
    assert [request.path for request in them.requests] == ["/ask", "/answers/1", "/answers/1", "/answers/1"]
    assert all(signed_by(SECRET, request.headers, request.body, NOW) for request in them.requests)


def test_it_ends_when_the_question_does(them: People) -> None:
    them.reply = lambda _: (202, {"location": "/answers"}, b"")
    with pytest.raises(Unreachable, match="nobody has answered"):
        ask(them, msgspec.structs.replace(question(), until=NOW + 0.1))


def call_back(them: People, body: Callable[[list[str]], bytes], change: dict[str, str]) -> tuple[list[int], list[Said]]:
    """Ask, answer twice by callback, and return the statuses and what was said in the end."""

    async def asking() -> tuple[list[int], list[Said]]:
        webhook = made(them.url)
        task = asyncio.create_task(webhook.ask([question(), question(arguments={"to": "x"})]))
        while not them.requests:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        content = body(them.requests[0].tokens)
        headers = {
            "webhook-id": "m",
            "webhook-timestamp": "1000",
            "webhook-signature": sign(SECRET, "m", 1000, content),
        }
        statuses = [webhook.callback({**headers, **change}, content) for _ in range(2)]
        try:
            return statuses, await asyncio.wait_for(task, 0.2) if 204 in statuses else []
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await webhook.close()

    them.reply = lambda _: (202, {}, b"")
    them.requests.clear()
    return asyncio.run(asking())


def both(tokens: list[str]) -> bytes:
    return said(*(answer(token) for token in tokens))


def test_an_answer_by_callback_counts_once(them: People) -> None:
    statuses, out = call_back(them, both, {})
    assert statuses == [204, 409]
    assert [one.approved for one in out] == [True, True]


@pytest.mark.parametrize(
    ("body", "change", "status"),
    [
        (both, {"webhook-signature": "v1,AAAA"}, 401),
        (both, {"webhook-signature": "v1,é"}, 401),
        (both, {"webhook-timestamp": "1001"}, 401),
        (both, {"webhook-timestamp": "x"}, 401),
        (both, {"webhook-timestamp": "²"}, 401),
        (both, {"webhook-id": "n"}, 401),
        (lambda _: b"{", {}, 400),
        (lambda _: b"{}", {}, 409),
        (lambda tokens: said(answer(tokens[0], by="mail-agent")), {}, 409),
    ],
)
def test_callbacks_that_are_not_taken(
    them: People, body: Callable[[list[str]], bytes], change: dict[str, str], status: int
) -> None:
    assert call_back(them, body, change) == ([status, status], [])


def test_old_messages_are_not_taken() -> None:
    headers = {"webhook-id": "m", "webhook-timestamp": "1000", "webhook-signature": sign(SECRET, "m", 1000, b"x")}
    assert signed_by(SECRET, headers, b"x", 1_299.0)
    assert not signed_by(SECRET, headers, b"x", 1_301.0)
    assert signed_by(SECRET, {**headers, "webhook-signature": "v1,zzz " + headers["webhook-signature"]}, b"x", 1_000.0)
    assert not signed_by(SECRET, {}, b"x", 1_000.0)


@pytest.mark.parametrize("url", ["http://hooks.example/x", "ftp://localhost/", "https://", "http://[::1", "x"])
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(InputError, match="https only"):
        made(url)


def test_a_short_secret_is_refused() -> None:
    network = Network(Egress(), Path(), lambda where: where)
    with pytest.raises(InputError, match="less than 16 bytes"):
        Webhook("https://hooks.example/", b"short", KEY, network, lambda: NOW)
