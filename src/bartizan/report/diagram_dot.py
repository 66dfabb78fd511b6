"""Places from Graphviz's `dot`, in a child process. Only numbers and names of our own making reach it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec

from bartizan.report.diagram_layout import Box, Layout, Point, Route, Sketch
from bartizan.report.diagram_ways import place_labels

__all__ = ["layout"]

_WIDE, _HIGH = 1180.0, 800.0  # the sheet that a drawing should fill
CHILD = Path(__file__).with_name("dot_child.py")
_SECONDS = 60.0
_FRAME = "graph[pad=0 nodesep=0.34 ranksep=0.5 splines=true outputorder=nodesfirst rankdir={}];"
_NODE = 'node[shape=box fixedsize=true label=""]; edge[arrowsize=0.8];'


class _Object(msgspec.Struct):
    name: str
    bb: str = ""
    pos: str = ""
    width: str = "0"
    height: str = "0"


class _Edge(msgspec.Struct):
    id: str
    pos: str
    lp: str = ""


class _Drawn(msgspec.Struct):
    bb: str
    objects: list[_Object] = []
    edges: list[_Edge] = []


def layout(sketch: Sketch) -> Layout | None:
    """Place a sketch from left to right and from top to bottom, and take the one that fills a sheet better.

    None where `dot` isn't there or gives up. Labels are what it stumbles on, in about one of 200 graphs: the second try
    leaves them out and puts them on the finished lines.
    """
    drawn = _run(sketch, labels=True)
    if drawn is not None:
        made = [_read(one, sketch) for one in drawn]
    else:
        drawn = _run(sketch, labels=False) or []
        made = [place_labels(_read(one, sketch), sketch) for one in drawn]
    drawable = [one for one in made if one.width > 0 and one.height > 0]  # a system without parts has no size
    return max(drawable, key=lambda one: min(_WIDE / one.width, _HIGH / one.height), default=None)


def _run(sketch: Sketch, *, labels: bool) -> list[_Drawn] | None:
    if not sys.executable or getattr(sys, "frozen", False):
        return None  # no interpreter to start
    sources = [_source(sketch, direction, labels=labels) for direction in ("TB", "LR")]
    command = [sys.executable, "-P", str(CHILD)]
    try:
        made = subprocess.run(  # noqa: S603 - our own interpreter on our own file
            command, input=msgspec.json.encode(sources), capture_output=True, timeout=_SECONDS, check=True
        )
        return msgspec.json.decode(made.stdout, type=list[_Drawn])
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError):
        return None  # no wheel for this platform, or a graph that `dot` can't do


def _source(sketch: Sketch, direction: str, *, labels: bool) -> str:
    lines = ["digraph{", _FRAME.format(direction), _NODE]
    lines += _inside("", sketch)
    position = {shape.id: index for index, shape in enumerate(sketch.shapes)}
    for index, link in enumerate(sketch.links):
        looks = f"id=e{index}" + (" constraint=false" if link.loose else "")
        if labels:
            looks += _room(link.width, link.height)
        lines.append(f"n{position[link.tail]}->n{position[link.head]}[{looks}];")
    lines.append("}")
    return "\n".join(lines)


def _inside(area: str, sketch: Sketch) -> list[str]:
    """The shapes and areas that stand directly in `area`."""
    lines = [
        f"n{index}[width={shape.width / 72:.4f} height={shape.height / 72:.4f}];"
        for index, shape in enumerate(sketch.shapes)
        if shape.area == area
    ]
    for index, inner in enumerate(sketch.areas):
        if inner.parent == area:
            heading = _room(inner.title, sketch.title)
            lines += [
                f"subgraph cluster_{index}{{graph[margin=12 labeljust=l{heading}];",
                *_inside(inner.id, sketch),
                "}",
            ]
    return lines


def _room(width: float, height: float) -> str:
    """A label of a fixed size without text, so that no font is looked up and every machine gives the same."""
    if not width:
        return ""
    size = f'WIDTH="{width:.0f}" HEIGHT="{height:.0f}"'
    return (
        f' label=<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" FIXEDSIZE="TRUE" {size}><TR><TD></TD></TR></TABLE>>'
    )


def _read(drawn: _Drawn, sketch: Sketch) -> Layout:
    _, low, right, high = _numbers(drawn.bb)
    found = {one.name: one for one in drawn.objects}

    def flip(point: Point) -> Point:
        return point[0], high - point[1]

    shapes = {}
    for index, shape in enumerate(sketch.shapes):
        x, y = flip(_point(found[f"n{index}"].pos))
        shapes[shape.id] = Box(x - shape.width / 2, y - shape.height / 2, shape.width, shape.height)
    areas = {area.id: _area(found.get(f"cluster_{index}"), high) for index, area in enumerate(sketch.areas)}
    edges = {edge.id: edge for edge in drawn.edges}
    routes = []
    for index, _link in enumerate(sketch.links):
        edge = edges[f"e{index}"]
        tip, points = _spline(edge.pos)
        label = flip(_point(edge.lp)) if edge.lp else None
        routes.append(Route(tuple(flip(point) for point in points), flip(tip), label))
    return Layout(right, high - low, shapes, areas, tuple(routes))


def _area(found: _Object | None, high: float) -> Box:
    if found is None or not found.bb:
        return Box(0, 0, 0, 0)  # an area with nothing in it
    left, low, right, top = _numbers(found.bb)
    return Box(left, high - top, right - left, top - low)


def _spline(text: str) -> tuple[Point, tuple[Point, ...]]:
    """Read `e,x,y` (the tip) and the points of a spline; of several pieces the first."""
    tip: Point | None = None
    points = []
    for word in text.split(";", maxsplit=1)[0].split():
        if word.startswith("e,"):
            tip = _point(word[2:])
        elif not word.startswith("s,"):
            points.append(_point(word))
    return tip or points[-1], tuple(points)


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


def _point(text: str) -> Point:
    x, y = _numbers(text)[:2]
    return x, y
