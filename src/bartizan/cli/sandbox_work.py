"""The work behind `bartizan sandbox`, and the exit report that the gateway writes when one ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from bartizan.cli.gateway_parts import given, load_config
from bartizan.cli.moments import shown
from bartizan.cli.output import emit, json_bytes, say, terminal
from bartizan.cli.standing import now, record, who
from bartizan.guard.config import Config
from bartizan.guard.gateway.standing import OPENINGS, STATE, change, documents_folder, read_documents, read_state
from bartizan.guard.sandbox import (
    Exit,
    Opening,
    Sandbox,
    Sandboxes,
    exit_json,
    exit_markdown,
    exit_of,
    parse_openings,
    parse_sandbox,
    write_openings,
)
from bartizan.model import Event, InputError, stamp
from bartizan.model.decode import nearest
from bartizan.report.terminal import Column, Pen, clean
from bartizan.soc.lines import MOST, log_files
from bartizan.store import write_whole

__all__ = ["AskedClose", "close_one", "events_of", "open_one", "show", "write_report"]


class AskedClose(msgspec.Struct, kw_only=True):
    """The arguments and options of `close`, as given."""

    id: str
    report: Path | None
    why: str
    by: str
    config: Path


def open_one(file: Path, by: str, path: Path) -> int:
    """Open a sandbox. Raises InputError or BartizanError."""
    config, folder, at, name = load_config(path), path.resolve().parent, now(), who(by)
    content = given(file, "name the sandbox's document; docs/gateway.md shows one")
    one = parse_sandbox(content, str(file), config.data.inspect.scheme)
    if one.end <= at:
        raise InputError(f"sandbox `{one.id}` ended at {one.ends}", help="give it another `ends:`")
    _check(one, config)
    if config.workers > 1 and config.state == "memory":
        raise InputError(f"sandboxes are counted in memory for one worker, and there are {config.workers}",
                         help="set `state:` to a Valkey or Redis server, or `workers: 1`")  # fmt: skip
    documents = documents_folder(config, folder)
    if file.resolve().parent != documents:
        documents.mkdir(parents=True, exist_ok=True)
        write_whole(documents / f"{one.id}.yaml", content)
    read_documents(documents, config.data.inspect.scheme)

    def opened(old: bytes) -> bytes:
        openings = {known.id: known for known in parse_openings(old, OPENINGS)}
        before = openings.get(one.id)
        goes_on = before is not None and not before.closed
        since = before.opened if before is not None and goes_on else at
        openings[one.id] = Opening(id=one.id, digest=one.digest, opened=since, by=name)
        return write_openings(openings.values())

    change(folder / STATE / OPENINGS, opened)
    _note(config, folder, one.id, "open", name, {"digest": one.digest, "ends": one.ends, "owner": one.owner})
    say(f"sandbox `{one.id}` is open from {shown(max(one.begin, at))} to {shown(one.end)}")
    return 0


def show(path: Path, format: str) -> int:
    """List sandboxes. Raises InputError."""
    config, folder, at = load_config(path), path.resolve().parent, now()
    boxes = _read(config, folder)
    ids = sorted({*boxes.documents, *boxes.openings})
    rows = [_row(id, boxes, at) for id in ids]
    if format == "json":
        emit(json_bytes({"schema": "bartizan/sandboxes/1", "sandboxes": rows}), None)
        return 0
    pen = Pen(*terminal(None))
    columns = [Column(30, style="bold"), Column(20), Column(22), Column(22), Column()]
    cells = [[clean(row[key]) for key in ("id", "state", "starts", "ends", "owner")] for row in rows]
    lines = pen.table(columns, cells, indent=0) if cells else ["there are no sandboxes"]
    emit(("\n".join(lines) + "\n").encode(), None)
    return 0


def close_one(asked: AskedClose) -> int:
    """Close a sandbox and write its exit report. Raises InputError or BartizanError."""
    config, folder, at = load_config(asked.config), asked.config.resolve().parent, now()
    boxes, name = _read(config, folder), who(asked.by)
    one = boxes.documents.get(asked.id)
    opening = boxes.openings.get(asked.id)
    if one is None or opening is None:
        known = sorted({*boxes.documents} & {*boxes.openings})
        raise InputError(f"no sandbox `{asked.id}` was opened", help=nearest(asked.id, known))
    why = opening.why
    if not opening.closed:
        why = asked.why if at < one.end else "its time is over"
        change(folder / STATE / OPENINGS, lambda old: _closed(old, asked.id, name, why, at))
        _note(config, folder, one.id, "close", name, {"why": why})
        say(f"sandbox `{one.id}` is closed")
    for path in write_report(config, folder, one, opening.opened, why, asked.report):
        say(f"exit report: {path}")
    return 0


def write_report(
    config: Config, folder: Path, sandbox: Sandbox, opened: float, why: str, target: Path | None = None
) -> list[Path]:
    """Write what came of a sandbox, to `target` or below the state's folder, and return where it is.

    Raises InputError or BartizanError.
    """
    report = exit_of(sandbox, events_of(folder / config.events.folder, opened), why)
    if target is not None:
        write_whole(target, _content(report, target))
        return [target]
    reports = folder / STATE / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    targets = [reports / f"{sandbox.id}.md", reports / f"{sandbox.id}.json"]
    for path in targets:
        write_whole(path, _content(report, path))
    return targets


def events_of(folder: Path, since: float) -> Iterator[Event]:
    """Read the events of a log from a time on, writer by writer. Lines that are none are left to `events verify`.

    Raises InputError when the log can't be read.
    """
    first = stamp(since)
    decoder = msgspec.json.Decoder(Event)
    try:
        chains = log_files(folder) if folder.is_dir() else {}
        for file in (file for files in chains.values() for file in files):
            with file.path.open("rb") as stream:
                while line := stream.readline(MOST):
                    try:
                        event = decoder.decode(line)
                    except (msgspec.DecodeError, UnicodeDecodeError):
                        continue
                    if event.time >= first:
                        yield event
    except OSError as error:
        raise InputError(f"events can't be read from `{folder}`: {error.strerror}") from None


def _content(report: Exit, path: Path) -> bytes:
    return json_bytes(exit_json(report)) if path.suffix == ".json" else exit_markdown(report).encode()


def _check(sandbox: Sandbox, config: Config) -> None:
    """Refuse a document that speaks of upstreams that the gateway doesn't have."""
    known = {one.id for one in config.upstreams}
    for id in sandbox.egress.upstreams:
        if id not in known:
            raise InputError(f"sandbox `{sandbox.id}` names an upstream `{id}`, which is not configured",
                             help=nearest(id, known))  # fmt: skip


