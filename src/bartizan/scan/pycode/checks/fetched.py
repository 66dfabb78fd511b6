"""Files that are fetched from elsewhere and then run: downloads of programs, scripts and modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from bartizan.scan.pycode.checks.told import Told
from bartizan.scan.pycode.checks.words import CODE, SAVES, is_command, short
from bartizan.scan.pycode.flow import Flow
from bartizan.scan.pycode.module import Call, Module
from bartizan.scan.pycode.scopes import Scope
from bartizan.scan.texts.shell import interprets, program

__all__ = ["check_fetched"]

_LOADS = frozenset({
    "runpy.run_path", "importlib.util.spec_from_file_location", "importlib.machinery.SourceFileLoader",
    "importlib.machinery.ExtensionFileLoader", "ctypes.CDLL", "ctypes.cdll.LoadLibrary", "ctypes.WinDLL",
    "builtins.execfile", "importlib.load_source",
})  # fmt: skip
"""Runs a file that it is given."""
_OPENS = frozenset({"builtins.open", "io.open", "pathlib.Path"})


def check_fetched(module: Module, flow: Flow, told: Told) -> None:
    """Report files that are fetched and then run."""
    saved: set[str] = set()
    for call in module.calls():
        saved |= set(_saved(call, flow))
    if not saved:
        return
    for call in module.calls():
        if is_command(call.names):
            ran = _starts(call, saved)
        elif _LOADS.intersection(call.names):
            ran = any(_place(node, call.scope, module) & saved for node in call.arguments())
        elif CODE.intersection(call.names):
            ran = any(_opens(node, call, saved) for node in call.node.args[:1])
        else:
            continue
        if ran:
            told.hit("code-downloads-and-runs", f"`{short(call.names)}` of a file that was fetched", call.node)


def _saved(call: Call, flow: Flow) -> Iterator[str]:
    """Yield the places of a file that a call writes with what was fetched."""
    if SAVES.intersection(call.names):
        place = call.argument(1, "filename") or call.argument(1, "out")
        if place is not None:
            yield from _place(place, call.scope, call.module)
        return
    if "shutil.copyfileobj" in call.names and len(call.node.args) > 1:
        if "network" in flow.of(call.node.args[0], call.scope):
            yield from _opened(call.node.args[1], call)
        return
    method = call.node.func
    if not isinstance(method, ast.Attribute) or method.attr not in ("write", "write_bytes", "write_text"):
        return
    if not call.node.args or "network" not in flow.of(call.node.args[0], call.scope):
        return
    if method.attr == "write":
        yield from _opened(method.value, call)
    else:
        yield from _place(method.value, call.scope, call.module)


def _opened(file: ast.expr, call: Call) -> Iterator[str]:
    """Yield the place of a file that is open."""
    for opened in call.module.values_of(file, call.scope):
        if isinstance(opened, ast.Call) and opened.args:
            yield from _place(opened.args[0], call.scope, call.module)


def _place(node: ast.expr, scope: Scope, module: Module) -> set[str]:
    """Return what a place is known by: its text, and the variables in it with the scope that has them."""
    places = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id not in ("str", "os", "sys", "Path", "pathlib"):
            owner: Scope | None = scope
            while owner is not None and part.id not in owner.bound:
                owner = owner.parent
            if owner is not None:
                places.add(f"={part.id}@{id(owner)}")
    text = module.fold(node, scope)
    if isinstance(text, str) and len(text) > 3:
        places.add(text)
    return places


def _starts(call: Call, saved: set[str]) -> bool:
    """Tell whether a command starts a saved file, or gives it to an interpreter; unpacking it is no such thing."""
    node = call.argument(0, "args")
    if node is None:
        return False
    return any(
        _listed(value, call, saved) if isinstance(value, (ast.List, ast.Tuple)) else _said(value, call, saved)
        for value in [node, *call.module.values_of(node, call.scope)]
    )


def _listed(value: ast.List | ast.Tuple, call: Call, saved: set[str]) -> bool:
    if not value.elts:
        return False
    first = value.elts[0]
    if _place(first, call.scope, call.module) & saved:
        return True
    interpreted = _runs_files(call.module.known_text(first, call.scope)) or "sys.executable" in call.module.names(
        first, call.scope
    )
    return interpreted and any(_place(one, call.scope, call.module) & saved for one in value.elts[1:3])


def _runs_files(word: str) -> bool:
    """Tell an interpreter or an installer."""
    return interprets(word) or program([word]) == "msiexec"


def _said(value: ast.expr, call: Call, saved: set[str]) -> bool:
    words = call.module.known_text(value, call.scope).split()
    first = words[0] if words else "?"
    runs = first.startswith(("?", "./")) or _runs_files(first) or first in saved
    return bool(runs) and bool((_place(value, call.scope, call.module) | set(words[:2])) & saved)


def _opens(node: ast.expr, call: Call, saved: set[str]) -> bool:
    """Tell code that is read from a saved file."""
    for part in ast.walk(node):
        inner = call.module.call_of(part) if isinstance(part, ast.Call) else None
        opened = inner is not None and bool(_OPENS.intersection(inner.names))
        if inner is not None and opened:
            places = [_place(one, call.scope, call.module) for one in inner.node.args[:1]]
            if any(place & saved for place in places):
                return True
    return False
