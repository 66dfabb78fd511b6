"""Values that may not leave with a message just because its recipient is right, and whether a text carries one."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["Secrets", "is_secret", "secrets_in"]

_NAMED = re.compile(
    r"\b(?P<field>(?:security|verification|confirmation|access|one[- ]time|login|auth\w*|2fa|mfa|reset|recovery|backup)"
    r"[ -](?:code|pin|token|password|key)|otp|passcode|password|passwort|passphrase|mot de passe|secret(?: key)?"
    r"|api[- _]?key|private key|token|pin(?: code)?|cvv|cvc|seed phrase)\b"
    r"(?:\s+(?:is|ist|was|has been set to|:)|\s*[:=])[\s'\"`:]{0,4}(?P<value>[^\s'\"`,;<>]{4,120})",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\b(?P<field>passport|credit[ _]card|debit[ _]card|social[ _]security|ssn|national[ _]id|id[ _]card"
    r"|driver'?s?[ _]licen[cs]e|tax[ _]id|bank[ _]account)(?:[ _](?:number|no\.?|#))?"
    r"\s*(?:is|[:=#])\s*(?P<value>[A-Z0-9][A-Z0-9 \-]{4,28}[A-Z0-9])",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"passport|creditcard|debitcard|cardnumber|cvv|cvc|\bssn\b|socialsecurity|password|passphrase|secret|apikey|accesskey"
    r"|privatekey|\btoken|token$|\bpin\b|pincode|bankaccount|accountnumber|nationalid|idnumber|identitynumber|taxid"
    r"|licen[cs]enumber|diagnos|medication|salary"
)
_KEY = re.compile(
    r"\b[a-z]{2,12}[_-](?:live|test|prod|secret|key|token|sk|pk)[_-](?=[\w-]{0,200}\d)\w{6,}|\b(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abpr]|AKIA|ASIA|AIza|eyJ)[-_A-Za-z0-9.]{12,}"
)
_CARD = re.compile(r"(?<![\w-])\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,7}(?![\w-])")
_KEY_SIGNS = (
    "sk-", "sk_", "pk-", "pk_", "rk-", "rk_", "ghp", "gho", "ghs", "glpat", "xox", "AKIA", "ASIA", "AIza", "eyJ",
    *(f"{joint}{word}" for joint in "-_" for word in ("live", "test", "prod", "secret", "key", "token", "sk", "pk")),
)  # fmt: skip
_SPOKEN = ("code", "pass", "otp", "secret", "key", "token", "pin", "cvv", "cvc", "seed phrase", "mot de passe")
_PAPERS = ("passport", "card", "social", "ssn", "national", "licen", "tax", "bank")
_DIGITS = re.compile(r"\d{4}[ -]?\d{4}")
_SEPARATORS = re.compile(r"[\W_]+")
_LEAST, _WINDOW, _MOST = 5, 8, 4096


class Secret:
    """A secret value in the form that is looked for, the field that it came from, and the call."""

    __slots__ = ("call", "field", "key")

    def __init__(self, key: str, field: str, call: int) -> None:
        self.key, self.field, self.call = key, field, call


def is_secret(field: str) -> bool:
    """Tell whether a field, by its name without case and separators, holds what is secret by its nature."""
    return _FIELD.search(field) is not None


def secrets_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a text calls a code, a password or a key, or what has the form of one, with what it is called."""
    lower = text.lower()
    if any(word in lower for word in _SPOKEN):
        for match in _NAMED.finditer(text):
            value = match["value"].rstrip(".,;:!?)")
            if any(character.isdigit() or not character.isalnum() for character in value):
                yield value, match["field"].lower()
    if any(word in lower for word in _PAPERS):
        for match in _NUMBERED.finditer(text):
            yield match["value"], match["field"].lower()
    if any(sign in text for sign in _KEY_SIGNS):
        for match in _KEY.finditer(text):
            yield match[0], "key"
    if _DIGITS.search(text):
        for match in _CARD.finditer(text):
            yield match[0], "card number"


class Secrets:
    """The secrets that a session has read."""

    def __init__(self) -> None:
        self._known: dict[str, Secret] = {}

    def add(self, value: str, field: str, call: int) -> None:
        """Keep a value as secret. Very short ones can't be told from chance."""
        key = plain(value)
        if _LEAST <= len(key) <= 400 and len(self._known) < _MOST:
            self._known.setdefault(key, Secret(key, field, call))

    def __bool__(self) -> bool:
        return bool(self._known)

    def within(self, texts: list[str]) -> list[Secret]:
        """Return the secrets that texts carry, whole or in a part of 8 characters, however they are separated."""
        joined = [plain(text) for text in texts]
        found = []
        for secret in self._known.values():
            if any(_carries(text, secret.key) for text in joined):
                found.append(secret)
        return found


def plain(text: str) -> str:
    """Return a text's letters and digits, without case."""
    return _SEPARATORS.sub("", text.casefold())


def _carries(text: str, key: str) -> bool:
    if key in text:
        return True
    if len(key) <= _WINDOW:
        return False
    return any(key[start : start + _WINDOW] in text for start in range(0, len(key) - _WINDOW + 1, 2))
