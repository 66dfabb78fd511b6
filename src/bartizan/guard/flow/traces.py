"""Traces: what agents have done, one session a line, to be replayed.

A line is `{"prompt", "events": [{"who", "tool", "args", "result", "error"}]}` with `suite`, `user_task` and
`injection_task` where it belongs to a benchmark; `who` is user or attacker, who wanted the call. Further keys are let
be. A journal that keeps values is read as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Literal, TypeAlias

import msgspec

from bartizan.guard.flow.journal import Begun, Called, Decided, Said, read_journal
from bartizan.model import InputError, Place

__all__ = ["Step", "Trace", "Who", "journal_trace", "read_traces"]

Who: TypeAlias = Literal["user", "attacker"]
_MOST_LINE = 256 << 20


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A call and what it returned; `error` is not empty where it failed. `said` is what the user says before it.

    `approved` is what was decided when it was asked about, None when it wasn't or that is not known. `done` tells
    whether it was made at all, and thus has a result.
    """

    tool: str
    args: dict[str, Any] = {}
    who: Who = "user"
    result: Any = None
    error: str | None = ""
    said: str = ""
    approved: bool | None = None
    done: bool = True


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """A session. `injection_task` is None in one that nobody attacked."""

    prompt: str
    events: list[Step]
    suite: str = ""
    user_task: str = ""
    injection_task: str | None = None

    @property
    def attacked(self) -> bool:
        """Whether somebody attacked it."""
        return self.injection_task is not None or any(step.who == "attacker" for step in self.events)

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return "/".join(part for part in (self.suite, self.user_task, self.injection_task) if part) or "session"


_DECODER = msgspec.json.Decoder(Trace)


def read_traces(lines: Iterable[bytes], name: str) -> Iterator[Trace]:
    """Yield the sessions of a file `name`. Raises InputError with the line that is wrong, and repeats nothing of it."""
    numbered = iter(enumerate(lines, 1))
    for number, line in numbered:
        if not line.strip():
            continue
        if line.startswith((b'{"entry":', b'{"entry" :')):
            rest = (line for _, line in numbered)
            yield journal_trace(chain([b"\n"] * (number - 1), [line], rest), name)
            return
        yield _trace(line, Place(name, number))


def journal_trace(lines: Iterable[bytes], name: str) -> Trace:
    """Return a journal's session. Raises InputError, also for one that keeps no values."""
    prompt, said, session = "", "", ""
    steps: dict[int, Step] = {}
    for entry in read_journal(lines, name):
        match entry:
            case Begun():
                session = entry.session
                if entry.values != "keep":
                    raise InputError(
                        "this journal keeps digests only, so that it can be explained and not replayed",
                        place=Place(name, 1),
                        help="journals with `values: keep` can be replayed",
                    )
            case Said():
                text = entry.text or ""
                if not steps and not prompt:
                    prompt = text
                else:
                    said = f"{said}\n{text}" if said else text
            case Called():
                steps[entry.number] = Step(tool=entry.tool, args=entry.arguments or {}, said=said, done=False)
                said = ""
            case Decided():
                _change(steps, entry.number, approved=entry.approved)
            case _:
                error = str(entry.result or "failed") if entry.failed else ""
                _change(steps, entry.number, result=entry.result, error=error, done=True)
    return Trace(prompt=prompt, events=list(steps.values()), user_task=session)


def _change(steps: dict[int, Step], number: int, **fields: Any) -> None:
    if number in steps:
        steps[number] = msgspec.structs.replace(steps[number], **fields)


def _trace(line: bytes, place: Place) -> Trace:
    if len(line) > _MOST_LINE:
        raise InputError("this trace is too large", place=place)
    try:
        return _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return msgspec.convert(json.loads(line), Trace)
    except (ValueError, RecursionError):
        raise InputError(
            "this line is no trace",
            place=place,
            help='write `{"prompt": TEXT, "events": [{"who", "tool", "args", "result", "error"}]}`',
        ) from None