def _read(config: Config, folder: Path) -> Sandboxes:
    path = folder / STATE / OPENINGS
    documents = read_documents(documents_folder(config, folder), config.data.inspect.scheme)
    return Sandboxes(documents, parse_openings(read_state(path), str(path)))


def _row(id: str, boxes: Sandboxes, at: float) -> dict[str, str]:
    one, opening = boxes.documents.get(id), boxes.openings.get(id)
    return {
        "id": id,
        "state": _state(one, opening, at),
        "starts": "" if one is None else one.starts,
        "ends": "" if one is None else one.ends,
        "owner": "" if one is None else one.owner,
        "why": "" if opening is None else opening.why,
        "by": "" if opening is None else opening.by,
    }


def _state(one: Sandbox | None, opening: Opening | None, at: float) -> str:
    if one is None:
        return "document missing"
    if opening is None:
        return "not opened"
    if opening.closed:
        return "closed"
    if at >= one.end:
        return "ended"
    if opening.digest != one.digest:
        return "changed since opened"
    return "open" if at >= one.begin else "not begun"


def _closed(old: bytes, id: str, by: str, why: str, at: float) -> bytes:
    openings = parse_openings(old, OPENINGS)
    return write_openings(
        msgspec.structs.replace(one, closed=at, closed_by=by, why=why) if one.id == id else one for one in openings
    )


def _note(config: Config, folder: Path, id: str, action: str, by: str, more: dict[str, str]) -> None:
    event = Event(
        kind="sandbox",
        time=stamp(now()),
        principal=by,
        action=action,
        resource=id,
        rule=f"sandbox-{id}",
        more={**more},
    )
    record(config, folder, event)
