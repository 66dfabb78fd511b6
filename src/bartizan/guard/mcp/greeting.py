"""How the two sides meet: `initialize`, `server/discover`, `ping`, levels of logs, and what is told along a call."""

from __future__ import annotations

from typing import Any

from bartizan.guard.mcp.codes import INVALID_PARAMS
from bartizan.guard.mcp.gate import Direction, Part
from bartizan.guard.mcp.handshake import Handshake
from bartizan.guard.mcp.hub import Hub
from bartizan.guard.mcp.jsonrpc import Failure, Notification
from bartizan.guard.mcp.peers import Asked, Sent, State, Upstream
from bartizan.guard.mcp.revisions import LATEST_LEGACY, LEGACY, LEVELS, MODERN, SERVER_INFO, server_capabilities

__all__ = ["Greeting"]


class Greeting:
    """Answers what is about the relay itself, and passes on progress and logs."""

    def __init__(self, hub: Hub, handshake: Handshake) -> None:
        self._hub, self._handshake = hub, handshake

    def begin(self, asked: Asked) -> None:
        """Take `initialize`, `server/discover`, `ping` or `logging/setLevel`."""
        if asked.method == "ping":
            self._hub.answer(asked, {})
        elif asked.method == "logging/setLevel":
            self._level(asked)
        elif asked.method == "initialize":
            self._initialize(asked)
        else:
            self._meet(asked)

    def _initialize(self, asked: Asked) -> None:
        client, params = self._hub.client, asked.params
        version, capabilities, info = (params.get(name) for name in ("protocolVersion", "capabilities", "clientInfo"))
        if type(version) is not str or type(capabilities) is not dict or type(info) is not dict:
            self._hub.fail(
                asked, INVALID_PARAMS, "`protocolVersion`, `capabilities` and `clientInfo` must say who the client is"
            )
            return
        client.revision = version if version in LEGACY else LATEST_LEGACY
        client.capabilities, client.info = capabilities, info
        asked.revision, asked.capabilities, asked.info = client.revision, capabilities, info
        self._meet(asked)

    def _meet(self, asked: Asked) -> None:
        """Agree with all servers, then answer for those that could be."""
        failures: list[Failure] = []
        left = len(self._hub.servers)

        def one(failure: Failure | None) -> None:
            nonlocal left
            left -= 1
            failures.extend([failure] if failure is not None else [])
            if not left:
                self._met(asked, failures)

        for up in self._hub.servers.values():
            self._handshake.ready(up, asked, one)

    def _met(self, asked: Asked, failures: list[Failure]) -> None:
        hub = self._hub
        there = [up for up in hub.servers.values() if up.state is State.READY]
        if failures and not there:
            hub.fail(asked, failures[0].code, failures[0].message)
            return
        revision = MODERN if asked.modern else asked.revision
        capabilities = server_capabilities([(up.capabilities, up.modern) for up in there], revision=revision)
        texts: list[str] = []
        info = hub.info
        for up in there:
            said = {"serverInfo": up.info, **({"instructions": up.instructions} if up.instructions else {})}
            value, _ = hub.says(up, Direction.TO_CLIENT, "initialize", said, Part.RESULT)
            text = None if value is None else value.get("instructions")
            if type(text) is str and text:
                texts.append(text if len(hub.servers) == 1 else f"{hub.names.tag(up.id)}: {text}")
            shown = None if value is None else value.get("serverInfo")
            if len(hub.servers) == 1 and type(shown) is dict and type(shown.get("name")) is str:
                info = {"version": "", **shown}
        result: dict[str, Any] = {"capabilities": capabilities}
        if texts:
            result["instructions"] = "\n\n".join(texts)
        if asked.modern:
            hub.answer(asked, {"supportedVersions": [MODERN], **result, "_meta": {SERVER_INFO: info}})
        else:
            hub.answer(asked, {"protocolVersion": revision, "serverInfo": info, **result})

    def _level(self, asked: Asked) -> None:
        level = asked.params.get("level")
        if level not in LEVELS:
            self._hub.fail(asked, INVALID_PARAMS, "`level` must be a level of logs")
            return
        self._hub.client.level = level
        for up in self._hub.servers.values():
            self._hub.level(up, level)
        self._hub.answer(asked, {})

    # ---- what servers tell along a call -----------------------------------------------------------------------------

    def told(self, up: Upstream, message: Notification, related: int | None) -> bool:
        """Pass on progress and logs; False when it is neither."""
        if message.method == "notifications/progress":
            self._progress(up, message.params)
        elif message.method == "notifications/message":
            self._log(up, message.params, related)
        else:
            return False
        return True

    def _progress(self, up: Upstream, params: dict[str, Any]) -> None:
        token = params.get("progressToken")
        sent = up.sent.get(token) if type(token) is int else None
        asked = None if sent is None else sent.asked
        if sent is not None:
            limits = self._hub.limits
            sent.deadline = max(sent.deadline, min(self._hub.now + limits.request, sent.at + limits.longest))
        if asked is None or asked.done or asked.progress is None:
            self._hub.note("dropped", up.id, method="notifications/progress")
            return
        value, _ = self._hub.says(up, Direction.TO_CLIENT, "notifications/progress", params)
        if value is not None:
            self._hub.tell("notifications/progress", {**value, "progressToken": asked.progress}, asked.channel)

    def _log(self, up: Upstream, params: dict[str, Any], related: int | None) -> None:
        asked = self._about(up, related)
        wanted = self._hub.client.level if asked is None else asked.level
        modern = asked is not None and asked.modern
        said = params.get("level")
        if said not in LEVELS or (not wanted and modern) or (asked is None and not self._hub.client.revision):
            self._hub.note("dropped", up.id, method="notifications/message")
            return
        if wanted in LEVELS and LEVELS.index(said) < LEVELS.index(wanted):
            return
        value, _ = self._hub.says(up, Direction.TO_CLIENT, "notifications/message", params)
        if value is not None:
            self._hub.tell("notifications/message", value, None if asked is None else asked.channel)

    def _about(self, up: Upstream, related: int | None) -> Asked | None:
        """Return the call that a log belongs to; on a pipe nothing says so, and the oldest one is taken."""
        of: list[Sent] = [up.sent[related]] if related in up.sent else list(up.sent.values())
        return next((sent.asked for sent in of if sent.asked is not None and not sent.asked.done), None)
