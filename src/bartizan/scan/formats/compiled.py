"""Engines compiled for a device, which only their maker's runtime can read: TensorRT, RKNN, Hailo, ONNX Runtime."""

from __future__ import annotations

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_KINDS = {b"ftrt": "TensorRT", b"ptrt": "TensorRT", b"RKNN": "RKNN", b"\x01HEF": "Hailo"}


def _kind(look: Look) -> str:
    if look.head[4:8] == b"ORTM":
        return "ONNX Runtime"
    return _KINDS.get(look.head[:4], "")


def recognise(look: Look) -> bool:
    """Tell by the first letters."""
    return look.size > 32 and _kind(look) != ""


def examine(look: Look, desk: Desk) -> None:
    """Say that nobody can look inside."""
    desk.cover_all(look.content)
    desk.fact("form", _kind(look))
    desk.hit("model-compiled", _kind(look))


FORMAT = Format(name="compiled-engine", title="Compiled engine", group="model", recognise=recognise, examine=examine)
