"""Functions that are pickled by value: what the names and constants of their code show. The code is not decompiled."""

from __future__ import annotations

import ast

from bartizan.scan.pickles.values import Box, Call, Value, strings

__all__ = ["harm_in_code", "only_returns"]

_ALONE = frozenset({
    "exec", "__import__", "execfile", "fork_exec", "posix_spawn", "create_subprocess_shell", "create_subprocess_exec",
})  # fmt: skip
_ACTS = {
    "os": frozenset({
        "system", "popen", "execv", "execve", "execl", "execlp", "execvp", "execvpe", "spawnl", "spawnlp", "spawnv",
        "spawnvp", "startfile", "fork", "forkpty", "dup2",
    }),
    "subprocess": frozenset({
        "Popen", "run", "call", "check_call", "check_output", "getoutput", "getstatusoutput",
    }),
    "commands": frozenset({"getoutput", "getstatusoutput"}),
    "pty": frozenset({"spawn", "fork"}),
    "socket": frozenset({"create_connection", "connect", "connect_ex", "sendto"}),
    "shutil": frozenset({"rmtree"}),
    "ctypes": frozenset({"CDLL", "WinDLL", "windll", "cdll", "string_at", "memmove"}),
    "urllib": frozenset({"urlopen", "urlretrieve"}),
    "http": frozenset({"HTTPConnection", "HTTPSConnection"}),
    "ftplib": frozenset({"FTP", "FTP_TLS"}),
    "smtplib": frozenset({"SMTP", "SMTP_SSL"}),
    "paramiko": frozenset({"SSHClient", "connect"}),
    "marshal": frozenset({"loads"}),
}  # fmt: skip
"""By module, what of it executes, connects or deletes: other modules have innocent things of the same names."""
_MODULES = {"posix": "os", "nt": "os", "_socket": "socket"}
_LOADS = frozenset({91, 92, 101, 116})
"""The opcodes that load a global name: LOAD_GLOBAL in Python 3.13, 3.14 and before; LOAD_NAME."""


def harm_in_code(call: Call) -> str:
    """Return what among the names in a function's code executes, connects or deletes, or nothing."""
    names = {part for text in strings(call) if len(text) < 200 for part in text.split(".")}
    alone = sorted(names & _ALONE)
    if alone or ("eval" in names and "eval" in _globals(call.args)):
        return f"`{alone[0] if alone else 'eval'}` in its code"
    for name in sorted(names):
        acts = names & _ACTS.get(_MODULES.get(name, name), frozenset())
        if "platform" in names:
            acts -= {"system"}  # which asks for the name of the operating system
        if acts:
            return f"`{name}` and `{min(acts)}` in its code"
    return ""


def _globals(args: Value) -> set[str]:
    """Return the names that bytecode in the arguments of a code object loads as globals: `eval` is a method too."""
    found: set[str] = set()
    items = args.items if isinstance(args, Box) and args.whole else []
    for at, code in enumerate(items):
        if isinstance(code, bytes) and len(code) > 3:
            tables = [item.items for item in items[at + 1 :] if isinstance(item, Box) and item.kind == "tuple"]
            for names in tables[1:2]:
                for opcode, number in zip(code[::2], code[1::2], strict=False):
                    if opcode in _LOADS:
                        found |= {str(names[one]) for one in {number, number >> 1} if one < len(names)}
            break
    return found


def only_returns(text: str) -> bool:
    """Tell whether Python source defines functions that return what they are given, and does nothing else."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(isinstance(one, ast.FunctionDef) and _returns(one) for one in tree.body)


def _returns(function: ast.FunctionDef) -> bool:
    given = function.args
    defaults = [*given.defaults, *(one for one in given.kw_defaults if one is not None)]
    notes = [one.annotation for one in [*given.posonlyargs, *given.args, *given.kwonlyargs] if one.annotation]
    if function.decorator_list or function.returns or notes or given.vararg or given.kwarg or len(function.body) != 1:
        return False
    (step,) = function.body
    inner = (ast.Return, ast.Tuple, ast.Name, ast.Constant, ast.Load, ast.Call, ast.Attribute, ast.keyword)
    return (
        all(isinstance(one, ast.Constant) for one in defaults)
        and isinstance(step, ast.Return)
        and all(isinstance(one, inner) for one in ast.walk(step))
        and all(_asks_itself(one) for one in ast.walk(step) if isinstance(one, (ast.Call, ast.Attribute)))
    )


def _asks_itself(one: ast.expr) -> bool:
    """Tell of `self._argcheck_rvs(...)`, which SciPy writes there, and of the attribute in it."""
    func = one.func if isinstance(one, ast.Call) else one
    return (
        isinstance(func, ast.Attribute)
        and isinstance(func.value, ast.Name)
        and func.value.id == "self"
        and func.attr == "_argcheck_rvs"
    )
