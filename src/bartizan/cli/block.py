"""`bartizan block`: the gateway's kill switch, with undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bartizan.cli import moments, parameters

__all__ = ["command"]

_config = parameters.gateway_config("The gateway's configuration, beside which blocks are kept.")
_CALLS = "A running gateway refuses its calls within a second, whatever policies say."


@click.group("block")
def command() -> None:
    """Block a principal, agent, session, tool, server, model, upstream or application at once, and undo it."""


def _blocking(kind: str, what: str, does: str) -> None:
    """Add the command that blocks one kind of thing."""

    def block(name: str, until: float, why: str, by: str, config: Path) -> int:
        from bartizan.cli.block_work import AskedBlock, add_block

        return add_block(AskedBlock(kind=kind, name=name, until=until, why=why, by=by, config=config))

    block.__doc__ = f"{does}\n\n{_CALLS}"
    decorators: list[Callable[..., Any]] = [
        command.command(kind),
        click.argument("name", metavar="NAME", help=what),
        click.option(
            "--until",
            type=moments.Moment(),
            required=True,
            metavar="TIME",
            help="When it ends by itself: 2026-12-31T18:00:00Z, or in minutes, hours, days or weeks (30m, 2h, 3d, 1w).",
        ),
        click.option("--why", default="", metavar="TEXT", help="The reason, for whoever reads it later."),
        parameters.by,
        _config,
    ]
    made: Any = block
    for decorate in reversed(decorators):
        made = decorate(made)


_blocking("principal", "Who, as events name them; in every tenant.", "Block one caller.")
_blocking("model", "The name that callers use, or the one that is sent.", "Block a model, whoever offers it.")
_blocking("upstream", "Its id in the configuration.", "Block an upstream with all its models.")
_blocking("application", "The program that calls on somebody's behalf.", "Block an application, whoever uses it.")
_blocking("agent", "Its own name, its principal or its application.", "Block an agent, whatever it calls.")
_blocking("session", "The session's id, as events name it.", "Block one session of an agent.")
_blocking("tool", "TOOL at any server, or SERVER/TOOL at one.", "Block a tool, whoever calls it.")
_blocking("server", "Its id, as events name it.", "Block a server with all its tools.")


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Also those that are over or undone.")
@parameters.views
@_config
def list_blocks(every: bool, format: str, config: Path) -> int:
    """List the blocks that stand: what, until when, by whom and why."""
    from bartizan.cli.block_work import show_blocks

    return show_blocks(config, format, every=every)


@command.command("undo")
@click.argument("id", metavar="ID", help="The block's id, as `bartizan block list` shows it.")
@parameters.by
@_config
def undo(id: str, by: str, config: Path) -> int:
    """Take a block back. It stays on record that it was there."""
    from bartizan.cli.block_work import undo_block

    return undo_block(config, id, by)
