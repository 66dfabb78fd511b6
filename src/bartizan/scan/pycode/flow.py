"""Which labels a value carries: of sources that it was made from, through names, operations and functions of the file.

Demand-driven and without order of statements: a label says that a value may come from a source. It passes through
assignments, containers, operations, calls (from arguments and objects to results), parameters and returns of functions
of the same file.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TypeAlias

from bartizan.scan.pycode.module import Call, Module
from bartizan.scan.pycode.scopes import Definition, Opaque, Scope, Value

__all__ = ["Flow", "Labels"]

Labels: TypeAlias = frozenset[str]

_NONE: Labels = frozenset()
_Key: TypeAlias = tuple[int, int]
_MOST_BOUND, _MOST_CALLS, _MOST_RETURNS = 40, 20, 10
"""What is followed of one name or function: bindings, calls, returns."""
_STEPS = 400_000
"""Expressions that are looked at in one file."""
_BARE = frozenset({
    "builtins.len", "builtins.bool", "builtins.isinstance", "builtins.hasattr", "builtins.type", "builtins.id",
    "builtins.int", "builtins.float", "builtins.hash", "builtins.callable", "builtins.issubclass", "builtins.range",
    "builtins.any", "builtins.all", "builtins.ord",
})  # fmt: skip
"""Calls whose result says little of their arguments."""


def _key(node: ast.expr, scope: Scope) -> _Key:
    return id(node), id(scope)


def _says_nothing(node: ast.expr) -> bool:
    return isinstance(node, (ast.Constant, ast.Compare, ast.Lambda))


class Flow:
    """The labels of one file's expressions.

    `sources` gives the labels of a node by itself: a call, a name, an attribute; None lets its parts decide. `stops`
    tells calls whose results carry nothing on, such as `shlex.quote`.
    """

    def __init__(
        self,
        module: Module,
        sources: Callable[[ast.expr, Scope], Labels | None],
        stops: Callable[[Call], bool] = lambda _: False,
    ) -> None:
        self._module, self._sources, self._stops = module, sources, stops
        self._kept: dict[_Key, Labels] = {}
        self._steps = 0

    @property
    def exhausted(self) -> bool:
        """Whether there was more to follow than is allowed."""
        return self._steps > _STEPS

    def of(self, node: ast.expr, scope: Scope) -> Labels:
        """Return the labels of an expression: those of everything that it is made from.

        Expressions that are made from each other, as in loops, have the same labels: the strongly connected parts of
        the graph, found by Tarjan's algorithm (1972) with a list in place of recursion. Each is looked at once.
        """
        start = _key(node, scope)
        if start in self._kept or _says_nothing(node):
            return self._kept.get(start, _NONE)
        index: dict[_Key, int] = {}
        low: dict[_Key, int] = {}
        gathered: dict[_Key, set[str]] = {}
        open_: list[_Key] = []
        inside: set[_Key] = set()
        work = [(start, self._opened(node, scope, start, gathered))]
        index[start] = low[start] = 0
        open_.append(start)
        inside.add(start)
        while work:
            key, parts = work[-1]
            following = next(parts, None)
            if following is not None:
                inner = _key(*following)
                if inner in self._kept:
                    gathered[key] |= self._kept[inner]
                elif inner in inside:
                    low[key] = min(low[key], index[inner])
                elif not _says_nothing(following[0]):
                    index[inner] = low[inner] = len(index)
                    open_.append(inner)
                    inside.add(inner)
                    work.append((inner, self._opened(*following, inner, gathered)))
                continue
            work.pop()
            if low[key] == index[key]:
                self._close(key, open_, inside, gathered)
            if work:
                outer = work[-1][0]
                low[outer] = min(low[outer], low[key])
                gathered[outer] |= gathered[key]
        return self._kept[start]

    def _opened(
        self, node: ast.expr, scope: Scope, key: _Key, gathered: dict[_Key, set[str]]
    ) -> Iterator[tuple[ast.expr, Scope]]:
        """Note the labels of a node by itself, and return what else it is made from."""
        self._steps += 1
        labels = self._sources(node, scope) if self._steps <= _STEPS else _NONE
        gathered[key] = set(labels or ())
        return self._parts(node, scope) if labels is None else iter(())

    def _close(self, key: _Key, open_: list[_Key], inside: set[_Key], gathered: dict[_Key, set[str]]) -> None:
        """Keep the labels of expressions that are made from each other."""
        at = len(open_) - 1 - open_[::-1].index(key) if open_[-1] != key else len(open_) - 1
        members, labels = open_[at:], set[str]()
        del open_[at:]
        for member in members:
            labels |= gathered[member]
        for member in members:
            self._kept[member] = frozenset(labels)
            gathered[member] = labels
            inside.discard(member)

    def _parts(self, node: ast.expr, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """Yield the expressions that a value is made from."""
        match node:
            case ast.Name(id=name):
                yield from self._named(name, scope)
            case ast.Attribute(value=value, attr=attribute):
                yield from self._attribute(value, attribute, scope)
            case ast.Call():
                yield from self._called(node, scope)
            case ast.IfExp(body=body, orelse=other):
                yield from ((body, scope), (other, scope))
            case ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element):
                yield element, scope
            case ast.DictComp(key=key, value=value):
                yield from ((key, scope), (value, scope))
            case ast.Subscript(value=value):
                yield value, scope
            case _:
                yield from ((child, scope) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))

    def _named(self, name: str, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        for bound in scope.find(name)[:_MOST_BOUND]:
            if isinstance(bound, Value):
                yield bound.node, bound.scope
            elif isinstance(bound, Opaque):
                yield from self._given(name, scope)
        yield from ((value.node, value.scope) for value in scope.put_into(name)[:_MOST_BOUND])

    def _given(self, name: str, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        """Yield what the calls in this file give for a parameter."""
        owner: Scope | None = scope
        while owner is not None and name not in owner.bound:
            owner = owner.parent
        if owner is None or not isinstance(owner.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        names = [one.arg for one in (*owner.node.args.posonlyargs, *owner.node.args.args)]
        place = names.index(name) if name in names else -1
        method = owner.parent is not None and owner.parent.is_class
        for call in self._module.calls_to(owner.name)[:_MOST_CALLS]:
            argument = call.argument(place - method if place >= 0 else -1, name)
            if argument is not None:
                yield argument, call.scope

    def _attribute(self, value: ast.expr, attribute: str, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        if isinstance(value, ast.Name):
            owner = scope.own_class()
            stored = scope.find(f"{value.id}.{attribute}")
            if owner is not None and value.id == scope.self_name():
                stored = owner.bound.get(f"self.{attribute}", [])
                yield from ((one.node, one.scope) for one in stored if isinstance(one, Value))
                return
            yield from ((one.node, one.scope) for one in stored if isinstance(one, Value))
        yield value, scope

    def _called(self, node: ast.Call, scope: Scope) -> Iterator[tuple[ast.expr, Scope]]:
        call = self._module.call_of(node)
        if call is None or self._stops(call) or _BARE.intersection(call.names):
            return
        own = [name for name in call.names if self._module.scopes_named(name.replace("()", ""))]
        if isinstance(node.func, ast.Attribute) and not own:
            yield node.func.value, scope
        if isinstance(node.func, ast.Name):
            for bound in scope.find(node.func.id):
                if isinstance(bound, Definition) and bound.scope.is_function:
                    yield from ((value, bound.scope) for value in bound.scope.returns[:_MOST_RETURNS])
                    return
        if own:
            for one in self._module.scopes_named(own[0].replace("()", "")):
                yield from ((value, one) for value in one.returns[:_MOST_RETURNS])
        yield from ((argument, scope) for argument in call.arguments())
