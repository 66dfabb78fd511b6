"""Tells who sent a request: a person by a cookie, a program by a token."""

from __future__ import annotations

from bartizan.console.access import AnyRequest, FirstThis
from bartizan.console.identity.api_tokens import person_of_token
from bartizan.console.identity.service import Identity
from bartizan.console.identity.sessions import current, person_of, second_lacks
from bartizan.govern.roles import Person

__all__ = ["SigningIn"]


class SigningIn:
    """An Authenticator by what was handed out here. What comes with a token is the program's, whatever cookies say."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity

    def person(self, request: AnyRequest) -> Person | None:
        """Return who it is, None for nobody. Raises FirstThis for somebody who has to add a second factor first."""
        said = request.headers.get("authorization")
        if said is None:
            found = current(self.identity, request)
            if found is not None and second_lacks(self.identity, found):
                raise FirstThis("/profile/factors", "add a second factor first")
            return person_of(found.person) if found else None
        scheme, _, token = said.partition(" ")
        return person_of_token(self.identity, token.strip()) if scheme.lower() == "bearer" else None
