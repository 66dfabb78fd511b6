"""Harm by construction: hidden code that is run, downloads that are run, shells for others, secrets that leave."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from bartizan.scan.pycode.checks.fetched import check_fetched
from bartizan.scan.pycode.checks.origins import code_flow, secret_flow
from bartizan.scan.pycode.checks.told import Told
from bartizan.scan.pycode.checks.words import (
    CODE,
    COMMANDS,
    MAKES_CODE,
    command_text,
    is_command,
    is_sender,
    short,
)
from bartizan.scan.pycode.constants import UNKNOWN
from bartizan.scan.pycode.flow import Flow
from bartizan.scan.pycode.module import Call, Module
from bartizan.scan.texts.commands import Does, deeds
from bartizan.scan.texts.shell import interprets

__all__ = ["check_harm", "inner_code"]

_OF_COMMANDS = {
    Does.RUN_DOWNLOAD: "code-downloads-and-runs", Does.RUN_DECODED: "code-hidden-execution",
    Does.REVERSE_SHELL: "code-opens-shell", Does.SEND_SECRET: "code-sends-secrets",
}  # fmt: skip
_RUNS_CODE = CODE - {"builtins.compile"}
_IDENTIFIES = frozenset({"headers", "auth", "cookies", "cert", "proxies", "timeout", "verify"})
"""What tells a service who asks; keys belong there."""
_UNPICKLES = frozenset({"pickle.loads", "dill.loads", "cloudpickle.loads"})
_FROM_BASE = re.compile(r"__bases?__|__mro__|id='object'")
_GADGET = re.compile(r"[\"'](?:Popen|catch_warnings|_wrap_close|BuiltinImporter|_ModuleLock)[\"']|__globals__")


def check_harm(module: Module, told: Told) -> None:
    """Report harm in a file."""
    flow, secrets = code_flow(module), secret_flow(module)
    for call in module.calls():
        if _RUNS_CODE.intersection(call.names):
            _code(call, flow, told)
        if is_command(call.names):
            _command(call, flow, told)
        if is_sender(call.names):
            _sent(call, secrets, told)
        _objects(call, flow, told)
        _put_together(call, told)
    _connected_shell(module, told)
    check_fetched(module, flow, told)


def _objects(call: Call, flow: Flow, told: Told) -> None:
    """Report functions made of hidden code, and look into pickles that stand in the code."""
    if MAKES_CODE.intersection(call.names) and any("decoded" in flow.of(one, call.scope) for one in call.node.args[:1]):
        told.hit("code-hidden-execution", f"`{short(call.names)}` of code that is decoded", call.node)
    if _UNPICKLES.intersection(call.names):
        data = call.value(0, "data")
        if isinstance(data, bytes) and len(data) > 4:
            told.examine(data, call.node)


def _code(call: Call, flow: Flow, told: Told) -> None:
    """Report code that is run and was hidden or fetched."""
    node = call.argument(0, "source")
    if node is None:
        return
    labels = flow.of(node, call.scope)
    if "network" in labels:
        told.hit("code-downloads-and-runs", f"`{short(call.names)}` of what another machine says", call.node)
    elif "decoded" in labels:
        told.hit("code-hidden-execution", f"`{short(call.names)}` of text that is decoded", call.node)
    elif not isinstance(node, ast.Constant) and _rewritten(node):
        text = call.module.fold(node, call.scope)
        if isinstance(text, (str, bytes)) and len(text) > 3:
            told.hit("code-hidden-execution", f"`{short(call.names)}` of text that is put together", call.node)


def _rewritten(node: ast.expr) -> bool:
    """Tell text made letter by letter, or backwards."""
    for part in ast.walk(node):
        if isinstance(part, ast.Slice) and part.step is not None:
            return True
        if isinstance(part, ast.Name) and part.id in ("chr", "ord"):
            return True
    return False


def inner_code(call: Call) -> str:
    """Return the code that a call runs, where it is known."""
    if not CODE.intersection(call.names):
        return ""
    node = call.argument(0, "source")
    if isinstance(node, ast.Call):
        compiled = call.module.call_of(node)
        if compiled is not None and "builtins.compile" in compiled.names:
            return ""  # found at that call
    text = call.value(0, "source")
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return text if isinstance(text, str) and len(text) > 8 else ""


def _command(call: Call, flow: Flow, told: Told) -> None:
    """Report commands that download and run, hide what they run, open a shell or send secrets."""
    text = command_text(call)
    for deed in deeds(text) if len(text) > 5 else ():
        rule = _OF_COMMANDS.get(deed.does)
        if rule is not None:
            told.hit(rule, f"`{short(call.names)}`: {deed.text}", call.node)
        elif deed.does is Does.DESTROY:
            told.hit("command-destroys", f"`{short(call.names)}`: {deed.text}", call.node)
    labels = frozenset[str]()
    for node in call.node.args[:1]:
        for part in _decisive(node, call):
            labels |= flow.of(part, call.scope)
    if "network" in labels:
        told.hit("code-downloads-and-runs", f"`{short(call.names)}` of what another machine says", call.node)
    elif "decoded" in labels and _literal(call):
        told.hit("code-hidden-execution", f"`{short(call.names)}` of text that is decoded", call.node)


def _decisive(node: ast.expr, call: Call) -> Iterator[ast.expr]:
    """Yield what decides on what is run: a text without words of this file's; of a list the program, or its script."""
    for value in call.module.values_of(node, call.scope):
        if isinstance(value, (ast.List, ast.Tuple)) and value.elts:
            yield value.elts[0]
            if interprets(call.module.known_text(value.elts[0], call.scope)):
                yield from value.elts[2:3]
        elif not any(letter.isalpha() for letter in call.module.known_text(value, call.scope)) or _literal(call):
            yield value
    if isinstance(node, ast.Name) and not call.module.values_of(node, call.scope):
        yield node


