"""How much of poisoned tool definitions is flagged before anybody approves them, and how many honest ones are, too.

    python benchmarks/mcp/bench_pins.py DEFINITIONS.jsonl [HONEST.json ...]

DEFINITIONS has a line for each tool: `source`, `path`, `name`, `description`, `params`, as collected from MSB,
MCPSecBench and the Damn Vulnerable MCP Server; the kind of attack is in the path. `alone` counts tools that are flagged
by themselves, `beside` those that are when the server they imitate is known. HONEST are lists of definitions as
`tools/list` gives them, or objects of such lists by server: each is a false alarm when it is flagged.
A tool is flagged by a remark of medium severity or worse. Every change of a definition is drift in any case.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bartizan.guard.mcp.pins import (
    Approval,
    Definition,
    Kind,
    Others,
    Reached,
    Watch,
    define,
    make_listing,
    pins_of,
    suspicions_of,
)

ATTACKS = (
    "preference_manipulation-out_of_scope_parameter", "name_overlap", "out_of_scope_parameter",
    "preference_manipulation", "tool_transfer",
)  # fmt: skip
POISONED = ("<IMPORTANT>", "<HIDDEN>", "[important]", "[Important]", "before execute")
"""Marks of the descriptions that the vulnerable servers' authors have poisoned."""


class Row(NamedTuple):
    kind: str
    server: str
    definition: Definition


def row(line: str) -> Row:
    said = json.loads(line)
    path, source = said["path"], said["source"].rpartition("/")[2]
    server = f"{source} {Path(path).parent}".replace("/word_document_server", "")
    if source == "MSB":
        kind = next((one for one in ATTACKS if one in path), "attack" if "attack.py" in path else "honest")
        kind = f"MSB {kind}"
    else:
        poisoned = any(mark in said["description"] for mark in POISONED) or "tools_list" in said["params"]
        hostile = "maliciousadd" in path or "squatting" in path
        kind = f"{source} " + ("poisoned" if poisoned else "by an attacker, harmless text" if hostile else "honest")
    schema = {"type": "object", "properties": {name: {} for name in said["params"]}}
    item = {"name": said["name"], "description": said["description"], "inputSchema": schema}
    return Row(kind, server, define(Kind.TOOL, item))


def flagged(one: Definition, others: Others, own: Iterable[str]) -> list[str]:
    found = suspicions_of(one, others, own)
    return [f"{change.what}{':' if change.sign else ''}{change.sign}" for change in found if change.severity.rank >= 2]


def report(rows: list[Row]) -> None:
    honest: dict[str, list[Definition]] = defaultdict(list)
    for one in rows:
        if one.kind.endswith("honest"):
            honest[one.server].append(one.definition)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    for one in rows:
        fake = not one.kind.endswith("honest")
        others = Others({"imitated": honest[one.server]}) if fake else Others()
        beside = flagged(one.definition, others, [])
        counts[one.kind] += Counter(n=1, alone=bool(flagged(one.definition, Others(), [])), beside=bool(beside))
        reasons[one.kind].update(set(beside))
    print(f"{'':58}{'n':>4}{'alone':>7}{'beside':>8}")
    for kind, count in sorted(counts.items()):
        why = ", ".join(f"{reason} {number}" for reason, number in reasons[kind].most_common(4))
        print(f"{kind:58}{count['n']:4}{count['alone']:7}{count['beside']:8}  {why}")


def false_alarms(file: Path) -> None:
    said: Any = json.loads(file.read_text())
    servers: Mapping[str, list[Any]] = said if isinstance(said, dict) else {"server": said}
    made = {name: [define(Kind.TOOL, item) for item in items] for name, items in servers.items()}
    alarms = [
        (one.name, why) for tools in made.values() for one in tools if (why := flagged(one, Others(), [one.name]))
    ]
    print(f"{file.name}: {len(alarms)} of {sum(map(len, made.values()))} honest definitions flagged {alarms or ''}")


def speed(rows: list[Row]) -> None:
    items = [one.definition.body for one in rows]
    pins = pins_of("all", Reached(), make_listing((Kind.TOOL, one) for one in items), Approval(by="me", at=""))
    watch = Watch(pins)
    begun = time.perf_counter()
    for _ in range(20):
        watch.listed(Kind.TOOL, items)
    spent = (time.perf_counter() - begun) / 20 / len(items)
    begun = time.perf_counter()
    for _ in range(20):
        for one in items:
            watch.called(Kind.TOOL, one["name"])
    called = (time.perf_counter() - begun) / 20 / len(items)
    print(f"held against pins: {spent * 1e6:.1f} µs a definition listed, {called * 1e6:.2f} µs a call")


def main() -> None:
    rows = [row(line) for line in Path(sys.argv[1]).read_text().splitlines() if line]
    report(rows)
    for name in sys.argv[2:]:
        false_alarms(Path(name))
    speed(rows)


if __name__ == "__main__":
    main()
