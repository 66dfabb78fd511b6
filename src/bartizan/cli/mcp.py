"""`bartizan mcp`: local MCP servers under protection, and what of them was approved."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from bartizan.cli import mcp_pins

__all__ = ["command"]


@click.group("mcp")
def command() -> None:
    """Protect a local MCP server, one word in front of its command; pin tool definitions, compare and approve them."""


@command.command("wrap", context_settings={"allow_interspersed_args": False})
@click.argument("words", nargs=-1, required=True, metavar="-- COMMAND [ARGS]...", help="The server's own command.")
@click.option("--name", default="", metavar="NAME", help="What to call the server. Default: made from its command.")
@click.option(
    "--policy", "policies", multiple=True, type=click.Path(path_type=Path), metavar="PATH",
    help="A Cedar policy, or a folder of them; may be given again. Default: the policies that are built in.",
)  # fmt: skip
@click.option(
    "--config", type=click.Path(path_type=Path), metavar="FILE",
    help="A gateway's configuration, for its data rules, policies and event log.",
)  # fmt: skip
@click.option(
    "--pins", type=click.Path(path_type=Path), metavar="DIR",
    help="Where approved definitions lie. Default: a folder of this user. A server that isn't there yet is pinned as "
    "it is at its first use.",
)  # fmt: skip
@click.option("--only-pinned", is_flag=True, help="Hide every tool of a server that nobody has pinned before.")
@click.option(
    "--cards", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="Reviewed tool cards; may be given again. Cards of other tools are drafted.",
)  # fmt: skip
@click.option(
    "--charter", "charters", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="What the agent is for, and its bounds; may be given again.",
)  # fmt: skip
@click.option("--request", default="", metavar="TEXT", help="What the user has asked the agent for, where it is known.")
@click.option("--unattended", is_flag=True, help="Nobody can be asked: what needs an approval is refused.")
@click.option("--as", "user", default="", metavar="USER", help="Who the agent works for. Default: this user.")
@click.option("--agent", default="", metavar="NAME", help="What policies call the agent.")
@click.option(
    "--journal", type=click.Path(path_type=Path), metavar="DIR",
    help="Keep a journal of the session there, for `bartizan flow explain`.",
)  # fmt: skip
@click.option(
    "--journal-values", type=click.Choice(["digest", "keep"]), default="digest", show_default=True,
    help="What the journal keeps of values: digests, or the values, which `bartizan flow replay` needs.",
)  # fmt: skip
@click.option("--events", type=click.Path(path_type=Path), metavar="DIR", help="Put what happens on record there.")
@click.option(
    "--timeout", type=click.FloatRange(1, 86_400), default=300.0, show_default=True, metavar="SECONDS",
    help="How long the server may take for a request.",
)  # fmt: skip
def wrap(
    words: tuple[str, ...],
    name: str,
    policies: tuple[Path, ...],
    config: Path | None,
    pins: Path | None,
    only_pinned: bool,
    cards: tuple[Path, ...],
    charters: tuple[Path, ...],
    request: str,
    unattended: bool,
    user: str,
    agent: str,
    journal: Path | None,
    journal_values: Literal["digest", "keep"],
    events: Path | None,
    timeout: float,
) -> int:
    """Start a local MCP server, and stand between it and the client that starts this command.

    Put it in front of the command in the client's configuration: `bartizan mcp wrap -- npx some-server`. Every tool is
    held to what it was when it was pinned, every call to policy and to where its values come from, and every text is
    inspected. Where a person must decide, the client asks its user if it can; if not, this computer's terminal does.
    The exit code is the server's, 128 and the signal's number where a signal ended it.
    """
    from bartizan.cli.mcp_work import AskedWrap
    from bartizan.cli.mcp_work import wrap as work

    return work(
        AskedWrap(
            words=words,
            name=name,
            policies=policies,
            config=config,
            pins=pins,
            only_pinned=only_pinned,
            cards=cards,
            charters=charters,
            request=request,
            unattended=unattended,
            user=user,
            agent=agent,
            journal=journal,
            journal_values=journal_values,
            events=events,
            timeout=timeout,
        )
    )


for one in mcp_pins.COMMANDS:
    command.add_command(one)
