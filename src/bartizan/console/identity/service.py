"""Identity: what signing in works with, put together once and passed to all that need it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import TypeAlias

import msgspec
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from bartizan.console.access import AnyRequest
from bartizan.console.identity.fetching import Fetcher
from bartizan.console.identity.oidc import OidcClient
from bartizan.console.identity.passwords import Passwords
from bartizan.console.identity.settings import ConsoleSettings
from bartizan.console.services import Services, sql_register
from bartizan.store.register.acceptances import Acceptances
from bartizan.store.register.people import People
from bartizan.store.register.people_access import Attempts, Sessions, Tokens
from bartizan.store.register.people_events import AuthEvents
from bartizan.store.register.people_factors import Factors, States
from bartizan.store.register.people_records import Note

__all__ = [
    "Client",
    "Identity",
    "WithIdentity",
    "beyond",
    "digest_of",
    "new_secret",
    "provide_identity",
]


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """From where a request comes: the address of the machine, and what the browser calls itself."""

    address: str
    agent: str = ""


class Identity:
    """Accounts, sessions, tokens and providers of one console. Safe to share between threads.

    Raises InputError for a register that isn't in a database: there is no place for accounts then.
    """

    def __init__(self, services: Services, settings: ConsoleSettings, *, passwords: Passwords | None = None) -> None:
        register = sql_register(services)
        self.services, self.settings = services, settings
        self.passwords = passwords or Passwords()
        self.people, self.sessions, self.tokens = People(register), Sessions(register), Tokens(register)
        self.attempts, self.events, self.acceptances = Attempts(register), AuthEvents(register), Acceptances(register)
        self.factors, self.states = Factors(register), States(register)
        fetcher = Fetcher()
        self.providers: dict[str, OidcClient] = {
            one.name: OidcClient(
                one,
                f"{services.address.rstrip('/')}/signin/{one.name}/callback",
                lambda: services.clock().timestamp(),
                fetcher,
            )
            for one in settings.oidc
        }

    @property
    def secure(self) -> bool:
        """Whether the console is reached over https."""
        return self.services.address.startswith("https:")

    def cookie_name(self, of: str) -> str:
        """Return the name of a cookie. With https no other host, not even one above, can set it for this one."""
        return f"__Host-{of}" if self.secure else of

    def note(self, kind: str, client: Client, *, person: str = "", about: str = "", unit: str = "",
             detail: str = "") -> Note:  # fmt: skip
        """Make the note of what happens now."""
        return Note(kind=kind, at=self.services.now(), person=person, about=about, unit=unit, detail=detail[:500],
                    address=client.address)  # fmt: skip

    def refused(self, client: Client, *, person: str = "", about: str = "", detail: str = "") -> None:
        """Note and count a sign-in that failed, or somebody who couldn't show anew who they are."""
        self.services.metrics.sign_ins.add(1, "refused")
        self.events.add(self.note("sign-in-failed", client, person=person, about=about, detail=detail))

    def client(self, request: AnyRequest) -> Client:
        """Return from where a request comes, past the proxies that are trusted."""
        forwarded = request.headers.getall("x-forwarded-for", [])
        peer = request.client.host if request.client else ""
        agent = request.headers.get("user-agent", "")
        plain = "".join(letter for letter in agent[:200] if letter.isprintable())
        return Client(address=beyond(peer, forwarded, self.settings.trusted_proxies), agent=plain)


WithIdentity: TypeAlias = NamedDependency[Identity]
"""How a handler asks for it: `identity: WithIdentity`."""


def provide_identity(request: AnyRequest) -> Identity:
    """Give a handler what signing in works with. Raises NotFoundException where nobody has to sign in."""
    identity = getattr(request.app.state.authenticator, "identity", None)
    if not isinstance(identity, Identity):
        raise NotFoundException("nobody signs in here")
    return identity


def new_secret() -> str:
    """Return 256 random bits as text for a cookie, a link or a token."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret: it has 256 random bits, so that a plain hash gives nothing away."""
    return sha256(secret.encode()).hexdigest()


def beyond(peer: str, forwarded: Sequence[str], trusted: Sequence[str]) -> str:
    """Return the last address that no trusted proxy has, from the nearest on."""
    networks = [ip_network(one, strict=False) for one in trusted]
    hops = [one.strip() for line in forwarded for one in line.split(",")]
    at = peer
    while True:
        try:
            place = ip_address(at)
        except ValueError:
            return "" if at != peer else peer[:60]
        if not any(place in network for network in networks) or not hops:
            return str(place)
        at = hops.pop()
