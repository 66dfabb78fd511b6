"""What an operator may set about the console: its address, its sessions, and who may sign in by OpenID Connect."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from bartizan.govern.roles import Role
from bartizan.model import InputError
from bartizan.model.base import Id
from bartizan.model.decode import decode, nearest
from bartizan.model.yamltree import parse_yaml

__all__ = ["ConsoleSettings", "Provider", "SessionTimes", "Signed", "is_loopback", "parse_settings", "read_settings"]

SHORTEST_TOKEN = 24
"""Characters of the token for metrics."""


_TAKEN = frozenset({"password", "passkey", "second"})
"""What no provider can be called: ways of signing in, and addresses below that of the sign-in."""


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the settings: immutable, and every key of the file has to be known."""


class Signed(msgspec.Struct, frozen=True):
    """A role in a unit, as `reviewer@retail` says it; without a unit it is the whole organisation's."""

    role: Role
    unit: str


class Provider(_Part, frozen=True, kw_only=True):
    """An OpenID provider at which people may sign in.

    `name` is part of the address that the provider sends people back to: ADDRESS/signin/NAME/callback. `title` stands
    on the button. `client_secret_file` holds the secret that the provider gave; without one the console is a public
    client. `groups_claim` names the claim in which the provider lists groups, `roles` what each group is here, such as
    `ai-reviewers: reviewer@retail`; a list gives several. What a group gave ends at the first sign-in without it.

    How strongly the provider has to have asked, and to say so in the identity token: one of the classes of `acr`, all
    methods of `amr` (RFC 8176), and not longer ago than `max_age_minutes`. What isn't set isn't demanded.
    """

    name: Id
    title: str = ""
    issuer: str
    client_id: str
    client_secret_file: str = ""
    scopes: list[str] = msgspec.field(default_factory=lambda: ["openid", "email", "profile"])
    groups_claim: str = "groups"
    roles: dict[str, str | list[str]] = {}
    acr: list[str] = []
    amr: list[str] = []
    max_age_minutes: int | None = None

    def given(self, groups: frozenset[str]) -> frozenset[Signed]:
        """Return the roles that somebody in these groups has."""
        listed = [self.roles[group] for group in sorted(groups & self.roles.keys())]
        return frozenset(_signed(one) for each in listed for one in ([each] if isinstance(each, str) else each))


class SessionTimes(_Part, frozen=True):
    """How long somebody stays signed in: minutes without a request, and hours at the most."""

    idle_minutes: int = 30
    hours: int = 12


class ConsoleSettings(_Part, frozen=True):
    """The settings of a console, from `console.yaml`.

    `address` is the one under which people reach it: requests under another name are refused. `passwords` says
    whether accounts with a password may sign in; it can be turned off once a provider works. `second_factor` says
    whether they may have a second factor, or must: who has none then adds one right after signing in.
    `trusted_proxies` are the addresses or networks of reverse proxies whose `X-Forwarded-For` counts.
    `private_webhooks` lets webhooks go to this machine and to private networks, and there over plain http.
    `requests_per_second` is how often each account may ask for ever, 0 without a bound. `metrics_token_file` holds the
    token that opens `/metrics` to other machines.
    """

    address: str = "http://127.0.0.1:8300"
    passwords: bool = True
    second_factor: Literal["optional", "required"] = "optional"
    session: SessionTimes = SessionTimes()
    oidc: list[Provider] = []
    trusted_proxies: list[str] = []
    private_webhooks: bool = False
    requests_per_second: int = 20
    metrics_token_file: str = ""


def parse_settings(content: bytes | str, file: str = "console.yaml") -> ConsoleSettings:
    """Read settings. Raises InputError, with the position of each mistake, for anything that can't be used."""
    settings = decode(parse_yaml(content, file), ConsoleSettings)
    _address(settings.address)
    if not 1 <= settings.session.idle_minutes <= 1440 or not 1 <= settings.session.hours <= 168:
        raise InputError("the times of `session` are out of bounds", help="1 to 1440 minutes idle, 1 to 168 hours")
    if not 0 <= settings.requests_per_second <= 10_000:
        raise InputError("`requests_per_second` is out of bounds", help="1 to 10000, or 0 for no bound")
    for network in settings.trusted_proxies:
        _network(network)
    if not settings.passwords and not settings.oidc:
        raise InputError("nobody could sign in", help="leave `passwords` on, or name a provider under `oidc`")
    names = [one.name for one in settings.oidc]
    for one in settings.oidc:
        if names.count(one.name) > 1:
            raise InputError(f"two providers are called `{one.name}`", help="each needs a name of its own")
        if one.name in _TAKEN:
            raise InputError(f"no provider can be called `{one.name}`", help="give it another name")
        _provider(one)
    return settings


