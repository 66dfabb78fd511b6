"""The places of all that is drawn of an explanation: cards in columns, and lines that run straight along or down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from bartizan.report.drawing import wrap
from bartizan.report.flow_explain import ASKED, Explanation, Step, Value

__all__ = ["HEAD", "LINE", "MARGIN", "PAD", "ROW", "Box", "Layout", "Link", "Point", "Row"]

Point: TypeAlias = tuple[float, float]
_Trunk: TypeAlias = tuple[int, str, str, bool]

MARGIN, HEAD, PAD, LINE, ROW = 14.0, 26.0, 10.0, 15.0, 18.0
_GAP, _GUTTER, _TRACK, _LANE = 16.0, 46.0, 9.0, 9.0
_WIDTHS = {"request": 220.0, "call": 236.0, "target": 330.0}
_MOST_LINES = 9


class Row(NamedTuple):
    """A line or more of a card: a value, a field of its result, or the request's text; where it begins, how high."""

    value: Value | None
    field: str
    y: float
    height: float


class Box(NamedTuple):
    """Where a card stands."""

    x: float
    y: float
    width: float
    height: float


class Link(NamedTuple):
    """A line between two cards, by the numbers of their steps and what it leaves and reaches there."""

    tail: int
    field: str
    head: int
    row: int
    kind: str


class Cards:
    """The cards, each with its column, its rows and its size."""

    def __init__(self, told: Explanation) -> None:
        self._told = told
        self.steps: list[Step] = [*told.before, told.call]
        self.column = self._columns()
        self.rows = {step.number: self._row_list(step) for step in self.steps}

    def _columns(self) -> dict[int, int]:
        """How far right each step stands: behind all that it took a value from."""
        columns = {ASKED: 0}
        first = 1 if self.steps[0].number == ASKED else 0
        for step in self.steps:
            if step.number != ASKED:
                behind = [columns[value.step] for value in step.values if value.step in columns]
                columns[step.number] = 1 + max(behind, default=first - 1)
        last = self._told.call.number
        columns[last] = 1 + max((columns[step.number] for step in self._told.before), default=-1)
        return columns

    def target(self, step: Step) -> bool:
        """Whether this is the call that is explained."""
        return step.number == self._told.call.number

    def width(self, step: Step) -> float:
        """How wide a card is."""
        return _WIDTHS["target" if self.target(step) else "request" if step.number == ASKED else "call"]

    def widest(self, column: int) -> float:
        """How wide a column is."""
        return max((self.width(step) for step in self.steps if self.column[step.number] == column), default=0.0)

    def height(self, step: Step) -> float:
        """How high a card is."""
        rows = self.rows[step.number]
        return rows[-1].y + rows[-1].height + PAD / 2 if rows else HEAD + PAD

    def request(self) -> list[str]:
        """The lines of the request."""
        return wrap(self._told.request, _WIDTHS["request"] - 2 * PAD, 11, _MOST_LINES)

    def why(self, value: Value) -> list[str]:
        """The lines that say where a value came from."""
        return wrap(value.words or value.source, _WIDTHS["target"] - 3 * PAD - 12, 10.5, 2)

    def _row_list(self, step: Step) -> list[Row]:
        """The rows of a card, from its own upper edge."""
        if step.number == ASKED:
            return [Row(None, "", HEAD + 4, len(self.request()) * LINE + 6)]
        rows, y = [], HEAD + 4
        for value in step.values:
            height = self._value_height(value) if self.target(step) else ROW
            rows.append(Row(value, "", y, height))
            y += height
        for field in step.gave:
            rows.append(Row(None, field, y, ROW + 2))
            y += ROW + 2
        return rows

    def _value_height(self, value: Value) -> float:
        return 2 * LINE + 7 if value.good is None else (2 + len(self.why(value))) * LINE + 9


