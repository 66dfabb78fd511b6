"""Functions that are pickled by value: what the names and constants of their code show. The code is not decompiled."""

from __future__ import annotations

from bartizan.scan.pickles.values import Call, strings

__all__ = ["harm_in_code"]

_ALONE = frozenset({"exec", "eval", "__import__", "execfile", "fork_exec", "posix_spawn", "create_subprocess_shell"})
_MODULES = frozenset({
    "os", "posix", "nt", "subprocess", "pty", "socket", "shutil", "ctypes", "urllib", "requests", "http",
    "ftplib", "smtplib", "asyncio", "commands", "multiprocessing", "paramiko", "builtins", "importlib",
})  # fmt: skip
_ACTS = frozenset({
    "system", "popen", "Popen", "run", "call", "check_call", "check_output", "getoutput", "getstatusoutput",
    "execv", "execve", "execl", "execvp", "spawnl", "spawnv", "spawn", "startfile", "urlopen", "urlretrieve",
    "create_connection", "connect", "rmtree", "CDLL", "FTP", "SMTP", "HTTPConnection", "HTTPSConnection",
    "import_module", "fork", "dup2",
})  # fmt: skip


def harm_in_code(call: Call) -> str:
    """Return what among the names in a function's code executes or connects, or nothing."""
    names = {part for text in strings(call) if len(text) < 200 for part in text.split(".")}
    alone = sorted(names & _ALONE)
    if alone:
        return f"`{alone[0]}` in its code"
    modules, acts = sorted(names & _MODULES), sorted(names & _ACTS)
    return f"`{modules[0]}` and `{acts[0]}` in its code" if modules and acts else ""
