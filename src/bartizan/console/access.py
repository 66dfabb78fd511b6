"""Who asks, and what they may see: the seam between pages and the ways of signing in."""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias, cast

from litestar import Request
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException, NotFoundException, PermissionDeniedException

from bartizan.console.services import Services
from bartizan.govern.roles import Action, Person
from bartizan.model.documents import Kind, Stored

__all__ = [
    "WHO",
    "AnyRequest",
    "Authenticator",
    "Fixed",
    "WithPerson",
    "WithServices",
    "must",
    "provide_person",
    "visible",
]

WHO = "bartizan.who"
"""The key of a request's scope under which the id of who asks stands, once that is known: for the log."""
AnyRequest: TypeAlias = Request[Any, Any, Any]
WithPerson: TypeAlias = NamedDependency[Person]
"""How a handler asks for who acts: `person: WithPerson`."""
WithServices: TypeAlias = NamedDependency[Services]
"""How a handler asks for what it works with: `services: WithServices`."""


class Authenticator(Protocol):
    """Tells who sent a request. Called once for each, in a thread."""

    def person(self, request: AnyRequest) -> Person | None:
        """Return who it is, None for nobody."""
        ...


class Fixed:
    """Everybody is one and the same person: for tests."""

    def __init__(self, person: Person | None) -> None:
        self._person = person

    def person(self, request: AnyRequest) -> Person | None:  # noqa: ARG002 - the interface's
        """Return the one."""
        return self._person


def provide_person(request: AnyRequest) -> Person:
    """Give a handler who asks. Raises NotAuthorizedException for nobody: pages send those to the sign-in."""
    authenticator: Authenticator = request.app.state.authenticator
    person = authenticator.person(request)
    if person is None:
        raise NotAuthorizedException("nobody is signed in")
    cast(dict[str, Any], request.scope)[WHO] = person.id
    return person


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
