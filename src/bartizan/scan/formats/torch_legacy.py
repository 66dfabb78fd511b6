"""PyTorch's format before the zip: five pickles in a row (a magic number, a version, the system, the model, the keys of
its storages), then each storage: its number of elements in eight bytes, and these.

Source: PyTorch's `torch/serialization.py`. Every one of the pickles can carry a program, and each is run by the loader.
"""

from __future__ import annotations

from bartizan.scan.artefacts.content import exactly
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.pickles.examine import examine_pickle
from bartizan.scan.pickles.persistent import Storages

__all__ = ["FORMAT"]

_MAGIC = bytes.fromhex("6cfc9c46f9206aa85019")
_DIGITS = str(0x1950A86A20F9469CFC6C).encode()
"""The same number as protocols 0 and 1 write it."""
_PICKLES = 5


def recognise(look: Look) -> bool:
    """Tell by the magic number in the first pickle."""
    return look.head[:1] in (b"\x80", b"\x8a", b"L") and (_MAGIC in look.head[:40] or _DIGITS in look.head[:40])


def examine(look: Look, desk: Desk) -> None:
    """Examine the pickles, and account for the storages. Raises Malformed, LimitReached."""
    found = Storages()
    at = 0
    for _ in range(_PICKLES):
        at = examine_pickle(look.content, desk, start=at, flavour="torch", count=1, persistent=found.add)
    # The loader takes the storages in the order of their keys, which are sorted as text.
    for key in sorted(found.widths):
        desk.check_time()
        width = found.widths[key]
        count = int.from_bytes(exactly(look.content, at, 8), "little")
        if width < 0:
            raise Malformed("a storage is of an unknown type", at)
        size = count * width
        if found.sizes[key] != size:
            desk.hit("torch-storages-odd", f"storage `{key}` has {size} bytes, not {found.sizes[key]}", offset=at)
        if at + 8 + size > look.size:
            raise Malformed("the file ends before its storages do", at)
        desk.cover(at, at + 8 + size)
        at += 8 + size
    desk.fact("tensors", str(len(found.widths)))


FORMAT = Format(
    name="torch-legacy", title="PyTorch before the zip", group="model", recognise=recognise, examine=examine
)
