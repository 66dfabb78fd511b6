"""Constant folding: what an expression of literals, pure operations and decodings comes to. Bounded, nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

from bartizan.scan.pycode.pure import BINARY, ERRORS, LARGEST, PURE, method
from bartizan.scan.pycode.scopes import Opaque, Scope, Value

__all__ = ["UNKNOWN", "Constant", "Folder", "Unknown"]


class Unknown:
    """What is not constant."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
Constant: TypeAlias = Any
"""A value of str, bytes, int, float, bool, None, tuple, list, dict, or UNKNOWN."""

_STEPS = 100_000
"""Steps for one expression; a long result counts as many."""
_ALL_STEPS = 3_000_000
"""Steps for one file."""
_DEPTH = 60
_CHAIN = 5_000
"""Operations that follow each other in one sum."""


class Folder:
    """Folds the expressions of one file. `names` says what an expression stands for."""

    def __init__(self, names: Callable[[ast.expr, Scope], tuple[str, ...]]) -> None:
        self._names = names
        self._steps = self._all = 0
        self._active: set[int] = set()
        self._kept: dict[int, Constant] = {}
        self.exhausted = False
        """Whether so much was folded that the rest counts as unknown."""

    def fold(self, node: ast.expr, scope: Scope) -> Constant:
        """Return the value of an expression, or UNKNOWN."""
        if isinstance(node, ast.Constant):
            return node.value
        if self._all > _ALL_STEPS:
            self.exhausted = True
            return UNKNOWN
        outer, self._steps = self._steps, 0
        value = self._fold(node, scope, {}, 0)
        self._all += self._steps
        self._steps += outer
        return value

    def _fold(self, node: ast.expr, scope: Scope, local: Mapping[str, Any], depth: int) -> Constant:
        self._steps += 1
        if depth > _DEPTH or self._steps > _STEPS or id(node) in self._active:
            return UNKNOWN
        if isinstance(node, ast.Constant):
            return node.value
        self._active.add(id(node))
        try:
            value = self._value(node, scope, local, depth + 1)
        except ERRORS:
            return UNKNOWN
        finally:
            self._active.discard(id(node))
        if isinstance(value, (str, bytes, list, tuple)):
            self._steps += len(value) >> 8
            return UNKNOWN if len(value) > LARGEST else value
        return value

    def _value(self, node: ast.expr, scope: Scope, local: Mapping[str, Any], depth: int) -> Constant:
        match node:
            case ast.Name(id=name):
                return local[name] if name in local else self._bound(name, scope, depth)
            case ast.BinOp():
                return self._binary(node, scope, local, depth)
            case ast.Call():
                return self._call(node, scope, local, depth)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                return self._attribute(name, attribute, scope, depth)
            case ast.Subscript(value=one, slice=index):
                return self._known(one, scope, local, depth)[self._index(index, scope, local, depth)]
            case ast.JoinedStr() | ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
                return self._display(node, scope, local, depth)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self._comprehension(node.elt, node.generators, scope, local, depth)
            case ast.UnaryOp(op=ast.USub(), operand=one):
                return -self._known(one, scope, local, depth)
            case ast.IfExp(test=test, body=body, orelse=other):
                return self._known(body if self._known(test, scope, local, depth) else other, scope, local, depth)
            case ast.NamedExpr(value=one) | ast.FormattedValue(value=one, format_spec=None):
                return self._known(one, scope, local, depth)
        return UNKNOWN

    def _display(
        self,
        node: ast.JoinedStr | ast.List | ast.Tuple | ast.Set | ast.Dict,
        scope: Scope,
        local: Mapping[str, Any],
        depth: int,
    ) -> Constant:
        if isinstance(node, ast.Dict):
            return self._dict(node.keys, node.values, scope, local, depth)
        parts = node.values if isinstance(node, ast.JoinedStr) else node.elts
        values = [self._known(part, scope, local, depth) for part in parts]
        if isinstance(node, ast.JoinedStr):
            return "".join(str(value) for value in values)
        return tuple(values) if isinstance(node, ast.Tuple) else values

    def _known(self, node: ast.expr, scope: Scope, local: Mapping[str, Any], depth: int) -> Constant:
        """Fold what must be known. Raises ValueError."""
        value: Constant = self._fold(node, scope, local, depth)
        if value is UNKNOWN:
            raise ValueError("not constant")
        return value

    def _bound(self, name: str, scope: Scope, depth: int) -> Constant:
        bound = [one for one in scope.find(name) if not isinstance(one, Opaque) or one.annotation is None]
        if len(bound) != 1 or not isinstance(bound[0], Value) or isinstance(bound[0].node, ast.Starred):
            return UNKNOWN
        key = id(bound[0].node)
        if key not in self._kept:
            value = self._fold(bound[0].node, bound[0].scope, {}, depth)
            if key in self._active:
                return value
            self._kept[key] = value
        return self._kept[key]

    def _attribute(self, name: str, attribute: str, scope: Scope, depth: int) -> Constant:
        owner = scope.own_class()
        if owner is None or name not in (scope.self_name(), "cls", owner.name.rpartition(".")[2]):
            return UNKNOWN
        bound = owner.bound.get(f"self.{attribute}", []) or owner.bound.get(attribute, [])
        if len(bound) != 1 or not isinstance(bound[0], Value):
            return UNKNOWN
        return self._fold(bound[0].node, bound[0].scope, {}, depth)

    def _binary(self, node: ast.BinOp, scope: Scope, local: Mapping[str, Any], depth: int) -> Constant:
        """Fold an operation; long sums of texts lean to the left and are walked without recursion."""
        chain: list[ast.BinOp] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and len(chain) < _CHAIN:
            chain.append(left)
            left = left.left
        value = self._known(left, scope, local, depth)
        for one in reversed(chain):
            right = self._known(one.right, scope, local, depth)
            value = BINARY[type(one.op).__name__](value, right)
            if isinstance(value, (str, bytes, list, tuple)):
                self._steps += 1 + (len(value) >> 8)
                if len(value) > LARGEST or self._steps > _STEPS:
                    return UNKNOWN
        return value

    def _dict(
        self, keys: list[ast.expr | None], parts: list[ast.expr], scope: Scope, local: Mapping[str, Any], depth: int
    ) -> Constant:
        values = {}
        for key, part in zip(keys, parts, strict=True):
            if key is None:
                return UNKNOWN
            values[self._known(key, scope, local, depth)] = self._fold(part, scope, local, depth)
        return values

    def _index(self, node: ast.expr, scope: Scope, local: Mapping[str, Any], depth: int) -> Any:
        if isinstance(node, ast.Slice):
            ends = (node.lower, node.upper, node.step)
            return slice(*(None if end is None else self._known(end, scope, local, depth) for end in ends))
        return self._known(node, scope, local, depth)

    def _comprehension(
        self,
        element: ast.expr,
        loops: list[ast.comprehension],
        scope: Scope,
        local: Mapping[str, Any],
        depth: int,
    ) -> Constant:
        if len(loops) != 1:
            return UNKNOWN
        loop = loops[0]
        results = []
        for value in self._elements(loop.iter, scope, local, depth):
            inner = {**local, **_unpacked(loop.target, value)}
            if all(self._compared(test, scope, inner, depth) for test in loop.ifs):
                results.append(self._known(element, scope, inner, depth))
        return results

    def _elements(self, node: ast.expr, scope: Scope, local: Mapping[str, Any], depth: int) -> Iterable[Any]:
        values = self._known(node, scope, local, depth)
        if not isinstance(values, (str, bytes, list, tuple)) or len(values) > _STEPS:
            raise ValueError("no short sequence")
        return values

    def _compared(self, node: ast.expr, scope: Scope, local: Mapping[str, Any], depth: int) -> bool:
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            left = self._known(node.left, scope, local, depth)
            right = self._known(node.comparators[0], scope, local, depth)
            match node.ops[0]:
                case ast.Eq():
                    return bool(left == right)
                case ast.NotEq():
                    return bool(left != right)
                case ast.In():
                    return left in right
                case ast.NotIn():
                    return left not in right
        return bool(self._known(node, scope, local, depth))

    def _call(self, node: ast.Call, scope: Scope, local: Mapping[str, Any], depth: int) -> Constant:
        if any(isinstance(one, ast.Starred) for one in node.args) or any(word.arg is None for word in node.keywords):
            return UNKNOWN
        names = self._names(node.func, scope)
        if "builtins.map" in names and len(node.args) == 2:
            return self._mapped(node, scope, local, depth)
        function = next((PURE[name] for name in names if name in PURE), None)
        if function is None and not isinstance(node.func, ast.Attribute):
            return UNKNOWN
        arguments = [self._known(one, scope, local, depth) for one in node.args]
        words = {word.arg or "": self._known(word.value, scope, local, depth) for word in node.keywords}
        if function is not None:
            return function(*arguments, **words)
        assert isinstance(node.func, ast.Attribute)
        return method(self._known(node.func.value, scope, local, depth), node.func.attr, arguments, words)

    def _mapped(self, node: ast.Call, scope: Scope, local: Mapping[str, Any], depth: int) -> Constant:
        """Fold `map(chr, [...])` and `map(lambda c: ..., ...)`."""
        values = self._elements(node.args[1], scope, local, depth)
        if isinstance(node.args[0], ast.Lambda):
            body, parameters = node.args[0].body, node.args[0].args.args
            return [self._known(body, scope, {**local, parameters[0].arg: value}, depth) for value in values]
        function = next((PURE[name] for name in self._names(node.args[0], scope) if name in PURE), None)
        if function is None:
            return UNKNOWN
        return [function(value) for value in values]


def _unpacked(target: ast.expr, value: Any) -> dict[str, Any]:
    """Return the loop variables for one element. Raises ValueError and TypeError."""
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, (ast.Tuple, ast.List)):
        pairs: dict[str, Any] = {}
        for one, part in zip(target.elts, value, strict=True):
            pairs |= _unpacked(one, part)
        return pairs
    raise ValueError("no name")
