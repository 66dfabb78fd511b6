"""Places without Graphviz: outermost areas as columns, shapes stacked in them, long links over lanes at the top.

Simpler than `dot`, the same on every machine, and good enough to read.
"""

from __future__ import annotations

from bartizan.report.diagram_layout import Area, Box, Layout, Point, Route, Shape, Sketch
from bartizan.report.diagram_ways import covers, free_place, point_at

__all__ = ["layout"]

_GAP, _PAD, _BETWEEN, _LANE, _HEAD = 70.0, 14.0, 26.0, 20.0, 8.0


def layout(sketch: Sketch) -> Layout:
    """Place a sketch. Columns stand in the order in which links lead through them."""
    depth = _depths(sketch)
    columns = _columns(sketch, depth)
    gap = max([_GAP, *(link.width + 2 * _PAD + 20 for link in sketch.links)])
    shapes: dict[str, Box] = {}
    areas: dict[str, Box] = {}
    x = 0.0
    for top, members in columns:
        width = _stack(sketch, top, members, (x, 0.0), shapes, areas)
        x += width + gap
    top_of_lanes, routes = _routes(sketch, shapes, gap)
    drop = -top_of_lanes
    height = max((box.y + box.height for box in (*shapes.values(), *areas.values())), default=0.0) + drop
    return Layout(
        x - gap + gap / 2,
        height,
        {id: _moved(box, drop) for id, box in shapes.items()},
        {area.id: _moved(areas.get(area.id, Box(0, 0, 0, 0)), drop) for area in sketch.areas},
        tuple(_dropped(route, drop) for route in routes),
    )


def _moved(box: Box, drop: float) -> Box:
    return Box(box.x, box.y + drop, box.width, box.height)


def _dropped(route: Route, drop: float) -> Route:
    label = (route.label[0], route.label[1] + drop) if route.label else None
    return Route(tuple((x, y + drop) for x, y in route.points), (route.tip[0], route.tip[1] + drop), label)


def _depths(sketch: Sketch) -> dict[str, int]:
    """Steps from the shapes that nothing calls; what only a cycle reaches counts from the first of the cycle."""
    called = {link.head for link in sketch.links if not link.loose and link.head != link.tail}
    after: dict[str, list[str]] = {}
    for link in sketch.links:
        if not link.loose:
            after.setdefault(link.tail, []).append(link.head)
    depth: dict[str, int] = {}
    starts = [shape.id for shape in sketch.shapes if shape.id not in called]
    for start in [*starts, *(shape.id for shape in sketch.shapes)]:
        if start in depth:
            continue
        depth[start] = 0
        front = [start]
        while front:
            found = [head for tail in front for head in after.get(tail, ())]
            level = depth[front[0]] + 1
            front = [head for head in dict.fromkeys(found) if head not in depth]
            depth.update(dict.fromkeys(front, level))
    return depth


def _columns(sketch: Sketch, depth: dict[str, int]) -> list[tuple[str, list[Shape]]]:
    """The outermost areas (empty: none) with all shapes below them, ordered by how deep these lie on average."""
    parents = {area.id: area.parent for area in sketch.areas}

    def outermost(area: str) -> str:
        while parents.get(area):
            area = parents[area]
        return area

    grouped: dict[str, list[Shape]] = {}
    for shape in sketch.shapes:
        grouped.setdefault(outermost(shape.area), []).append(shape)
    return sorted(grouped.items(), key=lambda item: sum(depth[shape.id] for shape in item[1]) / len(item[1]))


