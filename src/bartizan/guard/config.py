"""The gateway's configuration, as typed values. Reading the files that it names is the command line's."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec

from bartizan.guard.config_mcp import McpDoor, check_mcp
from bartizan.guard.config_secret import Secret
from bartizan.guard.protection.rules import DataRule
from bartizan.inspection import Policy
from bartizan.model import InputError
from bartizan.model.base import Id
from bartizan.model.decode import decode
from bartizan.model.yamltree import parse_yaml

__all__ = [
    "Budget",
    "Config",
    "Data",
    "Door",
    "Doors",
    "Egress",
    "Events",
    "ExtProc",
    "ExtProcTls",
    "Identity",
    "Issuer",
    "Limits",
    "LiteLlm",
    "Price",
    "Proxy",
    "Secret",
    "Upstream",
    "parse_config",
]

Door: TypeAlias = Literal["openai", "anthropic", "gemini", "azure"]
"""A family of wire formats, which is also the first part of the path that callers use."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the configuration: immutable, and every key of the file has to be known."""


class Price(_Part, frozen=True):
    """Money for a million tokens, in the currency of the budgets."""

    input: float = 0.0
    output: float = 0.0


class Upstream(_Part, frozen=True):
    """A provider's endpoint.

    `url` is what callers' paths are put behind. `secret` says where the provider's credential is kept; `models` maps
    the names that callers use to those that are sent (`*` lets any other name through as it is), so that callers can
    be held to dated versions. `require` are parameters that a request must carry with these values, such as
    `store: false`. `seconds` is how long an answer may take.

    `address` is an IP address that is called whatever the name in `url` resolves to. `ca` is a file of certificates
    (PEM) of authorities that are trusted here besides the usual ones, `certificate` a client certificate with its key,
    both PEM, one behind the other. `trace: true` hands the caller's `traceparent` on.
    """

    id: Id
    door: Door
    url: str
    secret: Secret | None = None
    region: str = ""
    models: dict[str, str] = msgspec.field(default_factory=lambda: {"*": "*"})
    prices: dict[str, Price] = {}
    require: dict[str, Any] = {}
    seconds: float = 600.0
    address: str = ""
    ca: str = ""
    certificate: Secret | None = None
    trace: bool = False


class Egress(_Part, frozen=True):
    """How the gateway reaches providers and issuers.

    `proxy` is the address of a proxy (`http://HOST:PORT`), or where that is kept as a secret when it holds a password.
    `no_proxy` are hosts, domains with all below them (`.example.com`) and networks (`10.0.0.0/8`) that are called
    directly. `ca` is a file of certificates (PEM) of authorities that are trusted besides the usual ones.
    """

    proxy: str = ""
    no_proxy: list[str] = []
    ca: str = ""


class Issuer(_Part, frozen=True):
    """Who issues access tokens (OpenID Connect), and which claims say what.

    `jwks` is the address of the keys, by default what the issuer's discovery document names. `leeway` is how many
    seconds clocks may differ. `prefix` is put before the names of principals, groups and applications, so that an
    issuer can't name somebody of another one; issuers that share people share it.
    """

    issuer: str
    audience: str
    jwks: str = ""
    principal: str = "sub"
    groups: str = "groups"
    application: str = "azp"
    tenant: str = "tid"
    algorithms: list[str] = msgspec.field(default_factory=lambda: ["RS256", "ES256", "PS256"])
    leeway: int = 60
    prefix: str = ""


class Proxy(_Part, frozen=True):
    """A reverse proxy that has checked a client's certificate, and says who it was.

    `header` carries the identity, and `secret` is what the proxy sends in `x-bartizan-proxy`, so that nobody else can.
    """

    header: str
    secret: Secret


class Identity(_Part, frozen=True):
    """Where callers' identities come from. There is no anonymous caller."""

    keys: str = ""
    issuers: list[Issuer] = []
    proxy: Proxy | None = None


class Data(_Part, frozen=True):
    """What is done about sensitive values: which to look for, and rules, of which the first that fits decides."""

    inspect: Policy = Policy()
    rules: list[DataRule] = []
    key: Secret | None = None


class Budget(_Part, frozen=True):
    """An amount that may be used in a span of time, by each principal, application, group or sandbox.

    `match` keeps it to named ones; money is in one currency throughout, `requests` and `tokens` count.
    """

    id: Id
    of: Literal["principal", "application", "group", "sandbox", "all"]
    match: list[str] = []
    per: Literal["minute", "hour", "day", "month"] = "day"
    requests: int = 0
    tokens: int = 0
    money: float = 0.0


class Events(_Part, frozen=True):
    """Where events are kept, and when they are on the disk.

    `writer` begins the names of the chains, one for each worker; `{host}` in it becomes this machine's name, so that
    the logs of several machines can lie in one folder.

    `fsync: always` answers only after the event is on the disk, `second` puts it there within a second, `never` leaves
    it to the operating system.
    """

    folder: str = "events"
    fsync: Literal["always", "second", "never"] = "second"
    writer: str = "gateway"


