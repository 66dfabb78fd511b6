"""Scopes of a Python file, and what each name is bound to in them: imports, values, definitions, parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TypeAlias

__all__ = ["Bound", "Definition", "Imported", "Opaque", "Scope", "Value", "build"]

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_WRITTEN = 32
"""Elements of a written list that a loop's name stands for one by one."""
_GROWING = frozenset({"append", "extend", "add", "update", "insert", "write", "setdefault", "put", "appendleft"})
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Imported:
    """A name that an import binds, with what it imports."""

    def __init__(self, name: str) -> None:
        self.name = name


class Definition:
    """A function or class of this file."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope


class Opaque:
    """Something whose value is not known: a parameter (with its annotation), an element, the result of an operation."""

    def __init__(self, annotation: ast.expr | None = None) -> None:
        self.annotation = annotation


class Value:
    """An expression, and where it stands. A `Starred` one means its elements."""

    def __init__(self, node: ast.expr, scope: Scope) -> None:
        self.node, self.scope = node, scope


Bound: TypeAlias = Imported | Definition | Opaque | Value


class Scope:
    """The module, a class or a function. `bound` has a name's every binding; `self.x` names attributes of a class."""

    def __init__(self, node: ast.AST, name: str = "", parent: Scope | None = None) -> None:
        self.node, self.name, self.parent = node, name, parent
        self.bound: dict[str, list[Bound]] = {}
        self.grown: dict[str, list[Value]] = {}
        """What is put into the objects that names stand for: `x.append(v)`, `x[k] = v`, `x += v`."""
        self.returns: list[ast.expr] = []
        self.main = False
        """Runs only where the file is the program: below `if __name__ == "__main__"`."""

    @property
    def is_function(self) -> bool:
        """Whether it is a function."""
        return isinstance(self.node, _FUNCTIONS)

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return isinstance(self.node, ast.ClassDef)

    def bind(self, name: str, bound: Bound) -> None:
        """Add a binding."""
        self.bound.setdefault(name, []).append(bound)

    def put_into(self, name: str) -> list[Value]:
        """Return what is put into an object, here and in the scopes around."""
        found: list[Value] = []
        scope: Scope | None = self
        while scope is not None:
            found += scope.grown.get(name, [])
            if name in scope.bound:
                break
            scope = scope.parent
        return found

    def find(self, name: str) -> list[Bound]:
        """Return the bindings of a name as seen from here: class bodies are not seen from their functions."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.bound and (scope is self or not scope.is_class):
                return scope.bound[name]
            scope = scope.parent
        return []

    def own_class(self) -> Scope | None:
        """Return the class whose method this is, or that a function in that method sees as its own."""
        scope: Scope | None = self
        while scope is not None and not scope.is_class:
            scope = scope.parent
        return scope

    def self_name(self) -> str:
        """Return the name of a method's first parameter, or nothing."""
        if not isinstance(self.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return ""
        parameters = [*self.node.args.posonlyargs, *self.node.args.args]
        return parameters[0].arg if parameters and self.parent is not None and self.parent.is_class else ""


class _Item:
    """A node to visit, where it stands."""

    __slots__ = ("loop", "main", "node", "scope")

    def __init__(self, node: ast.AST, scope: Scope, loop: bool, main: bool) -> None:
        self.node, self.scope, self.loop, self.main = node, scope, loop, main


def build(tree: ast.Module) -> tuple[Scope, list[tuple[ast.Call, Scope, bool]], list[Scope]]:
    """Return the module's scope, every call with its scope and whether it is below a main guard, and all scopes.

    Visits with a list instead of recursion: depth of nesting costs no stack.
    """
    module = Scope(tree)
    scopes, calls = [module], []
    todo = [_Item(tree, module, False, False)]
    while todo:
        item = todo.pop()
        node, scope = item.node, item.scope
        if isinstance(node, ast.Call):
            calls.append((node, scope, item.main))
            _grows(node, scope)
        inner = scope
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            inner = _opened(node, scope, item.main)
            scopes.append(inner)
            todo += [_Item(one, scope, item.loop, item.main) for one in _outside(node)]
            children: Iterable[ast.AST] = node.body if isinstance(node.body, list) else [node.body]
            todo += [_Item(child, inner, False, item.main) for child in reversed(list(children))]
            continue
        _binds(node, scope, item.loop)
        loop = item.loop or isinstance(node, (*_LOOPS, *_COMPREHENSIONS))
        if isinstance(node, ast.If) and _is_main(node.test):
            todo += [_Item(child, scope, loop, item.main) for child in reversed(node.orelse)]
            todo += [_Item(child, scope, loop, True) for child in reversed(node.body)]
            continue
        todo += [_Item(child, scope, loop, item.main) for child in reversed(list(ast.iter_child_nodes(node)))]
    calls.sort(key=lambda one: (one[0].lineno, one[0].col_offset))
    return module, calls, scopes


def _opened(node: Function | ast.ClassDef, scope: Scope, main: bool) -> Scope:
    """Open the scope of a definition, with its parameters."""
    name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
    inner = Scope(node, f"{scope.name}.{name}", scope)
    inner.main = main
    if not isinstance(node, ast.Lambda):
        scope.bind(node.name, Definition(inner))
    if isinstance(node, _FUNCTIONS):
        arguments = node.args
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            inner.bind(one.arg, Opaque(one.annotation))
        for many in (arguments.vararg, arguments.kwarg):
            if many is not None:
                inner.bind(many.arg, Opaque())
        for one, default in _defaults(arguments):
            inner.bind(one.arg, Value(default, scope))
        if isinstance(node, ast.Lambda):
            inner.returns.append(node.body)
    return inner


def _defaults(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    yield from zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=False)
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=False):
        if default is not None:
            yield one, default


