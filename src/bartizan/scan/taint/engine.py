"""Follows a program from each of its tools, from its module's body, and from what nothing else reached."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from bartizan.catalog.flows import load_flows, load_text_kinds
from bartizan.scan.taint import tree as t
from bartizan.scan.taint.calls import invoked
from bartizan.scan.taint.expressions import evaluate
from bartizan.scan.taint.operations import Operations
from bartizan.scan.taint.places import TextPlaces
from bartizan.scan.taint.state import Entry, Frame, Run
from bartizan.scan.taint.statements import follow
from bartizan.scan.taint.values import ARGUMENT, NOTHING, Box, Closure, Label, Value

__all__ = ["Program", "followed"]

_STEPS = 60_000
_ALL_STEPS = 300_000
_NO_ARGUMENTS = frozenset({"self", "cls", "ctx", "context", "_", "session", "extra"})


class Program:
    """A file with the files it takes names from. `find` gives the tree of a module by its dotted name, or nothing."""

    def __init__(self, module: t.Module, find: Callable[[str, str], t.Module | None], tick: Callable[[], None]) -> None:
        self.module, self._find = module, find
        self.run = Run(operations_of(module.language), text_places(), evaluate, follow, self._outside, tick)
        self.left = 0
        """Functions that no tool reaches and that were not followed, as there are too many."""
        self._frames: dict[str, Frame] = {}
        self._imports: dict[str, dict[str, str]] = {}

    def load(self, module: t.Module) -> Frame:
        """Follow a module's body once; its names are then known."""
        frame = Frame({}, None, module.path)
        self._frames[module.path] = frame
        self._imports[module.path] = module.imports
        for local, origin in module.imports.items():
            frame.names[local] = self._imported(origin, module.path)
        self.run.body(frame, module.body)
        return frame

    def _imported(self, origin: str, path: str) -> Value:
        found = self._outside(origin, path)
        return found if found is not None else Value(refs=frozenset({origin}))

    def _outside(self, name: str, path: str) -> Value | None:
        """What a dotted name means where another file of the tree defines it."""
        if "()" in name or "[]" in name or name.startswith("?"):
            return None
        module = self._find(name, path)
        if module is not None:
            if module.path not in self._frames:
                self.load(module)
            return Value(boxes=(Box(fields=self._frames[module.path].names, name="<module>"),))
        holder, dot, last = name.rpartition(".")
        if not dot or not holder.strip("."):
            return None
        module = self._find(holder, path)
        if module is None:
            return None
        if module.path not in self._frames:
            self.load(module)
        return self._frames[module.path].names.get(last)


@cache
def operations_of(language: str) -> Operations:
    """The operations of a language."""
    return Operations(load_flows().values(), language)


@cache
def text_places() -> TextPlaces:
    """The kinds of texts."""
    return TextPlaces(load_text_kinds().values())


def followed(program: Program, tools: list[t.Tool]) -> list[Entry]:
    """Follow a program: entries for its body, its tools, and functions that none of them reached."""
    run = program.run
    run.tools = frozenset(id(tool.function) for tool in tools)
    entries = [_entry(run, "", None)]
    frame = program.load(program.module)
    around = _frames_of(frame)
    for node in _holders(program.module, run.tools):
        if id(node) not in run.entered:
            entries.append(_entry(run, node.name, None))
            _enter(run, frame, around, node, None)
    for tool in tools:
        entries.append(_entry(run, tool.name, tool))
        _enter(run, frame, around, tool.function, tool)
    spent = 0
    for one in t.walk(program.module.body):
        if isinstance(one, t.Function) and id(one) not in run.entered and one.name:
            if spent > _ALL_STEPS:
                program.left += 1
                continue
            entries.append(_entry(run, one.name, None))
            _enter(run, frame, around, one, None)
            spent += run.steps
    return entries


def _entry(run: Run, name: str, tool: t.Tool | None) -> Entry:
    run.entry, run.steps, run.most, run.stack = Entry(name, tool), 0, _STEPS, []
    return run.entry


def _holders(module: t.Module, tools: frozenset[int]) -> list[t.Function]:
    """Functions that make tools: those that have some inside."""
    found: dict[int, t.Function] = {}
    stack: list[tuple[object, tuple[t.Function, ...]]] = [(module.body, ())] if tools else []
    while stack:
        node, around = stack.pop()
        if isinstance(node, t.Function):
            if id(node) in tools:
                found.update((id(one), one) for one in around)
                continue
            around = (*around, node)
        stack += [(one, around) for one in t.children(node)]
    return sorted(found.values(), key=lambda one: one.line)


def _frames_of(frame: Frame) -> dict[int, Closure]:
    """Functions with the names around them, as far as the module's body made them."""
    found: dict[int, Closure] = {}
    seen: set[int] = set()
    stack = list(frame.names.values())
    while stack:
        value = stack.pop()
        for closure in value.closures:
            found[id(closure.function)] = closure
        for box in value.boxes:
            if id(box) not in seen and len(seen) < 5000:
                seen.add(id(box))
                stack += box.fields.values()
    return found


def _enter(run: Run, frame: Frame, around: dict[int, Closure], function: t.Function, tool: t.Tool | None) -> None:
    known = run.closures.get(id(function)) or around.get(id(function))
    outer = known.around if known is not None and isinstance(known.around, Frame) else frame
    bound = _instance(run, outer, function)
    given: list[Value] = [] if bound is None else [bound]
    keywords: dict[str, Value] = {}
    for parameter in function.parameters[len(given) :]:
        value = _argument(parameter, tool)
        if parameter.kind == "keywords":
            keywords["**"] = value
        elif parameter.kind == "rest":
            given.append(value)
        else:
            keywords[parameter.name] = value
    fresh = Frame({}, outer, frame.file)
    run.entry.returned = invoked(run, fresh, Closure(function, outer), given, keywords)


def _instance(run: Run, outer: Frame, function: t.Function) -> Value | None:
    """An object for a method to belong to, made as the class makes it."""
    if not function.owner or function.plain:
        return None
    kind = outer.find(function.owner)
    boxes = [box for box in kind.boxes if box.name and box.kind is None] if kind is not None else []
    if not boxes:
        return Value(boxes=(Box(fields=dict(outer.names)),))
    made = Value(boxes=(Box(kind=boxes[0], name=boxes[0].name),))
    if function.name not in ("__init__", "constructor"):
        constructor = boxes[0].fields.get("__init__") or boxes[0].fields.get("constructor") or NOTHING
        entry, run.entry = run.entry, Entry("", None)
        for closure in constructor.closures:
            invoked(run, Frame({}, outer, outer.file), Closure(closure.function, closure.around, made), [], {})
        run.entry = entry
    return made


def _argument(parameter: t.Parameter, tool: t.Tool | None) -> Value:
    if tool is None or parameter.name in _NO_ARGUMENTS:
        return NOTHING if tool is not None else Value(refs=frozenset({"?"}))
    if tool.kind == "handler" and parameter.name == "name":
        return NOTHING
    if parameter.parts:
        box = Box(mapping=True)
        for part in parameter.parts:
            box.fields[part] = _labels(part, part in tool.narrow, part in tool.amounts)
        return Value(boxes=(box,))
    return _labels(
        parameter.name, parameter.narrow or parameter.name in tool.narrow,
        parameter.amount or parameter.name in tool.amounts,
    )  # fmt: skip


def _labels(name: str, narrow: bool, amount: bool) -> Value:
    if amount:
        return Value(labels=frozenset({Label("amount", name)}))
    return NOTHING if narrow else Value(frozenset({ARGUMENT}), frozenset({Label("argument", name)}))
