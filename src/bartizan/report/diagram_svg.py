"""The diagram as SVG elements. Looks come from classes alone, so that the same drawing serves pages and paper."""

from __future__ import annotations

from itertools import pairwise

from bartizan.analysis.result import PathView
from bartizan.report.diagram_icons import icon, silhouette
from bartizan.report.diagram_layout import Box, Layout, Point, Route
from bartizan.report.diagram_scene import Arrow, Border, Card, Scene
from bartizan.report.drawing import arc, el, measure, number, raw

__all__ = ["arrow", "border", "card", "data", "heading", "route", "steps"]

_TRUST = {
    "internet": "outside",
    "partner": "outside",
    "vendor": "outside",
    "device": "outside",
    "restricted": "inner",
}
_LINE, _HALF, _HEAD = 12.0, 4.2, 8.5


def border(one: Border, box: Box) -> raw:
    """Return a trust boundary."""
    frame = el("rect", x=box.x, y=box.y, width=box.width, height=box.height, rx=8.0)
    return el("g", frame, class_=f"zone {_TRUST.get(one.kind, 'inside')}")


def heading(one: Border, box: Box) -> raw:
    """Return the name of a trust boundary, to be drawn over the lines that pass."""
    name = el("text", one.name, x=box.x + 10, y=box.y + 17)
    return el("g", name, class_=f"zone {_TRUST.get(one.kind, 'inside')}")


def arrow(one: Arrow, way: Route) -> raw:
    """Return the flows between two cards; nothing where only attacks go."""
    if one.hidden:
        return raw("")
    heads = [_head(way.points, way.tip)]
    if one.both:
        heads.append(_head(*_reversed(way)))
    return el("g", el("title", one.tip), el("path", d=arc(way.points)), *heads, class_="flow")


def data(one: Arrow, way: Route) -> raw:
    """Return the names of the data on an arrow, to be drawn over all lines."""
    if way.label is None:
        return raw("")
    x, y = way.label
    top = y - (len(one.lines) - 1) * _LINE / 2 + 3.5
    lines = [el("text", line, x=x, y=top + index * _LINE) for index, line in enumerate(one.lines)]
    return el("g", el("title", one.tip), *lines, class_="flow")


def _head(points: tuple[Point, ...], tip: Point, half: float = _HALF) -> raw:
    """The head of an arrow, from where the line ends to the tip."""
    x, y = points[-1]
    dx, dy = tip[0] - x, tip[1] - y
    length = (dx * dx + dy * dy) ** 0.5
    if length < 0.5:  # the line goes up to the border: point where it came from
        x, y = points[-2]
        dx, dy = tip[0] - x, tip[1] - y
        length = max((dx * dx + dy * dy) ** 0.5, 0.1)
        x, y = tip[0] - dx / length * _HEAD, tip[1] - dy / length * _HEAD
        dx, dy, length = tip[0] - x, tip[1] - y, _HEAD
    ux, uy = dx / length, dy / length
    corners = (tip, (x - uy * half, y + ux * half), (x + uy * half, y - ux * half))
    return el("polygon", points=" ".join(f"{number(a)},{number(b)}" for a, b in corners))


def card(one: Card, box: Box, marks: str = "") -> raw:
    """Return a component's card: outline, picture, name, kind and class, and how many threats sit there."""
    lift = 3.0 if silhouette(one.kind) == "store" else 0.0
    middle = box.y + box.height / 2 + lift
    first = middle - (len(one.lines) + 1) * 14 / 2 + 11
    x = box.x + 34
    lines = [el("text", line, x=x, y=first + index * 14, class_="name") for index, line in enumerate(one.lines)]
    stack = [_outline("card", Box(box.x + 5, box.y + 5, box.width, box.height))] if one.members > 1 else []
    return el(
        "g",
        el("title", one.tip),
        *stack,
        _outline(silhouette(one.kind), box),
        el("path", d=icon(one.kind), class_="icon", transform=f"translate({number(box.x + 9)} {number(middle - 10)})"),
        *lines,
        el("text", one.note, x=x, y=first + len(one.lines) * 14, class_="note"),
        *_count(one, box),
        class_=" ".join(part for part in ("card", one.severity or "", marks) if part),
    )


