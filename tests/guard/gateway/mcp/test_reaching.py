"""Which machines a server's name may lead to."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bartizan.guard.config_mcp import McpServer
from bartizan.guard.gateway.mcp.reaching import NotReached, Reaching, is_public, looked_up


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00:ec2::254", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "ff02::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_addresses_of_private_networks(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public(address)


class Names:
    """Looks names up as a test says, and counts."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked, self.now = list(answers), 0, 1_000.0

    async def __call__(self, host: str, port: int) -> list[str]:
        assert (host, port) == ("notes.example", 443)
        self.asked += 1
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not found:
            raise OSError
        return found

    def clock(self) -> float:
        return self.now

    def reaching(self, url: str = "https://notes.example/mcp", *, proxied: bool = False, **more: object) -> Reaching:
        server = McpServer(id="notes", url=url, **more)  # type: ignore[arg-type]
        return Reaching(server, self.clock, self, proxied=proxied)


def test_a_name_that_leads_inside_is_refused() -> None:
    async def run() -> None:
        with pytest.raises(NotReached, match="leads into a private network"):
            await Names(["169.254.169.254", "::1"]).reaching().address()
        with pytest.raises(NotReached, match="can't be looked up"):
            await Names([]).reaching().address()

    asyncio.run(run())


def test_a_name_is_held_to_the_address_that_was_looked_at() -> None:
    async def run() -> None:
        names = Names(["10.0.0.1", "8.8.8.8"], ["1.1.1.1", "8.8.8.8"], ["1.1.1.1"], ["127.0.0.1"])
        reaching = names.reaching()
        assert [await reaching.address() for _ in range(3)] == ["8.8.8.8"] * 3
        assert names.asked == 1
        names.now += 61
        assert await reaching.address() == "8.8.8.8", "the address is still one of the name's"
        names.now += 61
        assert await reaching.address() == "1.1.1.1"
        reaching.failed()
        with pytest.raises(NotReached):
            await reaching.address()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("url", "more", "address"),
    [
        ("http://127.0.0.1:9/mcp", {}, "127.0.0.1"),
        ("http://localhost:9/mcp", {}, "localhost"),
        ("http://10.0.0.8/mcp", {}, "10.0.0.8"),
        ("https://notes.example/mcp", {"private": True}, "notes.example"),
        ("https://notes.example/mcp", {"address": "10.0.0.9"}, "10.0.0.9"),
        ("https://notes.example/mcp", {"proxied": True}, "notes.example"),
    ],
)
def test_what_the_configuration_names_itself_is_not_looked_up(url: str, more: dict[str, Any], address: str) -> None:
    names = Names(["10.0.0.1"])
    assert asyncio.run(names.reaching(url, **more).address()) == address
    assert names.asked == 0


@pytest.mark.enable_socket
def test_names_are_looked_up_as_the_system_does() -> None:
    assert "127.0.0.1" in asyncio.run(looked_up("127.0.0.1", 80))
