"""Tokens for servers: kept apart by caller, got once, never the caller's own, and nothing told of what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from bartizan.guard.config_mcp import McpOauth, McpServer
from bartizan.guard.gateway.client import client_builder
from bartizan.guard.gateway.mcp.oauth import Caller, NoToken, Tokens
from tests.guard.gateway.mcp.bad_server import Bad, misbehaving

pytestmark = pytest.mark.enable_socket
ANNA = Caller("issuer:https://one.example", "anna", "annas-token", 5_000.0)
PAUL = Caller("issuer:https://one.example", "paul", "pauls-token", 5_000.0)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def bad() -> Iterator[Bad]:
    with misbehaving() as made:
        yield made


def tokens_of(
    bad: Bad,
    do: Callable[[Tokens, Clock], Awaitable[Any]],
    how: str = "good",
    grant: str = "token-exchange",
    **more: str,
) -> Any:
    async def run() -> Any:
        clock = Clock()
        oauth = McpOauth(token_url=f"{bad.root}/token/{how}", client="gate:way", secret="env:S", grant=grant, **more)  # type: ignore[arg-type]
        server = McpServer(id="notes", url="https://notes.example/mcp", oauth=oauth)
        client = client_builder().build()
        made = Tokens(server, "s3cret/+", client, clock)
        bad.state.tokens.clear()
        try:
            return await do(made, clock)
        finally:
            await made.close()
            await client.close()

    return asyncio.run(run())


def test_a_callers_token_is_exchanged_for_one_that_is_for_the_server(bad: Bad) -> None:
    async def do(tokens: Tokens, _: Clock) -> str:
        return await tokens.token(ANNA)

    assert tokens_of(bad, do, scope="notes:read", audience="api://notes") == "token-1"
    (asked,) = bad.state.tokens
    assert asked == {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": "annas-token",
        "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "resource": "https://notes.example/mcp",
        "audience": "api://notes",
        "scope": "notes:read",
        "_client": "gate%3Away:s3cret%2F%2B",
    }


def test_each_caller_has_their_own_and_it_is_asked_for_once(bad: Bad) -> None:
    async def do(tokens: Tokens, clock: Clock) -> list[str]:
        first = await asyncio.gather(*[tokens.token(ANNA) for _ in range(5)], tokens.token(PAUL))
        clock.now += 569
        again = [await tokens.token(ANNA)]
        clock.now += 2
        return [*first, *again, await tokens.token(ANNA)]

    *many, paul, again, renewed = tokens_of(bad, do)
    assert len({*many, again}) == 1
    assert len({many[0], paul, renewed}) == 3
    assert [asked["subject_token"] for asked in bad.state.tokens].count("annas-token") == 2


def test_a_token_lives_no_longer_than_the_one_it_was_exchanged_for(bad: Bad) -> None:
    async def do(tokens: Tokens, clock: Clock) -> list[str]:
        soon = ANNA._replace(until=clock.now + 20)
        first = await tokens.token(soon)
        clock.now += 21
        return [first, await tokens.token(ANNA)]

    assert tokens_of(bad, do) == ["token-1", "token-2"]


def test_the_gateways_own_token_is_everybodys(bad: Bad) -> None:
    async def do(tokens: Tokens, _: Clock) -> list[str]:
        made = [await tokens.token(ANNA), await tokens.token(PAUL), await tokens.token(Caller("key:k", "poor"))]
        tokens.refused(ANNA, "another")
        made.append(await tokens.token(ANNA))
        tokens.refused(PAUL, made[0])
        return [*made, await tokens.token(ANNA)]

    assert tokens_of(bad, do, grant="client-credentials") == ["token-1"] * 4 + ["token-2"]
    assert all("subject_token" not in asked for asked in bad.state.tokens)


def test_who_has_no_token_has_none_that_could_be_exchanged(bad: Bad) -> None:
    async def do(tokens: Tokens, _: Clock) -> None:
        await tokens.token(Caller("key:k-1", "anna"))

    with pytest.raises(NoToken, match="have to come with an access token"):
        tokens_of(bad, do)
    assert bad.state.tokens == []


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("error", "answers with status 400"),
        ("away", "answers with status 302"),
        ("mac", "gives no bearer token"),
        ("refresh", "gives no bearer token"),
        ("odd", "gives no bearer token"),
        ("same", "gives the caller's own token back"),
        ("nothing", "gives no token"),
        ("large", "answers with too much"),
    ],
)
def test_what_is_no_token_is_refused_and_not_told(bad: Bad, how: str, why: str) -> None:
    async def do(tokens: Tokens, _: Clock) -> None:
        await tokens.token(ANNA)

    with pytest.raises(NoToken) as error:
        tokens_of(bad, do, how)
    assert why in error.value.message
    assert "s3cret" not in str(error.value)
    assert "annas" not in str(error.value)


def test_an_endpoint_that_is_not_there(bad: Bad) -> None:
    async def do(tokens: Tokens, _: Clock) -> None:
        await tokens.token(ANNA)

    with pytest.raises(NoToken, match="fails: "):
        tokens_of(Bad(9, bad.state), do)
