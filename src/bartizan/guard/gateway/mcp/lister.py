"""Asks an MCP server what it defines, to be reviewed: tools, prompts, resource templates and instructions, all pages.

Speaks the revisions from 2024-11-05 to 2026-07-28: tries the newest first, as servers of older ones answer that with an
error, or not at all. Everything is bounded, as nobody has approved the server yet.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from pyreqwest.client import Client

from bartizan import __version__
from bartizan.guard.exchange.jsonbody import BodyError
from bartizan.guard.gateway.client import client_builder
from bartizan.guard.gateway.mcp.process import minimal_environment
from bartizan.guard.gateway.mcp.speakers import Broken, HttpSpeaker, Silent, Speaker, StdioSpeaker
from bartizan.guard.mcp.pins.definition import Kind, Listing, make_listing
from bartizan.model import BartizanError

__all__ = ["Target", "list_server"]

NEWEST, LEGACY = "2026-07-28", "2025-11-25"
_REVISIONS = frozenset({"2024-11-05", "2025-03-26", "2025-06-18", LEGACY})
"""Revisions with a handshake."""
_PROBE = 5.0
"""Seconds in which a server has to answer the newest revision's question; older ones may never do."""
_MOST_PAGES = 200
_MOST = 10_000
_META = "io.modelcontextprotocol/"
_LISTS = (
    (Kind.TOOL, "tools", "tools/list", "tools"),
    (Kind.PROMPT, "prompts", "prompts/list", "prompts"),
    (Kind.TEMPLATE, "resources", "resources/templates/list", "resourceTemplates"),
)
_NO_METHOD = -32601
_NO_REVISION = -32022


class Target(NamedTuple):
    """How a server is reached: a command, what is added to its environment and its folder; or a URL with headers."""

    command: tuple[str, ...] = ()
    environment: Mapping[str, str] = {}
    folder: Path | None = None
    url: str = ""
    headers: Mapping[str, str] = {}


class _Connection(Protocol):
    """Makes a speaker: a fresh one for each attempt."""

    async def __call__(self) -> Speaker: ...


def list_server(target: Target, *, seconds: float = 60.0, client: Callable[[], Client] | None = None) -> Listing:
    """Return what a server defines. Takes at most `seconds`; `client` makes the client for one that has a URL.

    Raises InputError or BartizanError. To be called where no event loop runs.
    """

    async def opened() -> Speaker:
        if target.url:
            return HttpSpeaker(target.url, target.headers, (client or client_builder().build)())
        own = minimal_environment(os.environ, target.environment)
        return StdioSpeaker(target.command, own, target.folder)

    async def whole() -> Listing:
        try:
            async with asyncio.timeout(seconds):
                return await _whole(opened)
        except TimeoutError:
            raise BartizanError(
                f"the server has not said what it defines within {seconds:g} seconds",
                help="start it by hand to see what it waits for, or give it longer: --seconds",
            ) from None
        except Broken as error:
            raise BartizanError(f"the server can't be listed: {error}", help=error.help) from None
        except BodyError as error:
            raise BartizanError(f"the server can't be listed: it says what can't be read: {error}") from None

    return asyncio.run(whole())


async def _whole(opened: _Connection) -> Listing:
    """Probe, and start anew in the older way when the newest revision is not answered."""
    speaker = await opened()
    try:
        found = await _modern(speaker)
        if found is None and speaker.over:
            # Some servers end on what they don't know.
            await speaker.close()
            speaker = await opened()
        return await (_Lister(speaker, *found).listing() if found else _legacy(speaker))
    finally:
        await speaker.close()


