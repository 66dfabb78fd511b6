"""How long the flow monitor takes for a decision in a long session, for reading a result, and what it keeps in memory.

    python -m benchmarks.flow.bench_decision [--calls 500] [--megabytes 10]

A session of a mailbox and a drive: three of four calls read some 20 kB (lists of mails, files of text), one of four
sends, shares or pays with values from the request, from trusted fields, or out of the text. Results are new each time,
so that nothing is found twice by accident; mails that are sent have some 2 kB. Times are milliseconds of the processor,
as others use it too; the decision alone is what delays a call, reading
a result happens beside it. Every hundred calls are told apart, for what grows.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import time
import tracemalloc
from collections.abc import Callable
from statistics import quantiles
from typing import Any, TypeAlias

from bartizan.guard.flow.monitor import FlowMonitor, FlowSession
from bartizan.model import Allow, Ask
from bartizan.model.card import Argument, ResultField, Role, ToolCard, Trust, ValueType
from bartizan.model.words import Effect
from benchmarks.measure import machine

Clock: TypeAlias = Callable[[], float]
WORDS = ("report", "meeting", "invoice", "budget", "review", "draft", "plan", "please", "attached", "customer", "order",
         "delivery", "payment", "contract", "figures", "quarter", "team", "office", "project", "deadline", "account",
         "number", "page", "link", "answer", "question", "holiday", "train", "hotel")  # fmt: skip
REQUEST = (
    "Go through the mails of the Northwind project, send a summary to clara.weiss@northwind.example and to everybody "
    "in the project's mails, share the file plan-7.txt with them, and pay 1,250.00 EUR to GB33BUKB20201555555555."
)


def cards() -> list[ToolCard]:
    """Cards of five tools."""
    critical, text = Role.CRITICAL, Role.TEXT
    return [
        ToolCard(
            tool="search_mail",
            effect=Effect.READ,
            private=True,
            verbs=["search", "read", "go"],
            objects=["mail", "message"],
            arguments={"query": Argument(role=Role.FREE)},
            fields=[
                ResultField(path="*.id", type=ValueType.IDENTIFIER, trust=Trust.SERVICE),
                ResultField(path="*.sender", type=ValueType.EMAIL, trust=Trust.PLANTABLE),
                ResultField(path="*.to.*", type=ValueType.EMAIL, trust=Trust.SERVICE),
                ResultField(path="*.date", type=ValueType.DATE, trust=Trust.SERVICE),
            ],
        ),
        ToolCard(
            tool="read_file",
            effect=Effect.READ,
            private=True,
            verbs=["read", "open"],
            objects=["file", "document"],
            arguments={"path": Argument(role=critical, type=ValueType.PATH)},
        ),
        ToolCard(
            tool="send_mail",
            effect=Effect.SEND,
            reversible=False,
            verbs=["send", "mail", "write"],
            objects=["mail", "summary", "message"],
            arguments={
                "to": Argument(role=critical, type=ValueType.EMAIL),
                "subject": Argument(role=text),
                "body": Argument(role=text),
            },
        ),
        ToolCard(
            tool="share_file",
            effect=Effect.WRITE,
            verbs=["share"],
            objects=["file"],
            arguments={
                "path": Argument(role=critical, type=ValueType.PATH),
                "with": Argument(role=critical, type=ValueType.EMAIL),
            },
        ),
        ToolCard(
            tool="pay",
            effect=Effect.PAY,
            reversible=False,
            verbs=["pay"],
            objects=["invoice", "bill"],
            arguments={
                "account": Argument(role=critical, type=ValueType.ACCOUNT),
                "amount": Argument(role=critical, type=ValueType.AMOUNT),
                "purpose": Argument(role=text),
            },
        ),
    ]


class Office:
    """Makes calls and what they return."""

    def __init__(self, size: int) -> None:
        self._random = random.Random(7)  # noqa: S311 - nothing secret
        self._size = size
        self._seen = ["clara.weiss@northwind.example"]

    def call(self, number: int) -> tuple[str, dict[str, Any]]:
        """The next call."""
        pick = self._random
        if number % 4 < 2:
            return "search_mail", {"query": f"northwind {number}"}
        if number % 4 == 2:
            return "read_file", {"path": f"plan-{number}.txt"}
        honest = number % 8 < 4
        someone = self._seen[0] if honest else pick.choice(self._seen)
        match number % 3:
            case 0:
                link = "" if honest else f" see https://files.northwind.example/{number} or ask {someone}"
                body = f"{' '.join(pick.choices(WORDS, k=290))}{link}"
                return "send_mail", {"to": [someone, self._seen[0]], "subject": f"Summary {number}", "body": body}
            case 1:
                return "share_file", {"path": "plan-7.txt", "with": someone}
            case _:
                account = "GB33BUKB20201555555555" if honest else "DE89370400440532013000"
                return "pay", {"account": account, "amount": 1250.0, "purpose": "project plan"}

    def result(self, tool: str, number: int) -> str:
        """What the call returned."""
        if tool == "search_mail":
            return json.dumps([self._mail(number, at) for at in range(10)])
        if tool == "read_file":
            return self._prose(self._size)
        return json.dumps({"id": f"done-{number}", "status": "ok"})

    def _mail(self, number: int, at: int) -> dict[str, Any]:
        people = [f"{self._random.choice(WORDS)}.{number}.{at}.{one}@northwind.example" for one in range(3)]
        self._seen.append(people[1])
        return {
            "id": f"m-{number}-{at}",
            "sender": people[0],
            "to": people[1:],
            "date": f"2026-{at % 12 + 1:02}-{number % 28 + 1:02}",
            "subject": self._prose(60),
            "body": self._prose(self._size // 10),
        }

    def _prose(self, size: int) -> str:
        words = self._random.choices(WORDS, k=size // 7)
        for at in range(40, len(words), 80):
            words[at] = self._random.choice((f"a{at}@mail.example", f"https://x.example/{at}", f"INV-{at}{size}"))
        return " ".join(words)


def main(arguments: list[str]) -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description="Decisions of the flow monitor in a long session.")
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--megabytes", type=float, default=10.0)
    options = parser.parse_args(arguments)
    print(machine())
    # Three of four calls return something, a list of mails a fifth more than its text.
    size = int(options.megabytes * 1e6 / (options.calls * 0.75) * 0.9)
    timed(options.calls, size)
    kept(options.calls, size)
    return 0


def timed(calls: int, size: int) -> None:
    """Print how long decisions and results take, a hundred calls at a time."""
    session, office = FlowMonitor(cards()).session(REQUEST), Office(size)
    decisions, readings, read, said = list[float](), list[float](), 0, dict[str, int]()
    by_tool: dict[str, list[float]] = {}
    for number in range(calls):
        word, decision, reading, length = step(session, office, number, time.process_time)
        decisions.append(decision * 1e3)
        by_tool.setdefault(session.verdicts[-1].tool, []).append(decision * 1e3)
        readings.append(reading * 1e3)
        read += length
        said[word] = said.get(word, 0) + 1
    print(f"{calls} calls, {read / 1e6:.1f} MB of results, {said}")
    for at in range(0, calls, 100):
        part = slice(at, at + 100)
        print(f"  calls {at:>4} on: decision {spread(decisions[part])}; result {spread(readings[part])}")
    for tool, of in by_tool.items():
        print(f"  {tool:<12}{len(of):>4} decisions {spread(of)}")
    print(f"  all: decision {spread(decisions)}; result {spread(readings)}, {sum(readings) / (read / 1e6):.0f} ms a MB")


def step(session: FlowSession, office: Office, number: int, clock: Clock) -> tuple[str, float, float, int]:
    """One call: how it was decided, seconds for that and for its result, and the result's length."""
    tool, given = office.call(number)
    start = clock()
    verdict = session.call(tool, given)
    decided = clock() - start
    word = "allow" if isinstance(verdict.ruling, Allow) else "ask" if isinstance(verdict.ruling, Ask) else "deny"
    if word != "allow":
        return word, decided, 0.0, 0
    text = office.result(tool, number)
    start = clock()
    session.result(verdict, text)
    return word, decided, clock() - start, len(text)


def kept(calls: int, size: int) -> None:
    """Print what a session keeps in memory, counted by Python itself, which slows all of it down."""
    office, monitor = Office(size), FlowMonitor(cards())
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    session = monitor.session(REQUEST)
    for number in range(calls):
        step(session, office, number, lambda: 0.0)
        if number % 100 == 99:
            gc.collect()
            print(f"  kept after {number + 1:>4} calls: {(tracemalloc.get_traced_memory()[0] - before) / 1e6:.1f} MB")
    tracemalloc.stop()


def spread(values: list[float]) -> str:
    """The median, the 95th of a hundred, and the worst."""
    cuts = quantiles(values, n=20)
    return f"p50 {cuts[9]:.2f}, p95 {cuts[18]:.2f}, worst {max(values):.2f} ms"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
