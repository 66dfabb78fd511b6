"""Who asks, and what they may see: the seam between pages and the ways of signing in."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias, cast

from litestar import Request
from litestar.di import NamedDependency
from litestar.exceptions import (
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
    TooManyRequestsException,
)

from bartizan.console.limits import Limits
from bartizan.console.services import Services
from bartizan.govern.roles import Action, Person
from bartizan.model.documents import Kind, Stored

__all__ = [
    "OVER",
    "WHO",
    "AnyRequest",
    "Authenticator",
    "FirstThis",
    "Fixed",
    "WithPerson",
    "WithServices",
    "admit",
    "must",
    "provide_person",
    "visible",
]

WHO = "bartizan.who"
"""The key of a request's scope under which the id of who asks stands, once that is known: for the log."""
OVER = "bartizan.over"
"""The key under which it stands that the request was one too many: a `limits.Over`."""
AnyRequest: TypeAlias = Request[Any, Any, Any]
WithPerson: TypeAlias = NamedDependency[Person]
"""How a handler asks for who acts: `person: WithPerson`."""
WithServices: TypeAlias = NamedDependency[Services]
"""How a handler asks for what it works with: `services: WithServices`."""


class FirstThis(PermissionDeniedException):
    """Somebody is signed in, and has to do something before anything else. `to` is the path of the page for it."""

    def __init__(self, to: str, detail: str) -> None:
        super().__init__(detail=detail)
        self.to = to


class Authenticator(Protocol):
    """Tells who sent a request. Called once for each, in a thread."""

    def person(self, request: AnyRequest) -> Person | None:
        """Return who it is, None for nobody. Raises FirstThis."""
        ...


class Fixed:
    """Everybody is one and the same person: for tests."""

    def __init__(self, person: Person | None) -> None:
        self._person = person

    def person(self, request: AnyRequest) -> Person | None:  # noqa: ARG002 - the interface's
        """Return the one."""
        return self._person


def provide_person(request: AnyRequest) -> Person:
    """Give a handler who asks, if they don't ask too often.

    Raises NotAuthorizedException for nobody: pages send those to the sign-in; FirstThis, and TooManyRequestsException.
    """
    authenticator: Authenticator = request.app.state.authenticator
    person = authenticator.person(request)
    if person is None:
        raise NotAuthorizedException("nobody is signed in")
    admit(request, person, int(request.route_handler.opt.get("dear", 0)))
    return person


def admit(request: AnyRequest, person: Person, dear: int = 0) -> None:
    """Note who asks, and count it; `dear` is what it takes of the smaller bound. Raises TooManyRequestsException.

    A person's programs count together, and apart from the person: a script can't lock its owner out of the pages, and
    more tokens don't make more requests.
    """
    scope = cast(dict[str, Any], request.scope)
    scope[WHO] = person.id
    limits: Limits | None = request.app.state.limits
    over = limits.take(f"{'program' if person.program else 'person'} {person.id}", dear) if limits else None
    if over is not None:
        scope[OVER] = over
        wait = f"wait {over.seconds} second{'s' if over.seconds > 1 else ''}"
        raise TooManyRequestsException(
            f"this account asks too often: {wait}, and try again", headers={"Retry-After": str(over.seconds)}
        )


def must(services: Services, person: Person, action: Action, unit: str) -> None:
    """Let through who may do something in a unit. Raises PermissionDeniedException."""
    if not services.may(person, action, unit):
        raise PermissionDeniedException(f"your roles don't include `{action}` here")


def visible(services: Services, person: Person, kind: Kind, name: str) -> Stored:
    """Return a document that somebody may see.

    Raises NotFoundException, and says the same of a document that there isn't and of one that is not theirs to see.
    """
    stored = services.register.documents.get(kind, name)
    if stored is None or not services.may(person, Action.READ, stored.document.unit):
        raise NotFoundException(f"there is no {kind} `{name}`")
    return stored
