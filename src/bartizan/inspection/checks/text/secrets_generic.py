"""Whether a value that stands behind a word like `password` or `token` is a real one; see `secrets_value`."""

from __future__ import annotations

import re

from bartizan.inspection.checks.text.secrets_value import Value

_NAMES_ITSELF = re.compile(
    r"pass|pwd|secret|token|key|auth|cred|field|input|form|user|name|login|string|text|type|valid|required|require|invalid"
    r"|missing|null|none|undefined|true|false|default|hash|crypt|value|config|setting|param|argument|option|error|prompt"
    r"|hidden|forgot|reset|confirm|update|create|delete|enter|basic|bearer|digest|unknown|disabled|enabled|optional"
    r"|object|number|integer|boolean|public|private|env",
    re.IGNORECASE,
)
_UUID = re.compile(r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_VENDOR = re.compile(r"\A(xox[a-z]-|dapi|gh[pousr]_|glpat-|sk-ant-|npm_|AKIA)")
_SPECIAL = re.compile(r"[!@#$%^&*?~+=]")
_TOKEN = re.compile(r"\A[A-Za-z0-9+/=_.~:%!@#$^&*-]+\Z")


def plausible_password(value: str) -> bool:
    """A quoted password: four characters or more that are no template, name, call, path or sentence."""
    return _plausible_password(value, Value(value))


def _plausible_password(value: str, it: Value) -> bool:
    if len(value) < 4 or " " in value or it.placeholder or it.code:
        return False
    if it.classes == 1:
        return len(value) >= 6 and value.isascii() and value.isalnum() and not _NAMES_ITSELF.search(value)
    if it.digits == 0:
        special = len(set(_SPECIAL.findall(value)))
        return (len(value) >= 8 and special > 1) or (
            len(value) >= 6 and it.surprise > 0.33 and not _NAMES_ITSELF.search(value)
        )
    return len(value) >= 6 or it.classes > 2


def strong_password(value: str) -> bool:
    """A password that can't be a word: eight characters or more of three classes, or such as no word runs."""
    it = Value(value)
    return (
        len(value) >= 8
        and it.letters > 0
        and _plausible_password(value, it)
        and (it.surprise >= 0.25 or it.classes > 2)
    )


def bare_password(value: str) -> bool:
    """A password without quotes, where names and calls of programs stand as well: it must not read as one."""
    it = Value(value)
    return (
        len(value) >= 6
        and it.letters > 0
        and it.classes > 1
        and _plausible_password(value, it)
        and (it.surprise >= 0.25 or it.classes == 4 or (it.digits == 0 and it.classes > 2))
    )


def plausible_secret(value: str) -> bool:
    """A quoted token, key or secret: eight characters or more, running unlike words."""
    return _plausible_secret(value, Value(value))


def _plausible_secret(value: str, it: Value) -> bool:
    if len(value) < 8 or it.placeholder or it.code or not _TOKEN.match(value) or _VENDOR.match(value):
        return False
    if _UUID.match(value):
        return it.entropy > 2.5
    if it.letters == 0 or it.entropy < 2.8 or (it.digits == 0 and (len(value) < 16 or it.surprise < 0.4)):
        return False
    return it.surprise >= (0.2 if len(value) >= 20 and it.digits > 3 else 0.25)


def bare_secret(value: str) -> bool:
    """A token, key or secret without quotes: with digits, ten characters or more, or eight of three classes."""
    it = Value(value)
    return (len(value) >= 10 or it.classes > 2) and it.digits > 0 and _plausible_secret(value, it)


def random_key(value: str) -> bool:
    """A value behind the bare word `key`: 16 characters or more, as good as random."""
    it = Value(value)
    return (
        16 <= len(value) <= 200
        and it.classes > 1
        and it.digits > 0
        and _plausible_secret(value, it)
        and it.entropy >= 3
        and it.surprise >= 0.25
    )


def token_text(value: str) -> bool:
    """What follows a vendor's own prefix: not masked, no template, no example, more than a few characters."""
    return _token_text(value, Value(value))


def _token_text(value: str, it: Value) -> bool:
    return not it.placeholder and len(set(value)) > 7


def context_token(value: str) -> bool:
    """A value of a vendor's form behind the vendor's name: with digits, running unlike words."""
    it = Value(value)
    return _token_text(value, it) and not it.code and it.digits > 0 and it.surprise >= 0.2 and it.run < 8


def random_token(value: str) -> bool:
    """What follows a vendor's own prefix, where real values are random: as `token_text`, and no row like `abcdef`."""
    it = Value(value)
    return _token_text(value, it) and it.run < 6
