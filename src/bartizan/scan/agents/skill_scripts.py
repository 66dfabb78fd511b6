"""Python scripts of a skill, taken together: what is collected in one and sent in another, input that is run, no end.

Single scripts are examined as code elsewhere; here counts what a skill does as a whole. Nothing is followed exactly:
what is found is for a person to look at.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import msgspec

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.texts.command_words import SECRET_FILE
from bartizan.scan.texts.hosts import Host, host_of, kind, urls
from bartizan.scan.texts.python_source import parse_python

__all__ = ["Doing", "doings"]


class Doing(msgspec.Struct, frozen=True):
    """One thing that a script does: `collects`, `sends`, or the id of a rule; the line, and the code."""

    does: str
    line: int
    code: str


_SENDING = re.compile(
    r"(?:requests|httpx|session|client|aiohttp\w*)\.(?:post|put|patch|request)$|(?:urllib\.request\.)?(?:urlopen|Request)$"
    r"|(?:socket|sock|s)\.(?:send|sendall|sendto)$|\.sendmail$|\.send_message$|\.putrequest$",
    re.IGNORECASE,
)
_CHECKS = frozenset(
    {"resolve", "realpath", "abspath", "commonpath", "is_relative_to", "basename", "secure_filename", "relative_to"}
)
_WAITS = frozenset({
    "sleep", "wait", "input", "accept", "recv", "read", "readline", "get", "select", "poll", "run", "serve", "next",
    "join", "tick", "process_events", "step",
})  # fmt: skip


def doings(source: str) -> list[Doing]:
    """Return what a script does; nothing where it is no Python."""
    try:
        tree = parse_python(source)
    except (Malformed, LimitReached):
        return []
    local = bool(urls(source)) and all(kind(host_of(url)) == Host.LOCAL for url in urls(source))
    out = []
    for node in ast.walk(tree):
        if _collects(node):
            out.append(_doing("collects", node))
        elif isinstance(node, ast.Call) and not local and _sends(node):
            out.append(_doing("sends", node))
        elif isinstance(node, ast.While) and _endless(node):
            out.append(_doing("skill-never-ends", node))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            out += _with_input(node)
    return out


def _doing(does: str, node: ast.AST) -> Doing:
    return Doing(does, getattr(node, "lineno", 0), ast.unparse(node).split("\n", 1)[0][:160])


def _named(node: ast.expr) -> str:
    """Return the dotted name that is called."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))


def _collects(node: ast.AST) -> bool:
    """Tell if a node goes through all of the environment, or names a file of keys."""
    if isinstance(node, ast.For | ast.comprehension):
        return "environ" in ast.unparse(node.iter)
    if isinstance(node, ast.Call) and _named(node.func) == "dict":
        return any(ast.unparse(argument).endswith("environ") for argument in node.args)
    if isinstance(node, ast.Call) and _named(node.func).rsplit(".", 1)[-1] in (
        "open",
        "expanduser",
        "Path",
        "join",
        "read_text",
    ):
        texts = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str))
        return any(SECRET_FILE.search(text) and not re.fullmatch(r"\.env[\w.]*", text) for text in texts)
    return False


def _sends(node: ast.Call) -> bool:
    name = _named(node.func)
    if not _SENDING.search(name):
        return False
    if name.endswith(("urlopen", "Request")):
        return len(node.args) > 1 or any(keyword.arg == "data" for keyword in node.keywords)
    return True


def _endless(node: ast.While) -> bool:
    """Tell if a loop has neither an end nor a rest."""
    if not (isinstance(node.test, ast.Constant) and node.test.value):
        return False
    for one in ast.walk(node):
        if isinstance(one, ast.Break | ast.Return | ast.Raise | ast.Yield | ast.YieldFrom | ast.Await):
            return False
        if isinstance(one, ast.Call) and _named(one.func).rsplit(".", 1)[-1] in _WAITS | {"exit", "_exit"}:
            return False
    return True


def _with_input(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Doing]:
    """Find arguments of a function that are evaluated, or that name any file beneath a fixed folder."""
    arguments = node.args
    given = {one.arg for one in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]} - {"self", "cls"}
    inside = list(ast.walk(node))
    checked = any(isinstance(one, ast.Attribute) and one.attr in _CHECKS for one in inside) or any(
        isinstance(one, ast.Constant) and one.value == ".." for one in inside
    )
    fixed = {
        target.id
        for one in inside
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant) and str(one.value.value).startswith("/")
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    for one in inside:
        if isinstance(one, ast.Call) and one.args:
            name = _named(one.func)
            if name in ("eval", "exec", "builtins.eval", "builtins.exec") and _uses(one.args[0], given):
                yield _doing("skill-evaluates-input", one)
            elif name == "os.path.join" and not checked and _beneath(one, fixed) and _uses(one.args[-1], given):
                yield _doing("skill-reads-any-path", one)


def _uses(node: ast.expr, names: set[str]) -> bool:
    return any(isinstance(one, ast.Name) and one.id in names for one in ast.walk(node))


def _beneath(node: ast.Call, fixed: set[str]) -> bool:
    first = node.args[0]
    return (isinstance(first, ast.Constant) and str(first.value).startswith("/")) or (
        isinstance(first, ast.Name) and first.id in fixed
    )
