"""Sandboxes where the gateway reads them: documents of those that were granted, and which of them are open.

The gateway's folder is `places.sandboxes`; its file of openings lies beside that folder, where `bartizan sandbox` keeps
it. The gateway ends a sandbox by itself when its time is over or a kill criterion is met; `settle` brings that back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bartizan.console.services import Places, Services
from bartizan.govern import sandboxes as life
from bartizan.guard.gateway.standing import OPENINGS, change, read_state
from bartizan.guard.sandbox import Exit, Opening, exit_of, parse_openings, parse_sandbox, write_openings
from bartizan.model import BartizanError, Event
from bartizan.model.documents import Kind, RegisteredSandbox, SandboxState
from bartizan.soc.read import Reader, Wanted
from bartizan.store import write_whole
from bartizan.store.register import Conflict
from bartizan.store.yamltext import write_yaml

__all__ = ["close", "exit_report", "open_", "opening_of", "settle"]

_GATEWAY, _CLOCK = "the gateway", "the clock"
"""Who has ended one that no person has: the first is what the gateway writes itself."""


def open_(services: Services, spec: RegisteredSandbox, by: str) -> None:
    """Write a sandbox that was granted where the gateway reads it, and open it; one that is open goes on.

    Without a gateway nothing happens. Raises InputError for one that the gateway would refuse, BartizanError when it
    can't be written.
    """
    folder = services.places.sandboxes
    if folder is None:
        return
    content = write_yaml(life.for_gateway(spec)).encode()
    parse_sandbox(content, f"{spec.id}.yaml", services.organisation().classes)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / f"{spec.id}.yaml", content)
    except OSError as error:
        raise BartizanError(f"`{folder}` can't be written: {error.strerror}") from None
    now = services.clock().timestamp()

    def opened(old: bytes) -> bytes:
        openings = {one.id: one for one in parse_openings(old, OPENINGS)}
        before = openings.get(spec.id)
        since = before.opened if before is not None and not before.closed else now
        digest = hashlib.sha256(content).hexdigest()
        openings[spec.id] = Opening(id=spec.id, digest=digest, opened=since, by=by)
        return write_openings(openings.values())

    change(_file(services.places), opened)


def close(services: Services, id: str, by: str, why: str) -> None:
    """Close a sandbox, so that the gateway refuses its calls from then on. Raises BartizanError."""
    folder = services.places.sandboxes
    if folder is None:
        return
    now = services.clock().timestamp()

    def closed(old: bytes) -> bytes:
        openings = parse_openings(old, OPENINGS)
        return write_openings(
            msgspec.structs.replace(one, closed=now, closed_by=by, why=why) if one.id == id and not one.closed else one
            for one in openings
        )

    change(_file(services.places), closed)


def opening_of(services: Services, id: str) -> Opening | None:
    """Return how a sandbox stands at the gateway, None without one. Raises InputError for a file that is broken."""
    folder = services.places.sandboxes
    if folder is None:
        return None
    path = _file(services.places)
    return next((one for one in parse_openings(read_state(path), str(path)) if one.id == id), None)


def settle(services: Services) -> int:
    """Bring into the register what has ended: by its time, or by the gateway. Returns how many. For once a minute.

    One that somebody changes at this moment is left for the next time.
    """
    folder, ended, now = services.places.sandboxes, 0, services.clock()
    openings: dict[str, Opening] = {}
    if folder is not None:
        openings = {one.id: one for one in parse_openings(read_state(_file(services.places)), OPENINGS)}
    for stored in list(services.register.documents.all(Kind.SANDBOX)):
        spec = stored.document.spec
        if not isinstance(spec, RegisteredSandbox) or spec.state is not SandboxState.GRANTED:
            continue
        opening = openings.get(spec.id)
        over = life.stands(spec, now) == SandboxState.ENDED.value
        if opening is not None and opening.closed:
            by, why = opening.closed_by or _GATEWAY, opening.why
        elif over:
            by, why = _CLOCK, "its time is over"
        else:
            continue
        made = life.closed(spec, by, why, now.date(), killed=by == _GATEWAY and not over)
        document = msgspec.structs.replace(stored.document, spec=made)
        try:
            services.register.documents.put(
                document, expected=stored.version, by=made.ended_by, why=why, at=services.now()
            )
        except Conflict:
            continue
        close(services, spec.id, made.ended_by, why)
        ended += 1
    return ended


def exit_report(services: Services, spec: RegisteredSandbox) -> Exit | None:
    """Make the exit report from the gateway's events since its start, None without a gateway.

    Raises InputError when the events can't be read, or the document isn't one that the gateway would take.
    """
    folder = services.places.events
    if folder is None:
        return None
    content = write_yaml(life.for_gateway(spec)).encode()
    sandbox = parse_sandbox(content, f"{spec.id}.yaml", services.organisation().classes)
    reason = spec.ended_why or ("" if spec.state is SandboxState.GRANTED else spec.state.value) or "it goes on"
    return exit_of(sandbox, _events(folder, spec), reason)


def _events(folder: Path, spec: RegisteredSandbox) -> Iterator[Event]:
    since = life.start_day(spec).isoformat()
    if not folder.is_dir():
        return
    wanted = Wanted(kinds=frozenset({"call", "refusal"}), since=since)
    for recorded in Reader(folder, wanted, lambda _file, _line: None).read():
        yield recorded.event


def _file(places: Places) -> Path:
    assert places.sandboxes is not None
    return places.openings or places.sandboxes.parent / OPENINGS
