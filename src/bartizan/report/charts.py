"""The charts of a review as SVG: how likely a year costs more than a sum, and which inputs move the result."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from bartizan.analysis.result import Risk
from bartizan.report.drawing import el, measure, number, raw, wrap
from bartizan.report.money import money, short
from bartizan.report.palette import FONT

__all__ = ["chance_above", "exceedance", "sheet", "tornado"]

_Scale: TypeAlias = Callable[[float], float]
_MOST_SWINGS = 8

_RULES = """
.chart text{font-family:FONT;font-size:11px;fill:@muted}
.chart .grid{stroke:@rule;stroke-width:1}
.chart .axis{stroke:@line;stroke-width:1}
.chart .curve{fill:none;stroke-width:2.4;stroke-linejoin:round;stroke-linecap:round}
.chart .inherent{stroke:@line;stroke-dasharray:2 5}
.chart .residual{stroke:@critical}
.chart .planned{stroke:@good;stroke-dasharray:9 4}
.chart .appetite{stroke:@ink;stroke-width:1.2;stroke-dasharray:5 3}
.chart .strong{fill:@ink;font-weight:bold}
.chart .named{fill:@ink}
.chart .low{fill:@inside-edge}
.chart .high{fill:@high}
.chart .centre{stroke:@ink;stroke-width:1.2}
.chart .end{text-anchor:end}
.chart .middle{text-anchor:middle}
"""


def sheet(font: str = FONT) -> str:
    """Return the style sheet of the charts, colours as `@role`."""
    return _RULES.replace("FONT", font).strip()


def chance_above(curve: Sequence[Sequence[float]], amount: float) -> float:
    """Return the chance that a year costs more than `amount`, read off an exceedance curve between its points."""
    before: Sequence[float] | None = None
    for point in curve:
        if point[0] >= amount:
            if before is None or point[0] == amount:
                return point[1]
            share = (amount - before[0]) / (point[0] - before[0])
            return before[1] + share * (point[1] - before[1])
        before = point
    return 0.0 if before is None else before[1] if before[0] == amount else 0.0


def exceedance(risk: Risk, prefix: str, *, style: str = "", width: float = 720.0) -> raw:
    """Return the loss-exceedance curves: nothing in place, as it stands, and with the plan; with the appetite."""
    curves = {
        "inherent": (risk.exceedance_inherent, "without any control"),
        "residual": (risk.exceedance, "as it stands"),
        "planned": (risk.exceedance_planned, "with the plan"),
    }
    height, left, right, top, bottom = 300.0, 46.0, 16.0, 44.0, 42.0
    low, high = _decades(risk, [points for points, _ in curves.values()])

    def across(amount: float) -> float:
        share = (math.log10(max(amount, 10.0**low)) - low) / (high - low)
        return left + min(share, 1.0) * (width - left - right)

    def up(chance: float) -> float:
        return height - bottom - chance * (height - top - bottom)

    parts = [*_grid(low, high, across, up, risk.currency)]
    for name, (points, _) in curves.items():
        line = " ".join(f"{number(across(x))},{number(up(y))}" for x, y in _within(points, low, high))
        if line:
            parts.append(el("polyline", points=line, class_=f"curve {name}"))
    if risk.appetite:
        x = across(risk.appetite)
        parts.append(el("line", x1=x, x2=x, y1=top - 8, y2=height - bottom, class_="appetite"))
        side, shift = ("end", -6.0) if x > width * 0.7 else ("", 6.0)
        name = f"appetite {money(risk.appetite, risk.currency)}"
        parts.append(el("text", name, x=x + shift, y=top - 2, class_=f"strong {side}".strip()))
    parts += _legend([(name, text) for name, (points, text) in curves.items() if points], left)
    said = "Loss-exceedance curve: the chance that a year costs more than a sum of money"
    return _chart(parts, prefix, width, height, style, said)


def _decades(risk: Risk, curves: list[list[list[float]]]) -> tuple[int, int]:
    """The powers of ten that the axis spans: two to five, up to the highest sum that is not next to impossible."""
    sums = [x for points in curves for x, chance in points if x > 0 and chance >= 0.001]
    sums += [risk.appetite] if risk.appetite else []
    if not sums:
        return 3, 6
    high = math.ceil(math.log10(max(sums)) + 0.02)
    low = math.floor(math.log10(min(sums)))
    return min(max(low, high - 5), high - 2), high


def _within(points: list[list[float]], low: int, high: int) -> list[list[float]]:
    """The points in the frame, with one at its left border."""
    if not points:
        return []
    inside = [point for point in points if 10.0**low < point[0] <= 10.0**high]
    border = chance_above(points, 10.0**low) if points[0][0] <= 10.0**low else points[0][1]
    return [[10.0**low, border], *inside]


def _grid(low: int, high: int, across: _Scale, up: _Scale, currency: str) -> list[raw]:
    """Lines for quarters and decades, with their values and what the axes are."""
    parts = []
    left, right = across(10.0**low), across(10.0**high)
    for quarter in range(5):
        y = up(quarter / 4)
        parts.append(el("line", x1=left, x2=right, y1=y, y2=y, class_="axis" if quarter == 0 else "grid"))
        parts.append(el("text", f"{quarter * 25} %", x=left - 8, y=y + 4, class_="end"))
    for decade in range(low, high + 1):
        x = across(10.0**decade)
        parts.append(el("line", x1=x, x2=x, y1=up(0), y2=up(1), class_="grid"))
        place = "end" if decade == high else "middle"
        parts.append(el("text", short(10.0**decade), x=x, y=up(0) + 17, class_=place))
    parts.append(el("text", f"loss in a year, {currency}", x=(left + right) / 2, y=up(0) + 35, class_="middle"))
    return parts


def _legend(entries: list[tuple[str, str]], left: float) -> list[raw]:
    parts = []
    x = left
    for name, text in entries:
        parts.append(el("line", x1=x, x2=x + 26, y1=12.0, y2=12.0, class_=f"curve {name}"))
        parts.append(el("text", text, x=x + 33, y=16.0, class_="named"))
        x += 33 + measure(text, 11) + 24
    return parts


def tornado(risk: Risk, prefix: str, *, style: str = "", width: float = 720.0) -> raw:
    """Return how far the mean yearly loss moves when one input goes from its low to its high end, the widest first."""
    swings = sorted(risk.tornado, key=lambda swing: (-abs(swing.high - swing.low), swing.input))[:_MOST_SWINGS]
    row, top, left, right = 34.0, 10.0, 220.0, 64.0
    height = top + row * len(swings) + 40
    ends = [value for swing in swings for value in (swing.low, swing.high)] + [risk.residual.mean]
    low, high = min(ends), max(ends)
    reach = (high - low) or 1.0

    def across(value: float) -> float:
        return left + 52 + (value - low) / reach * (width - left - right - 52)

    parts: list[raw] = []
    for index, swing in enumerate(swings):
        y = top + row * index
        lines = wrap(swing.input, left - 12, 11, 2)
        first = y + row / 2 + 4 - (len(lines) - 1) * 6.5
        parts += [
            el("text", line, x=left - 12, y=first + place * 13, class_="named end") for place, line in enumerate(lines)
        ]
        parts += _bar(swing.low, risk.residual.mean, "low", across, y)
        parts += _bar(swing.high, risk.residual.mean, "high", across, y)
    middle = across(risk.residual.mean)
    bottom = top + row * len(swings)
    parts.append(el("line", x1=middle, x2=middle, y1=top - 4, y2=bottom + 4, class_="centre"))
    label = f"mean of a year {money(risk.residual.mean, risk.currency)}"
    half = measure(label, 11, bold=True) / 2
    x = min(max(middle, half + 4), width - half - 4)
    parts.append(el("text", label, x=x, y=bottom + 20, class_="strong middle"))
    return _chart(
        parts, prefix, width, height, style, "Inputs that move the mean yearly loss most, from low to high end"
    )


def _bar(value: float, mean: float, end: str, across: _Scale, y: float) -> list[raw]:
    """The bar from the mean to one end, and the value beyond it."""
    x, middle = across(value), across(mean)
    side = -1 if (value < mean or (value == mean and end == "low")) else 1
    mark = el("rect", x=min(x, middle), y=y + 6, width=abs(x - middle), height=22.0, class_=end)
    return [mark, el("text", short(value), x=x + side * 6, y=y + 21, class_="end" if side < 0 else "start")]


def _chart(parts: list[raw], prefix: str, width: float, height: float, style: str, said: str) -> raw:
    return el(
        "svg",
        el("title", said, id=f"{prefix}-title"),
        *([el("style", raw(style))] if style else []),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        class_="chart",
        role="img",
        aria_labelledby=f"{prefix}-title",
    )
