"""Why somebody is not identified. Neither holds anything of a credential."""

from __future__ import annotations

__all__ = ["NeedKeys", "NotIdentified", "challenge"]

_INVALID = frozenset({"key-mistyped", "key-not-valid", "token-expired", "token-not-valid", "token-without-principal"})


def challenge(rule: str) -> str:
    """Return what `WWW-Authenticate` says with a refusal (RFC 6750, section 3): programs get a new token by it."""
    if rule in _INVALID:
        return 'Bearer realm="bartizan", error="invalid_token"'
    if rule == "credentials-differ":
        return 'Bearer realm="bartizan", error="invalid_request"'
    return 'Bearer realm="bartizan"'


class NotIdentified(Exception):
    """A caller isn't identified: the rule that says so, a sentence for the caller, and the HTTP status."""

    def __init__(self, rule: str, sentence: str, status: int = 401) -> None:
        super().__init__(sentence)
        self.rule, self.sentence, self.status = rule, sentence, status


class NeedKeys(Exception):
    """A token can't be decided with the keys that are known of its issuer.

    `begin` says that they are to be fetched now; it is false when they were asked for a moment ago, so that garbage
    causes no storm of fetches. `none` says that no key of the issuer is in force: nothing was learned yet, or too long
    ago.
    """

    def __init__(self, issuer: str, *, begin: bool, none: bool) -> None:
        super().__init__("keys of the issuer are needed")
        self.issuer, self.begin, self.none = issuer, begin, none