def _outside(node: Function | ast.ClassDef) -> Iterator[ast.AST]:
    """Yield what a definition evaluates where it stands: decorators, defaults, bases."""
    if isinstance(node, ast.ClassDef):
        yield from (*node.decorator_list, *node.bases, *(word.value for word in node.keywords))
        return
    if not isinstance(node, ast.Lambda):
        yield from node.decorator_list
    yield from node.args.defaults
    yield from (default for default in node.args.kw_defaults if default is not None)


def _is_main(test: ast.expr) -> bool:
    """Tell `__name__ == "__main__"`."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = [test.left, test.comparators[0]]
    names = [side.id for side in sides if isinstance(side, ast.Name)]
    return names == ["__name__"] and any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)


def _binds(node: ast.AST, scope: Scope, loop: bool) -> None:
    """Note what one statement or expression binds."""
    match node:
        case ast.Import() | ast.ImportFrom():
            _imported(node, scope)
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                _assigned(target, value, scope)
        case ast.AugAssign(target=ast.Name(id=name), op=operator, value=value):
            _added(name, operator, value, scope, loop)
        case ast.For(target=target, iter=values) | ast.AsyncFor(target=target, iter=values):
            _each(target, values, scope)
        case ast.comprehension(target=target, iter=values):
            _each(target, values, scope)
        case ast.Return(value=ast.expr() as value):
            scope.returns.append(value)
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            _shared(names, scope)
        case _:
            _binds_one(node, scope)


def _binds_one(node: ast.AST, scope: Scope) -> None:
    match node:
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            _assigned(target, value, scope)
        case ast.NamedExpr(target=target, value=value):
            _assigned(target, value, scope)
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            _assigned(target, value, scope)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            scope.bind(name, Opaque())
        case _:
            return


def _imported(node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
    if isinstance(node, ast.Import):
        for alias in node.names:
            first = alias.name.partition(".")[0]
            scope.bind(alias.asname or first, Imported(alias.name if alias.asname else first))
        return
    base = "./" * node.level + (node.module or "")
    joint = "" if not base or base.endswith("/") else "."
    for alias in node.names:
        scope.bind(alias.asname or alias.name, Imported(f"{base}{joint}{alias.name}"))


def _grows(node: ast.Call, scope: Scope) -> None:
    """Note what a method puts into an object."""
    match node.func:
        case ast.Attribute(value=ast.Name(id=name), attr=method) if method in _GROWING:
            values = [*node.args, *(word.value for word in node.keywords)]
            scope.grown.setdefault(name, []).extend(Value(value, scope) for value in values)
        case _:
            return


def _shared(names: list[str], scope: Scope) -> None:
    """Let bindings of a global name be those of the module."""
    module = scope
    while module.parent is not None:
        module = module.parent
    for name in names:
        scope.bound[name] = module.bound.setdefault(name, [])


def _assigned(target: ast.expr, value: ast.expr, scope: Scope) -> None:
    """Bind targets, tuples element by element."""
    match target:
        case ast.Name(id=name):
            scope.bind(name, Value(value, scope))
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            owner = scope.own_class()
            if owner is not None and scope.self_name() == name:
                owner.bind(f"self.{attribute}", Value(value, scope))
            else:
                scope.bind(f"{name}.{attribute}", Value(value, scope))
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
            same = len(parts) == len(targets) and not any(isinstance(one, ast.Starred) for one in (*parts, *targets))
            for number, one in enumerate(targets):
                if same:
                    _assigned(one, parts[number], scope)
                else:
                    _parts_of(one, value, scope)
        case ast.Starred(value=one):
            _unknown(one, scope)
        case ast.Subscript(value=ast.Name(id=name)):
            scope.grown.setdefault(name, []).append(Value(value, scope))
        case _:
            return


def _unknown(target: ast.expr, scope: Scope) -> None:
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            scope.bind(node.id, Opaque())


def _parts_of(target: ast.expr, value: ast.expr, scope: Scope) -> None:
    """Bind names to some part of a value."""
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            part = ast.copy_location(ast.Starred(value=value, ctx=ast.Load()), value)
            scope.bind(node.id, Value(part, scope))


def _each(target: ast.expr, values: ast.expr, scope: Scope) -> None:
    """Bind the elements of a loop: those of a written list one by one."""
    if isinstance(values, (ast.Tuple, ast.List, ast.Set)) and len(values.elts) <= _WRITTEN:
        for value in values.elts:
            _assigned(target, value, scope)
    else:
        _parts_of(target, values, scope)


def _added(name: str, operator: ast.operator, value: ast.expr, scope: Scope, loop: bool) -> None:
    """Bind what `name += value` comes to, where one value stood before."""
    before = scope.bound.get(name, [])
    first = before[0] if len(before) == 1 else None
    if isinstance(first, Value) and first.scope is scope and not loop:
        both = ast.copy_location(ast.BinOp(left=first.node, op=operator, right=value), value)
        scope.bound[name] = [Value(both, scope)]
    else:
        scope.bind(name, Opaque())
        scope.grown.setdefault(name, []).append(Value(value, scope))
