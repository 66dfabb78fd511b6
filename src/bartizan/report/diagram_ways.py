"""Points along routes, and places on them where a label covers nothing."""

from __future__ import annotations

import msgspec

from bartizan.report.diagram_layout import Box, Layout, Link, Point, Sketch

__all__ = ["covers", "free_place", "place_labels", "point_at"]


def place_labels(layout: Layout, sketch: Sketch) -> Layout:
    """Return the layout with a place for every label that finds one."""
    boxes = list(layout.shapes.values())
    taken: list[Box] = []
    routes = tuple(
        msgspec.structs.replace(route, label=free_place(link, route.points, boxes, taken))
        for link, route in zip(sketch.links, layout.routes, strict=True)
    )
    return msgspec.structs.replace(layout, routes=routes)


def point_at(points: tuple[Point, ...], share: float) -> Point:
    """Return the point after a share (0 to 1) of the pieces of a Bezier path."""
    pieces = (len(points) - 1) // 3
    piece = min(int(share * pieces), pieces - 1)
    t = share * pieces - piece
    a, b, c, d = points[piece * 3 : piece * 3 + 4]
    u = 1 - t
    weights = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
    return (
        sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)),
        sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True)),
    )


def covers(point: Point, box: Box) -> bool:
    """Tell whether a point lies in a box or too near to it."""
    return box.x - 4 < point[0] < box.x + box.width + 4 and box.y - 4 < point[1] < box.y + box.height + 4


def free_place(link: Link, points: tuple[Point, ...], boxes: list[Box], labels: list[Box]) -> Point | None:
    """Return the first place along the way where the label covers nothing; none where there is no such place."""
    if not link.width:
        return None
    for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
        x, y = point_at(points, share)
        for shift in (0.0, -link.height, link.height, -2 * link.height, 2 * link.height):
            place = Box(x - link.width / 2, y + shift - link.height / 2, link.width, link.height)
            if not any(_overlap(place, other) for other in (*boxes, *labels)):
                labels.append(place)
                return place.centre
    return None


def _overlap(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height