async def _modern(speaker: Speaker) -> tuple[str, dict[str, Any]] | None:
    """Return the newest revision and what the server says of itself, None of a server of an older one."""
    try:
        async with asyncio.timeout(_PROBE):
            answer = await speaker.ask("server/discover", {"_meta": _meta()}, NEWEST)
    except (TimeoutError, Silent):
        return None
    error = answer.get("error")
    if isinstance(error, dict):
        data = error.get("data")
        said = data.get("supported") if isinstance(data, dict) else None
        named = {one for one in said if isinstance(one, str)} if isinstance(said, list) else set()
        if error.get("code") == _NO_REVISION and named and not _REVISIONS & named:
            raise Broken("it speaks none of the revisions of MCP that are known here")
        return None
    result = answer.get("result")
    if not isinstance(result, dict):
        return None
    able = result.get("supportedVersions")
    return (NEWEST, result) if isinstance(able, list) and NEWEST in able else None


async def _legacy(speaker: Speaker) -> Listing:
    said = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": _client()}
    result = _result(await speaker.ask("initialize", said, ""), "initialize")
    revision = result.get("protocolVersion")
    if not isinstance(revision, str) or revision not in _REVISIONS:
        raise Broken("it answers with a revision of MCP that is not known here")
    await speaker.tell("notifications/initialized", revision)
    return await _Lister(speaker, revision, result).listing()


class _Lister:
    """Asks for all lists of a server whose revision is known."""

    def __init__(self, speaker: Speaker, revision: str, said: dict[str, Any]) -> None:
        self._speaker, self._revision, self._said = speaker, revision, said
        self._left = _MOST

    async def listing(self) -> Listing:
        said, items = self._said, []
        able = said.get("capabilities")
        for kind, capability, method, member in _LISTS:
            if not isinstance(able, dict) or capability in able:
                items += [(kind, item) for item in await self._pages(method, member)]
        info = said.get("serverInfo")
        if not isinstance(info, dict):
            meta = said.get("_meta")
            info = meta.get(f"{_META}serverInfo") if isinstance(meta, dict) else None
        info = info if isinstance(info, dict) else {}
        return make_listing(
            items,
            revision=self._revision,
            name=_text(info.get("name")),
            version=_text(info.get("version")),
            instructions=_text(said.get("instructions")),
        )

    async def _pages(self, method: str, member: str) -> list[Any]:
        items: list[Any] = []
        cursor: str | None = None
        told: set[str] = set()
        for _ in range(_MOST_PAGES):
            params: dict[str, Any] = {} if cursor is None else {"cursor": cursor}
            if self._revision == NEWEST:
                params["_meta"] = _meta()
            answer = await self._speaker.ask(method, params, self._revision)
            error = answer.get("error")
            if isinstance(error, dict) and error.get("code") == _NO_METHOD:
                return items
            result = _result(answer, method)
            listed = result.get(member)
            if not isinstance(listed, list):
                raise Broken(f"its answer to `{method}` holds no list")
            items += listed
            self._left -= len(listed)
            if self._left < 0:
                raise Broken(f"it defines more than {_MOST:,} things")
            cursor = result.get("nextCursor")
            if not isinstance(cursor, str):
                return items
            if cursor in told:
                raise Broken(f"its pages of `{method}` go round in a circle")
            told.add(cursor)
        raise Broken(f"its answer to `{method}` has more than {_MOST_PAGES} pages")


def _result(answer: dict[str, Any], method: str) -> dict[str, Any]:
    error, result = answer.get("error"), answer.get("result")
    if isinstance(error, dict):
        code = error.get("code")
        raise Broken(f"it answers `{method}` with an error" + (f" ({code})" if isinstance(code, int) else ""))
    if not isinstance(result, dict):
        raise Broken(f"its answer to `{method}` is no object")
    return result


def _client() -> dict[str, str]:
    return {"name": "bartizan", "version": __version__}


def _meta() -> dict[str, Any]:
    return {
        f"{_META}protocolVersion": NEWEST,
        f"{_META}clientInfo": _client(),
        f"{_META}clientCapabilities": {},
    }


def _text(value: Any) -> str:
    """Return a text that UTF-8 can hold, shortened; nothing for anything else."""
    return value[:_LONGEST].encode(errors="replace").decode() if isinstance(value, str) else ""


_LONGEST = 64 * 1024
