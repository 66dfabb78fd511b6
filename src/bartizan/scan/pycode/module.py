"""One file of Python: its syntax tree with names resolved, and the calls in it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cached_property

from bartizan.scan.pycode.constants import Constant
from bartizan.scan.pycode.names import Names
from bartizan.scan.pycode.scopes import Scope, Value, build

__all__ = ["Call", "Module"]


_PATHS = frozenset({"os.path.expanduser", "pathlib.Path", "os.path.join", "shlex.split", "os.path.abspath"})


class Call:
    """A call: where it stands, what it calls. Nodes of arguments are folded or resolved by the module in `scope`."""

    def __init__(self, module: Module, node: ast.Call, scope: Scope, main: bool) -> None:
        self.module, self.node, self.scope = module, node, scope
        self.main = main
        """Runs only where the file is the program."""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that the called thing may have."""
        return self.module.names(self.node.func, self.scope)

    @property
    def line(self) -> int:
        """Its line, from 1."""
        return self.node.lineno

    @property
    def column(self) -> int:
        """Its column, from 1."""
        return self.node.col_offset + 1

    @property
    def on_import(self) -> bool:
        """Whether importing the file runs it: at module level, in a class body, or in a function called from there."""
        return not self.main and self.module.runs_on_import(self.scope)

    def argument(self, place: int, name: str = "") -> ast.expr | None:
        """Return the argument at a place (from 0; -1 for none) or of a name."""
        before = self.node.args[: place + 1] if place >= 0 else []
        if 0 <= place < len(self.node.args) and not any(isinstance(one, ast.Starred) for one in before):
            return self.node.args[place]
        return next((word.value for word in self.node.keywords if name and word.arg == name), None)

    def value(self, place: int, name: str = "") -> Constant:
        """Return the constant value of an argument, UNKNOWN where it has none; None also stands for `not given`."""
        node = self.argument(place, name)
        return None if node is None else self.module.fold(node, self.scope)

    def arguments(self) -> list[ast.expr]:
        """Return the nodes of all arguments."""
        return [*self.node.args, *(word.value for word in self.node.keywords)]


