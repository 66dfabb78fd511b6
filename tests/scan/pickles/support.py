"""Runs pickles through the machine as a scan would, without the formats around it."""

from __future__ import annotations

from collections.abc import Sequence

from bartizan.scan.artefacts.content import Content, MemoryContent
from bartizan.scan.artefacts.desk import Desk, Limits, Shared
from bartizan.scan.artefacts.format import Format
from bartizan.scan.pickles.judge import Judge
from bartizan.scan.pickles.machine import Machine
from bartizan.scan.pickles.stream import Stream
from tests.scan.artefacts.support import assembled, rules


def nothing(desk: Desk, name: str, content: Content, formats: Sequence[Format]) -> None:
    """What lies inside is not looked at."""


def desk(limits: Limits | None = None) -> Desk:
    """A desk of its own."""
    return Desk("model.pkl", Shared(rules(), limits or Limits()), nothing)


def told(at: Desk) -> list[tuple[str, str]]:
    """The rules and the evidence of what was reported."""
    return [(found.rule, found.evidence) for found in at._shared.findings.values()]


def machine(data: bytes, at: Desk | None = None, *, framed: bool = False) -> Machine:
    """A machine before its first opcode."""
    content = MemoryContent(data)
    return Machine(Stream(content, 0, framed=framed), Judge(at or desk(), content), {})


def stack_of(*lines: str) -> list[object]:
    """What is on the stack after a program; NONE stands on top for STOP to take."""
    ran = machine(assembled([*lines, "NONE", "STOP"]))
    ran.run()
    return list(ran.stack)


def judged(*lines: str) -> list[tuple[str, str]]:
    """What is told of a program."""
    at = desk()
    ran = machine(assembled(lines), at)
    try:
        ran.run()
    finally:
        ran.judge.finish()
    return told(at)