def _literal(call: Call) -> bool:
    """Tell a command that stands in the file, encoded."""
    value = call.value(0, "args")
    return value is not UNKNOWN and value is not None


def _sent(call: Call, flow: Flow, told: Told) -> None:
    """Report secrets among what is sent."""
    labels: set[str] = set()
    sent = [*call.node.args, *(word.value for word in call.node.keywords if word.arg not in _IDENTIFIES)]
    for node in sent:
        labels |= flow.of(node, call.scope)
    if "credentials" in labels:
        told.hit("code-sends-secrets", f"`{short(call.names)}` of a file of credentials", call.node)
    elif "environment" in labels:
        told.hit("code-sends-secrets", f"`{short(call.names)}` of the variables of the environment", call.node)


_HIDEABLE = CODE | COMMANDS | {"marshal.loads", "pickle.loads", "socket.socket"}
_MODULES = frozenset({"os", "subprocess", "builtins", "socket", "pty", "ctypes", "marshal"})


def _put_together(call: Call, told: Told) -> None:
    """Report names of what runs code that are put together, where writing them out would do the same."""
    if {"builtins.__import__", "importlib.import_module"}.intersection(call.names):
        node, wanted = call.argument(0, "name"), _MODULES
        text = call.value(0, "name")
        found = text if isinstance(text, str) and text in wanted else ""
    elif "builtins.getattr" in call.names and len(call.node.args) > 1:
        node = call.node.args[1]
        found = next((name for name in call.module.names(call.node, call.scope) if name in _HIDEABLE), "")
    elif isinstance(call.node.func, ast.Subscript) and _HIDEABLE.intersection(call.names):
        tables = call.module.names(call.node.func.value, call.scope)
        if any(name == "builtins" or name.endswith(("__dict__", "globals()", "locals()")) for name in tables):
            told.hit("code-hidden-execution", f"`{short(call.names)}` is taken from a table of names", call.node)
        return
    elif isinstance(call.node.func, ast.Attribute) and call.node.func.attr == "__subclasses__":
        if _FROM_BASE.search(ast.dump(call.node.func.value)) and _GADGET.search(call.module.text):
            told.hit("code-hidden-execution", "a class that runs things is searched among all classes", call.node)
        return
    else:
        return
    if found and node is not None and _disguised(node, call):
        told.hit("code-hidden-execution", f"the name `{found.removeprefix('builtins.')}` is put together", call.node)


def _disguised(node: ast.expr, call: Call) -> bool:
    """Tell a text that is put together from constants with effort."""
    if isinstance(node, ast.Name):
        return False
    pieces = [part for part in ast.walk(node) if isinstance(part, ast.Constant)]
    return not isinstance(node, ast.Constant) and len(pieces) > 0 and call.module.fold(node, call.scope) is not UNKNOWN


def _connected_shell(module: Module, told: Told) -> None:
    """Report a connection whose ends become those of a shell."""
    connects = any(
        name.endswith((".connect", ".create_connection")) and name.startswith("socket.")
        for call in module.calls()
        for name in call.names
    )
    if not connects:
        return
    shells = [call for call in module.calls() if is_command(call.names)]
    for call in module.calls():
        ends = "os.dup2" in call.names and "fileno" in ast.dump(call.node) and _standard(call)
        piped = call in shells and any(
            isinstance(word.value, (ast.Name, ast.Call)) and word.arg in ("stdin", "stdout")
            and any("socket" in name for name in module.names(word.value, call.scope))
            for word in call.node.keywords
        )  # fmt: skip
        if (ends and shells) or piped:
            told.hit("code-opens-shell", "a connection becomes input and output of a program", call.node)
            return


def _standard(call: Call) -> bool:
    """Tell `os.dup2` onto input, output or errors: by number, or by the variable of a loop or lambda."""
    node = call.argument(1, "fd2")
    if not isinstance(node, ast.Name):
        return call.value(1, "fd2") in (0, 1, 2)
    if isinstance(call.scope.node, ast.Lambda):
        return True
    for value in call.module.values_of(node, call.scope):
        known = call.module.fold(value.value if isinstance(value, ast.Starred) else value, call.scope)
        if all(one in (0, 1, 2) for one in (known if isinstance(known, (list, tuple)) else [known])):
            return True
    return False
