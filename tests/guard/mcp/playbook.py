"""A relay with hand-written ends: what each side says is written down, what comes out is looked at."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bartizan.guard.mcp.acts import Act, AskFor, AskOff, NoAnswer, Noted, ToClient, ToServer
from bartizan.guard.mcp.gate import About, Ask, By, Direction, Gate, Kind, OpenGate, Part, Passed, Refusal, Waiting
from bartizan.guard.mcp.peers import Limits, Server
from bartizan.guard.mcp.relay import Relay
from bartizan.guard.mcp.revisions import CAPABILITIES, CLIENT_INFO, MODERN, VERSION

KEY = b"k" * 32
ALL = {
    "tools": {"listChanged": True},
    "prompts": {"listChanged": True},
    "resources": {"subscribe": True, "listChanged": True},
    "completions": {},
    "logging": {},
}
TOOL = {"name": "t", "inputSchema": {"type": "object"}}


class Written:
    """A server: what it says of itself and what it lists. Everything else the test answers."""

    def __init__(self, *, modern: bool = False, **more: Any) -> None:
        self.modern = modern
        self.capabilities: dict[str, Any] = {**ALL, **more.pop("capabilities", {})}
        self.lists: dict[str, list[Any]] = {
            "tools": [TOOL],
            "prompts": [{"name": "p"}],
            "resources": [{"uri": "data://x", "name": "x"}],
            "resourceTemplates": [{"uriTemplate": "tpl://x/{n}", "name": "tpl"}],
            **more.pop("lists", {}),
        }
        self.more = more
        """More members of what it answers to the opening request."""
        self.revision: str = more.pop("revision", "2025-11-25")

    def answer(self, method: str) -> dict[str, Any] | None:
        """Return what it answers by itself, None for what the test answers."""
        if method == "server/discover" and self.modern:
            return self._modern({"supportedVersions": [MODERN], "capabilities": self.capabilities, **self.more})
        if method == "initialize" and not self.modern:
            info = {"name": "written", "version": "1"}
            return {
                "protocolVersion": self.revision,
                "capabilities": self.capabilities,
                "serverInfo": info,
                **self.more,
            }
        if method in ("server/discover", "initialize"):
            return {"error": {"code": -32601, "message": "no such method"}}
        if method in ("resources/subscribe", "resources/unsubscribe", "logging/setLevel"):
            return {}
        member = {
            "tools/list": "tools",
            "prompts/list": "prompts",
            "resources/list": "resources",
            "resources/templates/list": "resourceTemplates",
        }.get(method)
        return None if member is None else self._modern({member: self.lists[member]})

    def _modern(self, result: dict[str, Any]) -> dict[str, Any]:
        return {"resultType": "complete", "ttlMs": 0, "cacheScope": "private", **result} if self.modern else result


class Play:
    """A relay and what came out of it."""

    def __init__(
        self,
        servers: dict[str, Written] | None = None,
        gate: Gate | None = None,
        *,
        http: bool = False,
        protocol: str = "auto",
        limits: Limits | None = None,
        **options: Any,
    ) -> None:
        self.servers = servers or {"a": Written()}
        self.relay = Relay(
            [Server(id, http, protocol) for id in self.servers],
            gate or OpenGate(),
            key=KEY,
            limits=limits or Limits(),
            **options,
        )
        self.now = 1000.0
        self.acts: list[Act] = []
        self.quiet: set[str] = set()
        """Methods that servers do not answer by themselves."""

    # ---- doing ------------------------------------------------------------------------------------------------------

    def do(self, acts: list[Act]) -> list[Act]:
        """Take acts, and let the servers answer what they answer by themselves."""
        todo = list(acts)
        seen: list[Act] = []
        while todo:
            act = todo.pop(0)
            seen.append(act)
            if isinstance(act, ToServer) and act.id is not None and act.method not in self.quiet:
                answer = self.servers[act.server].answer(act.method)
                if answer is not None:
                    body = answer if "error" in answer else {"result": answer}
                    todo += self.relay.from_server(act.server, wire({"id": act.id, **body}), self.now)
        self.acts += seen
        return seen

    def client(self, message: dict[str, Any] | bytes, channel: Any = None) -> list[Act]:
        """Let the client say something."""
        raw = message if isinstance(message, bytes) else wire(message)
        return self.do(self.relay.from_client(raw, self.now, channel))

    def server(self, message: dict[str, Any] | bytes, id: str = "a", related: int | None = None) -> list[Act]:
        """Let a server say something."""
        raw = message if isinstance(message, bytes) else wire(message)
        return self.do(self.relay.from_server(id, raw, self.now, related))

    def old(self, id: Any, method: str, channel: Any = None, **params: Any) -> list[Act]:
        """Let a client of the older revisions ask."""
        return self.client({"id": id, "method": method, "params": params}, channel)

    def new(
        self, id: Any, method: str, channel: Any = None, capabilities: dict[str, Any] | None = None, **params: Any
    ) -> list[Act]:
        """Let a client of 2026-07-28 ask."""
        meta = {
            VERSION: MODERN,
            CAPABILITIES: capabilities or {},
            CLIENT_INFO: {"name": "client", "version": "1"},
            **params.pop("_meta", {}),
        }
        return self.client({"id": id, "method": method, "params": {**params, "_meta": meta}}, channel)

    def hello(self, revision: str = "2025-11-25", **capabilities: Any) -> dict[str, Any]:
        """Let a client of the older revisions initialize, and return what it is answered."""
        info = {"name": "client", "version": "1"}
        self.old(0, "initialize", protocolVersion=revision, capabilities=capabilities, clientInfo=info)
        answer = self.answer()
        self.client({"method": "notifications/initialized"})
        self.acts.clear()
        return answer

    def reply(self, result: Any = None, id: str = "a", error: dict[str, Any] | None = None) -> list[Act]:
        """Let a server answer the last thing it was asked."""
        asked = [act for act in self.acts if isinstance(act, ToServer) and act.id is not None and act.server == id]
        body = {"error": error} if error is not None else {"result": result}
        return self.server({"id": asked[-1].id, **body}, id)

    # ---- looking ----------------------------------------------------------------------------------------------------

    def to_client(self) -> list[dict[str, Any]]:
        """Return everything the client was sent."""
        return [json.loads(act.message) for act in self.acts if isinstance(act, ToClient)]

    def answers(self) -> list[ToClient]:
        """Return the answers to requests of the client."""
        return [act for act in self.acts if isinstance(act, ToClient) and act.final]

    def answer(self) -> dict[str, Any]:
        """Return the last answer to the client."""
        found: dict[str, Any] = json.loads(self.answers()[-1].message)
        return found

    def asked(self, method: str = "", id: str = "a") -> list[dict[str, Any]]:
        """Return what a server was sent."""
        found = [act for act in self.acts if isinstance(act, ToServer) and act.server == id]
        return [json.loads(act.message) for act in found if not method or act.method == method]

    def last(self, method: str, id: str = "a") -> dict[str, Any]:
        """Return the last of what a server was sent of a method."""
        return self.asked(method, id)[-1]

    def noted(self, what: str) -> int:
        """Return how often something was noted."""
        return sum(isinstance(act, Noted) and act.what == what for act in self.acts)

    def of(self, kind: type[AskFor | AskOff | NoAnswer]) -> list[Any]:
        """Return all acts of a kind."""
        return [act for act in self.acts if isinstance(act, kind)]


def wire(message: dict[str, Any]) -> bytes:
    """Return a message as bytes."""
    return json.dumps({"jsonrpc": "2.0", **message}).encode()


class Rules(OpenGate):
    """A gate whose rules a test writes down, and which remembers what it was shown."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, dict[str, Any], About]] = []
        self.said: list[tuple[str, str, str, dict[str, Any]]] = []
        self.results: list[tuple[str, dict[str, Any], Any]] = []
        self.failures: list[tuple[str, int]] = []
        self.choices: list[tuple[str, str, By]] = []
        self.on_call: Callable[[str, dict[str, Any], About], Passed | Refusal | Waiting] | None = None
        self.on_result: Callable[[dict[str, Any]], Passed | Refusal] | None = None
        self.on_say: Callable[[str, str, dict[str, Any]], Passed | Refusal] | None = None
        self.on_list: Callable[[Kind, list[dict[str, Any]]], list[dict[str, Any]]] | None = None

    def listed(self, server: str, kind: Kind, items: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
        """Do as the test says."""
        del server, now
        return items if self.on_list is None else self.on_list(kind, items)

    def call(self, server: str, method: str, params: dict[str, Any], about: About) -> Passed | Refusal | Waiting:
        """Do as the test says."""
        self.calls.append((server, method, params, about))
        return (
            Passed(params, token=f"token-{len(self.calls)}")
            if self.on_call is None
            else self.on_call(method, params, about)
        )

    def answered(self, ask: Ask, choice: str, by: By, now: float) -> Passed | Refusal:
        """Let pass what was allowed."""
        del now
        self.choices.append((ask.id, choice, by))
        return Passed(ask.token, token=f"asked-{choice}") if choice else Refusal("not allowed", "asked")

    def result(
        self, server: str, method: str, params: dict[str, Any], result: dict[str, Any], token: Any, now: float
    ) -> Passed | Refusal:
        """Do as the test says."""
        del server, params, now
        self.results.append((method, result, token))
        return Passed(result) if self.on_result is None else self.on_result(result)

    def says(
        self, server: str, direction: Direction, method: str, part: Part, value: dict[str, Any], now: float
    ) -> Passed | Refusal:
        """Do as the test says."""
        del server, now
        self.said.append((direction.value, method, part.value, value))
        return Passed(value) if self.on_say is None else self.on_say(direction.value, method, value)

    def failed(self, server: str, method: str, token: Any, code: int, now: float) -> None:
        """Remember it."""
        del server, token, now
        self.failures.append((method, code))


def waiting(id: str = "q1", *, user: bool = True) -> Callable[[str, dict[str, Any], About], Waiting]:
    """Return a rule that asks about every call."""
    return lambda method, params, _about: Waiting(
        Ask(
            id=id,
            message=f"{method}?",
            options=(("once", "Allow"), ("session", "Allow always")),
            user=user,
            token=params,
        )
    )
