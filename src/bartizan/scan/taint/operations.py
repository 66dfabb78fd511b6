"""Looks up what a call by a dotted name does."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bartizan.catalog.flows import Flow, Operation

__all__ = ["Operations"]


class Operations:
    """The operations of one language, found by the last part of a name."""

    def __init__(self, flows: Iterable[Flow], language: str) -> None:
        self._calls: dict[str, list[tuple[re.Pattern[str], Flow, Operation]]] = {}
        self._reads: dict[str, list[tuple[re.Pattern[str], Flow, Operation]]] = {}
        self._known: dict[str, list[tuple[Flow, Operation]]] = {}
        for flow in flows:
            for operation in flow.operations:
                if operation.language == language:
                    self._add(self._calls, operation.calls, flow, operation)
                    self._add(self._reads, operation.reads, flow, operation)

    @staticmethod
    def _add(
        into: dict[str, list[tuple[re.Pattern[str], Flow, Operation]]],
        names: Iterable[str],
        flow: Flow,
        operation: Operation,
    ) -> None:
        for name in names:
            pattern = re.compile(re.escape(name).replace(r"\*", ".*"))
            into.setdefault(name.rpartition(".")[2], []).append((pattern, flow, operation))

    def called(self, name: str) -> list[tuple[Flow, Operation]]:
        """Return what a call of a name does."""
        found = self._known.get(name)
        if found is None:
            entries = self._calls.get(name.rpartition(".")[2], [])
            found = [(flow, operation) for pattern, flow, operation in entries if pattern.fullmatch(name)]
            if len(self._known) < 50_000:
                self._known[name] = found
        return found

    def read(self, name: str) -> list[tuple[Flow, Operation]]:
        """Return what reading a name, without a call, does."""
        entries = self._reads.get(name.rpartition(".")[2], [])
        return [(flow, operation) for pattern, flow, operation in entries if pattern.fullmatch(name)]
