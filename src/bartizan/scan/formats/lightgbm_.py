"""LightGBM: models as text, a setting or a tree's numbers in each line. Source: gbdt_model_text.cpp, version 4."""

from __future__ import annotations

import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_START = re.compile(rb"\A(?:tree|linear_tree|dart|goss|rf)\r?\n(?:[a-z_]+(?:=[^\n]*)?\r?\n){0,3}?version=v\d")
_BLOCK = 1 << 20
_FACTS = {b"objective": "objective", b"version": "version", b"max_feature_idx": "last-feature"}
_ODD = bytes(range(9)) + bytes([11, 12]) + bytes(range(14, 32))


def recognise(look: Look) -> bool:
    """Tell by the first lines."""
    return bool(_START.match(look.head))


def examine(look: Look, desk: Desk) -> None:
    """Check that it is text to its end, that it ends, and take the facts."""
    for line in look.head.splitlines()[:30]:
        name, _, value = line.partition(b"=")
        if name in _FACTS:
            desk.fact(_FACTS[name], value.decode("utf-8", "replace"))
    kept, missing = b"", [b"end of trees"]
    for at in range(0, look.size, _BLOCK):
        desk.check_time()
        block = look.content.read(at, _BLOCK)
        if len(block.translate(None, _ODD)) != len(block):
            raise Malformed("bytes that are no text stand in the model", at)
        kept += block
        if b"\nparameters:" in kept:
            missing.append(b"end of parameters")
        missing = [end for end in missing if end not in kept]
        kept = kept[-32:]
    if missing:
        raise Malformed("the trees or the parameters don't end", look.size)
    desk.cover_all(look.content)


FORMAT = Format(name="lightgbm", title="LightGBM", group="model", recognise=recognise, examine=examine)
