"""Who calls: the one type that every way to identify a caller ends in."""

from __future__ import annotations

import msgspec

__all__ = ["Principal", "Scope"]


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What an identity is kept to, whatever policies would let its principal do. What is empty keeps to nothing.

    A scope can only take away: it is asked before the policies, and never instead of them.
    """

    actions: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    upstreams: frozenset[str] = frozenset()

    def lacks(self, action: str, model: str, upstream: str) -> str:
        """Return what of a call is outside: `action`, `model` or `upstream`; empty when the call is inside.

        Listing models is about no model in particular, so that only its action and upstream count.
        """
        if self.actions and action not in self.actions:
            return "action"
        if self.models and model not in self.models and action != "list-models":
            return "model"
        if self.upstreams and upstream not in self.upstreams:
            return "upstream"
        return ""


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """A caller whose identity was checked.

    `id` is unique in the tenant, `groups` are the groups as the issuer names them, `application` is the program that
    calls on somebody's behalf. `sandbox` binds a key to one sandbox. `source` is the way it was identified:
    `key:ID`, `issuer:ADDRESS` or `proxy`. `until` is when this identity ends, in seconds since 1970; 0 for no end.
    `scope` narrows what this identity may do to less than the principal itself may; None for no less. `audiences` are
    what an access token was issued for and `scopes` those that it has; both are empty for other identities.
    """

    id: str
    source: str
    groups: frozenset[str] = frozenset()
    application: str = ""
    tenant: str = "default"
    sandbox: str = ""
    until: float = 0.0
    scope: Scope | None = None
    audiences: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
