"""`bartizan up`: the register, its console and API, and a gateway beside them."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bartizan.cli.register_place import needs_console

__all__ = ["command"]


@click.command("up")
@click.option("--demo", is_flag=True, help="Load a made-up organisation, and a gateway with a made-up provider.")
@click.option(
    "--database",
    metavar="PATH|URL",
    help="The register: a file, or postgresql://… for a team. Default: a file in your own data folder. Or set "
    "BARTIZAN_DATABASE, which other users of this computer don't see, and which --demo leaves alone.",
)
@click.option("--listen", default="127.0.0.1:8300", show_default=True, metavar="HOST:PORT", help="Where to serve.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The console's settings: its address, sessions, sign-in by OpenID Connect. Default: none are needed.",
)
@click.option(
    "--gateway",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The configuration of a gateway to run beside it. Default: gateway.yaml in this folder, if there is one.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    metavar="N",
    help="How many processes serve the console.",
)
@click.option(
    "--rescue",
    metavar="ADDRESS",
    help="Serve nothing, but print a link for somebody who has lost a password or all second factors: these are taken "
    "out, and the link sets a new password. For whoever may write to the register.",
)
def command(
    demo: bool,
    database: str | None,
    listen: str,
    config: Path | None,
    gateway: Path | None,
    workers: int,
    rescue: str | None,
) -> int:
    """Serve the register: console and API on one address, and a gateway beside it.

    Without more it needs nothing: the register is one SQLite file, and the first start prints a link with which you
    make your account. With `--database postgresql://…` any number of machines may serve the same register.
    """
    needs_console()
    from bartizan.cli.up_work import AskedUp, let_in, up

    database = database or (None if demo else os.environ.get("BARTIZAN_DATABASE"))
    asked = AskedUp(demo, database, listen, config, gateway, workers)
    return up(asked) if rescue is None else let_in(asked, rescue)
