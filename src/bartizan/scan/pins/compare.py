"""What has drifted: changed, gone or new against the pins; each said once, by the most telling thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from bartizan.scan.pins.pin import KINDS, Pin

__all__ = ["Drift", "drifts"]


class Drift(msgspec.Struct, frozen=True):
    """One thing that is no longer as it was pinned. `rule` is the scan rule for it; `what` says it in words.

    `name` is that of the tool or server, and empty for the file itself.
    """

    rule: Literal["pin-changed", "pin-missing", "pin-new"]
    path: str
    name: str
    what: str


def drifts(pinned: Iterable[Pin], found: Iterable[Pin]) -> Iterator[Drift]:
    """Compare. A file whose tools or servers changed is told by these, and not as a file again."""
    before, now = ({pin.key: pin for pin in pins} for pins in (pinned, found))
    told: set[str] = set()
    for key in sorted(before.keys() | now.keys(), key=lambda key: (key[0], key[1] == "file", key[2])):
        path, kind, name = key
        old, new = before.get(key), now.get(key)
        there = (path, "file", "") in now and (path, "file", "") in before
        thing = f"{KINDS[kind]} `{name}`" if name else KINDS[kind]
        if old is None and new is not None:
            if kind == "file" or there:
                yield Drift("pin-new", path, name, f"{thing} was not there when it was pinned")
                told.add(path)
        elif new is None:
            if kind == "file" or there:
                yield Drift("pin-missing", path, name, f"{thing} is gone")
                told.add(path)
        elif old is not None and old.sha256 != new.sha256 and not (kind == "file" and path in told):
            yield Drift("pin-changed", path, name, f"{thing} changed" + _how(old, new))
            told.add(path)


def _how(old: Pin, new: Pin) -> str:
    if old.kind == "file":
        return f" from {old.size:,} to {new.size:,} bytes" if old.size != new.size else ", its size is the same"
    changed = sorted(name for name in old.parts.keys() & new.parts.keys() if old.parts[name] != new.parts[name])
    added = sorted(new.parts.keys() - old.parts.keys())
    gone = sorted(old.parts.keys() - new.parts.keys())
    said = [
        f"{word} {', '.join(f'`{name}`' for name in names)}"
        for word, names in (("in", changed), ("added", added), ("without", gone))
        if names
    ]
    return ": " + "; ".join(said) if said else ""
