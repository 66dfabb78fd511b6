"""Tells who sent a request: a person by a cookie, a program by a token."""

from __future__ import annotations

from bartizan.console.access import AnyRequest
from bartizan.console.identity.api_tokens import person_of_token
from bartizan.console.identity.service import Identity
from bartizan.console.identity.sessions import current, person_of
from bartizan.govern.roles import Person

__all__ = ["SigningIn"]


class SigningIn:
    """An Authenticator by what was handed out here. What comes with a token is the program's, whatever cookies say."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity

    def person(self, request: AnyRequest) -> Person | None:
        """Return who it is, None for nobody."""
        said = request.headers.get("authorization")
        if said is None:
            found = current(self.identity, request)
            return person_of(found.person) if found else None
        scheme, _, token = said.partition(" ")
        return person_of_token(self.identity, token.strip()) if scheme.lower() == "bearer" else None
