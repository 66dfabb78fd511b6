"""Names under which a client sees the tools, prompts and tasks of several servers: no two can be the same.

A name is the server's tag, `__` and the server's own name. A tag holds no `__` and ends in no `_`, so that the first
`__` of a name is where the tag ends, whatever a server calls its tools. Names keep to the protocol's characters and
length (letters, digits, `_`, `-`, `.`; 128, since 2025-11-25); what doesn't is cut and told apart by a digest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from bartizan.guard.mcp.jsonrpc import has_control

__all__ = ["LONGEST", "Names", "usable"]

LONGEST = 128
"""Characters of a name that clients must take."""

_LONGEST_TAG = 40
_LONGEST_GIVEN = 512
_TAG = re.compile(r"[A-Za-z0-9](?:_?[A-Za-z0-9.-])*")
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_OTHER = re.compile(r"[^A-Za-z0-9.-]+")


def usable(name: object) -> bool:
    """Whether a name can be one at all: a text, not empty, of moderate length, without control characters."""
    return isinstance(name, str) and 0 < len(name) <= _LONGEST_GIVEN and not has_control(name)


def _digest(*parts: str) -> str:
    # A server may choose its names so that digests meet; then one of them is hidden, see `Lists`.
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:12]


class Names:
    """Names of several servers. `prefix` False leaves names as they are, which only one server can have."""

    def __init__(self, servers: Sequence[str], *, prefix: bool) -> None:
        self.prefix = prefix
        self._tags: dict[str, str] = {}
        self._servers: dict[str, str] = {}
        taken: set[str] = set()
        plain = [server for server in servers if len(server) <= _LONGEST_TAG and _TAG.fullmatch(server)]
        for server in [*plain, *(server for server in servers if server not in plain)]:
            tag = server
            if server not in plain or server.lower() in taken:
                tag = f"{_OTHER.sub('-', server).strip('-')[:20] or 'server'}-{_digest(server)}"
            taken.add(tag.lower())
            self._tags[server], self._servers[tag] = tag, server

    def shown(self, server: str, name: str) -> str:
        """Return the name that the client sees."""
        if not self.prefix:
            return name
        tag = self._tags[server]
        if self.plain(server, name):
            return f"{tag}__{name}"
        room = LONGEST - len(tag) - 2
        return f"{tag}__{_OTHER.sub('-', name).strip('-')[: room - 13]}-{_digest(name)}"

    def tag(self, server: str) -> str:
        """Return what stands before the names of a server."""
        return self._tags[server]

    def plain(self, server: str, name: str) -> bool:
        """Whether the client sees a name whole."""
        if not self.prefix:
            return True
        return len(name) <= LONGEST - len(self._tags[server]) - 2 and _NAME.fullmatch(name) is not None

    def split(self, shown: str) -> tuple[str, str] | None:
        """Return the server and its own name for a shown name, as far as that can be told without its list."""
        if not self.prefix:
            server = next(iter(self._tags), None)
            return None if server is None else (server, shown)
        tag, between, name = shown.partition("__")
        server = self._servers.get(tag)
        return None if server is None or not between or not name else (server, name)

    def join(self, server: str, id: str) -> str:
        """Return an id that a server gave, such as that of a task, as the client sees it; `split` undoes it."""
        return f"{self._tags[server]}__{id}" if self.prefix else id
