"""The data-flow diagram of a system, with its trust boundaries, its threats and the attack paths drawn on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from bartizan.analysis.result import PathView, Review
from bartizan.catalog import Catalog
from bartizan.model import System
from bartizan.report import diagram_columns, diagram_dot, diagram_svg
from bartizan.report.diagram_layout import Layout, Layouter, Sketch
from bartizan.report.diagram_scene import Scene, scene
from bartizan.report.diagram_style import sheet
from bartizan.report.drawing import el, measure, number, raw
from bartizan.report.palette import SEVERITIES, standing

__all__ = ["Diagram", "prepare", "render"]

_MARGIN, _LARGE = 14.0, 2000.0


class Diagram(msgspec.Struct, frozen=True):
    """A scene and the places in it, computed once; `paths` are those that can be drawn on it."""

    scene: Scene
    layout: Layout
    paths: tuple[PathView, ...]
    name: str
    say: Callable[[str], str] = str
    """What is said beside the names of the system's own, in the language of the reader."""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the drawing without its key, in points."""
        return self.layout.width + 2 * _MARGIN, self.layout.height + 2 * _MARGIN

    def svg(
        self, prefix: str, shown: Sequence[PathView] = (), *, style: str = "", key: bool = False, language: str = ""
    ) -> raw:
        """Return the `svg` element.

        `prefix` keeps the ids of two drawings in one page apart. The paths in `shown` are drawn as groups with the id
        `PREFIX-path-N`, N counting from 1; cards on a path carry the class `on-N`. `style` is a sheet to put inside,
        `key` explains the signs below the drawing. `language` is that of the words in it, where it is not the page's.
        """
        width, height = self.size
        legend, below = _key(width, height, self.say) if key else (raw(""), 0.0)
        numbered = list(enumerate(shown, start=1))
        on: dict[str, list[str]] = {}
        for index, path in numbered:
            for place in dict.fromkeys(self.scene.walk(path)):
                on.setdefault(place, []).append(f"on-{index}")
        draw = diagram_svg
        inner = [
            *(draw.border(one, self.layout.areas[one.id]) for one in self.scene.borders),
            *(draw.arrow(one, way) for one, way in zip(self.scene.arrows, self.layout.routes, strict=True)),
            *(el("g", draw.route(path, self.scene, self.layout), class_=f"route path-{i}") for i, path in numbered),
            *(draw.heading(one, self.layout.areas[one.id]) for one in self.scene.borders),
            *(draw.data(one, way) for one, way in zip(self.scene.arrows, self.layout.routes, strict=True)),
            *(draw.card(one, self.layout.shapes[one.id], " ".join(on.get(one.id, ()))) for one in self.scene.cards),
            *(
                el("g", draw.steps(path, self.scene, self.layout), class_=f"steps path-{i}", id=f"{prefix}-path-{i}")
                for i, path in numbered
            ),
        ]
        return el(
            "svg",
            el("title", self.say(f"Data-flow diagram of {self.name}"), id=f"{prefix}-title"),
            el("desc", self.description(), id=f"{prefix}-desc"),
            *([el("style", raw(style))] if style else []),
            el("rect", width=width, height=height + below, class_="sheet"),
            el("g", *inner, transform=f"translate({number(_MARGIN)} {number(_MARGIN)})"),
            legend,
            xmlns="http://www.w3.org/2000/svg",
            lang=language or None,
            width=width,
            height=height + below,
            viewBox=f"0 0 {number(width)} {number(height + below)}",
            class_="dfd" if width < _LARGE else "dfd large",
            role="img",
            aria_labelledby=f"{prefix}-title {prefix}-desc",
        )

    def description(self) -> str:
        """Say in words what the drawing shows, for who can't see it."""
        names = {border.id: border.name for border in self.scene.borders}
        rooms: dict[str, list[str]] = {}
        for card in self.scene.cards:
            rooms.setdefault(names.get(card.zone, self.say("no zone")), []).append(" ".join(card.lines))
        inside = "; ".join(self.say(f"in {room}: {', '.join(cards)}") for room, cards in rooms.items())
        hidden = sum(arrow.hidden for arrow in self.scene.arrows)
        count = self.say(f"{len(self.scene.cards)} boxes and {len(self.scene.arrows) - hidden} flows")
        return f"{count}. {inside[:1].upper()}{inside[1:]}."


def lay_out(sketch: Sketch) -> Layout:
    """Place a sketch with Graphviz's `dot`, which the wheel of pygraphviz brings; in our own columns without it."""
    return diagram_dot.layout(sketch) or diagram_columns.layout(sketch)


def prepare(
    review: Review,
    system: System,
    paths: Sequence[PathView] = (),
    *,
    layouter: Layouter = lay_out,
    say: Callable[[str], str] = str,
) -> Diagram:
    """Choose what to draw and place it. `paths` are the attack paths that will be drawn on it.

    `say` takes the words of the drawing, in English, to the reader's language.
    """
    made = scene(review, system, paths, say)
    return Diagram(made, layouter(made.sketch()), tuple(paths), system.name or system.id, say)


def render(
    review: Review,
    system: System,
    catalog: Catalog,  # noqa: ARG001 - the contract of all formats
    *,
    say: Callable[[str], str] = str,
    language: str = "",
) -> str:
    """Return the diagram as a file of its own, with the worst attack path drawn on it; `say` as in `prepare`."""
    paths = review.paths[:1]
    made = prepare(review, system, paths, say=say)
    return made.svg("dfd", paths, style=standing(sheet()), key=True, language=language) + "\n"


def _key(width: float, top: float, say: Callable[[str], str]) -> tuple[raw, float]:
    """The signs and what they mean, in as many rows as the width needs; and how much height that takes."""
    parts: list[raw] = []
    x, row = _MARGIN, 0
    entries = [(severity, f"worst threat {severity}") for severity in SEVERITIES]
    for sign, english in [*entries, ("zone", "trust boundary"), ("route", "attack path, steps numbered")]:
        text = say(english)
        room = 26 + measure(text, 10.5) + 18
        if x + room > width and x > _MARGIN:
            x, row = _MARGIN, row + 1
        y = top + 8 + row * 18
        parts += [_sign(sign, x, y), el("text", text, x=x + 24, y=y + 3.6)]
        x += room
    return el("g", *parts, class_="key"), 26.0 + row * 18


def _sign(sign: str, x: float, y: float) -> raw:
    if sign == "zone":
        return el("g", el("rect", x=x, y=y - 6, width=18.0, height=12.0, rx=3.0), class_="zone inside")
    if sign == "route":
        return el("g", el("path", d=f"M{number(x)},{number(y)}h18"), class_="route")
    mark = el("rect", x=x, y=y - 6, width=18.0, height=12.0, rx=3.0, class_="shape")
    return el("g", mark, class_=f"card {sign}")
