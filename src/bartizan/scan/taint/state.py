"""What the engine keeps while it follows a program: frames, effects seen, and the account of its work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bartizan.catalog.flows import Flow
from bartizan.scan.taint import tree as t
from bartizan.scan.taint.operations import Operations
from bartizan.scan.taint.values import NOTHING, Closure, Label, Value

__all__ = ["Effect", "Entry", "Frame", "Guard", "Places", "Repeat", "Run"]


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition that a statement stands under: where what is tested comes from, and constants it is compared to."""

    labels: frozenset[Label]
    texts: frozenset[str]
    line: int
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A loop around a statement: for how many rounds (-1 unknown, -2 for ever), and labels of what drives it."""

    rounds: float
    labels: frozenset[Label]
    counted: bool
    waits: bool = False
    """Whether a round waits for something."""


@dataclass(slots=True)
class Effect:
    """Something that the program does when it gets there. `focus` is what matters of the arguments."""

    flow: Flow
    callee: str
    line: int
    column: int
    focus: Value
    arguments: list[Value]
    keywords: dict[str, Value]
    subject: Value
    guards: tuple[Guard, ...]
    repeats: tuple[Repeat, ...]
    chain: tuple[str, ...]
    file: str
    silent: bool
    answer: str = ""
    """Name of the label that its result carries."""
    first: Value = NOTHING


@dataclass(slots=True)
class Entry:
    """One way into the program: a tool, a module's body, a function that nothing reached."""

    name: str
    tool: t.Tool | None
    effects: list[Effect] = field(default_factory=list)
    returned: Value = NOTHING
    raised: Value = NOTHING
    recursions: list[tuple[str, int]] = field(default_factory=list)
    recursing: frozenset[Label] = frozenset()
    """Labels of what functions call themselves with."""
    changes: list[tuple[str, int, Value]] = field(default_factory=list)
    """Names of the module, or parts of tools, that it assigns."""


@dataclass(slots=True)
class Frame:
    """One call of a function, or a module's body."""

    names: dict[str, Value]
    outer: Frame | None
    file: str
    guards: tuple[Guard, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    silent: bool = False
    chain: tuple[str, ...] = ()
    returned: list[Value] = field(default_factory=list)
    checked: dict[str, frozenset[str]] = field(default_factory=dict)
    """Uses that checks made safe, by the name of an argument. One for all frames of an entry."""

    def find(self, name: str) -> Value | None:
        """Look a name up, outwards."""
        frame: Frame | None = self
        while frame is not None:
            found = frame.names.get(name)
            if found is not None:
                return found
            frame = frame.outer
        return None

    def holder(self, name: str) -> Frame:
        """Return the frame that has a name, looked up outwards; this one where none has."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame
            frame = frame.outer
        return self

    @property
    def outermost(self) -> Frame:
        """The frame of the module."""
        frame = self
        while frame.outer is not None:
            frame = frame.outer
        return frame


class _Evaluate(Protocol):
    def __call__(self, run: Run, frame: Frame, node: t.Expression, /) -> Value: ...


class _Follow(Protocol):
    def __call__(self, run: Run, frame: Frame, body: list[t.Statement], /) -> None: ...


class Places(Protocol):
    """Tells what the texts of an effect point to."""

    def given(self, effect: Effect, /) -> list[Label]:
        """Return labels of what it reads there."""


class Run:
    """One program being followed. `evaluate` and `follow` are the engine's own, held here as they need each other."""

    def __init__(
        self,
        operations: Operations,
        places: Places,
        evaluate: _Evaluate,
        follow: _Follow,
        outside: Callable[[str, str], Value | None],
        tick: Callable[[], None],
    ) -> None:
        self.operations, self.places, self._evaluate, self._follow = operations, places, evaluate, follow
        self.outside, self._tick = outside, tick
        self.entry = Entry("", None)
        self.entered: set[int] = set()
        self.tools: frozenset[int] = frozenset()
        """Functions that are tools: nothing calls them but a model."""
        self.closures: dict[int, Closure] = {}
        """Tools with the names around them, as they were made."""
        self.stack: list[int] = []
        self.steps = 0
        self.most = 0

    def value(self, frame: Frame, node: t.Expression) -> Value:
        """Evaluate an expression."""
        self.steps += 1
        if self.steps & 1023 == 0:
            self._tick()
        return self._evaluate(self, frame, node)

    def body(self, frame: Frame, body: list[t.Statement]) -> None:
        """Follow statements."""
        self._follow(self, frame, body)

    @property
    def tired(self) -> bool:
        """Whether this entry has taken as many steps as it may."""
        return self.steps > self.most

    def made(self, function: t.Function, frame: Frame) -> Value:
        """The value of a function where it is written."""
        closure = Closure(function, frame)
        if id(function) in self.tools:
            self.closures[id(function)] = closure
        return Value(closures=(closure,))