def read_settings(path: Path) -> ConsoleSettings:
    """Read settings from a file; files that it names are looked for beside it. Raises InputError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"`{path}` can't be read: {error.strerror}", help="give the path of a console.yaml") from None
    settings = parse_settings(content, str(path))
    providers = [
        msgspec.structs.replace(one, client_secret_file=str(path.parent / one.client_secret_file))
        if one.client_secret_file
        else one
        for one in settings.oidc
    ]
    for one in providers:
        if one.client_secret_file and not Path(one.client_secret_file).is_file():
            raise InputError(
                f"there is no file `{one.client_secret_file}` with the client secret of provider `{one.name}`",
                help="write the secret that the provider gave into it, readable by the console alone",
            )
    token = str(path.parent / settings.metrics_token_file) if settings.metrics_token_file else ""
    if token:
        _long_enough(token)
    return msgspec.structs.replace(settings, oidc=providers, metrics_token_file=token)


def _long_enough(token_file: str) -> None:
    try:
        text = Path(token_file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        text = ""
    if len(text) < SHORTEST_TOKEN:
        raise InputError(
            f"there is no token for metrics of {SHORTEST_TOKEN} characters or more in `{token_file}`",
            help="write one into it: `openssl rand -hex 32`",
        )


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _signed(text: str) -> Signed:
    role, _, unit = text.partition("@")
    if role not in set(Role):
        raise InputError(f"there is no role `{role}`", help=nearest(role, [one.value for one in Role]))
    return Signed(Role(role), unit)


def _provider(one: Provider) -> None:
    parts = _parts(one.issuer)
    if parts is None or parts[2] or not (parts[0] == "https" or (parts[0] == "http" and is_loopback(parts[1]))):
        raise InputError(
            f"the issuer of provider `{one.name}` is no address to trust",
            help="write it as the provider does, https://HOST/PATH",
        )
    if not one.client_id:
        raise InputError(f"provider `{one.name}` lacks `client_id`", help="the provider gives it for this console")
    if "openid" not in one.scopes:
        raise InputError(f"the scopes of provider `{one.name}` lack `openid`", help="without it there is no identity")
    if one.max_age_minutes is not None and not 1 <= one.max_age_minutes <= 10_080:
        raise InputError(
            f"`max_age_minutes` of provider `{one.name}` is out of bounds", help="1 minute to a week, 10080"
        )
    if any(not text or not text.isprintable() or " " in text for text in [*one.acr, *one.amr]):
        raise InputError(
            f"provider `{one.name}` has an `acr` or `amr` that is no word", help="as the provider says them"
        )
    one.given(frozenset(one.roles))


def _address(address: str) -> None:
    parts = _parts(address)
    if parts is None or parts[0] not in ("http", "https") or parts[2]:
        raise InputError(
            f"`{address}` is no address of a console", help="write it as https://HOST or https://HOST:PORT"
        )
    if parts[0] == "http" and not is_loopback(parts[1]):
        raise InputError(
            f"`{address}` would send passwords in the clear", help="use https; http is for this machine alone"
        )
    if urlsplit(address).path.strip("/"):
        raise InputError(f"`{address}` has a path", help="the console is at the root of a host: https://HOST")


def _parts(address: str) -> tuple[str, str, bool] | None:
    """Return the scheme, the host, and whether there is more than belongs into an address; None where it is none."""
    try:
        parts = urlsplit(address)
        more = bool(parts.query or parts.fragment or parts.username is not None or (parts.port or 1) < 1)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, more) if parts.hostname else None


def _network(text: str) -> None:
    try:
        ip_network(text, strict=False)
    except ValueError:
        raise InputError(f"`{text}` under `trusted_proxies` is no network", help="such as 10.0.0.0/8") from None
