"""A session's journal while it goes on: lines are made here, and the driver writes them before it acts."""

from __future__ import annotations

from typing import Any

import msgspec

from bartizan.guard.flow.journal import Journal, Values
from bartizan.guard.flow.verdict import Verdict
from bartizan.guard.mcp.recording import Client

__all__ = ["JournalRules", "Journaling"]


class JournalRules(msgspec.Struct, frozen=True, kw_only=True):
    """How sessions are kept: `values` as they are or as digests only, made with `key`, at least 16 bytes."""

    key: bytes
    values: Values = "digest"


class Journaling:
    """Keeps what happens in one session. What the user says is written with the call that follows."""

    def __init__(self, rules: JournalRules, client: Client, request: str) -> None:
        self._journal = Journal(rules.key, rules.values)
        self._client = client
        self._said = [request]
        self._begun = False
        self._lines: list[bytes] = []

    def said(self, text: str) -> None:
        """Take what the user says."""
        self._said.append(text)

    def called(self, verdict: Verdict, now: float) -> None:
        """Take a call and what the flow monitor says of it."""
        if not self._begun:
            self._begun = True
            client = self._client
            self._lines.append(
                self._journal.begun(client.session, now, agent=client.named, principal=client.principal.id,
                                    attended=client.attended)
            )  # fmt: skip
        self._lines += [self._journal.said(text, now) for text in self._said]
        self._said = []
        self._lines.append(self._journal.called(verdict, now))

    def decided(self, verdict: Verdict | None, approved: bool, now: float, *, by: str = "", outcome: str) -> None:
        """Take what somebody, or another part of the gateway, has decided about a call."""
        if verdict is not None:
            self._lines.append(self._journal.decided(verdict.number, approved, now, by=by, outcome=outcome))

    def returned(self, verdict: Verdict, result: Any, now: float, *, failed: bool) -> None:
        """Take what a call returned."""
        self._lines.append(self._journal.returned(verdict.number, result, now, failed=failed))

    def lines(self) -> list[bytes]:
        """Return what is to be written since the last time, in its order."""
        made, self._lines = self._lines, []
        return made
