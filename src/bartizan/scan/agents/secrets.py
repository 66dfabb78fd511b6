"""Values that should not stand in a configuration: what is recognised as a secret, or stands under a secret's name."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bartizan.inspection import Inspector

__all__ = ["is_secret"]

_NAME = re.compile(
    r"(?:^|[_\-.])(?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key"
    r"|credentials?"
    r"|auth|authorization|bearer|cookie|pat)s?(?:$|[_\-.])|(?:key|token|secret|password)$",
    re.IGNORECASE,
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