class Lines:
    """The lines. Those of one origin and kind run together as a trunk until they part."""

    def __init__(self, cards: Cards) -> None:
        self._column = cards.column
        self.all = self._links(cards.steps)
        self.lanes = list(dict.fromkeys(self.trunk(link) for link in self.all if self.far(link)))
        """The trunks that run above all cards, in order."""

    def _links(self, steps: Sequence[Step]) -> list[Link]:
        found = []
        for step in steps:
            for at, value in enumerate(step.values):
                # A later call can't have given a value to an earlier one.
                if value.step is not None and self._column.get(value.step, 99) < self._column[step.number]:
                    kind = "plain" if value.good is None else "good" if value.good else "bad"
                    found.append(Link(value.step, value.field, step.number, at, kind))
        return found

    def far(self, link: Link) -> bool:
        """Whether it passes a column on its way."""
        return self._column[link.head] - self._column[link.tail] > 1

    def trunk(self, link: Link) -> _Trunk:
        """What it runs together with."""
        return link.tail, link.field, link.kind, self.far(link)

    def tracks(self, column: int) -> list[_Trunk]:
        """The trunks that run down behind a column, in order."""
        found = []
        for link in self.all:
            near = self._column[link.tail] == column
            if near or (self.far(link) and self._column[link.head] == column + 1):
                found.append(self.trunk(link))
        return list(dict.fromkeys(found))

    def from_request(self) -> list[_Trunk]:
        """The trunks that leave the request, in order."""
        return list(dict.fromkeys(self.trunk(link) for link in self.all if link.tail == ASKED))


class Layout:
    """Where every card stands, and which way every line goes."""

    def __init__(self, told: Explanation) -> None:
        self.cards = Cards(told)
        self.lines = Lines(self.cards)
        self._steps = {step.number: step for step in self.cards.steps}
        self._left = self._lefts()
        self._top = self._tops()

    @property
    def size(self) -> Point:
        """Width and height of all, with a margin around it."""
        boxes = [self.box(step) for step in self.cards.steps]
        return max(box.x + box.width for box in boxes) + MARGIN, max(box.y + box.height for box in boxes) + MARGIN

    def box(self, step: Step) -> Box:
        """Where a card stands."""
        left = self._left[self.cards.column[step.number]]
        return Box(left, self._top[step.number], self.cards.width(step), self.cards.height(step))

    def _lefts(self) -> list[float]:
        """Where each column begins; the gutters are as wide as the lines in them need."""
        lefts = [MARGIN]
        for column in range(max(self.cards.column.values())):
            tracks = len(self.lines.tracks(column))
            lefts.append(lefts[-1] + self.cards.widest(column) + _GUTTER + tracks * _TRACK)
        return lefts

    def _tops(self) -> dict[int, float]:
        lanes = len(self.lines.lanes)
        first = MARGIN + (lanes * _LANE + 6 if lanes else 0)
        below: dict[int, float] = {}
        tops = {}
        for step in self.cards.steps:
            column = self.cards.column[step.number]
            tops[step.number] = below.get(column, first)
            below[column] = tops[step.number] + self.cards.height(step) + _GAP
        return tops

    def trunks(self) -> list[list[Link]]:
        """All lines by trunk, those of bad origin last, to be drawn over the others."""
        order = {"plain": 0, "good": 1, "bad": 2}
        found: dict[_Trunk, list[Link]] = {}
        for link in sorted(self.lines.all, key=lambda link: order[link.kind]):
            found.setdefault(self.lines.trunk(link), []).append(link)
        return list(found.values())

    def way(self, link: Link) -> list[Point]:
        """The corners of a line: out of a card, along the gutter, over the cards in between if there are any."""
        column = self.cards.column
        start, end = self._start(link), self._end(link)
        if abs(start[1] - end[1]) < 3:  # a step as small as that is a blot
            start = start[0], end[1]
        first = self._track(column[link.tail], link)
        if not self.lines.far(link):
            return [start, (first, start[1]), (first, end[1]), end]
        lane = MARGIN + self.lines.lanes.index(self.lines.trunk(link)) * _LANE
        last = self._track(column[link.head] - 1, link)
        return [start, (first, start[1]), (first, lane), (last, lane), (last, end[1]), end]

    def _track(self, column: int, link: Link) -> float:
        index = self.lines.tracks(column).index(self.lines.trunk(link))
        return self._left[column] + self.cards.widest(column) + _GUTTER / 2 + index * _TRACK

    def _start(self, link: Link) -> Point:
        box, rows = self.box(self._steps[link.tail]), self.cards.rows[link.tail]
        if link.tail == ASKED:
            trunks = self.lines.from_request()
            share = (trunks.index(self.lines.trunk(link)) + 1) / (len(trunks) + 1)
            return box.x + box.width, box.y + rows[0].y + share * rows[0].height
        row = next(row for row in rows if row.value is None and row.field == link.field)
        return box.x + box.width, box.y + row.y + row.height / 2

    def _end(self, link: Link) -> Point:
        step = self._steps[link.head]
        box, row = self.box(step), self.cards.rows[link.head][link.row]
        return box.x, box.y + row.y + (PAD if self.cards.target(step) else ROW / 2)
