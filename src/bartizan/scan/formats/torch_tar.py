"""PyTorch's first format, a tar with the members `storages`, `tensors` and `pickle`. Source: `torch/serialization.py`.

The members are examined as what they are, by the scanners of tars and pickles.
"""

from __future__ import annotations

from itertools import islice

from bartizan.scan.archives.tarread import is_tar, members
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_NEEDED = {"storages", "tensors", "pickle"}
_LOOKED_AT = 1_000


def recognise(look: Look) -> bool:
    """Tell by the names of the members."""
    return is_tar(look.head) and _names(look) >= _NEEDED


def _names(look: Look) -> set[str]:
    names: set[str] = set()
    try:
        for member in islice(members(look.content), _LOOKED_AT):
            names.add(member.name.removeprefix("./"))
    except (Malformed, LimitReached):
        # The scanner of tars tells of it.
        return names
    return names


def examine(_look: Look, desk: Desk) -> None:
    """Report it."""
    desk.hit("torch-tar", "`storages`, `tensors` and `pickle` in a tar")


FORMAT = Format(name="torch-tar", title="PyTorch's first format", group="model", recognise=recognise, examine=examine)
