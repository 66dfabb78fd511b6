"""How a server is reached, as it can be written down: everything but secrets, by which a change is seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bartizan.guard.mcp.pins.document import MASK, Reached

__all__ = ["name_of", "reached"]

_SECRET_NAME = re.compile(
    r"(?:api|access|auth|bearer|private|secret|session|client|signing|encryption|account)?[_.-]?"
    r"(?:key|token|secret|passw(?:or)?d|passwd|pwd|credentials?|cookie|auth|authorization|pat|dsn|signature|sig)s?\Z",
    re.IGNORECASE,
)
_SECRET_PART = re.compile(
    r"(?:^|[_.-])(?:key|apikey|token|secret|password|passwd|pwd|credentials?|cookie|authorization|dsn)s?(?:$|[_.-])",
    re.IGNORECASE,
)
_OPTION = re.compile(r"(--?[A-Za-z][\w.-]*)(?:(=)(.*))?\Z", re.DOTALL)
_VARIABLE = re.compile(r"([A-Za-z_]\w*)=(.+)\Z", re.DOTALL)
_HEADER = re.compile(r"([A-Za-z][\w-]{1,40}):(\s*)(.+)\Z", re.DOTALL)
_SECRET_HEADER = re.compile(r"(?:proxy-)?authorization|cookie|.*(?:key|token|secret).*", re.IGNORECASE)
_SHAPE = re.compile(
    r"(?:sk-|sk_live_|rk_live_|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abeprs]-|xapp-|AKIA|ASIA|AIza|eyJ|npm_|pypi-|hf_|"
    r"btz_|shpat_|dop_v1_|sntrys_|lin_api_|ntn_|secret_|figd_|pplx-|tvly-|fc-)[\w.-]{8,}"
)
_CHANCE = re.compile(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])[A-Za-z0-9_+=-]{28,}\Z")
"""Letters of both cases and digits, long: hardly a word, and hardly a digest in hexadecimal."""
_TAIL = re.compile(r"(?<=.)@[^@/]*\Z|\.(?:py|js|mjs|cjs|ts|sh|exe)\Z|:[\w.-]+\Z|==.*\Z", re.IGNORECASE)
"""A version, a tag, or what a file's name ends with."""
_UNFIT = re.compile(r"[^a-z0-9._-]+")
_LAUNCHERS = frozenset({
    "npx", "bunx", "pnpx", "uvx", "npm", "pnpm", "yarn", "bun", "uv", "pipx", "docker", "podman", "node", "deno", "env",
    "python", "python3", "py", "cmd", "sh", "bash", "exec", "run", "dlx", "tool", "x",
})  # fmt: skip


def reached(*, command: Sequence[str] = (), url: str = "") -> Reached:
    """Return how a server is reached, with what looks like a secret masked."""
    return Reached(command=_words(command), url=_url(url) if url else "")


def _words(command: Sequence[str]) -> list[str]:
    out: list[str] = []
    secret = False
    for word in command:
        option = _OPTION.match(word)
        if secret and not (option and not option[2]):
            out.append(MASK)
            secret = False
            continue
        secret = bool(option and not option[2] and _is_secret(option[1].lstrip("-")))
        out.append(_word(word, option))
    return out


def _word(word: str, option: re.Match[str] | None) -> str:
    if option and option[2]:
        name = option[1].lstrip("-")
        return f"{option[1]}={MASK if _is_secret(name) else _word(option[3], None)}"
    if "://" in word:
        return _url(word)
    variable = _VARIABLE.match(word)
    if variable:
        return f"{variable[1]}={MASK if _is_secret(variable[1]) else _word(variable[2], None)}"
    header = _HEADER.match(word)
    if header and _SECRET_HEADER.fullmatch(header[1]):
        return f"{header[1]}:{header[2]}{MASK}"
    return MASK if _CHANCE.match(word) else _SHAPE.sub(MASK, word)


def _is_secret(name: str) -> bool:
    return bool(_SECRET_NAME.match(name) or _SECRET_PART.search(name))


def _url(url: str) -> str:
    """Return an address without its password, and without values of its query that look like secrets."""
    try:
        parts = urlsplit(url)
        place = parts.netloc
    except ValueError:
        return MASK
    if "@" in place:
        place = f"{MASK}@{place.rpartition('@')[2]}"
    pairs = [
        (name, MASK if _is_secret(name) or _CHANCE.match(value) or _SHAPE.search(value) else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    path = "/".join(MASK if _CHANCE.match(part) else _SHAPE.sub(MASK, part) for part in parts.path.split("/"))
    return urlunsplit((parts.scheme, place, path, urlencode(pairs, safe="*"), ""))


def name_of(*, command: Sequence[str] = (), url: str = "") -> str:
    """Return a name for a server that has none: made of its package, its program, or its host."""
    if url:
        place = urlsplit(url)
        words = [
            place.hostname or "server",
            *(part for part in place.path.split("/") if part not in ("", "mcp", "sse")),
        ]
        return _fit("-".join(words))
    for word in command:
        base = re.split(r"[/\\]", word)[-1]
        plain = base.removesuffix(".exe").lower()
        if word.startswith("-") or plain in _LAUNCHERS or "=" in word:
            continue
        package = word if word.startswith("@") else base
        return _fit(_TAIL.sub("", package))
    return _fit(command[0]) if command else "server"


def _fit(text: str) -> str:
    return _UNFIT.sub("-", text.lower()).strip("-._")[:80] or "server"
