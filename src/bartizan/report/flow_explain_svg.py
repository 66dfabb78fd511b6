"""Where the values of a call came from, drawn: the request, the calls in between, and the call, from left to right.

A line runs from what gave a value to the argument that took it. It is whole where the value has a good origin and
broken where it has not, so that colour says nothing alone. A value without a line came from nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bartizan.report.drawing import clip, el, measure, number, raw, wrap
from bartizan.report.flow_explain import ASKED, Explanation, Step, Value
from bartizan.report.flow_explain_layout import HEAD, LINE, MARGIN, PAD, Box, Layout, Point, Row
from bartizan.report.palette import FONT, standing

__all__ = ["drawing", "render_svg", "sheet"]

_FIELDS = {"": "its text", "*": "an entry", "**": "its text"}
_SAID = {"allowed": "allowed", "changed": "changed", "asked": "asked first", "denied": "denied", "": ""}

_RULES = """
.flow-origin text{font-family:FONT;font-size:11px;fill:@ink}
.flow-origin .sheet{fill:@paper}
.flow-origin .box{fill:@card;stroke:@inside-edge;stroke-width:1.2}
.flow-origin .head{fill:@inner}
.flow-origin .user .head{fill:@outside}.flow-origin .user .box{stroke:@outside-edge}
.flow-origin .title{font-size:12px;font-weight:bold}
.flow-origin .small{font-size:10.5px;fill:@muted}
.flow-origin .end{text-anchor:end}
.flow-origin .rule{stroke:@rule;stroke-width:1}
.flow-origin .target .box{stroke-width:2}
.flow-origin .allowed .box{stroke:@good}.flow-origin .allowed .said{fill:@good;font-weight:bold}
.flow-origin .asked .box,.flow-origin .changed .box{stroke:@medium}
.flow-origin .asked .said,.flow-origin .changed .said{fill:@medium;font-weight:bold}
.flow-origin .denied .box{stroke:@critical}.flow-origin .denied .said{fill:@critical;font-weight:bold}
.flow-origin .row.bad rect{fill:@critical-tint}
.flow-origin .row.good rect,.flow-origin .row.plain rect{fill:none}
.flow-origin .name{font-weight:bold}
.flow-origin .bad .why{fill:@critical}.flow-origin .good .why{fill:@good}
.flow-origin .mark{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.flow-origin .bad .mark{stroke:@critical}.flow-origin .good .mark{stroke:@good}
.flow-origin .link path{fill:none;stroke-width:1.6}
.flow-origin .caption text{font-size:11.5px}.flow-origin .caption .label{fill:@muted}
.flow-origin .link.plain path{stroke:@line;stroke-width:1.2}.flow-origin .link.plain polygon{fill:@line}
.flow-origin .link.good path{stroke:@good}.flow-origin .link.good polygon{fill:@good}
.flow-origin .link.bad path{stroke:@critical;stroke-dasharray:5 3}.flow-origin .link.bad polygon{fill:@critical}
.flow-origin .link.under path{stroke:@paper;stroke-width:5}
"""


def sheet(font: str = FONT) -> str:
    """Return the style sheet of the drawing, colours as `@role`."""
    return _RULES.replace("FONT", font).strip()


def render_svg(told: Explanation) -> str:
    """Return the drawing as a file of its own, light or dark as its reader asks for."""
    return drawing(told, "flow", style=standing(sheet()), caption=True) + "\n"


def drawing(told: Explanation, prefix: str, *, style: str = "", caption: bool = False) -> raw:
    """Return the `svg` element.

    `prefix` keeps ids apart in a page, `style` is a sheet to put inside, `caption` says below why it was decided so.
    """
    plan = Layout(told)
    width, height = plan.size
    said, below = _caption(told, width, height) if caption else (raw(""), 0.0)
    height += below
    title = f"Where the values of call {told.call.number}, {told.call.title}, came from"
    return el(
        "svg",
        el("title", title, id=f"{prefix}-title"),
        el("desc", _description(told), id=f"{prefix}-desc"),
        *([el("style", raw(style))] if style else []),
        el("rect", width=width, height=height, class_="sheet"),
        *_lines(plan),
        *(_card(step, plan) for step in plan.cards.steps),
        said,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {number(width)} {number(height)}",
        class_="flow-origin",
        role="img",
        aria_labelledby=f"{prefix}-title {prefix}-desc",
    )


def _caption(told: Explanation, width: float, top: float) -> tuple[raw, float]:
    """Why the call was decided so, in lines below the drawing; and how much height they take."""
    parts: list[raw] = []
    y = top + 14
    for label, sentences in (("because", told.reasons), ("risk", told.risks)):
        for at, sentence in enumerate(sentences):
            if at == 0:
                parts.append(el("text", label, x=MARGIN, y=y, class_="label"))
            for line in wrap(sentence, width - 2 * MARGIN - 60, 11.5, 2):
                parts.append(el("text", line, x=MARGIN + 60, y=y))
                y += 16
    return el("g", *parts, class_="caption"), y - top


def _description(told: Explanation) -> str:
    parts = []
    for value in told.call.values:
        if value.good is not None:
            step = told.step(value.step) if value.step is not None else None
            by = f", call {step.number} {step.title}" if step and step.number != ASKED else ""
            parts.append(f"{value.name}: {value.words or value.source}{by}")
    return f"{told.call.title} was {told.call.word}. {'; '.join(parts)}."


def _lines(plan: Layout) -> Iterator[raw]:
    """Draw all lines. One that crosses others cuts them, but not those that it runs together with."""
    for links in plan.trunks():
        ways = [plan.way(link) for link in links]
        paths = [_bent([*way[:-1], (way[-1][0] - 6, way[-1][1])]) for way in ways]
        yield el("g", *(el("path", d=path) for path in paths), class_="link under")
        for link, way, path in zip(links, ways, paths, strict=True):
            x, y = way[-1]
            tip = f"{number(x)},{number(y)} {number(x - 7)},{number(y - 3.6)} {number(x - 7)},{number(y + 3.6)}"
            yield el("g", el("path", d=path), el("polygon", points=tip), class_=f"link {link.kind}")


def _card(step: Step, plan: Layout) -> raw:
    """Draw the request or a call."""
    x, y, width, height = box = plan.box(step)
    target, asked = plan.cards.target(step), step.number == ASKED
    kind = f"target {step.word}" if target else "user" if asked else "call"
    said = _SAID[step.word] if target else "" if asked else f"call {step.number}"
    title = f"call {step.number}  {step.title}" if target else step.title
    room = width - 2 * PAD - measure(said, 11, bold=True) - 8
    lines = plan.cards.request() if asked else []
    return el(
        "g",
        el("title", step.title),
        el("rect", x=x, y=y, width=width, height=height, rx=6.0, class_="box"),
        el("path", d=_cap(x, y, width, HEAD), class_="head"),
        el("text", clip(title, room, 12, bold=True), x=x + PAD, y=y + 17, class_="title"),
        el("text", said, x=x + width - PAD, y=y + 17, class_="said end" if target else "small end"),
        *(el("text", line, x=x + PAD, y=y + HEAD + 18 + at * LINE) for at, line in enumerate(lines)),
        *([] if asked else [_row(row, box, plan, target=target) for row in plan.cards.rows[step.number]]),
        # Once more, over what reaches the border.
        el("rect", x=x, y=y, width=width, height=height, rx=6.0, class_="box", fill_opacity=0),
        class_=kind,
    )


def _row(row: Row, box: Box, plan: Layout, *, target: bool) -> raw:
    y = box.y + row.y
    if row.value is not None and target:
        return _judged_row(row.value, plan.cards.why(row.value), Box(box.x, y, box.width, row.height))
    if row.value is not None:
        return _given_row(row.value, box.x, y, box.width)
    name = clip(_FIELDS.get(row.field, row.field), box.width - 2 * PAD - 60, 11)
    rule = el("path", d=f"M{number(box.x)},{number(y)}h{number(box.width)}", class_="rule")
    return el(
        "g",
        *([rule] if row.y > HEAD + 4 else []),
        el("text", "returned", x=box.x + PAD, y=y + 14, class_="small"),
        el("text", name, x=box.x + box.width - PAD, y=y + 14, class_="end"),
    )


def _given_row(value: Value, x: float, y: float, width: float) -> raw:
    name = clip(value.name, width * 0.45, 10.5)
    room = width - 2 * PAD - measure(name, 10.5) - 8
    text = clip(" ".join((value.text or "(not shown)").split()), room, 11)
    return el(
        "g",
        el("text", name, x=x + PAD, y=y + 13, class_="small"),
        el("text", text, x=x + width - PAD, y=y + 13, class_="end"),
    )


def _judged_row(value: Value, why: Sequence[str], box: Box) -> raw:
    """A value of the call itself: its name and type, itself, and in words where it came from."""
    x, y, width, height = box
    kind = "plain" if value.good is None else "good" if value.good else "bad"
    room = width - 2 * PAD
    type_ = clip(value.type, 110, 10.5)
    parts = [
        el("rect", x=x + 1, y=y - 2, width=width - 2, height=height),
        el("text", clip(value.name, room - 120, 11, bold=True), x=x + PAD, y=y + 13, class_="name"),
        el("text", type_, x=x + width - PAD, y=y + 13, class_="small end"),
        el("text", clip(" ".join((value.text or "(not shown)").split()), room, 11), x=x + PAD, y=y + 13 + LINE),
    ]
    if value.good is not None:
        middle = y + 9.5 + 2 * LINE
        parts.append(el("path", d=_mark(x + PAD + 4, middle, good=value.good), class_="mark"))
        parts += [
            el("text", line, x=x + PAD + 14, y=y + 13 + (2 + at) * LINE, class_="small why")
            for at, line in enumerate(why)
        ]
    return el("g", el("title", f"{value.name}: {value.words or value.source}"), *parts, class_=f"row {kind}")


def _mark(x: float, y: float, *, good: bool) -> str:
    """A tick or a cross."""
    if good:
        return f"M{number(x - 4)},{number(y)}l3,3.5l5,-7"
    return f"M{number(x - 3)},{number(y - 3)}l6,6m0,-6l-6,6"


def _cap(x: float, y: float, width: float, height: float) -> str:
    """The head of a card, round above."""
    r = 6.0
    return (
        f"M{number(x)},{number(y + height)}v{number(r - height)}a{r},{r} 0 0,1 {r},{-r}h{number(width - 2 * r)}"
        f"a{r},{r} 0 0,1 {r},{r}v{number(height - r)}z"
    )


def _bent(points: Sequence[Point], radius: float = 6.0) -> str:
    """A line through points, with its corners rounded."""
    out = f"M{number(points[0][0])},{number(points[0][1])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into, away = _toward(corner, before, radius), _toward(corner, after, radius)
        out += f"L{number(into[0])},{number(into[1])}Q{number(corner[0])},{number(corner[1])} "
        out += f"{number(away[0])},{number(away[1])}"
    return out + f"L{number(points[-1][0])},{number(points[-1][1])}"


def _toward(start: Point, goal: Point, far: float) -> Point:
    dx, dy = goal[0] - start[0], goal[1] - start[1]
    length = abs(dx) + abs(dy)  # they run straight along or down
    share = min(far, length / 2) / length if length else 0.0
    return start[0] + dx * share, start[1] + dy * share
