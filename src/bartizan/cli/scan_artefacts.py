"""`bartizan scan PATH`, `scan model` and `scan agent`: whether something is safe to bring in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bartizan.cli import grades, parameters

__all__ = ["agent", "everything", "model"]


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what the three commands share."""
    for add in reversed(
        (
            click.argument("paths", nargs=-1, metavar="PATH|URL...", help="Files, folders, or http addresses."),
            parameters.scan_format(),
            parameters.output,
            click.option(
                "--sarif",
                type=click.Path(path_type=Path),
                metavar="FILE",
                help="Write SARIF to this file as well, for code scanning; output and exit code stay as they are.",
            ),
            click.option(
                "--explain", is_flag=True, help="Show what loading would do: the calls of a pickle, as a tree."
            ),
            click.option(
                "--digests", is_flag=True, help="Compute SHA-256 of each file, which reads all of it, weights too."
            ),
            grades.fail_on(
                "End with an exit code from 11 (info) to 15 (critical) when a finding is at or above this severity. "
                "What could not be inspected counts as info."
            ),
            click.option(
                "--component",
                metavar="SYSTEM.yaml:ID",
                help="Note the result as evidence about this component, beside the system.",
            ),
        )
    ):
        function = add(function)
    return function


@click.command("everything", hidden=True)
@_options
def everything(**asked: Any) -> int:
    """Find out whether files are safe to bring in: whatever is recognised, by content and by path.

    Verdicts: safe, where nothing in a file runs, reaches out or misleads as far as its format allows to tell; unknown,
    where a person must look, and the finding says at what; dangerous, where loading or using it does harm by
    construction.
    """
    return _scan(("model", "archive", "agent", "code"), asked)


@click.command("model")
@_options
def model(**asked: Any) -> int:
    """Find out whether model files and repositories are safe to load.

    A file, a folder, a repository as model hubs have them, or an http address, of which only headers and pickles are
    fetched. Nothing is loaded, imported or run; weights are not read.
    """
    return _scan(("model", "archive", "code"), asked)


@click.command("agent")
@_options
def agent(**asked: Any) -> int:
    """Find out whether what steers assistants and agents is safe to use.

    Configuration of MCP and coding assistants, rules files, skills, hooks, tool definitions, source of MCP servers, and
    notebooks. No server is started.
    """
    return _scan(("agent", "archive", "code"), asked)


def _scan(groups: tuple[str, ...], asked: dict[str, Any]) -> int:
    from bartizan.cli.scan_artefacts_work import AskedArtefacts, scan_artefacts

    output: Path | None = asked.pop("output")
    return scan_artefacts(AskedArtefacts(groups=groups, output=output, **asked))
