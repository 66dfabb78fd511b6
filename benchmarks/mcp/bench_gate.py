"""What the gate itself costs: a call and its result decided, with one part after another, then with all of them.

    PYTHONPATH=src python benchmarks/mcp/bench_gate.py [CALLS]

Every text is new, so that nothing is remembered from the call before. Times are of the process, without any transport:
what the client waits for, and behind it all that a call costs.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any

from bartizan.guard.asking import AskingRules, Desk
from bartizan.guard.flow.monitor import FlowMonitor
from bartizan.guard.mcp.gate import About, Kind, Passed
from bartizan.guard.mcp.gatekeeper import Client, Gatekeeper, NoPins, Parts, SessionGate
from bartizan.guard.mcp.pins import Approval, Reached, Watch, make_listing, pins_of
from bartizan.guard.mcp.pins import Kind as Pinned
from bartizan.guard.principal import Principal
from bartizan.guard.protection import DataRule, Handlings, Protector
from bartizan.guard.protection.rules import Handling
from bartizan.inspection import Inspector
from bartizan.inspection.injection import scores
from bartizan.inspection.redaction import Hiding, Mode, parse_keys
from bartizan.model import Scheme
from bartizan.model.card import Argument, Role, ToolCard, ValueType
from bartizan.model.words import Effect

SEARCH: dict[str, Any] = {
    "name": "search",
    "description": "Searches messages",
    "inputSchema": {"type": "object", "properties": {"query": {"type": "string"}}},
}
CARD = ToolCard(tool="search", effect=Effect.READ, verbs=["search"], objects=["message"],
                arguments={"query": Argument(role=Role.FREE, type=ValueType.TEXT)})  # fmt: skip
WORDS = ("invoice", "supplier", "was paid on", "Monday", "and the", "remaining sum", "is due in", "days,", "please")


class Book(NoPins):
    """Has approved the one tool."""

    def watch(self, server: str) -> Watch | None:
        """Return a watch over it."""
        made = pins_of(server, Reached(), make_listing([(Pinned.TOOL, SEARCH)]), Approval(by="me", at=""))
        return Watch(made)


def protector() -> Protector:
    """Return the data rules: e-mail addresses are hidden from the model."""
    inspector = Inspector()
    families = {name: entry.family for name, entry in inspector.known.items()}
    rules = [
        DataRule(id="mails", do=Handling.PSEUDONYM, types=["email-address"]),
        DataRule(id="rest", do=Handling.ALLOW),
    ]
    hiding = Hiding(Mode.MASK)
    return Protector(inspector, Handlings(rules, families, Scheme(tuple(inspector.policy.scheme))), hiding, hiding)


def score(texts: Sequence[str]) -> tuple[int, list[str]]:
    """Return the injection signal."""
    highest = max(scores(texts))
    return round(highest.score), list(highest.rules)


def text(number: int, size: int) -> str:
    """Return a text that no other call had."""
    words, length = [f"Note {number}:"], 0
    while length < size:
        words.append(WORDS[(number * 7 + len(words) * 5) % len(WORDS)])
        length += len(words[-1]) + 1
    return " ".join(words)


def timed(gate: SessionGate, calls: int, size: int, first: int) -> tuple[list[float], list[float]]:
    """Return the seconds that a client waits for each call and its result, and those that each takes in all."""
    gate.listed("mail", Kind.TOOLS, [SEARCH], 0.0)
    waited, took = [], []
    for number in range(first, first + calls):
        params = {"name": "search", "arguments": {"query": f"invoice {number}"}}
        result = {"content": [{"type": "text", "text": text(number, size)}]}
        began = time.perf_counter()
        said = gate.call("mail", "tools/call", params, About(now=1.0, definition=SEARCH))
        assert isinstance(said, Passed)
        sent = time.perf_counter()
        gate.settle()  # while the server works
        gate.events()
        came = time.perf_counter()
        back = gate.result("mail", "tools/call", params, result, said.token, 2.0)
        gone = time.perf_counter()
        gate.settle()
        gate.events()
        took.append(time.perf_counter() - began)
        waited.append(sent - began + gone - came)
        assert isinstance(back, Passed)
    return waited, took


def main() -> None:
    """Print the table."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    keys = parse_keys("k1:" + bytes(range(32)).hex())
    base: dict[str, Any] = {"pins": Book(), "desk": Desk(AskingRules(), b"k" * 32)}
    flow = {"monitor": FlowMonitor([CARD])}
    data = {"protector": protector(), "keys": keys}
    signal = {"score": score}
    rows = [
        ("policies, pins, record", base), ("+ flow monitor", {**base, **flow}), ("+ data rules", {**base, **data}),
        ("+ injection signal", {**base, **signal}), ("all of it", {**base, **flow, **data, **signal}),
    ]  # fmt: skip
    print(f"{'microseconds a call':28}" + "".join(f"{size:>9,} p50{'p95':>9}{'in all':>9}" for size in SIZES))
    first = 0
    for name, parts in rows:
        line = f"{name:28}"
        for size in SIZES:
            client = Client(principal=Principal(id="anna", source="key:1"), session="s")
            gate = Gatekeeper(Parts(**parts)).gate(client, put_off=True)
            waited, took = timed(gate, calls if size < 10_000 else calls // 10, size, first)
            first += calls
            line += f"{statistics.median(waited) * 1e6:13.0f}{sorted(waited)[int(len(waited) * 0.95)] * 1e6:9.0f}"
            line += f"{statistics.median(took) * 1e6:9.0f}"
        print(line)


SIZES = (50, 500, 20_000)

if __name__ == "__main__":
    main()
