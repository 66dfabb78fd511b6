"""Times that people type: an RFC 3339 time, a day, or how long from now."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import click

__all__ = ["Moment", "shown"]

_SPAN = re.compile(r"([1-9][0-9]{0,5})([mhdw])")
_SECONDS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


class Moment(click.ParamType[float]):
    """A time to come, as seconds since 1970: `2026-12-31T18:00:00Z`, `2026-12-31` (it begins in UTC), `2h`, `3d`."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a time."""
        if isinstance(value, float):
            return value
        now = datetime.now(UTC).timestamp()
        span = _SPAN.fullmatch(value)
        if span is not None:
            return now + int(span[1]) * _SECONDS[span[2]]
        try:
            made = datetime.fromisoformat(value)
            if made.tzinfo is None and len(value) > len("2026-12-31"):
                self.fail(f"'{value}' lacks an offset from UTC, write it as {value}Z", param, ctx)
            at = (made if made.tzinfo else made.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            self.fail(f"'{value}' is not a time, write it as 2026-12-31T18:00:00Z, 2h or 3d", param, ctx)
        if at <= now:
            self.fail(f"'{value}' is over already", param, ctx)
        return at


def shown(at: float) -> str:
    """Return a time for people, in UTC."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