def _outline(shape: str, box: Box) -> raw:
    x, y, w, h = box.x, box.y, box.width, box.height
    if shape == "store":
        lid = 5.0
        sides = (
            f"M{_at(x, y + lid)}v{number(h - 2 * lid)}a{number(w / 2)},{lid} 0 0,0 {number(w)},0v{number(2 * lid - h)}"
        )
        top = f"a{number(w / 2)},{lid} 0 0,0 {number(-w)},0z"
        rim = f"M{_at(x, y + lid)}a{number(w / 2)},{lid} 0 0,0 {number(w)},0"
        return raw(el("path", d=sides + top, class_="shape") + el("path", d=rim, class_="detail"))
    if shape == "agent":
        cut = 9.0
        corners = f"M{_at(x + cut, y)}h{number(w - 2 * cut)}l{cut},{cut}v{number(h - 2 * cut)}l{-cut},{cut}"
        return el("path", d=f"{corners}h{number(2 * cut - w)}l{-cut},{-cut}v{number(2 * cut - h)}z", class_="shape")
    if shape == "tool":
        fold = 11.0
        edge = f"M{_at(x, y)}h{number(w - fold)}l{fold},{fold}v{number(h - fold)}h{number(-w)}z"
        corner = f"M{_at(x + w - fold, y)}v{fold}h{fold}"
        return raw(el("path", d=edge, class_="shape") + el("path", d=corner, class_="detail"))
    rounding = {"round": h / 2, "model": 9.0, "external": 0.0}.get(shape, 6.0)
    outer = el("rect", x=x, y=y, width=w, height=h, rx=rounding, class_="shape")
    if shape == "model":
        inner = el("rect", x=x + 3, y=y + 3, width=w - 6, height=h - 6, rx=rounding - 2.5, class_="detail")
        return raw(outer + inner)
    return outer


def _count(one: Card, box: Box) -> list[raw]:
    """How many open threats sit here, in the colour of the worst, at the top right corner."""
    if not one.threats:
        return []
    width = max(16.0, measure(str(one.threats), 10.5, bold=True) + 8)
    x = box.x + box.width - width + 4
    mark = el("rect", x=x, y=box.y - 8, width=width, height=16.0, rx=8.0)
    return [el("g", mark, el("text", str(one.threats), x=x + width / 2, y=box.y + 3.8), class_="count")]


def route(path: PathView, scene: Scene, layout: Layout) -> raw:
    """Return the way of an attack as one line per hop along the flows, in whichever direction it goes.

    A hop is a group of class `hop-N`, N being the step that it leads to.
    """
    ways = {(one.tail, one.head): way for one, way in zip(scene.arrows, layout.routes, strict=True)}
    walk = scene.walk(path)
    leads = _hops(path, scene, walk)
    parts = []
    drawn: set[tuple[str, str]] = set()
    for (tail, head), step in zip(pairwise(walk), leads, strict=True):
        if (tail, head) in drawn:
            continue
        drawn.add((tail, head))
        if (tail, head) in ways:
            way = ways[tail, head]
            points, tip = way.points, way.tip
        else:
            points, tip = _reversed(ways[head, tail])
        parts.append(el("g", el("path", d=arc(points)), _head(points, tip, 6.4), class_=f"hop hop-{step}"))
    return raw("".join(parts))


def _hops(path: PathView, scene: Scene, walk: list[str]) -> list[int]:
    """For each hop of a walk the number of the step that it leads to."""
    reached = 0
    out: list[int] = []
    for index, step in enumerate(path.steps, start=1):
        place = scene.card_of.get(step.component)
        if place in walk[reached:]:
            reached = walk.index(place, reached)
            out += [index] * (reached - len(out))
    return out + [max(len(path.steps), 1)] * (len(walk) - 1 - len(out))


def _reversed(way: Route) -> tuple[tuple[Point, ...], Point]:
    """The points and the tip of a way that is gone from its end to its start."""
    points, tip = (way.tip, *way.points[::-1][1:]), way.points[0]
    x, y = points[-2]
    dx, dy = tip[0] - x, tip[1] - y
    length = max((dx * dx + dy * dy) ** 0.5, 0.1)
    back = min(_HEAD, length * 0.6)
    return (*points[:-1], (tip[0] - dx / length * back, tip[1] - dy / length * back)), tip


def steps(path: PathView, scene: Scene, layout: Layout) -> raw:
    """Return the numbers of a path's steps, at the top left corner of the card where each happens."""
    taken: dict[str, int] = {}
    parts = []
    for index, step in enumerate(path.steps, start=1):
        place = scene.card_of.get(step.component)
        if place is None:
            continue
        box = layout.shapes[place]
        before = taken.get(place, 0)
        taken[place] = before + 1
        x, y = box.x + 6 + before * 19, box.y
        parts.append(
            el(
                "g",
                el("circle", cx=x, cy=y, r=9.0),
                el("text", str(index), x=x, y=y + 3.8),
                class_=f"step step-{index}",
            )
        )
    return raw("".join(parts))


def _at(x: float, y: float) -> str:
    return f"{number(x)},{number(y)}"
