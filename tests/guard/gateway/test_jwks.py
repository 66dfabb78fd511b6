"""Keys of a real issuer, which runs as a process of its own: fetched, rotated, and never from where they may not be."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from pyreqwest.client import SyncClientBuilder

from bartizan.guard.config import Issuer
from bartizan.guard.gateway.jwks import IssuerKeys
from bartizan.guard.identity import Identifier, TokenReader
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused
from bartizan.model import InputError
from tests.guard.identity.support import Given
from tests.support import REPOSITORY

CLOCK = time.time  # noqa: TID251 - the issuer's process looks at the clock too


class Remote:
    """The issuer's process, as its clients see it."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.issuer = f"{base}/good"
        self._client = SyncClientBuilder().no_proxy().build()

    def post(self, path: str, **form: str) -> Any:
        named = "Basic " + b64encode(b"reporting:reporting-secret").decode()
        if form.pop("client", "") == "batch":
            named = "Basic " + b64encode(b"batch:batch-secret").decode()
        request = self._client.post(self.base + path).header("authorization", named).form(form)
        return request.build().send().json()

    def token(self, **form: str) -> str:
        token: str = self.post("/good/token", grant_type="client_credentials", **form)["access_token"]
        return token

    def count(self, path: str) -> int:
        return int(self._client.get(self.base + "/counts").build().send().json().get(path, 0))


