"""The work behind `bartizan block`."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from typing import get_args

import msgspec

from bartizan.cli.moments import shown
from bartizan.cli.output import emit, json_bytes, say, terminal
from bartizan.cli.standing import config_or_warning, now, record, who
from bartizan.guard.config import Config
from bartizan.guard.gateway.standing import BLOCKS, STATE, change, read_state
from bartizan.guard.limits import Block, Blocks, parse_blocks
from bartizan.guard.limits.blocks import Kind, write_blocks
from bartizan.model import Event, InputError, stamp
from bartizan.model.decode import nearest
from bartizan.report.terminal import Column, Pen, clean

__all__ = ["AskedBlock", "add_block", "show_blocks", "undo_block"]

_LONGEST = 1_000


class AskedBlock(msgspec.Struct, kw_only=True):
    """The arguments and options, as given; `until` in seconds since 1970."""

    kind: str
    name: str
    until: float
    why: str
    by: str
    config: Path


def add_block(asked: AskedBlock) -> int:
    """Block. Raises InputError or BartizanError."""
    config = config_or_warning(asked.config)
    if not asked.name.strip() or not asked.name.isprintable() or len(asked.name) > _LONGEST:
        raise InputError("`NAME` is not a name", help=f"1 to {_LONGEST} characters that can be printed")
    if len(asked.why) > _LONGEST:
        raise InputError(f"`--why` has more than {_LONGEST} characters")
    if config is not None:
        _check(asked.kind, asked.name, config)
    kind = next(one for one in get_args(Kind) if one == asked.kind)
    made = Block(
        id=token_hex(4), kind=kind, name=asked.name, until=asked.until, by=who(asked.by), why=asked.why, since=now()
    )
    change(_path(asked.config), lambda old: old + (b"" if old.endswith(b"\n") or not old else b"\n") + _line(old, made))
    _note(config, asked.config, "block", made, made.by)
    say(f"{made.kind} `{made.name}` is blocked until {shown(made.until)}; undo it with: bartizan block undo {made.id}")
    return 0


def undo_block(path: Path, id: str, by: str) -> int:
    """Take a block back. Raises InputError or BartizanError."""
    config, name, at = config_or_warning(path), who(by), now()
    found: list[Block] = []

    def undone(old: bytes) -> bytes:
        blocks = parse_blocks(old, BLOCKS).all
        one = next((block for block in blocks if block.id == id), None)
        if one is None:
            raise InputError(f"there is no block `{id}`", help=nearest(id, [block.id for block in blocks]))
        if one.undone:
            raise InputError(f"block `{id}` was undone already")
        found.append(msgspec.structs.replace(one, undone=at, undone_by=name))
        return write_blocks(found[-1] if block.id == id else block for block in blocks)

    change(_path(path), undone)
    _note(config, path, "unblock", found[-1], name)
    say(f"{found[-1].kind} `{found[-1].name}` is no longer blocked by {id}")
    return 0


def show_blocks(path: Path, format: str, *, every: bool) -> int:
    """List blocks, those that end last first. Raises InputError."""
    config_or_warning(path)
    at = now()
    blocks = [one for one in _read(path).all if every or one.stands(at)]
    blocks.sort(key=lambda one: -one.until)
    if format == "json":
        rows = [
            {**msgspec.to_builtins(one), "since": stamp(one.since), "until": stamp(one.until),
             "undone": stamp(one.undone) if one.undone else "", "stands": one.stands(at)}
            for one in blocks
        ]  # fmt: skip
        emit(json_bytes({"schema": "bartizan/blocks/1", "blocks": rows}), None)
        return 0
    pen = Pen(*terminal(None))
    columns = [Column(10, style="bold"), Column(12), Column(30), Column(22), Column(16), Column()]
    cells = [[one.id, one.kind, clean(one.name), _state(one, at), clean(one.by), clean(one.why)] for one in blocks]
    lines = pen.table(columns, cells, indent=0) if cells else ["nothing is blocked"]
    emit(("\n".join(lines) + "\n").encode(), None)
    return 0


def _state(block: Block, at: float) -> str:
    return "undone" if block.undone else shown(block.until) if at < block.until else "over"


def _check(kind: str, name: str, config: Config) -> None:
    """Refuse a name that can't be met: a kill switch that does nothing is worse than none."""
    upstreams = {one.id for one in config.upstreams}
    if kind == "upstream" and name not in upstreams:
        raise InputError(f"there is no upstream `{name}` in the configuration", help=nearest(name, upstreams))
    models = {model for one in config.upstreams for pair in one.models.items() for model in pair}
    if kind == "model" and name not in models and "*" not in models:
        raise InputError(f"no upstream offers the model `{name}`", help=nearest(name, models))


def _line(old: bytes, block: Block) -> bytes:
    parse_blocks(old, BLOCKS)  # a file that the gateway couldn't read must not seem to block
    return write_blocks([block])


def _path(config: Path) -> Path:
    return config.resolve().parent / STATE / BLOCKS


def _read(config: Path) -> Blocks:
    path = _path(config)
    return parse_blocks(read_state(path), str(path))


def _note(config: Config | None, path: Path, kind: str, block: Block, by: str) -> None:
    event = Event(
        kind=kind,
        time=stamp(now()),
        principal=by,
        action=kind,
        resource=f"{block.kind}:{block.name}",
        rule=f"block-{block.id}",
        more={"until": stamp(block.until), "why": block.why},
    )
    record(config, path.resolve().parent, event)
