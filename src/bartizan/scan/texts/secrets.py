"""Secrets in configurations and code: recognised by their form, or by the name that they stand under."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bartizan.inspection import Inspector

__all__ = ["SECRET_KEY", "is_secret", "suspected_secrets", "suspects_secrets"]

_NAME = re.compile(
    r"(?:^|[_\-.])(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key"
    r"|credentials?"
    r"|auth|authorization|bearer|cookie|pat)s?(?:$|[_\-.])|(?:key|token|secret|password)$",
    re.IGNORECASE,
)
SECRET_KEY = re.compile(r"(?i)secret|token(?!i[sz])|passw|api_?key|access_?key|private_?key|credential|_key\Z|_pat\Z")
"""Names of variables that programs keep secrets in: looser than what makes a value in a configuration one."""
_SUGGESTS = re.compile(
    r"sk-[A-Za-z0-9_-]{16}|sk_live_|AKIA[0-9A-Z]{12}|ASIA[0-9A-Z]{12}|gh[pousr]_[A-Za-z0-9]{20}|github_pat_|hf_[A-Za-z]{20}"
    r"|xox[abprs]-|AIza[0-9A-Za-z_-]{30}|glpat-|-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[A-Za-z0-9_-]{20,}\.eyJ"
    r"|gsk_[A-Za-z0-9]{20}"
    r"|r8_[A-Za-z0-9]{20}|pplx-[a-z0-9]{20}|AccountKey=|ya29\.|npm_[A-Za-z0-9]{30}|pypi-AgEI|SG\.[\w-]{20}|dapi[a-f0-9]{30}"
)
_PLACEHOLDER = re.compile(
    r"(?i)example|your|placeholder|xxxx|\.\.\.|dummy|fake|test|redacted|1234567890|abcdef|<|\*\*\*"
)
_STANDS_FOR = re.compile(
    r"\$\{|\$[A-Z_]|\$\(|%\w+%|\{\{|<[^>]+>|\$env:|^(?:env|file|op|vault|keychain|secret|cmd|input)s?:|^op://"
    r"|\.\.\.|…|\*{3}"
    r"|your|example|placeholder|change.?me|insert|replace|dummy|fake|sample|redacted|todo|test|_here|xxx+|^x+$"
    r"|^(?:secret|password|token|none|null|true|false|optional|required|key|abc123?|123456?|\[.*\]|\(.*\))$",
    re.IGNORECASE,
)
_NOT_SECRET_NAME = re.compile(
    r"(?:_|-|^)(?:path|file|dir|url|uri|host|name|id|type|mode|ttl|limit|max|min|count|helper|endpoint|scope"
    r"|region)s?$",
    re.IGNORECASE,
)


@cache
def _inspector() -> Inspector:
    from bartizan.inspection import Inspector, Policy

    return Inspector(Policy(types=["secret"], depth=1))


def suspects_secrets(text: str) -> bool:
    """Tell cheaply if a text may hold secrets that their form gives away."""
    return bool(_SUGGESTS.search(text))


def suspected_secrets(text: str) -> list[str]:
    """Return the kinds of secrets in a text: a cheap pattern suspects them, the inspection decides."""
    found = _SUGGESTS.search(text)
    if found is None or _PLACEHOLDER.search(text[max(found.start() - 20, 0) : found.end() + 60]):
        return []
    return [span.type for span in _inspector().inspect(text[:4_000]).spans]


def is_secret(name: str, value: str) -> bool:
    """Tell if a value is a secret as it stands: not a reference to one, and not a placeholder."""
    bare = re.sub(r"^(?:bearer|basic|token)\s+", "", value.strip(), flags=re.IGNORECASE)
    if len(bare) < 8 or _STANDS_FOR.search(bare) or _NOT_SECRET_NAME.search(name):
        return False
    if _NAME.search(name) and _random(bare):
        return True
    return len(bare) >= 16 and bool(_inspector().inspect(f"{name}={bare}").spans)


def _random(value: str) -> bool:
    """Tell if a value looks like a key or a password, rather than a word, a path or an address."""
    if any(letter.isspace() for letter in value) or value.startswith(("http://", "https://", "/", "./", "~")):
        return False
    kinds = sum(bool(re.search(one, value)) for one in (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]"))
    return kinds >= 2 and (any(letter.isdigit() for letter in value) or len(value) >= 20) and len(set(value)) >= 5