@pytest.fixture(scope="module")
def remote() -> Iterator[Remote]:
    command = [sys.executable, str(REPOSITORY / "tests/guard/identity/provider.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield Remote(process.stdout.readline().strip())
        process.stdin.close()
        process.wait(10)


def served(
    remote: Remote, work: Callable[[Identifier, IssuerKeys], Awaitable[None]], *, pause: float = 0.0, **more: Any
) -> None:
    """Run some work with an identifier that trusts the issuer."""

    async def run() -> None:
        issuer = Issuer(issuer=remote.issuer, audience="api://gateway", **more)
        reader = TokenReader([issuer], pause=pause)
        keys = IssuerKeys(reader, [issuer], CLOCK)
        try:
            await work(Identifier(None, reader, None, keys.fetch), keys)
        finally:
            await keys.close()

    asyncio.run(run())


async def who(identifier: Identifier, token: str) -> Principal:
    return await identifier.identify(Given(("authorization", f"Bearer {token}")), CLOCK())


def test_a_client_gets_a_token_and_is_known_by_it(remote: Remote) -> None:
    async def work(identifier: Identifier, keys: IssuerKeys) -> None:
        for algorithm in ("RS256", "ES256"):
            found = await who(identifier, remote.token(alg=algorithm))
            assert (found.id, found.application, found.tenant) == ("reporting", "reporting", "t-1")
            assert found.groups == {"analysts"}
            assert found.source == f"issuer:{remote.issuer}"
        assert keys.failed == {}

    served(remote, work)


def test_tokens_of_the_real_issuer_that_are_not_for_us_are_refused(remote: Remote) -> None:
    async def work(identifier: Identifier, _: IssuerKeys) -> None:
        for token, rule in (
            (remote.token(audience="api://other"), "token-not-valid"),
            (remote.token(seconds="-61"), "token-expired"),
            (remote.token(client="batch"), "groups-not-in-token"),
            (remote.token()[:-8] + "AAAAAAAA", "token-not-valid"),
        ):
            with pytest.raises(Refused) as raised:
                await who(identifier, token)
            assert raised.value.rule == rule

    served(remote, work)


def test_keys_rotate_under_way_and_withdrawn_ones_end(remote: Remote) -> None:
    async def work(identifier: Identifier, keys: IssuerKeys) -> None:
        old = remote.token()
        assert (await who(identifier, old)).id == "reporting"
        remote.post("/rotate")
        assert (await who(identifier, remote.token())).id == "reporting"
        assert (await who(identifier, old)).id == "reporting"
        remote.post("/rotate", drop="1")
        assert (await who(identifier, remote.token())).id == "reporting"
        with pytest.raises(Refused, match="has published"):
            await who(identifier, old)
        assert keys.failed == {}

    served(remote, work)


def test_many_callers_at_once_cause_one_fetch_and_all_get_in(remote: Remote) -> None:
    before = remote.count("/good/jwks")
    tokens = [remote.token() for _ in range(40)]

    async def work(identifier: Identifier, _: IssuerKeys) -> None:
        remote.post("/slow", seconds="0.3")
        found = await asyncio.gather(*(who(identifier, token) for token in tokens))
        assert {one.id for one in found} == {"reporting"}

    try:
        served(remote, work, pause=10.0)
    finally:
        remote.post("/slow", seconds="0")
    assert remote.count("/good/jwks") == before + 1


def test_a_storm_of_garbage_causes_one_fetch(remote: Remote) -> None:
    head, claims, signature = remote.token().split(".")
    before = remote.count("/good/jwks")

    async def work(identifier: Identifier, _: IssuerKeys) -> None:
        assert (await who(identifier, remote.token())).id == "reporting"
        for n in range(200):
            other = b64encode(b'{"alg":"RS256","kid":"%06d"}' % n).decode().rstrip("=")
            with pytest.raises(Refused):
                await who(identifier, f"{other}.{claims}.{signature}")

    served(remote, work, pause=10.0)
    assert head
    assert remote.count("/good/jwks") <= before + 2


def test_a_caller_that_goes_away_ends_no_fetch_that_others_wait_for(remote: Remote) -> None:
    async def work(identifier: Identifier, _: IssuerKeys) -> None:
        remote.post("/slow", seconds="0.3")
        token = remote.token()
        first = asyncio.create_task(who(identifier, token))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(who(identifier, token))
        await asyncio.sleep(0.05)
        first.cancel()
        assert (await second).id == "reporting"
        with pytest.raises(asyncio.CancelledError):
            await first

    try:
        served(remote, work, pause=10.0)
    finally:
        remote.post("/slow", seconds="0")


def test_keys_are_fetched_in_the_background_before_anybody_calls(remote: Remote) -> None:
    async def run() -> None:
        issuer = Issuer(issuer=remote.issuer, audience="api://gateway")
        reader = TokenReader([issuer])
        keys = IssuerKeys(reader, [issuer], CLOCK, every=0.05)
        keys.begin()
        before = remote.count("/good/jwks")
        while remote.count("/good/jwks") < before + 2 or reader.learned(remote.issuer) < 0:
            await asyncio.sleep(0.02)
        await keys.close()
        assert (await who(Identifier(None, reader), remote.token())).id == "reporting"

    asyncio.run(asyncio.wait_for(run(), 10))


def test_the_place_of_the_keys_may_be_configured(remote: Remote) -> None:
    before = remote.count("/good/.well-known/openid-configuration")

    async def work(identifier: Identifier, _: IssuerKeys) -> None:
        assert (await who(identifier, remote.token())).id == "reporting"

    served(remote, work, jwks=f"{remote.base}/moved/jwks")
    assert remote.count("/good/.well-known/openid-configuration") == before


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("other", "of another issuer"),
        ("list", "of another issuer"),
        ("plain", "over https only, not from `http://keys.example.org`"),
        ("nowhere", "names no keys"),
        ("html", "not JSON"),
        ("away", "to another host"),
        ("loop", "without end"),
        ("lost", "status 302"),
        ("broken", "is no address"),
        ("large", "more than 1,000,000 bytes"),
        ("failing", "status 500"),
        ("empty", "no key that can verify"),
    ],
)
def test_an_issuer_that_does_one_thing_wrong_is_not_believed(remote: Remote, name: str, said: str) -> None:
    async def run() -> None:
        issuer = Issuer(issuer=f"{remote.base}/{name}", audience="a")
        reader = TokenReader([issuer])
        keys = IssuerKeys(reader, [issuer], CLOCK)
        assert not await keys.fetch(issuer.issuer, True)
        assert said in keys.failed[issuer.issuer]
        assert not await keys.fetch(issuer.issuer, False)
        assert reader.learned(issuer.issuer) < 0
        await keys.close()

    asyncio.run(run())


def test_an_issuer_that_is_not_there_is_told_without_its_address() -> None:
    async def run() -> None:
        issuer = Issuer(issuer="http://127.0.0.1:9", audience="a")
        keys = IssuerKeys(TokenReader([issuer]), [issuer], CLOCK)
        assert not await keys.fetch(issuer.issuer, True)
        assert keys.failed == {issuer.issuer: "ConnectError"}
        await keys.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    "address",
    ["http://login.example.org", "ftp://localhost", "login.example.org", "https://", "file:///etc/passwd", "http://[",
     "http://10.0.0.1", "http://localhost.example.org"],
)  # fmt: skip
def test_keys_come_over_https_or_from_loopback(address: str) -> None:
    async def run() -> None:
        issuer = Issuer(issuer=address, audience="a")
        IssuerKeys(TokenReader([issuer]), [issuer], CLOCK)

    with pytest.raises(InputError):
        asyncio.run(run())
