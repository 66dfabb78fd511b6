"""User names and passwords in addresses, command lines and configuration."""

from __future__ import annotations

import re

from bartizan.inspection.checks.text.secrets_generic import bare_password, plausible_secret
from bartizan.inspection.checks.text.secrets_value import Value

_TEMPLATE = re.compile(
    r"\$[({A-Za-z_]|\{|\}|<|>|%[({sd]|[A-Z_]{3,}%|\*{3}|\A[xX*.]+\Z|\A\.{3}|#\{|\[|\]|\+ |\A@", re.ASCII
)
_WORDS = re.compile(
    r"(my|your?|the|some|db|user|admin|root|test|new|old|proxy|url|encoded)?[-_.]?"
    r"(user(name)?|login|pass(word|wd|phrase)?|pwd?|pw|secret|token|credentials?|host|port|key|string|changeme|xxx+|redacted"
    r"|masked|hidden|removed|placeholder|example|none|null|true|false|undefined)s?\d?",
    re.IGNORECASE,
)


def _template(text: str) -> bool:
    return _TEMPLATE.search(text) is not None


def _halves(value: str, mark: str) -> tuple[str, str]:
    user, _, password = value.partition(mark)
    return user, password


def url_login(value: str) -> bool:
    """`user:password` of an address, where the password is neither a template nor a word for one."""
    user, password = _halves(value, ":")
    if _template(user) or _template(password) or len(password) < 3:
        return False
    return not _WORDS.fullmatch(password) and not password.isdigit() and not Value(password).placeholder


def weak_url_login(value: str) -> bool:
    """`user:password` of an address with any password of four characters or more that is no template."""
    user, password = _halves(value, ":")
    return len(user) > 2 and len(password) > 3 and not _template(value) and not password.isdigit()


def slash_login(value: str) -> bool:
    """`user/password` as Oracle writes it in an address."""
    user, password = _halves(value, "/")
    return not _template(user) and not _template(password) and not _WORDS.fullmatch(password)


def curl_login(value: str) -> bool:
    """`user:password` of a command line.

    An empty password is fine when the user name is a token; one that repeats the user's name is a sample.
    """
    user, password = _halves(value.strip("\"'"), ":")
    if _template(user) or _template(password):
        return False
    if user == password and user.isalpha():
        return False
    if not password:
        return len(user) > 7 and Value(user).surprise >= 0.25
    return len(password) > 2 and not _WORDS.fullmatch(password) and not Value(password).placeholder


def config_password(value: str) -> bool:
    """The value of a field that only ever holds a password: anything but a template, a mask or a word for password."""
    it = Value(value)
    return not _template(value) and not _WORDS.fullmatch(value) and not it.placeholder and len(set(value)) > 2


def sql_value(value: str) -> bool:
    """A password in an SQL statement: as `config_password`, and no keyword or parameter."""
    return (
        config_password(value)
        and not value.startswith((":", "@", "?"))
        and value.upper()
        not in ("EXPIRE", "REQUIRE", "VALUES", "DEFAULT", "EXTERNALLY", "GLOBALLY", "PASSWORD", "SHA256_PASSWORD")
    )


def session_value(value: str) -> bool:
    """A session identifier: letters and digits mixed, twelve characters or more."""
    it = Value(value)
    return (
        it.digits > 1
        and it.letters > 1
        and not it.placeholder
        and not it.code
        and (bare_password(value) or plausible_secret(value) or it.surprise >= 0.15)
    )
