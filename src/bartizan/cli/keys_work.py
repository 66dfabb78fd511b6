"""The work behind `bartizan keys`."""

from __future__ import annotations

import re
import secrets
from base64 import b32encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bartizan.cli.output import emit, json_bytes, say, terminal
from bartizan.guard.config import Config, parse_config
from bartizan.guard.gateway.keyfile import KeyFile
from bartizan.guard.identity.keys import KeyRecord, digest, make_key, revoke
from bartizan.model import InputError
from bartizan.report.terminal import Column, Pen, clean
from bartizan.store import read_bounded

__all__ = ["AskedKey", "create_key", "end_key", "show_keys"]

_TIME = re.compile(r"([1-9][0-9]{0,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_LAST = 4
_LONGEST = 255


class AskedKey(msgspec.Struct, kw_only=True):
    """The arguments and options of `create`, as given."""

    principal: str
    groups: list[str]
    application: str
    tenant: str | None
    sandbox: str
    actions: list[str]
    models: list[str]
    upstreams: list[str]
    expires: str
    config: Path


def create_key(asked: AskedKey) -> int:
    """Make a key, keep its digest, print it. Raises InputError or BartizanError."""
    config = _config(asked.config)
    named = [asked.principal, *asked.groups, *asked.models, *asked.upstreams]
    for name in [*named, *filter(None, (asked.application, asked.tenant, asked.sandbox))]:
        if not name.strip() or not name.isprintable() or len(name) > _LONGEST:
            raise InputError(f"`{name[:60]}` is not a name", help=f"1 to {_LONGEST} characters that can be printed")
    unknown = next((id for id in asked.upstreams if id not in {one.id for one in config.upstreams}), None)
    if unknown is not None:
        raise InputError(f"there is no upstream `{unknown}` in `{asked.config}`", help="name one that is configured")
    now = _now()
    key = make_key(secrets.token_bytes(32))
    record = KeyRecord(
        id="k-" + b32encode(secrets.token_bytes(10)).decode().lower(),
        hash=digest(key),
        last=key[-_LAST:],
        principal=asked.principal,
        groups=asked.groups,
        application=asked.application,
        tenant=asked.tenant or config.tenant,
        sandbox=asked.sandbox,
        actions=asked.actions,
        models=asked.models,
        upstreams=asked.upstreams,
        created=now,
        expires=_expiry(asked.expires, now),
    )
    file = _file(asked.config, config)
    file.change(lambda records: [*records, record])
    emit(key.encode() + b"\n", None)
    end = "never ends" if record.expires is None else f"ends {_day(record.expires)}"
    say(f"key {record.id} of `{asked.principal}` {end}; it is shown this once, and its digest kept in {file.path}")
    return 0


def show_keys(path: Path, format: str) -> int:
    """List keys for people or programs. Raises InputError."""
    file = _file(path, _config(path))
    records = file.records() if file.path.exists() else []
    now = _now()
    if format == "json":
        emit(json_bytes({"schema": "bartizan/keys/1", "keys": [_plain(one, now) for one in records]}), None)
        return 0
    pen = Pen(*terminal(None))
    columns = [Column(20, style="bold"), Column(8, style="dim"), Column(8), Column(12), Column(30), Column()]
    rows = [
        [one.id, f"...{one.last}", _state(one, now), _end(one), clean(one.principal), clean(_kept(one))]
        for one in records
    ]
    lines = pen.table(columns, rows, indent=0) if rows else ["there are no keys"]
    emit(("\n".join(lines) + "\n").encode(), None)
    return 0


def end_key(path: Path, id: str) -> int:
    """Revoke a key. Raises InputError or BartizanError."""
    file = _file(path, _config(path))
    if not file.path.exists():
        raise InputError(f"there is no key `{id}`", help="`bartizan keys create` makes the first one")
    file.change(lambda records: revoke(records, id, _now()))
    say(f"key {id} is revoked; a running gateway knows within a second")
    return 0


def _config(path: Path) -> Config:
    try:
        return parse_config(read_bounded(path), str(path))
    except FileNotFoundError:
        raise InputError(f"`{path}` does not exist", help="name the gateway's configuration: --config FILE") from None


def _file(path: Path, config: Config) -> KeyFile:
    """Return the key file that a configuration names, relative to its folder."""
    if not config.identity.keys:
        raise InputError(f"`{path}` names no key file", help="add one below `identity:`, such as `keys: keys.jsonl`")
    return KeyFile(path.parent / config.identity.keys)


def _expiry(text: str, now: datetime) -> datetime | None:
    if text == "never":
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        raise InputError(f"`{text}` is not a time", help="write it as 12h, 90d or 26w, or never")
    return now + timedelta(**{_UNITS[found[2]]: int(found[1])})


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


def _end(one: KeyRecord) -> str:
    moment = one.revoked or one.expires
    return "never ends" if moment is None else _day(moment)


def _state(one: KeyRecord, now: datetime) -> str:
    if one.revoked is not None:
        return "revoked"
    return "expired" if one.expires is not None and one.expires <= now else "active"


def _kept(one: KeyRecord) -> str:
    """Say who holds a key besides the principal, and what it is kept to."""
    parts = {
        "groups": one.groups,
        "application": [one.application] if one.application else [],
        "sandbox": [one.sandbox] if one.sandbox else [],
        "actions": one.actions,
        "models": one.models,
        "upstreams": one.upstreams,
    }
    return "; ".join(f"{name}: {', '.join(values)}" for name, values in parts.items() if values)


def _plain(one: KeyRecord, now: datetime) -> dict[str, Any]:
    """Return a key for programs: all but its digest, which is nobody's business."""
    fields = {name: getattr(one, name) for name in one.__struct_fields__ if name != "hash"}
    return {**msgspec.to_builtins(fields), "state": _state(one, now)}
