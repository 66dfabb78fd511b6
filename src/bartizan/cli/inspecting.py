"""What commands that look for sensitive data share: the policy, from a file and from options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from bartizan.inspection import Inspector, Policy

__all__ = ["inspector_for", "policy_for", "policy_options"]

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def policy_options(function: Decorated) -> Decorated:
    """Add --policy, --types and --min-confidence."""
    function = click.option(
        "--min-confidence",
        type=click.Choice(["65", "75", "85"]),
        callback=lambda _context, _option, value: None if value is None else int(value),
        help="Report only what is at least this sure: 65 possible, 75 likely, 85 nearly certain.",
    )(function)
    function = click.option(
        "--types",
        default="",
        metavar="LIST",
        help="Data types, families or `region:xx`, separated by commas, instead of the default ones; `all` for all.",
    )(function)
    return click.option(
        "--policy", type=click.Path(path_type=Path), metavar="FILE", help="What to look for, as a YAML file."
    )(function)


def policy_for(
    file: Path | None, types: str, min_confidence: int | None, default: int = 65, without: Sequence[str] = ()
) -> Policy:
    """Return the policy that the options ask for. Raises InputError for a file that is wrong.

    `without` is left out when neither the file nor the options name types.
    """
    import msgspec

    from bartizan.inspection import Policy, parse_policy
    from bartizan.store import read_bounded

    policy = Policy(min_confidence=default) if file is None else parse_policy(read_bounded(file), str(file), default)
    if types:
        policy = msgspec.structs.replace(policy, types=[word.strip() for word in types.split(",") if word.strip()])
    if min_confidence is not None:
        policy = msgspec.structs.replace(policy, min_confidence=min_confidence)
    if without and not policy.types:
        policy = msgspec.structs.replace(policy, without=[*policy.without, *without])
    return policy


def inspector_for(
    file: Path | None, types: str, min_confidence: int | None, default: int = 65, without: Sequence[str] = ()
) -> Inspector:
    """Return an inspector for the options, as `policy_for`, with its compiled matcher kept in the user's cache."""
    from bartizan.cli.progress import Patience
    from bartizan.inspection import Inspector

    policy = policy_for(file, types, min_confidence, default, without)
    with Patience("compiling what is looked for, once for each policy"):
        return Inspector(policy)
