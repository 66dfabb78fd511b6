"""`bartizan mcp pin`, `diff` and `approve`: what MCP servers define, reviewed, pinned, and compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bartizan.cli import grades, parameters

__all__ = ["COMMANDS", "BehindDashes"]

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class BehindDashes(click.Command):
    """A command with a server's own command behind `--`, which is handed over as `words`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take off what stands behind `--`."""
        words: list[str] = []
        if "--" in args:
            at = args.index("--")
            args, words = args[:at], args[at + 1 :]
        rest = super().parse_args(ctx, args)
        ctx.params["words"] = tuple(words)
        return rest

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Show it in the usage, too."""
        return [*super().collect_usage_pieces(ctx), "[-- COMMAND...]"]


def server_options(function: Decorated) -> Decorated:
    """Add what names a server, and where pins are."""
    for option in reversed(
        (
            click.argument(
                "server", required=False, default="", metavar="[SERVER]",
                help="A name in gateway.yaml, in a client's file of servers or among the pins; FILE#NAME; a URL. "
                "For a local server its command goes behind `--`.",
            ),
            click.option("--name", default="", metavar="NAME", help="What to call it. Default: made from SERVER."),
            click.option("--from", "source", type=click.Path(path_type=Path), metavar="FILE",
                         help="A client's file that lists servers. Default: .mcp.json and the like in this folder."),
            click.option("--config", type=click.Path(path_type=Path), metavar="FILE",
                         help="The gateway's configuration. Default: gateway.yaml, where it is."),
            click.option("--pins", type=click.Path(path_type=Path), metavar="DIR",
                         help="Where pins are. Default: what the configuration says, else a folder of this user."),
            click.option("--secret", default="", metavar="WHERE",
                         help="A bearer token for a URL: env:NAME or file:PATH."),
            click.option("--seconds", type=click.FloatRange(1, 3_600), default=60.0, show_default=True,
                         metavar="N", help="How long the server may take to say what it defines."),
        )
    ):  # fmt: skip
        function = option(function)
    return function


def _asked(options: dict[str, Any]) -> Any:
    from bartizan.cli.mcp_targets import AskedServer

    return AskedServer(
        server=options.pop("server"),
        command=options.pop("words"),
        source=options.pop("source"),
        config=options.pop("config"),
        secret=options.pop("secret"),
        name=options.pop("name"),
    )


_yes = click.option("--yes", is_flag=True, help="Don't ask: what is shown is approved.")
_refuse = click.option(
    "--refuse",
    multiple=True,
    metavar="TOOL",
    help="Keep this tool closed, even as it is; may be given again.",
)


@click.command("pin", cls=BehindDashes)
@server_options
@_refuse
@_yes
@parameters.by
def pin(**options: Any) -> int:
    """Review what an MCP server defines, and pin it as it is.

    Starts or calls the server, and shows how it is reached, each tool, and what is suspicious; then it asks. What was
    approved is kept in one YAML file for each server, with every definition and its SHA-256 digest. The gateway and
    `bartizan mcp wrap` let nothing else through.
    """
    from bartizan.cli.mcp_pins_work import pin_server

    return pin_server(_asked(options), **options)


@click.command("diff", cls=BehindDashes)
@server_options
@click.option("--format", type=click.Choice(["text", "json", "sarif"]), help="Default: by the suffix of -o, else text.")
@parameters.output
@grades.fail_on("End with an exit code from 11 to 15 when a change is at or above this severity.")
def diff(**options: Any) -> int:
    """Say how an MCP server differs from what was approved: what changed, in words, and what that may mean."""
    from bartizan.cli.mcp_pins_work import diff_server

    return diff_server(_asked(options), **options)


@click.command("approve", cls=BehindDashes)
@server_options
@click.argument("tools", nargs=-1, metavar="[TOOL]...", help="Only these; the rest stays as it was pinned.")
@_refuse
@_yes
@parameters.by
def approve(**options: Any) -> int:
    """Approve what has changed of an MCP server since it was pinned: all of it, or some tools.

    Shows each change first, and asks.
    """
    from bartizan.cli.mcp_pins_work import approve_server

    return approve_server(_asked(options), **options)


COMMANDS = (pin, diff, approve)
