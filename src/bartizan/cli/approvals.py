"""`bartizan approvals`: questions about calls of agents that wait in a folder, and their answers."""

from __future__ import annotations

from pathlib import Path

import click

from bartizan.cli import parameters

__all__ = ["command"]

_folder = click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("asking"),
    show_default=True,
    metavar="F",
    help="Where questions wait, as the gateway's configuration says below `asking:`.",
)
_groups = click.option(
    "--group", "groups", multiple=True, metavar="G", help="A group of who decides; may be given again."
)
_id = click.argument("id", metavar="ID", help="The question's id, as `bartizan approvals list` shows it.")


@click.group("approvals")
def command() -> None:
    """List the questions about calls of agents that wait for somebody, and answer them."""


@command.command("list")
@parameters.views
@_folder
def list_questions(format: str, folder: Path) -> int:
    """Show each question: the call, where its values came from, what could happen, and until when it is open."""
    from bartizan.cli.approvals_work import show_questions

    return show_questions(folder, format)


@command.command("approve")
@_id
@click.option("--for-session", is_flag=True, help="Also the same values from the same sources later in the session.")
@parameters.by
@_groups
@_folder
def approve(id: str, for_session: bool, by: str, groups: tuple[str, ...], folder: Path) -> int:
    """Let a call go on. The answer counts if the question is for whoever decides, and is the first one."""
    from bartizan.cli.approvals_work import answer

    return answer(folder, id, approved=True, lasting=for_session, by=by, groups=groups)


@command.command("deny")
@_id
@parameters.by
@_groups
@_folder
def deny(id: str, by: str, groups: tuple[str, ...], folder: Path) -> int:
    """Refuse a call."""
    from bartizan.cli.approvals_work import answer

    return answer(folder, id, approved=False, lasting=False, by=by, groups=groups)
