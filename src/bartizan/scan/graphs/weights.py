"""Weights that a graph keeps in a file beside itself."""

from __future__ import annotations

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Look
from bartizan.scan.artefacts.tree import beside

__all__ = ["claim_weights"]


def claim_weights(look: Look, name: str, least: int, desk: Desk) -> None:
    """Claim a file of weights, which must have `least` bytes; tell where it is missing or too short."""
    try:
        path = beside(look.path, name)
        with look.tree.open(path) as content:
            missing = least - content.size
    except (OSError, ValueError):
        desk.hit("weights-missing", f"`{name}`")
        return
    desk.claim(path)
    if missing > 0:
        desk.hit("weights-missing", f"`{name}` ends {missing} bytes too early")
