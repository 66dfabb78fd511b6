"""Where things stand in a diagram: the interface between what is drawn and what computes the places.

Units are points. The origin is top left, y grows downwards. A `Sketch` says what there is; a `Layouter` gives every
shape and area its box and every link its route. There are two: `diagram_dot` and `diagram_columns`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

__all__ = ["Area", "Box", "Layout", "Layouter", "Link", "Point", "Route", "Shape", "Sketch"]

Point: TypeAlias = tuple[float, float]


class Shape(msgspec.Struct, frozen=True):
    """A box of a fixed size, in an area or (`area` empty) outside all of them."""

    id: str
    width: float
    height: float
    area: str = ""


class Area(msgspec.Struct, frozen=True):
    """A box around shapes and other areas. Areas come after their parents; `title` is the width of the heading."""

    id: str
    parent: str = ""
    title: float = 0.0


class Link(msgspec.Struct, frozen=True):
    """A connection with room for a label of `width` x `height` (0: no label). A `loose` one doesn't pull."""

    tail: str
    head: str
    width: float = 0.0
    height: float = 0.0
    loose: bool = False


class Sketch(msgspec.Struct, frozen=True):
    """What there is to place. `title` is the height of an area's heading."""

    shapes: tuple[Shape, ...]
    areas: tuple[Area, ...]
    links: tuple[Link, ...]
    title: float = 20.0


class Box(msgspec.Struct, frozen=True):
    """A rectangle by its top left corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> Point:
        """The point in the middle."""
        return self.x + self.width / 2, self.y + self.height / 2


class Route(msgspec.Struct, frozen=True):
    """A link's way: a start and cubic Bezier triples, the tip of the arrow, and the middle of the label."""

    points: tuple[Point, ...]
    tip: Point
    label: Point | None = None


class Layout(msgspec.Struct, frozen=True):
    """The whole: boxes by id, and one route per link, in the order of the links."""

    width: float
    height: float
    shapes: dict[str, Box]
    areas: dict[str, Box]
    routes: tuple[Route, ...]


Layouter: TypeAlias = Callable[[Sketch], Layout]
