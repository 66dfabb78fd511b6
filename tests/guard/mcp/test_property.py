"""No bytes make a relay raise, and every request of a client gets one answer or none because it took it back."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.guard.mcp.acts import Act, AskFor, NoAnswer, ToClient, ToServer
from bartizan.guard.mcp.gate import About, Ask, By, OpenGate, Passed, Refusal, Waiting
from bartizan.guard.mcp.peers import Limits, Server
from bartizan.guard.mcp.relay import Relay
from bartizan.guard.mcp.revisions import CAPABILITIES, MODERN, VERSION
from tests.guard.mcp.playbook import KEY

METHODS = st.sampled_from(
    [
        "initialize",
        "ping",
        "server/discover",
        "tools/list",
        "tools/call",
        "resources/list",
        "resources/templates/list",
        "resources/read",
        "resources/subscribe",
        "prompts/list",
        "prompts/get",
        "completion/complete",
        "logging/setLevel",
        "subscriptions/listen",
        "tasks/get",
        "tasks/list",
        "tasks/update",
        "elicitation/create",
        "sampling/createMessage",
        "roots/list",
        "notifications/cancelled",
        "notifications/progress",
        "notifications/message",
        "notifications/tools/list_changed",
        "notifications/resources/updated",
        "notifications/tasks",
        "other",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 30)
    | st.sampled_from(
        ["a__t", "b__t", "t", "x", "data://x", "", "a\0", "complete", "input_required", "task", MODERN, "2025-11-25"]
    )
)
KEYS = st.sampled_from(
    [
        "name",
        "uri",
        "arguments",
        "cursor",
        "_meta",
        "ref",
        "type",
        "level",
        "notifications",
        "toolsListChanged",
        "resourceSubscriptions",
        "taskId",
        "taskIds",
        "requestId",
        "progressToken",
        "tools",
        "resources",
        "capabilities",
        "supportedVersions",
        "protocolVersion",
        "clientInfo",
        "serverInfo",
        "resultType",
        "inputRequests",
        "inputResponses",
        "requestState",
        "content",
        "result",
        "elicitation",
        "form",
        "mode",
        "method",
        "params",
        "action",
        "decision",
        "task",
        "nextCursor",
        "roots",
        VERSION,
        CAPABILITIES,
    ]
)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8
)
OBJECTS = st.dictionaries(KEYS, TREES, max_size=5)
META: dict[str, Any] = {VERSION: MODERN, CAPABILITIES: {"elicitation": {"form": {}}, "sampling": {}, "roots": {}}}
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {"elicitation": {}}, "clientInfo": {"name": "c"}}


class Wavering(OpenGate):
    """Passes, refuses and asks in turn."""

    def __init__(self) -> None:
        self.count = 0

    def call(self, server: str, method: str, params: dict[str, Any], about: About) -> Passed | Refusal | Waiting:
        """Say something else every time."""
        del server, method, about
        self.count += 1
        if self.count % 4 == 1:
            return Refusal("no", "r")
        if self.count % 4 == 2:
            return Waiting(Ask(id=str(self.count), message="?", token=params))
        return Passed(params, token=self.count)

    def answered(self, ask: Ask, choice: str, by: By, now: float) -> Passed | Refusal:
        """Let it pass when allowed."""
        del by, now
        return Passed(ask.token) if choice else Refusal("no", "r")


def relay() -> Relay:
    return Relay([Server("a"), Server("b", http=True)], Wavering(), key=KEY, limits=Limits(in_flight=50))


STEPS = st.one_of(
    st.tuples(st.just("old"), METHODS, OBJECTS),
    st.tuples(st.just("new"), METHODS, OBJECTS),
    st.tuples(st.just("told"), METHODS, OBJECTS),
    st.tuples(st.just("answer"), st.sampled_from(["a", "b"]), OBJECTS),
    st.tuples(st.just("answer"), st.sampled_from(["a", "b"]), TREES),
    st.tuples(st.just("error"), st.sampled_from(["a", "b"]), st.just({"code": -32601, "message": "m"})),
    st.tuples(st.just("good"), st.sampled_from(["a", "b"]), OBJECTS),
    st.tuples(st.just("ask"), METHODS, OBJECTS),
    st.tuples(st.just("say"), METHODS, OBJECTS),
    st.tuples(st.just("reply"), st.integers(1, 9), OBJECTS),
    st.tuples(st.just("allow"), st.booleans(), st.none()),
    st.tuples(st.sampled_from(["close", "open"]), st.sampled_from(["a", "b"]), st.none()),
    st.tuples(st.just("tick"), st.floats(0, 1000), st.none()),
    st.tuples(st.just("raw"), st.binary(max_size=30), st.none()),
)


class Bench:
    """A relay, what it was told, and what it answered."""

    def __init__(self) -> None:
        self.relay, self.now, self.id = relay(), 0.0, 0
        self.waiting: dict[int, int] = {}
        self.methods: dict[int, str] = {}
        self.open: dict[str, list[tuple[int, str]]] = {"a": [], "b": []}
        self.asks: list[str] = []

    def take(self, acts: list[Act]) -> None:
        """Look at acts: no line breaks, all JSON, no answer twice."""
        for act in acts:
            if isinstance(act, ToClient | ToServer):
                assert b"\n" not in act.message
                json.loads(act.message)
            if (isinstance(act, ToClient) and act.final) or isinstance(act, NoAnswer):
                if type(act.for_request) is int and act.for_request in self.waiting:
                    self.waiting[act.for_request] += 1
            elif isinstance(act, ToServer) and act.id is not None:
                self.open[act.server].append((act.id, act.method))
            elif isinstance(act, AskFor):
                self.asks.append(act.ask.id)

    def request(self, method: str, params: Any) -> None:
        """Let the client ask for something."""
        self.id += 1
        self.waiting[self.id] = 0
        self.methods[self.id] = method
        self.client({"id": self.id, "method": method, "params": params})

    def client(self, message: dict[str, Any]) -> None:
        """Let the client say something."""
        self.take(self.relay.from_client(json.dumps({"jsonrpc": "2.0", **message}).encode(), self.now))

    def server(self, server: str, message: dict[str, Any]) -> None:
        """Let a server say something."""
        self.take(self.relay.from_server(server, json.dumps({"jsonrpc": "2.0", **message}).encode(), self.now))

    def step(self, what: str, one: Any, other: Any) -> None:
        """Do one thing."""
        if what == "old":
            self.request(one, HELLO if one == "initialize" else other)
        elif what == "new":
            self.request(one, {**other, "_meta": META})
        elif what == "told":
            self.client({"method": one, "params": other})
        elif what in ("answer", "error", "good"):
            if self.open[one]:
                id, method = self.open[one].pop()
                body = {"error": other} if what == "error" else {"result": good(method) if what == "good" else other}
                self.server(one, {"id": id, **body})
        elif what == "reply":
            self.client({"id": one, "result": other})
        else:
            self._step(what, one, other)

    def _step(self, what: str, one: Any, other: Any) -> None:
        if what in ("ask", "say"):
            for server in ("a", "b"):
                self.server(server, {"method": one, "params": other, **({"id": self.id} if what == "ask" else {})})
        elif what == "allow":
            ask = self.asks.pop() if self.asks else "none"
            self.take(self.relay.answered(ask, one, "x", self.now))
        elif what in ("close", "open"):
            self.open[one].clear()
            self.take(self.relay.closed(one, self.now) if what == "close" else self.relay.opened(one, self.now))
        elif what == "tick":
            self.now += one
            self.take(self.relay.tick(self.now))
        elif what == "raw":
            self.take(self.relay.from_client(one, self.now))
            self.take(self.relay.from_server("a", one, self.now))


def good(method: str) -> dict[str, Any]:
    """Return an answer that fits."""
    able = {
        "tools": {"listChanged": True},
        "resources": {"subscribe": True},
        "prompts": {},
        "tasks": {},
        "completions": {},
    }
    answers: dict[str, dict[str, Any]] = {
        "server/discover": {"supportedVersions": [MODERN], "capabilities": able},
        "initialize": {"protocolVersion": "2025-11-25", "capabilities": able, "serverInfo": {}},
        "tools/list": {"tools": [{"name": "t"}], "resultType": "complete"},
        "resources/list": {"resources": [{"uri": "data://x"}]},
        "resources/templates/list": {"resourceTemplates": []},
        "prompts/list": {"prompts": []},
    }
    return answers.get(method, {"resultType": "complete", "content": []})


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_whatever_happens_every_request_is_answered_once(steps: list[tuple[str, Any, Any]]) -> None:
    bench = Bench()
    bench.request("initialize", HELLO)
    for what, one, other in steps:
        bench.step(what, one, other)
    for _ in range(4):  # nothing waits for ever: one thing may lead to another, and each has its time
        bench.now += 10_000
        bench.take(bench.relay.tick(bench.now))
    assert {bench.methods[id] for id, count in bench.waiting.items() if not count} <= {"subscriptions/listen"}
    bench.take(bench.relay.ended(bench.now))
    assert all(count == 1 for count in bench.waiting.values()), bench.waiting


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=8))
def test_no_bytes_make_it_raise(chunks: list[bytes]) -> None:
    bench = Bench()
    for chunk in chunks:
        bench.take(bench.relay.from_client(chunk, 0))
        bench.take(bench.relay.from_server("a", chunk, 0, related=1))
