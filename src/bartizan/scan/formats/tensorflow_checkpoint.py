"""TensorFlow's checkpoints: an index of tensors, and files of their bytes, which nothing interprets.

Source: `tensorflow/core/util/tensor_bundle` of TensorFlow 2.21; the index is a table of LevelDB's.
"""

from __future__ import annotations

import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_FOOTER = bytes.fromhex("57fb808b247547db")
_SHARD = re.compile(r"(.+)\.data-\d{5}-of-\d{5}\Z")


def recognise(look: Look) -> bool:
    """Tell the index by its last bytes, the tensors by their name and the index beside them."""
    if look.suffix == ".index":
        return look.tail.endswith(_FOOTER)
    found = _SHARD.fullmatch(look.path)
    if found is None:
        return False
    # The files beside a member of an archive are not known here.
    return look.inner or f"{found[1]}.index" in look.tree.paths()


def examine(look: Look, desk: Desk) -> None:
    """Account for all of it."""
    desk.cover_all(look.content)


FORMAT = Format(
    name="tensorflow-checkpoint",
    title="TensorFlow checkpoint",
    group="model",
    recognise=recognise,
    examine=examine,
    fallback=True,
)
