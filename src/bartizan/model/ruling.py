"""What may pass: Allow, Transform, Ask or Deny, as types. The noun that ARCHITECTURE calls Decision at run time.

`Decision` in `system.py` is what a person decided about a threat; this is what the guard decides about one exchange.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import msgspec


class Allow(msgspec.Struct, frozen=True, tag="allow"):
    """It may pass as it is."""


class Transform(msgspec.Struct, frozen=True, tag="transform"):
    """It may pass after what `changed` names was changed."""

    changed: tuple[str, ...]


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """It waits for `whom`."""

    whom: str


class Deny(msgspec.Struct, frozen=True, tag="deny"):
    """It may not pass, for a reason that the caller can read."""

    reason: str


Ruling: TypeAlias = Allow | Transform | Ask | Deny


def combine(rulings: Iterable[Ruling]) -> Ruling:
    """Combine what several rules say: deny beats ask, ask beats transform, changes add up; nothing said is a denial."""
    said = list(rulings)
    for kind in (Deny, Ask):
        first = next((ruling for ruling in said if isinstance(ruling, kind)), None)
        if first is not None:
            return first
    changed = tuple(name for ruling in said if isinstance(ruling, Transform) for name in ruling.changed)
    if changed:
        return Transform(tuple(dict.fromkeys(changed)))
    return Allow() if said else Deny("no rule allows this")