def _stack(
    sketch: Sketch, area: str, members: list[Shape], at: Point, shapes: dict[str, Box], areas: dict[str, Box]
) -> float:
    """Put the shapes of an area under each other, then the areas in it; return the width."""
    x, y = at
    pad = _PAD if area else 0.0
    y += pad + (sketch.title if area else 0.0)
    widest = next((one.title for one in sketch.areas if one.id == area), 0.0)
    for shape in members:
        if shape.area == area:
            shapes[shape.id] = Box(x + pad, y, shape.width, shape.height)
            widest = max(widest, shape.width)
            y += shape.height + _BETWEEN
    for inner in sketch.areas:
        if inner.parent == area and area and (below := _below(sketch, inner, members)):
            widest = max(widest, _stack(sketch, inner.id, below, (x + pad, y), shapes, areas))
            y = areas[inner.id].y + areas[inner.id].height + _BETWEEN
    y -= _BETWEEN
    if area:
        areas[area] = Box(x, at[1], widest + 2 * pad, y + pad - at[1])
    return widest + 2 * pad


def _below(sketch: Sketch, area: Area, members: list[Shape]) -> list[Shape]:
    inside = {area.id}
    for one in sketch.areas:  # parents come first
        if one.parent in inside:
            inside.add(one.id)
    return [shape for shape in members if shape.area in inside]


def _routes(sketch: Sketch, shapes: dict[str, Box], gap: float) -> tuple[float, list[Route]]:
    """Ways for all links, and how far up the lanes reach (a y that is not positive)."""
    labels: list[Box] = []
    routes = []
    lanes = 0
    for link in sketch.links:
        tail, head = shapes[link.tail], shapes[link.head]
        points, tip = _curve(tail, head, gap)
        others = [box for id, box in shapes.items() if id not in (link.tail, link.head)]
        if any(covers(point_at(points, t / 20), box) for t in range(1, 20) for box in others):
            lanes += 1
            points, tip = _over(tail, head, -_LANE * lanes)
        routes.append(Route(points, tip, free_place(link, points, [*others, tail, head], labels)))
    return -_LANE * lanes - (10.0 if lanes else 0.0), routes


def _curve(tail: Box, head: Box, gap: float) -> tuple[tuple[Point, ...], Point]:
    """From side to side; between shapes of one column around the right."""
    if head.x > tail.x + tail.width:
        start, tip, lean = (tail.x + tail.width, tail.centre[1]), (head.x, head.centre[1]), (1.0, -1.0)
    elif tail.x > head.x + head.width:
        start, tip, lean = (tail.x, tail.centre[1] + 8), (head.x + head.width, head.centre[1] + 8), (-1.0, 1.0)
    else:
        start, tip, lean = (
            (tail.x + tail.width, tail.centre[1] + 6),
            (head.x + head.width, head.centre[1] - 6),
            (1.0, 1.0),
        )
    end = (tip[0] + lean[1] * _HEAD, tip[1])
    if lean == (1.0, 1.0):
        bend = min(gap * 1.15, gap * 0.3 + abs(end[1] - start[1]) * 0.18)  # the farther, the wider around
    else:
        bend = max(abs(end[0] - start[0]) / 2, gap * 0.45)
    return (start, (start[0] + lean[0] * bend, start[1]), (end[0] + lean[1] * bend, end[1]), end), tip


def _over(tail: Box, head: Box, lane: float) -> tuple[tuple[Point, ...], Point]:
    """Up beside the tail, along a lane above everything, down beside the head, and into it."""
    side = 1.0 if head.centre[0] >= tail.centre[0] else -1.0
    out = tail.x + (tail.width + 22 if side > 0 else -22)
    back = head.x + (-22 if side > 0 else head.width + 22)
    start = (tail.x + (tail.width if side > 0 else 0.0), tail.centre[1] - 8)
    tip = (head.x + (0.0 if side > 0 else head.width), head.centre[1] - 8)
    end = (tip[0] - side * _HEAD, tip[1])
    corners = [(out, start[1]), (out, lane), (back, lane), (back, end[1])]
    points = [start]
    for index, corner in enumerate(corners):
        following = corners[index + 1] if index + 1 < len(corners) else end
        half = ((corner[0] + following[0]) / 2, (corner[1] + following[1]) / 2)
        target = end if following == end else half
        points += [corner, corner, target]
    return tuple(points), tip
