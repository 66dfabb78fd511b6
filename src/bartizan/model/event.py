"""What happened, as one typed record: the same for the gateway, for scans and for decisions of people."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

import msgspec


def stamp(at: float) -> str:
    """Return seconds since 1970 as events write them: RFC 3339 in UTC with milliseconds."""
    whole, part = divmod(int(at * 1000), 1000)
    return f"{_second(whole)}.{part:03}Z"


@lru_cache(maxsize=4)
def _second(whole: int) -> str:
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}"


class Count(msgspec.Struct, frozen=True):
    """How many values of a data type were found; never the values."""

    type: str
    count: int


class Usage(msgspec.Struct, frozen=True):
    """Tokens as the provider counts them, 0 where it didn't say."""

    input: int = 0
    output: int = 0


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One decision and what came of it. It holds no text of a request or an answer, and no secret.

    `time` is UTC in RFC 3339 with milliseconds. `kind` is what happened: `call` (a request was decided and answered),
    `refusal` (it was not let through), `skip` (something was not inspected), `block`, `unblock`, `key`, `sandbox`,
    `policy` (another one is in force), `start`, `stop`. `principal`, `action` and `resource` are the ids that policies
    use. `decision` is allow, transform, ask or deny, `rule` what decided. `labels` are what was said of the content.
    `cost` is money in the budgets' currency. `trace` is the W3C trace id. `more` has what only this kind has.
    """

    kind: str
    time: str
    principal: str = ""
    action: str = ""
    resource: str = ""
    decision: str = ""
    rule: str = ""
    labels: list[str] = []
    findings: list[Count] = []
    tokens: Usage = Usage()
    cost: float = 0.0
    trace: str = ""
    more: dict[str, str | int | float | bool | list[str]] = {}
