"""Monitors to compare: none, two simple ones, one that knows the answer, and Bartizan's."""

from __future__ import annotations

from typing import Any

import msgspec

from bartizan.guard.flow import FlowMonitor, FlowSession, Verdict
from bartizan.guard.flow.results import Shape
from bartizan.model import Allow, Ask
from bartizan.model.card import ToolCard
from benchmarks.flow.dojo import Nothing, Step, Watch, Word

SHAPES: tuple[Shape, ...] = ("json", "python", "yaml")
"""AgentDojo writes objects and lists of them as YAML, and the rest as Python does."""
READS = ("get_", "read_", "search_", "list_", "check_")
OWN = frozenset({"get_current_day", "get_user_information", "get_user_info", "get_iban", "get_balance",
                 "get_scheduled_transactions", "search_contacts_by_name", "search_contacts_by_email"})  # fmt: skip
"""Tools of AgentDojo whose results nobody but the user or the service writes."""


class Strict:
    """Denies whatever is no read once anything was read that an outsider may have written."""

    def __init__(self) -> None:
        self._tainted = False
        self._tool = ""

    def allow(self, tool: str, arguments: dict[str, Any]) -> Word:
        reads = tool.startswith(READS)
        if self._tainted and not (reads and "url" not in arguments):
            return "deny"
        self._tool = tool
        return "allow"

    def approved(self) -> None:
        return

    def seen(self, result: str) -> None:
        reads = self._tool.startswith(READS)
        self._tainted = self._tainted or (bool(result) and reads and self._tool not in OWN)


class Oracle:
    """Allows the very calls that solve the user's task: no monitor can be better informed. `reads` allows all reads."""

    def __init__(self, plan: list[Step], *, reads: bool) -> None:
        self._reads = reads
        self._plan = {msgspec.json.encode(step, order="sorted", enc_hook=str) for step in plan}

    def allow(self, tool: str, arguments: dict[str, Any]) -> Word:
        if self._reads and tool.startswith(READS) and "url" not in arguments:
            return "allow"
        return "allow" if msgspec.json.encode((tool, arguments), order="sorted", enc_hook=str) in self._plan else "deny"

    def approved(self) -> None:
        return

    def seen(self, result: str) -> None:  # noqa: ARG002
        return


class Flow:
    """Bartizan's monitor."""

    def __init__(self, session: FlowSession) -> None:
        self._session = session
        self.last: Verdict | None = None
        self.verdicts: list[Verdict] = []

    def allow(self, tool: str, arguments: dict[str, Any]) -> Word:
        self.last = self._session.call(tool, arguments)
        self.verdicts.append(self.last)
        if isinstance(self.last.ruling, Allow):
            return "allow"
        return "ask" if isinstance(self.last.ruling, Ask) else "deny"

    def approved(self) -> None:
        if self.last is not None:
            self._session.approve(self.last)

    def seen(self, result: str) -> None:
        if self.last is not None:
            self._session.result(self.last, result)


def nothing(_suite: str, _request: str, _plan: list[Step]) -> Nothing:
    """Watch nothing."""
    return Nothing()


def strict(_suite: str, _request: str, _plan: list[Step]) -> Strict:
    """Block whatever writes after an untrusted read."""
    return Strict()


def oracle(_suite: str, _request: str, plan: list[Step]) -> Oracle:
    """Know the answer."""
    return Oracle(plan, reads=False)


def reading_oracle(_suite: str, _request: str, plan: list[Step]) -> Oracle:
    """Know the answer, and let everything be read, as a monitor does that has nothing against reading."""
    return Oracle(plan, reads=True)


def flow(cards: dict[str, list[ToolCard]]) -> Watch:
    """Bartizan's monitor with the cards of each suite."""
    monitors = {suite: FlowMonitor(of, shapes=SHAPES) for suite, of in cards.items()}
    return lambda suite, request, _plan: Flow(monitors[suite].session(request=request))
