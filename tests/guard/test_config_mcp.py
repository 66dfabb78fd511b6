"""The configuration's part about MCP."""

from __future__ import annotations

import pytest

from bartizan.guard.config import Config, parse_config
from bartizan.guard.config_mcp import is_near
from bartizan.model import InputError

DOOR = "mcp: [{id: office, servers: [{id: notes, url: 'https://notes.example.com/mcp'}]}]"


def parsed(text: str) -> Config:
    return parse_config(f"identity: {{keys: keys.jsonl}}\n{text}\n".encode(), "gateway.yaml")


def test_the_smallest_door() -> None:
    (door,) = parsed(DOOR).mcp
    (server,) = door.servers
    assert (door.id, server.id, server.url, server.protocol) == (
        "office",
        "notes",
        "https://notes.example.com/mcp",
        "auto",
    )
    assert server.secret is None
    assert door.attended
    assert not door.states_request


def test_models_and_tools_stand_side_by_side() -> None:
    config = parsed(f"upstreams: [{{id: one, door: openai, url: 'https://api.example.com'}}]\n{DOOR}")
    assert len(config.upstreams) == len(config.mcp) == 1


@pytest.mark.parametrize(
    ("server", "wrong"),
    [
        ("url: 'https://a.example', command: [npx, a]", "either a `url` or a `command`"),
        ("seconds: 3", "either a `url` or a `command`"),
        ("command: [npx, a], secret: 'env:A'", "is a command, which takes no headers"),
        ("command: [npx, a], headers: [x-team]", "is a command, which takes no headers"),
        ("url: 'https://a.example', secret: a-secret-in-the-clear", "a secret is `env:NAME`"),
        ("url: 'ftp://a.example'", "`url` of server `one` is no address"),
        ("url: 'https://user:word@a.example'", "is no address"),
        ("url: 'https://a.example#part'", "is no address"),
        ("url: 'https://a.example:99999'", "is no address"),
        ("url: 'https://'", "is no address"),
        ("url: 'https://a.example', seconds: 0", "`seconds` of server `one` is out of range"),
        ("url: 'https://a.example', secret_header: 'X Key'", "`secret_header` of server `one` is no name"),
        ("url: 'https://a.example', headers: [authorization]", "header `authorization` of server `one`"),
        ("url: 'https://a.example', headers: [mcp-session-id]", "can't be passed on"),
        ("url: 'https://a.example', headers: ['X-Team']", "can't be passed on"),
        ("url: 'https://a.example', protocol: '2024-11-05'", "protocol"),
        (
            "url: 'https://a.example', secret: 'env:A', oauth: {token_url: 'https://b', client: c, secret: 'env:B'}",
            "both `secret` and `oauth`",
        ),
        (
            "url: 'https://a.example', oauth: {token_url: 'http://b.example/token', client: c, secret: 'env:B'}",
            "`token_url` of server `one` must be https",
        ),
    ],
)
def test_a_server_that_can_not_be_meant(server: str, wrong: str) -> None:
    with pytest.raises(InputError) as error:
        parsed(f"mcp: [{{id: office, servers: [{{id: one, {server}}}]}}]")
    assert wrong in error.value.message + (error.value.help or "")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (f"{DOOR}\nworkers: 2", "`mcp` needs one worker"),
        (f"{DOOR}\npublic: gateway.example.com", "`public` is no address"),
        ("mcp: [{id: office, servers: []}]", "no server is named for door `office`"),
        ("mcp: [{id: office, idle: 0, servers: [{id: one, url: 'https://a.example'}]}]", "out of range"),
        (
            "mcp: [{id: office, asking: {webhook: 'https://a.example'}, servers: [{id: one, command: [b]}]}]",
            "needs both an address and a `secret`",
        ),
        (
            "mcp: [{id: office, servers: [{id: a, url: 'https://a.example'}, {id: a, url: 'https://b.example'}]}]",
            "there are two servers of door `office` `a`",
        ),
        (
            "mcp: [{id: a, servers: [{id: a, command: [b]}]}, {id: a, servers: [{id: a, command: [b]}]}]",
            "there are two doors below `mcp` `a`",
        ),
        ("listen: 127.0.0.1:8400", "no upstream is named"),
    ],
)
def test_a_configuration_that_can_not_be_meant(text: str, wrong: str) -> None:
    with pytest.raises(InputError) as error:
        parsed(text)
    assert wrong in error.value.message


def test_a_local_server_and_further_headers() -> None:
    servers = "[{id: a, command: [npx, a]}, {id: b, url: 'https://b.example', headers: [x-team, x-run]}]"
    (door,) = parsed(f"mcp: [{{id: office, servers: {servers}}}]").mcp
    assert door.servers[0].command == ["npx", "a"]
    assert door.servers[1].headers == ["x-team", "x-run"]


def test_a_token_endpoint_on_this_machine_may_be_plain() -> None:
    config = parsed(
        "mcp: [{id: a, servers: [{id: a, url: 'https://a.example', oauth: "
        "{token_url: 'http://127.0.0.1:9/token', client: c, secret: 'env:B'}}]}]"
    )
    oauth = config.mcp[0].servers[0].oauth
    assert oauth is not None
    assert oauth.grant == "client-credentials"
    assert is_near("localhost")
    assert is_near("::1")
    assert not is_near("10.0.0.1")
    assert not is_near("localhost.example.com")