class Module:
    """A parsed file."""

    def __init__(self, tree: ast.Module, text: str) -> None:
        self.tree, self.text = tree, text
        self._names = Names()
        self.scope, calls, self.scopes = build(tree)
        """The module's scope, and every scope."""
        self._calls = [Call(self, node, scope, main or scope.main) for node, scope, main in calls]
        self._by_node = {id(call.node): call for call in self._calls}

    def calls(self) -> list[Call]:
        """Return every call, in the order of the text."""
        return self._calls

    def call_of(self, node: ast.Call) -> Call | None:
        """Return the call of a node; None for nodes that are not of this file."""
        return self._by_node.get(id(node))

    def calls_to(self, name: str) -> list[Call]:
        """Return the calls of something that this file defines."""
        return self._to.get(name, [])

    @cached_property
    def _to(self) -> dict[str, list[Call]]:
        found: dict[str, list[Call]] = {}
        for call in self._calls:
            for name in call.names:
                if name.startswith("."):
                    found.setdefault(name.replace("()", ""), []).append(call)
        return found

    def names(self, node: ast.expr, scope: Scope | None = None) -> tuple[str, ...]:
        """Return the names that an expression may stand for."""
        return self._names.of(node, scope or self.scope)

    def fold(self, node: ast.expr, scope: Scope | None = None) -> Constant:
        """Return an expression's constant value, or UNKNOWN."""
        return self._names.folder.fold(node, scope or self.scope)

    def known_text(self, node: ast.expr, scope: Scope, depth: int = 0) -> str:
        """Return what is known of a text or a list of words: constants, one after the other, unknown parts as `?`."""
        value = self.fold(node, scope)
        if isinstance(value, str):
            return value
        if isinstance(value, (list, tuple)):
            return " ".join(str(one) for one in value)
        if depth > 12:
            return "?"
        parts, joint = self._text_parts(node, scope)
        return joint.join(self.known_text(one, where, depth + 1) for one, where in parts) if parts else "?"

    def _text_parts(self, node: ast.expr, scope: Scope) -> tuple[list[tuple[ast.expr, Scope]], str]:
        """Return what a text is made of, and what is between."""
        match node:
            case ast.JoinedStr(values=parts):
                return [(one, scope) for one in parts], ""
            case ast.FormattedValue(value=one):
                return [(one, scope)], ""
            case ast.BinOp(left=left, op=operator, right=right):
                return [(left, scope), (right, scope)], "/" if isinstance(operator, ast.Div) else ""
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return [(one, scope) for one in parts], " "
            case ast.Call(func=func, args=parts) if _PATHS.intersection(self.names(func, scope)):
                return [(one, scope) for one in parts], "/"
            case ast.Name(id=name):
                bound = [one for one in scope.find(name) if isinstance(one, Value)]
                if len(bound) == 1 and not isinstance(bound[0].node, ast.Starred):
                    return [(bound[0].node, bound[0].scope)], ""
        return [], ""

    def alternatives(self, node: ast.Name, scope: Scope) -> list[str]:
        """Return the texts that a name may stand for: the elements of a list that a loop goes through."""
        found: list[str] = []
        for one in scope.find(node.id)[:64]:
            if isinstance(one, Value):
                inner = one.node.value if isinstance(one.node, ast.Starred) else one.node
                value = self.fold(inner, one.scope)
                found += [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
        return found

    def values_of(self, node: ast.expr, scope: Scope) -> list[ast.expr]:
        """Return the expressions that a name is bound to, or the expression itself."""
        if isinstance(node, ast.Name):
            return [one.node for one in scope.find(node.id) if isinstance(one, Value)]
        return [node]

    @property
    def exhausted(self) -> bool:
        """Whether there was more to fold than is allowed."""
        return self._names.folder.exhausted

    def scopes_named(self, name: str) -> list[Scope]:
        """Return the functions and classes of a name such as `.Class.method`."""
        return self._scopes_by_name.get(name, [])

    @cached_property
    def _scopes_by_name(self) -> dict[str, list[Scope]]:
        by_name: dict[str, list[Scope]] = {}
        for scope in self.scopes:
            by_name.setdefault(scope.name, []).append(scope)
        return by_name

    def runs_on_import(self, scope: Scope) -> bool:
        """Tell whether importing the file enters a scope."""
        return id(scope) in self._on_import

    @cached_property
    def _on_import(self) -> frozenset[int]:
        """The scopes that are entered on import: the module, classes, and functions called from such scopes."""
        reached = {id(self.scope)}
        todo = [self.scope]
        calls: dict[int, list[Call]] = {}
        for call in self._calls:
            if not call.main:
                calls.setdefault(id(call.scope), []).append(call)
        inner: dict[int, list[Scope]] = {}
        for scope in self.scopes:
            inner.setdefault(id(scope.parent), []).append(scope)
        while todo:
            entered = todo.pop()
            found = [one for one in inner.get(id(entered), []) if one.is_class and not one.main]
            for call in calls.get(id(entered), []):
                found += _called(call, self._scopes_by_name, inner)
            for scope in found:
                if id(scope) not in reached:
                    reached.add(id(scope))
                    todo.append(scope)
        return frozenset(reached)


def _called(call: Call, by_name: dict[str, list[Scope]], inner: dict[int, list[Scope]]) -> Iterable[Scope]:
    """Yield the scopes of this file that a call enters: functions, and `__init__` of classes."""
    for name in call.names:
        if name.startswith("."):
            for scope in by_name.get(name.replace("()", ""), []):
                yield scope
                if scope.is_class:
                    yield from (one for one in inner.get(id(scope), []) if one.name.endswith(".__init__"))