class Limits(_Part, frozen=True):
    """Bounds that protect the gateway: bytes of a body, seconds that a caller may take to send it, calls at once.

    `answer_tokens` are reserved from budgets for an answer that the call itself doesn't bound. `drain` is how many
    seconds answers may still take when the gateway has to end; streams that take longer are ended with an error.
    """

    body: int = 10_000_000
    answer: int = 50_000_000
    seconds: float = 30.0
    calls: int = 2_000
    answer_tokens: int = 4_096
    drain: float = 30.0


class ExtProcTls(_Part, frozen=True):
    """Files (PEM) of the certificate and its key that Envoy is shown, and of the authorities of Envoy's own one."""

    certificate: str
    key: str
    clients: str


class ExtProc(_Part, frozen=True):
    """How Envoy's external processing is served: at HOST:PORT, or `unix:PATH`.

    `paths` says which door is behind a beginning of Envoy's paths, such as `/v1: openai`; without it the paths are
    those of the gateway. `headers` are further request headers that go on to providers. `tls` is needed beyond this
    machine.
    """

    listen: str = "127.0.0.1:8401"
    paths: dict[str, Door] = {}
    headers: list[str] = []
    tls: ExtProcTls | None = None


class LiteLlm(_Part, frozen=True):
    """A LiteLLM proxy that asks here what may go to its providers and back: its generic guardrail.

    `upstream` is what policies and data rules call the providers behind it, with their `region` and `prices`; `models`
    are the names that may be asked for. `vouches` are ids of keys whose holder is believed about users and teams: a
    call is then decided for `prefix` and the user's id, in the group of `prefix` and the team's. `answers: rewrite`
    says that this LiteLLM puts changed texts of answers in the place of the old ones, also in streams; with `block`
    an answer in which something would be hidden is not given. `keep` is how many seconds the pseudonyms of a call
    are kept for its answer; 0 never turns them back. `unshown: block` gives no answer to a request that was not shown
    here before, as LiteLLM does with requests that hold nothing but pictures; it needs one worker.
    """

    upstream: Id = "litellm"
    region: str = ""
    models: list[str] = msgspec.field(default_factory=lambda: ["*"])
    prices: dict[str, Price] = {}
    vouches: list[str] = []
    prefix: str = "litellm:"
    answers: Literal["block", "rewrite"] = "block"
    keep: float = 600.0
    unshown: Literal["inspect", "block"] = "inspect"


class Doors(_Part, frozen=True):
    """Further ways in, each closed unless it is named."""

    litellm: LiteLlm | None = None


class Config(_Part, frozen=True):
    """What the gateway is told. Paths are relative to the file's folder.

    `policies` is a folder of Cedar policies, `sandboxes` one of sandbox documents, `state` where budgets, blocks and
    rates are shared: `memory` for one process, or the address of a Valkey or Redis server (`valkey://HOST:PORT/0`,
    or where that is kept as a secret: `env:NAME`, `file:PATH`). `state_lost` is what happens to calls that a budget
    limits while the server can't be asked: `refuse`, or `allow` without counting. `secret_store` is the name of an
    installed plug-in that reads secrets of the kind `store:NAME`. `mcp` are doors for agents to MCP servers, and
    `public` is the address by which callers reach the gateway, by default `http://` and `listen`.
    """

    identity: Identity
    upstreams: list[Upstream] = []
    policies: str = "policies"
    data: Data = Data()
    budgets: list[Budget] = []
    sandboxes: str = ""
    state: str = "memory"
    state_lost: Literal["refuse", "allow"] = "refuse"
    events: Events = Events()
    limits: Limits = Limits()
    doors: Doors = Doors()
    egress: Egress = Egress()
    secret_store: str = ""
    ext_proc: ExtProc = ExtProc()
    mcp: list[McpDoor] = []
    public: str = ""
    listen: str = "127.0.0.1:8400"
    workers: int = 1
    tenant: str = "default"


def parse_config(text: bytes, name: str) -> Config:
    """Read a configuration. Raises InputError with the position of what is wrong."""
    made = decode(parse_yaml(text, name), Config)
    if not made.upstreams and made.doors.litellm is None and not made.mcp:
        raise InputError("no upstream is named", help="add one below `upstreams:`, or servers below `mcp:`")
    check_mcp(made.mcp, made.workers, made.public)
    ids = [one.id for one in made.upstreams]
    for id in ids:
        if ids.count(id) > 1:
            raise InputError(f"there are two upstreams `{id}`")
    litellm = made.doors.litellm
    if litellm is not None and litellm.upstream in ids:
        raise InputError(f"there are two upstreams `{litellm.upstream}`, one of them behind `doors: litellm:`")
    if litellm is not None and litellm.unshown == "block" and (made.workers > 1 or litellm.keep <= 0):
        raise InputError("`unshown: block` needs one worker, which keeps what it was shown", help="set `workers: 1`")
    identity = made.identity
    if not identity.keys and not identity.issuers and identity.proxy is None:
        raise InputError("nobody can be identified", help="name `keys:`, `issuers:` or `proxy:` below `identity:`")
    return made
