"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from bartizan.model import Level

__all__ = ["Amount", "Day", "appetite", "as_of", "output", "proven", "scan_format", "system_file", "views"]

_UNITS = {"bn": 1e9, "M": 1e6, "k": 1e3, "": 1.0}

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a date."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is not a date, write it as YYYY-MM-DD", param, ctx)


class Amount(click.ParamType[float]):
    """An amount of money; `k`, `M` and `bn` may follow."""

    name = "money"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read an amount."""
        if isinstance(value, float):
            return value
        unit = next((unit for unit in _UNITS if value.endswith(unit)), "")
        try:
            amount = float(value.removesuffix(unit).replace("'", "")) * _UNITS[unit]
        except ValueError:
            amount = -1.0
        if 0 <= amount < float("inf"):
            return amount
        raise click.BadParameter(f"'{value}' is not an amount of money, such as 250000 or 250k", ctx, param)


class Appetite(click.ParamType["Level | float"]):
    """A level, or what one event may cost."""

    name = "level or money"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Level | float:
        """Read an appetite."""
        from bartizan.model import Level

        if isinstance(value, float | Level):
            return value
        if value in list(Level):
            return Level(value)
        try:
            return Amount().convert(value, param, ctx)
        except click.BadParameter:
            words = ", ".join(Level)
            self.fail(f"'{value}' is neither a level ({words}) nor an amount of money", param, ctx)


def system_file(function: Decorated) -> Decorated:
    """Add the argument FILE, a system."""
    return click.argument("file", type=click.Path(path_type=Path), help="The system, a YAML file.")(function)


def as_of(function: Decorated) -> Decorated:
    """Add --as-of, the day on which evidence and decisions must still hold."""
    return click.option("--as-of", type=Day(), metavar="DATE", help="Day of the review; default: today.")(function)


def proven(function: Decorated) -> Decorated:
    """Add --proven: claims don't count."""
    return click.option(
        "--proven", is_flag=True, help="Count only controls that fresh evidence proves, not those that are claimed."
    )(function)


def appetite(function: Decorated) -> Decorated:
    """Add --appetite: what may remain."""
    return click.option(
        "--appetite",
        type=Appetite(),
        metavar="LEVEL|MONEY",
        help="What may remain: losses up to low, medium, high or critical, or what one event may cost. "
        "Default: what FILE says.",
    )(function)


def output(function: Decorated) -> Decorated:
    """Add -o, the file to write."""
    return click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write to this file, whole or not at all.",
    )(function)


def scan_format(help: str = "Default: by the suffix of -o, else text.") -> Callable[[Decorated], Decorated]:
    """Add --format for commands that report findings in files."""
    return click.option("--format", type=click.Choice(["text", "json", "sarif", "html"]), help=help)


def gateway_config(help: str = "The gateway's configuration.") -> Callable[[Decorated], Decorated]:
    """Add --config for commands that go by a gateway's configuration."""
    return click.option(
        "--config", type=click.Path(path_type=Path), default=Path("gateway.yaml"), show_default=True, metavar="FILE",
        help=help,
    )  # fmt: skip


def by(function: Decorated) -> Decorated:
    """Add --by, who decides."""
    return click.option("--by", default="", metavar="WHO", help="Who decides. Default: the user of this computer.")(
        function
    )


def views(function: Decorated) -> Decorated:
    """Add --format for commands that show a part of a review."""
    return click.option(
        "--format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="For people or programs.",
    )(function)
