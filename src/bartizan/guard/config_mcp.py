"""The configuration's part about MCP: doors for agents, and the servers behind each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from bartizan.guard.config_secret import Secret
from bartizan.model import InputError
from bartizan.model.base import Id

__all__ = ["McpAsking", "McpDoor", "McpOauth", "McpServer", "check_mcp", "is_near"]

_HEADER = re.compile(r"[a-z0-9-]{1,64}(?![\s\S])")
_OWN = frozenset({
    "authorization", "proxy-authorization", "cookie", "api-key", "x-api-key", "x-goog-api-key", "x-bartizan-proxy",
    "host", "origin", "content-length", "content-type", "content-encoding", "accept", "accept-encoding", "connection",
    "transfer-encoding", "te", "upgrade", "trailer", "keep-alive", "expect", "forwarded", "last-event-id",
})  # fmt: skip
"""Headers that never go on: credentials of callers, and what belongs to one connection."""


class McpOauth(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the gateway gets an access token for a server, from the server's own authorisation server.

    `token_url` is that server's token endpoint, `client` and `secret` are the gateway's own credential there (RFC 6749,
    section 2.3.1). With `grant: client-credentials` the token is the gateway's; with `token-exchange` (RFC 8693) the
    caller's access token is exchanged for one that says on whose behalf the gateway acts. `resource` is what the token
    is for (RFC 8707), by default the server's address.
    """

    token_url: str
    client: str
    secret: Secret
    grant: Literal["client-credentials", "token-exchange"] = "client-credentials"
    scope: str = ""
    resource: str = ""
    audience: str = ""


class McpServer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An MCP server: one at `url` over streamable HTTP, or a `command` that is started for each session.

    A server gets the gateway's own credential, never that of a caller: `secret`, sent in `secret_header`, or a token
    as `oauth` says. `headers` are callers' further headers that go on. `environment` are variables of a command beside
    the usual few, each a secret, and `folder` is where it runs. `protocol` is the revision that is spoken with it;
    `auto` finds out. `seconds` is how long it may take for one request. `private` allows a name that resolves to an
    address of a private network. `region`, `address`, `ca` and `certificate` are as for upstreams.
    """

    id: Id
    url: str = ""
    command: list[str] = []
    folder: str = ""
    environment: dict[str, Secret] = {}
    secret: Secret | None = None
    secret_header: str = "authorization"
    oauth: McpOauth | None = None
    headers: list[str] = []
    protocol: Literal["auto", "2025-06-18", "2025-11-25", "2026-07-28"] = "auto"
    seconds: float = 300.0
    private: bool = False
    region: str = ""
    address: str = ""
    ca: str = ""
    certificate: Secret | None = None


class McpAsking(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How people are asked about a call where the client can't ask its own user; the first way that answers counts.

    `webhook` is an address that questions are posted to, signed with `secret`; `folder` one in which they wait for
    another program.
    """

    webhook: str = ""
    secret: Secret | None = None
    folder: str = ""


class McpDoor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A way in for agents, at `/mcp/ID`, and the servers behind it.

    `prefix: several` puts a server's id before the names of its tools when there are several servers, `always` does so
    in any case. `pins` is a folder of approved definitions; without one, what a server lists at its first use is taken
    as good. `cards` is a file of tool cards or a folder of such, `charter` one of what agents are for. With
    `attended: false` nobody can be asked; `asking` is how people are. `states_request: true` believes the client about
    what its user has asked for (`_meta`, `bartizan/request`). `journal` is a folder in which each session is kept to be
    explained; with `journal_values: keep` it can also be replayed, and holds whatever went through tools.

    `audience` is what access tokens must be for, by default this door's address; `scopes` are told to clients.
    `origins` are web pages that may call (`https://HOST`). At most `sessions` are open at once, each ends `idle`
    seconds after its last request.
    """

    id: Id
    servers: list[McpServer]
    prefix: Literal["several", "always"] = "several"
    pins: str = ""
    cards: str = ""
    charter: str = ""
    attended: bool = True
    asking: McpAsking = McpAsking()
    states_request: bool = False
    journal: str = ""
    journal_values: Literal["digest", "keep"] = "digest"
    audience: str = ""
    scopes: list[str] = []
    origins: list[str] = []
    sessions: int = 1_000
    idle: float = 1_800.0


def check_mcp(doors: Sequence[McpDoor], workers: int, public: str) -> None:
    """Check what types can't tell. Raises InputError."""
    if public:
        _address(public, "`public`")
    if doors and workers > 1:
        raise InputError(
            "`mcp` needs one worker, which remembers what each agent has read",
            help="set `workers: 1`, and serve models from another gateway where one is not enough",
        )
    _unique([door.id for door in doors], "doors below `mcp`")
    for door in doors:
        if not door.servers:
            raise InputError(f"no server is named for door `{door.id}`", help="add one below `servers:`")
        _unique([server.id for server in door.servers], f"servers of door `{door.id}`")
        if door.sessions < 1 or not 1 <= door.idle <= 604_800:
            raise InputError(f"`sessions` or `idle` of door `{door.id}` is out of range", help="idle is in seconds")
        if bool(door.asking.webhook) != (door.asking.secret is not None):
            raise InputError(f"the webhook of door `{door.id}` needs both an address and a `secret`")
        for server in door.servers:
            _check(server)


def _unique(ids: list[str], what: str) -> None:
    for id in ids:
        if ids.count(id) > 1:
            raise InputError(f"there are two {what} `{id}`")


def _check(server: McpServer) -> None:
    if bool(server.url) == bool(server.command):
        raise InputError(f"server `{server.id}` needs either a `url` or a `command`")
    if server.command and (server.secret or server.oauth or server.headers):
        raise InputError(
            f"server `{server.id}` is a command, which takes no headers", help="give it secrets in `environment:`"
        )
    if server.secret is not None and server.oauth is not None:
        raise InputError(f"server `{server.id}` has both `secret` and `oauth`")
    if not 0 < server.seconds <= 86_400:
        raise InputError(f"`seconds` of server `{server.id}` is out of range", help="more than 0, at most a day")
    for name in server.headers:
        if not _HEADER.match(name) or name in _OWN or name.startswith(("mcp-", "x-forwarded-", "sec-")):
            raise InputError(
                f"header `{name[:80]}` of server `{server.id}` can't be passed on",
                help="names are in lower case; credentials and headers of MCP or of a connection never go on",
            )
    if not _HEADER.match(server.secret_header):
        raise InputError(f"`secret_header` of server `{server.id}` is no name of a header in lower case")
    if server.url:
        _address(server.url, f"`url` of server `{server.id}`")
    if server.oauth is not None:
        _address(server.oauth.token_url, f"`token_url` of server `{server.id}`", secure=True)


def _address(url: str, what: str, *, secure: bool = False) -> None:
    try:
        place = urlsplit(url)
        host, _ = place.hostname or "", place.port
    except ValueError:
        host, place = "", urlsplit("")
    if place.scheme not in ("http", "https") or not host or "@" in place.netloc or place.fragment:
        raise InputError(f"{what} is no address", help="write it as https://HOST/PATH, without a user or a fragment")
    if secure and place.scheme == "http" and not is_near(host):
        raise InputError(f"{what} must be https", help="a credential goes there")


def is_near(host: str) -> bool:
    """Tell whether a host of an address is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
