"""Names of callables by what they do, as `pycode` writes names. Facts of the libraries' own references."""

from __future__ import annotations

import ast
import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bartizan.scan.pycode.module import Call

__all__ = [
    "CODE", "COMMANDS", "FETCHED", "MAKES_CODE", "SAVES", "SHELLS", "command_text",
    "is_command", "is_sender", "short",
]  # fmt: skip

MAKES_CODE = frozenset({"types.FunctionType", "types.CodeType", "types.LambdaType"})
"""Makes functions of code objects."""

CODE = frozenset({
    "builtins.exec", "builtins.eval", "builtins.compile", "builtins.execfile", "code.InteractiveInterpreter().runcode",
})  # fmt: skip
"""Runs Python that it is given."""

COMMANDS = frozenset({
    "os.system", "os.popen", "os.popen2", "os.popen3", "os.startfile", "os.posix_spawn", "os.posix_spawnp", "pty.spawn",
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen",
    "subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell",
    "asyncio.create_subprocess_exec", "ctypes.CDLL().system", "pexpect.spawn", "pexpect.run", "invoke.run",
    "builtins.get_ipython().system", "get_ipython().system", "commands.getoutput", "_posixsubprocess.fork_exec",
    *(f"os.{name}" for name in ("execl", "execle", "execlp", "execv", "execve", "execvp", "execvpe")),
    *(f"os.{name}" for name in ("spawnl", "spawnle", "spawnlp", "spawnv", "spawnve", "spawnvp", "spawnvpe")),
})  # fmt: skip
"""Starts programs."""

SHELLS = frozenset({
    "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell",
    "commands.getoutput", "builtins.get_ipython().system", "get_ipython().system",
})  # fmt: skip
"""Hands its argument to a shell whatever else is said."""

_NETWORK = re.compile(
    r"(?:requests|httpx|niquests|curl_cffi\.requests)(?:\.(?:Session|session|Client|AsyncClient|api)(?:\(\))?)?"
    r"\.(?:get|post|put|patch|request|stream|delete|head)\Z"
    r"|urllib\.request\.(?:urlopen|Request|urlretrieve|build_opener\(\)\.open)\Z|urllib\.(?:urlopen|urlretrieve)\Z"
    r"|aiohttp\.ClientSession\(\)\.(?:get|post|put|patch|request)\Z|http\.client\.HTTPS?Connection\(\)\.(?:request|send)\Z"
    r"|socket\.(?:socket|create_connection)\(\)\.(?:send|sendall|sendto)\Z|urllib3\.(?:PoolManager\(\)\.)?request\Z"
    r"|smtplib\.SMTP(?:_SSL)?\(\)\.(?:sendmail|send_message)\Z|ftplib\.FTP(?:_TLS)?\(\)\.stor\w+\Z"
    r"|websockets?\.\w+\(\)\.send\Z|socket\.(?:gethostbyname|getaddrinfo)\Z|dns\.resolver\.\w+\Z|telegram\.Bot\(\)\.send\w+\Z"
    r"|xmlrpc\.client\.ServerProxy\(\)\.\w+\Z|paramiko\.SFTPClient\S*\.put\Z|wget\.download\Z|pycurl\.Curl\(\)\.setopt\Z"
)
"""Talks to other machines."""

FETCHED = re.compile(
    r"(?:(?:requests|httpx|niquests)(?:\.(?:Session|session|Client|AsyncClient|api)(?:\(\))?)?\.(?:get|post|request|stream)"
    r"|urllib\.request\.(?:urlopen|build_opener\(\)\.open)|urllib\.urlopen|aiohttp\.ClientSession\(\)\.(?:get|post|request)"
    r"|http\.client\.HTTPS?Connection\(\)\.getresponse|urllib3\.(?:PoolManager\(\)\.)?request"
    r"|socket\.(?:socket|create_connection)\(\)\.(?:recv|recvfrom|makefile)|websockets?\.\w+\(\)\.recv)\Z"
)
"""Gives what another machine says."""

SAVES = frozenset({"urllib.request.urlretrieve", "urllib.urlretrieve", "wget.download"})
"""Saves what it fetches in the file of its second argument."""

_BARE_WORD = re.compile(r"[^\s;|&<>()'\"$`]+\Z")


def is_command(names: tuple[str, ...]) -> bool:
    """Tell whether any of the names starts programs."""
    return bool(COMMANDS.intersection(names))


def command_text(call: Call) -> str:
    """Return the command line that a call starts, as far as it is known: unknown parts are `?`."""
    node = call.argument(0, "args") or call.argument(0, "cmd")
    if node is None:
        return ""
    for value in call.module.values_of(node, call.scope)[:1]:
        if isinstance(value, (ast.List, ast.Tuple)):
            words = [call.module.known_text(one, call.scope) for one in value.elts]
            return " ".join(word if _BARE_WORD.match(word) else shlex.quote(word) for word in words)
    if len(call.node.args) > 1 and any(name.startswith(("os.exec", "os.spawn")) for name in call.names):
        return " ".join(call.module.known_text(one, call.scope) for one in call.node.args)
    return call.module.known_text(node, call.scope)


def is_sender(names: tuple[str, ...]) -> bool:
    """Tell whether any of the names talks to other machines."""
    return any(_NETWORK.match(name) for name in names)


def short(names: tuple[str, ...]) -> str:
    """Return a name to show."""
    return names[0].removeprefix("builtins.") if names else "a call"
