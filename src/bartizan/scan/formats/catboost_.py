"""CatBoost (`.cbm`): four letters, a length, a FlatBuffer with trees, tables of categories. Source: model.fbs."""

from __future__ import annotations

from bartizan.scan.artefacts.content import Window
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.wire.flatbuffers import Buffer

__all__ = ["FORMAT"]

_PARTS = ("static_provider", "text_process", "embed")


def recognise(look: Look) -> bool:
    """Tell by the letters at the start."""
    return look.head[:4] == b"CBM1"


def examine(look: Look, desk: Desk) -> None:
    """Check the structure. What follows the trees is a part of the model only where the model names such parts."""
    length = int.from_bytes(look.head[4:8], "little")
    if length > look.size - 8:
        raise Malformed("the trees are announced longer than the file", 4)
    model = Buffer(Window(look.content, 8, length)).root()
    desk.fact("version", model.text(0))
    for pair in model.tables(2):
        name = pair.text(0)
        if name in ("catboost_version_info", "train_finish_time", "model_guid"):
            desk.fact(name.replace("_", "-"), pair.text(1).split("\n")[0])
    parts = set(model.texts(3))
    for name in sorted(one for one in parts if not one.startswith(_PARTS)):
        desk.hit("custom-operators", f"part `{name}`", offset=8)
    desk.cover(0, look.size if parts else 8 + length)


FORMAT = Format(name="catboost", title="CatBoost", group="model", recognise=recognise, examine=examine)
