"""Names of members: those that lead out of the folder they are unpacked to, and those that readers don't tell apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.wire.paths import climbs_out

__all__ = ["check_link", "check_name", "check_names", "check_way"]


def check_name(name: str, desk: Desk, offset: int = -1) -> None:
    """Report a name that is unsafe to unpack under."""
    if climbs_out(name):
        desk.hit("archive-path-leaves", f"`{name}`", offset=offset)
    elif odd := _odd(name):
        desk.hit("archive-path-odd", f"`{name}` {odd}", offset=offset)


def _odd(name: str) -> str:
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        return "has control characters"
    if _absolute(name):
        return "is an absolute path"
    if "\\" in name:
        return "has backslashes"
    if ".." in name.split("/"):
        return "goes up and down again"
    return ""


def _absolute(path: str) -> bool:
    return path.startswith(("/", "\\")) or path[1:2] == ":"


def check_link(name: str, target: str, desk: Desk, offset: int = -1) -> bool:
    """Report a link that leads out of the folder. `target` is relative to the link's own place. Tells if it does."""
    parent = name.replace("\\", "/").rpartition("/")[0]
    if _absolute(target) or climbs_out(f"{parent}/{target}"):
        desk.hit("archive-link-leaves", f"`{name}` leads to `{target}`", offset=offset)
        return True
    return False


def check_way(name: str, links: Iterable[str], desk: Desk, offset: int = -1) -> None:
    """Report a name whose folder is one of the links that lead out: unpacking writes where the link leads."""
    if any(name.startswith(f"{link}/") for link in links):
        desk.hit("archive-path-leaves", f"`{name}` goes through a link", offset=offset)


def check_names(names: Iterable[str], desk: Desk) -> None:
    """Report names that stand twice, or that differ only in case or in the form of their letters."""
    seen: set[str] = set()
    folded: dict[str, str] = {}
    for name in names:
        desk.check_time()
        if name in seen:
            desk.hit("duplicate-names", f"`{name}`")
            continue
        seen.add(name)
        if name.endswith(("/", ".class")):
            continue
        same = unicodedata.normalize("NFKC", name).casefold()
        if same in folded:
            desk.hit("archive-names-collide", f"`{folded[same]}` and `{name}`")
        folded.setdefault(same, name)
