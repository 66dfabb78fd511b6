"""What a template reaches beyond the data it is given: Python's inner names, commands, names that are put together."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import nodes

from bartizan.scan.templates.spotted import Spotted
from bartizan.scan.templates.values import Values

__all__ = ["reaches"]

_HARMLESS = frozenset({"__name__", "__doc__", "__version__", "__len__", "__str__", "__file__", "__main__", "__all__"})
_DUNDER = re.compile(r"__[a-z][a-z_0-9]*__\Z")
_INNER = frozenset({
    "func_globals", "func_code", "func_closure", "im_func", "im_self", "gi_frame", "gi_code", "gi_yieldfrom",
    "cr_frame", "cr_code", "cr_await", "ag_frame", "ag_code", "f_globals", "f_builtins", "f_locals", "f_back",
    "f_code", "tb_frame", "tb_next", "co_code", "co_consts",
})  # fmt: skip
"""Attributes that lead out of the data: to frames, code and modules."""
_TELLING = frozenset({
    "__class__", "__globals__", "__subclasses__", "__mro__", "__base__", "__bases__", "__builtins__", "__import__",
    "__getattribute__", "__code__", "__closure__", "__func__", "__reduce__", "__reduce_ex__", "__subclasshook__",
    "__init_subclass__", "__loader__", "__wrapped__",
})  # fmt: skip
"""Names that no text holds by chance, wherever they stand."""
_FIELD = re.compile(r"\{[^{}]*[.\[]_{2}[a-z]")
"""A format that reads inner attributes of what it formats."""
_RUNS = frozenset({
    "popen", "Popen", "check_output", "check_call", "getoutput", "getstatusoutput", "import_module", "__import__",
    "eval", "exec", "execv", "execve", "execvp", "spawnl", "spawnv", "spawnlp", "urlopen", "run_module", "run_path",
})  # fmt: skip
_RUNS_OF_MODULES = frozenset({
    "system", "run", "call", "open", "spawn", "startfile", "load", "loads", "connect", "fork",
})  # fmt: skip
_MODULES = frozenset({
    "os", "posix", "nt", "subprocess", "builtins", "__builtins__", "importlib", "pty", "socket", "sys", "pickle",
    "shutil", "ctypes", "commands",
})  # fmt: skip
_RUNS_BY_NAME = frozenset({"eval", "exec", "__import__", "execfile", "compile"})
_SANDBOX = ("CVE-2024-34359",)
_COMPUTED = (nodes.Concat, nodes.Add, nodes.Mod, nodes.Filter, nodes.Getitem, nodes.Call, nodes.Const, nodes.Mul)
_BUILDING = frozenset({"join", "format", "replace", "string", "lower", "reverse", "urlencode", "tojson", "attr"})


def reaches(template: nodes.Template, values: Values) -> Iterator[Spotted]:
    """Yield what a template reaches that chat templates have no use for."""
    for other in template.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        yield Spotted("template-takes-in-file", _shown(other, values), other.lineno)
    for node in template.find_all(nodes.Expr):
        inner = _inner(node, values)
        if inner:
            yield Spotted("template-reaches-internals", f"`{inner}`", node.lineno, _SANDBOX)
        if isinstance(node, nodes.Call):
            ran = _runs(node, values)
            if ran:
                yield Spotted("template-runs-command", ran, node.lineno, _SANDBOX)
        hidden = _put_together(node, values)
        if hidden:
            yield Spotted("template-computes-names", hidden, node.lineno)


def _inner(node: nodes.Expr, values: Values) -> str:
    """Return the inner name that an expression reads, or comes to."""
    if isinstance(node, nodes.Getattr):
        return node.attr if _is_inner(node.attr) else ""
    if isinstance(node, nodes.Getitem):
        found = next((text for text in values.texts(node.arg) if _is_inner(text)), "")
        if found:
            return found
    if isinstance(node, nodes.Filter):
        words = [*node.args, *(word.value for word in node.kwargs)]
        texts = [part for argument in words for text in values.texts(argument) for part in text.split(".")]
        named = node.name in ("attr", "map")
        found = next((text for text in texts if _is_inner(text) and (named or text != "__init__")), "")
        if found:
            return found
    if isinstance(node, _COMPUTED):
        for text in values.texts(node):
            if text in _TELLING:
                return text
            if len(text) < 2_000 and _FIELD.search(text):
                return text[:60]
    return ""


def _shown(node: nodes.Node, values: Values) -> str:
    """Show a statement that takes in another template, with its name where that is known."""
    statement = (
        "include" if isinstance(node, nodes.Include) else "extends" if isinstance(node, nodes.Extends) else "import"
    )
    named = next(iter(values.texts(getattr(node, "template", nodes.Const(None)))), "…")
    return f"`{statement} {named}`"


def _is_inner(name: str) -> bool:
    if name in _INNER or name.startswith("_TemplateReference__"):
        return True
    return bool(_DUNDER.match(name)) and name not in _HARMLESS


def _chain(node: nodes.Node, values: Values) -> list[str]:
    """Return the names along `a.b['c'].d`, the first last; calls are passed through, with texts that they are given."""
    names: list[str] = []
    while len(names) < 60:
        match node:
            case nodes.Getattr(node=before, attr=attribute):
                names.append(attribute)
                node = before
            case nodes.Getitem(node=before, arg=index):
                names += values.texts(index)[:1]
                node = before
            case nodes.Call(node=before, args=arguments):
                names += [text for argument in arguments[:1] for text in values.texts(argument)[:1]]
                node = before
            case nodes.Filter(name="attr", node=nodes.Expr() as before, args=arguments):
                names += [text for argument in arguments[:1] for text in values.texts(argument)[:1]]
                node = before
            case nodes.Name(name=name):
                return [*names, name]
            case _:
                return names
    return names


def _runs(node: nodes.Call, values: Values) -> str:
    """Return the call that runs something, shortly."""
    if isinstance(node.node, nodes.Name):
        return f"{node.node.name}(…)" if node.node.name in _RUNS_BY_NAME else ""
    chain = _chain(node.node, values)
    if not chain:
        return ""
    first, rest = chain[0], chain[1:]
    modules = _MODULES.intersection(rest)
    if (first in _RUNS and (modules or first not in ("eval", "exec") or node.args)) or (
        first in _RUNS_OF_MODULES and modules
    ):
        return ".".join(reversed(chain[:4])) + "(…)"
    return ""


def _put_together(node: nodes.Expr, values: Values) -> str:
    """Tell of an attribute whose name is computed from what the template does not hold."""
    if isinstance(node, nodes.Filter) and node.name == "attr" and node.args and not values.of(node.args[0]):
        return "`attr` of a computed name"
    if not isinstance(node, nodes.Getitem) or values.of(node.arg):
        return ""
    index = node.arg
    if isinstance(index, nodes.Name):
        bound = values.bound(index.name)
        index = bound[0] if len(bound) == 1 and isinstance(bound[0], nodes.Expr) else index
    building = isinstance(index, (nodes.Concat, nodes.Add, nodes.Mod)) or (
        isinstance(index, nodes.Filter) and index.name in _BUILDING
    )
    if building and any(
        "__" in text or text == "_" for part in index.find_all(nodes.Const) for text in values.texts(part)
    ):
        return "an element by a computed name with underscores"
    return ""
