"""The work behind `bartizan mcp pin`, `diff` and `approve`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bartizan.cli import grades
from bartizan.cli.mcp_pins_show import diff_json, diff_sarif, diff_text, review_text
from bartizan.cli.mcp_targets import AskedServer, Found, agreed, ask_server, find_server
from bartizan.cli.output import emit, json_bytes, say, terminal
from bartizan.cli.standing import who
from bartizan.guard.gateway.mcp.pinfiles import change_pins, default_folder, read_pins
from bartizan.guard.mcp.pins import (
    Approval,
    Change,
    Kind,
    Listing,
    Others,
    Pins,
    What,
    change,
    compare,
    compare_server,
    pins_of,
    repinned,
    suspicions,
    suspicions_of,
)
from bartizan.model import InputError
from bartizan.model.decode import nearest
from bartizan.report.terminal import Pen

__all__ = ["approve_server", "diff_server", "pin_server"]


class _Server(NamedTuple):
    """A server that was listed, and what is known of it: its pins, the folder of these, and other servers' pins."""

    found: Found
    folder: Path
    listed: Listing
    before: Pins | None
    others: Others

    @property
    def changes(self) -> list[Change]:
        """How it differs from its pins, worst first; what is suspicious in it, where there are none."""
        if self.before is None:
            return _worst_first(suspicions(self.listed, self.others))
        changes = compare(self.before.definitions(), self.listed, self.before.instructions, self.others)
        changes += compare_server(self.before, self.listed, self.found.reached)
        refused = {(kind.words, name) for kind, name in self.before.refused()}
        return _worst_first(one for one in changes if (one.thing, one.name) not in refused)


def _worst_first(changes: Iterable[Change]) -> list[Change]:
    return sorted(changes, key=lambda one: -one.severity.rank)


def pin_server(
    asked: AskedServer, *, pins: Path | None, seconds: float, refuse: tuple[str, ...], yes: bool, by: str
) -> int:
    """Review a server and pin all of it. Raises InputError or BartizanError."""
    name = who(by)
    server = _listed(asked, pins, seconds, yes=yes)
    refused = _chosen(server.listed, refuse)
    _show(review_text(server.found, server.listed, server.before, server.changes, Pen(*terminal(None))))
    if server.before is not None and not server.changes and not refused and server.before.status == "approved":
        say(f"server `{server.found.name}` is as it was approved")
        return 0
    if not agreed(f"Approve this of server `{server.found.name}`?", yes=yes):
        return _nothing()
    approval = _approval(name)

    def made(old: Pins | None) -> Pins:
        return pins_of(server.found.name, server.found.reached, server.listed, approval, before=old, refused=refused)

    return _written(server, change_pins(server.folder, server.found.name, made))


def approve_server(
    asked: AskedServer,
    *,
    tools: tuple[str, ...],
    pins: Path | None,
    seconds: float,
    refuse: tuple[str, ...],
    yes: bool,
    by: str,
) -> int:
    """Approve what changed of a server that is pinned. Raises InputError or BartizanError."""
    name = who(by)
    server = _listed(asked, pins, seconds, yes=yes)
    if server.before is None:
        raise InputError(f"server `{server.found.name}` is not pinned", help="review it first: `bartizan mcp pin`")
    chosen = _chosen(server.listed, tools, server.before)
    refused = _chosen(server.listed, refuse, server.before)
    names = {name for _, name in (*chosen, *refused)}
    shown = [one for one in server.changes if not tools or one.name in names or one.was in names]
    reopened = {key for key in chosen if key in server.before.refused()}
    shown = [*_reopened(server, reopened), *shown]
    _show(diff_text(server.found.name, server.before, shown, Pen(*terminal(None))))
    if not shown and not refused and server.before.status == "approved":
        say("there is nothing to approve: it is as it was pinned")
        return 0
    if not agreed(f"Approve this of server `{server.found.name}`?", yes=yes):
        return _nothing()
    approval = _approval(name)

    def made(old: Pins | None) -> Pins:
        if old is None or server.before is None or old.digest != server.before.digest:
            raise InputError("the pins have changed since they were read", help="look at the changes again")
        if tools:
            return repinned(old, server.listed, approval, chosen, refused=refused)
        return pins_of(old.server, server.found.reached, server.listed, approval, before=old, refused=refused)

    return _written(server, change_pins(server.folder, server.found.name, made))


def _reopened(server: _Server, keys: Collection[tuple[Kind, str]]) -> list[Change]:
    """Say that what was refused is to be opened, and what is suspicious in it."""
    out: list[Change] = []
    for one in server.listed.definitions:
        if (one.kind, one.name) in keys:
            out.append(change(What.ADDED, "was refused when it was reviewed", thing=one.kind.words, name=one.name))
            out += suspicions_of(one, server.others)
    return out


def diff_server(
    asked: AskedServer, *, pins: Path | None, seconds: float, format: str | None, output: Path | None, fail_on: str
) -> int:
    """Compare a server with its pins, and return the exit code. Raises InputError or BartizanError."""
    server = _listed(asked, pins, seconds)
    if server.before is None:
        raise InputError(f"server `{server.found.name}` is not pinned", help="review it first: `bartizan mcp pin`")
    suffix = "" if output is None else output.suffix
    format = format or {".json": "json", ".sarif": "sarif"}.get(suffix, "text")
    if format == "json":
        content = json_bytes(diff_json(server.found, server.before, server.changes))
    elif format == "sarif":
        content = json_bytes(diff_sarif(server.found, server.changes))
    else:
        content = diff_text(server.found.name, server.before, server.changes, Pen(*terminal(output)))
    emit(content, output)
    if format == "sarif":
        return 0
    return grades.exit_code([one.severity.value for one in server.changes], fail_on)


def _listed(asked: AskedServer, pins: Path | None, seconds: float, *, yes: bool = False) -> _Server:
    """Find a server, ask it what it defines, and read what is pinned. No command of a file is started unasked."""
    folder = pins or default_folder()
    found = find_server(asked, read_pins(folder))
    if pins is None and found.pins is not None:
        folder = found.pins
    known = read_pins(folder)
    before = known.get(found.name)
    approved = None if before is None else before.reached
    listed = ask_server(found, seconds, approved=approved, yes=yes)
    others = Others({name: one.definitions() for name, one in known.items() if name != found.name})
    return _Server(found, folder, listed, before, others)


def _chosen(listed: Listing, names: Collection[str], before: Pins | None = None) -> set[tuple[Kind, str]]:
    """Return what is meant by some names: whatever is called so. Raises InputError for one that nothing is called."""
    known = {(one.kind, one.name) for one in listed.definitions}
    if before is not None:
        known |= {(one.kind, one.name) for one in before.definitions()}
    for name in names:
        if name not in {one for _, one in known}:
            raise InputError(f"the server defines no `{name}`", help=nearest(name, {one for _, one in known}))
    return {key for key in known if key[1] in names}


def _show(content: bytes) -> None:
    emit(content, None)


def _nothing() -> int:
    say("nothing was approved, and nothing written")
    return 0


def _approval(name: str) -> Approval:
    return Approval(by=name, at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")


def _written(server: _Server, path: Path) -> int:
    count = len(server.listed.definitions)
    say(f"pinned server `{server.found.name}` ({count} definitions) in {path}")
    return 0
