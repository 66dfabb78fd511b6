"""The work behind `bartizan events`."""

from __future__ import annotations

import os
import re
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bartizan.cli.grades import exit_code
from bartizan.cli.output import emit, json_bytes, say, terminal
from bartizan.model import BartizanError, Finding, InputError, NothingToDo
from bartizan.report.amounts import count
from bartizan.report.terminal import Pen, clean
from bartizan.soc.lines import Head, Recorded
from bartizan.soc.places import reason
from bartizan.soc.read import Reader, Wanted
from bartizan.soc.verify import Verified, parse_anchors
from bartizan.soc.verify import verify as verified
from bartizan.store import read_bounded

__all__ = ["AskedTail", "AskedVerify", "tail", "verify"]

_SPAN = re.compile(r"([1-9][0-9]{0,5})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LOOK_AGAIN = 0.5
"""Seconds between looks at the folder."""
_PIECE = 500
"""Events that are put out at once."""


class AskedTail(msgspec.Struct, kw_only=True):
    """The arguments and options of `tail`, as given."""

    folder: Path
    follow: bool
    last: int
    everything: bool
    kinds: tuple[str, ...]
    principal: str
    decision: str | None
    rule: str
    since: str
    until: str
    format: str


class AskedVerify(msgspec.Struct, kw_only=True):
    """The arguments and options of `verify`, as given."""

    folder: Path
    anchor: Path | None
    note: Path | None
    format: str
    output: Path | None
    fail_on: str


def tail(asked: AskedTail) -> int:
    """Show events. Raises InputError."""
    now = datetime.now(UTC)
    wanted = Wanted(
        kinds=frozenset(asked.kinds),
        principal=asked.principal,
        decision=asked.decision or "",
        rule=asked.rule,
        since=_time(asked.since, now),
        until=_time(asked.until, now),
    )
    unread: list[int] = []
    reader = Reader(asked.folder, wanted, lambda _, line: unread.append(line))
    render = _renderer(asked.format)
    found = reader.read()
    if not asked.everything:
        found = iter(deque(found, asked.last))
    goes_on = _put_out(found, render)
    while asked.follow and goes_on:
        time.sleep(_LOOK_AGAIN)
        goes_on = _put_out(reader.read(), render)
    if unread:
        say(f"warning: {count(len(unread), 'line')} can't be read: `bartizan events verify {asked.folder}` says more")
    return 0


def _put_out(found: Iterable[Recorded], render: Callable[[Recorded], bytes]) -> bool:
    """Write events to standard output, and return whether somebody still reads them."""
    waiting: list[bytes] = []
    for one in found:
        waiting.append(render(one))
        if len(waiting) >= _PIECE:
            if not emit(b"".join(waiting), None):
                return False
            waiting = []
    return not waiting or emit(b"".join(waiting), None)


def _renderer(format: str) -> Callable[[Recorded], bytes]:
    encode = msgspec.json.Encoder().encode
    if format == "ocsf":
        from bartizan.soc.ocsf import to_ocsf

        return lambda one: encode(to_ocsf(one)) + b"\n"
    if format == "otel":
        from bartizan.soc.otel import to_otlp

        return lambda one: encode(to_otlp([one])) + b"\n"
    if format == "json":
        return lambda one: encode(_plain(one)) + b"\n"
    pen = Pen(*terminal(None))
    return lambda one: (_line(one, pen) + "\n").encode()


def _plain(one: Recorded) -> dict[str, Any]:
    event = msgspec.to_builtins(one.event)
    return {"seq": one.seq, "time": one.event.time, "prev": one.prev, "hash": one.hash, "writer": one.writer, **event}


_STYLES = {"deny": "high", "ask": "medium", "transform": "low"}


def _line(one: Recorded, pen: Pen) -> str:
    event = one.event
    found = ", ".join(f"{each.count} {each.type}" for each in event.findings)
    tokens = f"{event.tokens.input}+{event.tokens.output} tokens" if event.tokens.input or event.tokens.output else ""
    decision = f"{event.decision or event.kind:<9}"
    parts = [event.principal, event.action, event.resource, event.rule and f"by {event.rule}", found, tokens]
    shown = pen(decision, _STYLES.get(event.decision, ""))
    kind = "" if event.kind in ("call", "refusal") or not event.decision else f"{event.kind}  "
    return f"{clean(event.time)}  {shown}  {clean(kind + '  '.join(filter(None, parts)))}".rstrip().replace("\n", " ")


def _time(text: str, now: datetime) -> str:
    """Return a time as events have it. Raises InputError."""
    if not text:
        return ""
    span = _SPAN.fullmatch(text)
    try:
        moment = now - timedelta(**{_UNITS[span[2]]: int(span[1])}) if span else datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise InputError(
            f"`{text}` is not a time", help="write 2026-11-28, 2026-11-28T08:00Z, 30m, 12h or 7d"
        ) from None
    moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# ---- verify


def verify(asked: AskedVerify) -> int:
    """Verify a folder of logs, and return the exit code. Raises InputError, NothingToDo or BartizanError."""
    if not asked.folder.is_dir():
        raise InputError(f"`{asked.folder}` is no folder", help="name the folder of events")
    anchors = _anchors(asked.anchor) if asked.anchor is not None else []
    result = verified(asked.folder, anchors)
    if not result.files and not result.findings:
        raise NothingToDo(f"`{asked.folder}` holds no event log", help="check the path")
    if asked.format == "json":
        emit(json_bytes(_result(asked.folder, result)), asked.output)
    else:
        emit(_text(result, Pen(*terminal(asked.output))).encode(), asked.output)
    if asked.note is not None:
        _note(asked.note, result)
    return exit_code((one.severity for one in result.findings), asked.fail_on)


def _anchors(path: Path) -> list[Head]:
    try:
        return parse_anchors(read_bounded(path), str(path))
    except FileNotFoundError:
        raise InputError(
            f"`{path}` does not exist", help="`bartizan events verify FOLDER --note FILE` makes it"
        ) from None


def _note(path: Path, result: Verified) -> None:
    if result.findings:
        say(f"warning: nothing is noted in `{path}`, because something is wrong")
        return
    lines = b"".join(msgspec.json.encode(head) + b"\n" for head in result.heads if head.seq)
    try:
        with path.open("ab") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BartizanError(f"`{path}` can't be written: {reason(error)}") from None
    say(f"noted {count(len(result.heads), 'end')} in {path}")


def _result(folder: Path, result: Verified) -> dict[str, Any]:
    return {
        "schema": "bartizan/events-verify/1",
        "folder": str(folder),
        "files": result.files,
        "lines": result.lines,
        "bytes": result.bytes,
        "heads": msgspec.to_builtins(result.heads),
        "findings": [_finding(one) for one in result.findings],
        "notes": result.notes,
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "id": one.id,
        "rule": one.rule,
        "title": one.title,
        "severity": one.severity,
        "path": one.place.file,
        "line": one.place.line,
        "evidence": one.evidence,
    }


def _text(result: Verified, pen: Pen) -> str:
    lines = [
        f"{clean(str(one.place))}: {pen(one.severity, one.severity)}: {one.title} ({clean(one.evidence)})"
        for one in result.findings
    ]
    lines += [f"note: {clean(note)}" for note in result.notes]
    what = f"{count(result.lines, 'line')} in {count(result.files, 'file')} of {count(len(result.heads), 'chain')}"
    said = f"{count(len(result.findings), 'finding')} in {what}" if result.findings else f"{what}: as they were written"
    return "\n".join([*lines, said, *(f"  {head.writer} ends at {head.seq}, {head.hash}" for head in result.heads), ""])
