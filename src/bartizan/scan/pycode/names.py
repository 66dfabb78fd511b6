"""What expressions stand for: dotted names through imports, aliases, attributes by computed names, module tables."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable

from bartizan.scan.pycode.constants import UNKNOWN, Folder
from bartizan.scan.pycode.scopes import Bound, Definition, Imported, Opaque, Scope, Value

__all__ = ["Names", "canonical"]

_MOST = 6
"""Names that one expression may stand for."""
_DEPTH = 40
_STEPS = 5_000
"""Expressions that are looked at for one."""
_BUILTINS = frozenset(dir(builtins))
_MODULES = frozenset(
    {"os", "sys", "subprocess", "builtins", "socket", "shutil", "importlib", "ctypes", "pty", "pickle"}
)
"""Modules that others import, and that may be reached through them."""
_SAME = {
    "posix": "os", "nt": "os", "_pickle": "pickle", "cPickle": "pickle", "__builtin__": "builtins",
    "__builtins__": "builtins", "posixpath": "os.path", "ntpath": "os.path", "_socket": "socket", "_io": "io",
    "urllib2": "urllib.request", "commands": "subprocess", "imp": "importlib", "io.open": "builtins.open",
}  # fmt: skip
_ATTRIBUTE = frozenset({"builtins.getattr", "builtins.object.__getattribute__", "inspect.getattr_static"})
_IMPORT = frozenset({"builtins.__import__", "importlib.import_module", "importlib.__import__", "pydoc.locate",
                     "pkgutil.resolve_name", "importlib.reload"})  # fmt: skip
_SELF = frozenset({"functools.partial", "functools.partialmethod", "functools.wraps()", "inspect.unwrap",
                   "functools.lru_cache()", "functools.cache", "staticmethod", "builtins.staticmethod"})  # fmt: skip
"""Calls whose result stands for their argument."""


class Names:
    """Resolves the expressions of one file."""

    def __init__(self) -> None:
        self.folder = Folder(self.of)
        self._kept: dict[tuple[int, int], tuple[str, ...]] = {}
        self._active: set[int] = set()
        self._steps = 0
        self._cut = False

    def of(self, node: ast.expr, scope: Scope) -> tuple[str, ...]:
        """Return the names that an expression may stand for; none where it is not known."""
        key = id(node), id(scope)
        if key in self._kept:
            return self._kept[key]
        if not self._active:
            self._steps = 0
        self._steps += 1
        if id(node) in self._active or len(self._active) > _DEPTH or self._steps > _STEPS:
            self._cut = True
            return ()
        before, self._cut = self._cut, False
        self._active.add(id(node))
        try:
            names = tuple(dict.fromkeys(map(canonical, self._of(node, scope))))[:_MOST]
        finally:
            self._active.discard(id(node))
        if not self._cut or not self._active:
            self._kept[key] = names
        self._cut = bool(self._active) and (before or self._cut)
        return names

    def _of(self, node: ast.expr, scope: Scope) -> Iterable[str]:
        match node:
            case ast.Name(id=name):
                return self._name(name, scope)
            case ast.Attribute(value=value, attr=attribute):
                return self._attribute(value, attribute, scope)
            case ast.Call():
                return self._call(node, scope)
            case ast.Lambda():
                return [f"{scope.name}.<lambda>"]
            case ast.Subscript(value=value, slice=index):
                return self._element(value, index, scope)
            case ast.Starred(value=value):
                return [f"{name}[]" for name in self.of(value, scope)]
            case ast.Await(value=value) | ast.NamedExpr(value=value):
                return self.of(value, scope)
            case ast.IfExp(body=body, orelse=other):
                return (*self.of(body, scope), *self.of(other, scope))
            case ast.BoolOp(values=values):
                return [name for value in values for name in self.of(value, scope)]
        return ()

    def _name(self, name: str, scope: Scope) -> Iterable[str]:
        bound = scope.find(name)
        if not bound:
            if name == "__builtins__":
                return ["builtins"]
            return [f"builtins.{name}" if name in _BUILTINS else ""]
        return [found for one in bound[: 2 * _MOST] for found in self._bound(one, scope)]

    def _bound(self, one: Bound, scope: Scope) -> Iterable[str]:
        match one:
            case Imported(name=name):
                return [name]
            case Definition(scope=inner):
                return [inner.name]
            case Value(node=node, scope=where):
                return self.of(node, where)
            case Opaque(annotation=ast.expr() as annotation):
                if isinstance(annotation, ast.Constant):
                    return ()
                return [f"{name}()" for name in self.of(annotation, scope) if not name.startswith("builtins.")]
        return ()

    def _attribute(self, value: ast.expr, attribute: str, scope: Scope) -> Iterable[str]:
        if isinstance(value, ast.Name):
            owner = scope.own_class()
            if owner is not None and value.id in (scope.self_name() or "self", "cls"):
                bound = owner.bound.get(f"self.{attribute}") or owner.bound.get(attribute) or []
                return [found for one in bound[: 2 * _MOST] for found in self._bound(one, owner)]
            stored = scope.find(f"{value.id}.{attribute}")
            if stored:
                return [found for one in stored[: 2 * _MOST] for found in self._bound(one, scope)]
        if attribute in ("__func__", "__wrapped__", "__call__"):
            return self.of(value, scope)
        return [f"{name}.{attribute}" for name in self.of(value, scope)]

    def _call(self, node: ast.Call, scope: Scope) -> Iterable[str]:
        found: list[str] = []
        for name in self.of(node.func, scope):
            first = node.args[0] if node.args and not isinstance(node.args[0], ast.Starred) else None
            if name in _ATTRIBUTE and first is not None and len(node.args) > 1:
                found += self._with(first, node.args[1], scope)
            elif name.endswith(".__getattribute__") and isinstance(node.func, ast.Attribute) and first is not None:
                found += self._with(node.func.value, first, scope)
            elif name in _IMPORT and first is not None:
                found += self._imported(node, name, first, scope)
            elif name in _SELF and first is not None:
                found += self.of(first, scope)
            elif name in ("operator.attrgetter()", "operator.methodcaller()") and first is not None:
                found += self._got(node.func, first, scope, call=name == "operator.methodcaller()")
            elif name == "builtins.vars" and first is not None:
                found += [f"{one}.__dict__" for one in self.of(first, scope)]
            elif name.endswith((".__dict__.get", "sys.modules.get", "globals().get")) and first is not None:
                assert isinstance(node.func, ast.Attribute)
                found += self._element(node.func.value, first, scope)
            else:
                found.append(f"{name}()")
                found += self._returned(name, node, scope)
        return found

    def _returned(self, name: str, node: ast.Call, scope: Scope) -> Iterable[str]:
        """Return what a plain function of this file gives back."""
        if isinstance(node.func, ast.Lambda):
            return self.of(node.func.body, scope)
        if not name.startswith(".") or not isinstance(node.func, ast.Name):
            return []
        for one in scope.find(node.func.id):
            if isinstance(one, Definition) and one.scope.is_function:
                return [found for value in one.scope.returns[:_MOST] for found in self.of(value, one.scope)]
        return []

    def _with(self, value: ast.expr, name: ast.expr, scope: Scope) -> Iterable[str]:
        return [found for attribute in self._texts(name, scope) for found in self._attribute(value, attribute, scope)]

    def _texts(self, node: ast.expr, scope: Scope) -> list[str]:
        """Return the texts that an expression may come to: several for a loop variable."""
        value = self.folder.fold(node, scope)
        if value is UNKNOWN and isinstance(node, ast.Name):
            bound = [one for one in scope.find(node.id)[: 2 * _MOST] if isinstance(one, Value)]
            values = [self.folder.fold(one.node, one.scope) for one in bound]
        else:
            values = [value]
        return [value for value in values if isinstance(value, str)]

    def _imported(self, node: ast.Call, name: str, first: ast.expr, scope: Scope) -> Iterable[str]:
        if name == "importlib.reload":
            return self.of(first, scope)
        whole = not name.endswith("__import__") or len(node.args) > 3 or any(w.arg == "fromlist" for w in node.keywords)
        modules = self._texts(first, scope)
        return [module.replace(":", ".") if whole else module.partition(".")[0] for module in modules]

    def _got(self, getter: ast.expr, first: ast.expr, scope: Scope, *, call: bool) -> Iterable[str]:
        """Resolve `attrgetter("x")(o)` and `methodcaller("x")(o)`."""
        if not isinstance(getter, ast.Call) or not getter.args:
            return ()
        attribute = self.folder.fold(getter.args[0], scope)
        if not isinstance(attribute, str):
            return ()
        end = "()" if call else ""
        return [f"{name}.{attribute}{end}" for name in self.of(first, scope)]

    def _element(self, value: ast.expr, index: ast.expr, scope: Scope) -> Iterable[str]:
        """Resolve `table[key]`: module tables, dictionaries of a module's names, written ones."""
        names = self.of(value, scope)
        key = self.folder.fold(index, scope) if not isinstance(index, ast.Slice) else UNKNOWN
        found = []
        for name in names:
            if isinstance(key, str) and name == "sys.modules":
                found.append(key)
            elif isinstance(key, str) and name.endswith(".__dict__"):
                found.append(f"{name[:-9]}.{key}")
            elif isinstance(key, str) and name == "builtins":
                found.append(f"builtins.{key}")
            elif isinstance(key, str) and name in ("builtins.globals()", "builtins.locals()"):
                found += self._name(key, scope)
            else:
                found.append(f"{name}[]")
        return found or self._written(value, key, scope)

    def _written(self, value: ast.expr, key: object, scope: Scope) -> Iterable[str]:
        """Resolve an element of a list or dictionary that is written in the file; any of them for an unknown key."""
        bound = scope.find(value.id) if isinstance(value, ast.Name) else [Value(value, scope)]
        if len(bound) != 1 or not isinstance(bound[0], Value):
            return ()
        table, where = bound[0].node, bound[0].scope
        if isinstance(table, (ast.List, ast.Tuple)):
            chosen = table.elts
            if isinstance(key, int) and -len(chosen) <= key < len(chosen):
                chosen = [chosen[key]]
        elif isinstance(table, ast.Dict):
            pairs = [(one, part) for one, part in zip(table.keys, table.values, strict=True) if one is not None]
            same = [part for one, part in pairs if key is not UNKNOWN and self.folder.fold(one, where) == key]
            chosen = same or ([part for _, part in pairs] if key is UNKNOWN else [])
        else:
            return ()
        return [name for one in chosen[: 2 * _MOST] for name in self.of(one, where)]


def canonical(name: str) -> str:
    """Return one name for what has several: `posix.system`, `logging.os.system` and `os.system` are the same."""
    if "." not in name:
        return _SAME.get(name, name)
    if name.startswith((".", "builtins.__")):
        return name
    parts = name.split(".")
    for at in range(len(parts) - 1, 0, -1):
        if parts[at] in _MODULES and not any(part.endswith((")", "]")) for part in parts[:at]) and at < len(parts) - 1:
            parts = parts[at:]
            break
    name = ".".join(parts)
    for short in (".".join(parts[:2]), parts[0]):
        if short in _SAME:
            return _SAME[short] + name[len(short) :]
    return name
