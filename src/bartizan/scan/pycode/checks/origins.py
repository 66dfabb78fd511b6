"""Where values come from: text that was decoded or fetched, files of credentials, all variables of the environment.

Values pass through what leaves them what they are, texts that are joined, cut or encoded, and lose their origin in what
makes something else of them: other functions, and for secrets the choice of one element. A command that is listed word
by word is no text that was fetched.
"""

from __future__ import annotations

import ast

from bartizan.scan.pycode.checks.words import FETCHED, is_command
from bartizan.scan.pycode.flow import Flow, Labels
from bartizan.scan.pycode.module import Call, Module
from bartizan.scan.pycode.pure import DECODERS
from bartizan.scan.pycode.scopes import Scope
from bartizan.scan.texts.command_words import SECRET_FILE
from bartizan.scan.texts.commands import Does, deeds
from bartizan.scan.texts.secrets import SECRET_KEY

__all__ = ["code_flow", "secret_flow"]

_OPENS = frozenset({
    "builtins.open", "io.open", "codecs.open", "aiofiles.open", "pathlib.Path", "glob.glob", "os.walk", "os.listdir",
    "shutil.make_archive", "dotenv.dotenv_values",
})  # fmt: skip
_PATH_READS = frozenset({"read_text", "read_bytes", "open", "glob", "rglob", "iterdir"})
_DECODING = frozenset(DECODERS) | {"marshal.loads"}
_ONE_VARIABLE = frozenset({"os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault"})
_KEEPING = frozenset({
    "builtins.str", "builtins.bytes", "builtins.bytearray", "builtins.repr", "builtins.list", "builtins.tuple",
    "builtins.dict", "builtins.sorted", "builtins.reversed", "builtins.format", "builtins.compile", "builtins.ascii",
    "builtins.zip", "builtins.enumerate", "builtins.map", "builtins.filter", "builtins.next", "builtins.iter",
    "builtins.getattr", "builtins.set", "builtins.print", "io.StringIO", "io.BytesIO", "textwrap.dedent", "ast.parse",
    "json.dumps", "json.dump", "pickle.dumps", "base64.b64encode", "base64.urlsafe_b64encode", "base64.encodebytes",
    "base64.b32encode", "base64.b85encode", "base64.a85encode", "binascii.hexlify", "binascii.b2a_hex", "zlib.compress",
    "gzip.compress", "bz2.compress", "lzma.compress", "urllib.parse.quote", "urllib.parse.quote_plus",
    "urllib.parse.urlencode", "urllib.request.Request", "copy.copy", "copy.deepcopy", "codecs.encode", "pprint.pformat",
    "os.path.join", "os.fsencode", "os.fsdecode", "tempfile.NamedTemporaryFile", "yaml.dump", "types.CodeType",
    "json.loads", "json.load", "shlex.split", "contextlib.closing", "asyncio.run", "asyncio.wait_for", "msgpack.packb",
    "email.mime.text.MIMEText", "urllib.parse.unquote", "inspect.cleandoc", "binascii.b2a_base64", "pathlib.Path",
})  # fmt: skip
"""Functions whose result is their arguments in another form."""
_TEXT_METHODS = frozenset({
    "decode", "encode", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "replace", "join", "format",
    "lower", "upper", "read", "readline", "readlines", "getvalue", "copy", "items", "values", "hex", "text", "json",
    "content",
    "iter_content", "iter_lines", "aread", "__str__", "expandtabs", "removeprefix", "removesuffix", "partition",
    "getbuffer", "tobytes", "translate", "extractfile", "fetchone", "fetchall", "raise_for_status", "makefile", "open",
    "read_text", "read_bytes", "__enter__", "buffer",
})  # fmt: skip
_CHOOSING = frozenset({"get", "pop", "setdefault"})
_PARSERS = frozenset({"json.loads", "json.load", "yaml.safe_load", "ast.literal_eval", "tomllib.loads"})
_NONE: Labels = frozenset()


def code_flow(module: Module) -> Flow:
    """Return the flow of what is `decoded` and what comes from the `network`."""
    return Flow(module, _Code(module).of, lambda call: not _keeps(call, _TEXT_METHODS | _CHOOSING))


def secret_flow(module: Module) -> Flow:
    """Return the flow of `credentials`, and of the `environment` as a whole."""
    return Flow(module, _Secrets(module).of, lambda call: not _keeps(call, _TEXT_METHODS))


def _keeps(call: Call, methods: frozenset[str]) -> bool:
    if _KEEPING.intersection(call.names) or any(name.startswith(".") for name in call.names):
        return True
    return isinstance(call.node.func, ast.Attribute) and call.node.func.attr in methods


class _Code:
    """Labels text that was decoded or fetched."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def of(self, node: ast.expr, scope: Scope) -> Labels | None:
        """Return the labels of a node by itself."""
        del scope
        if isinstance(node, (ast.List, ast.Tuple)) and len(node.elts) > 1:
            return _NONE
        call = self._module.call_of(node) if isinstance(node, ast.Call) else None
        if call is None:
            return None
        if _DECODING.intersection(call.names):
            return frozenset({"decoded"})
        if any(FETCHED.match(name) for name in call.names):
            return frozenset({"network"})
        if _PARSERS.intersection(call.names) and not self._fetched(call):
            return _NONE
        return None

    def _fetched(self, call: Call) -> bool:
        """Tell whether a parser's text is fetched in the same expression."""
        for node in call.arguments():
            for part in ast.walk(node):
                inner = self._module.call_of(part) if isinstance(part, ast.Call) else None
                if inner is not None and any(FETCHED.match(name) for name in inner.names):
                    return True
        return False


class _Secrets:
    """Labels files of credentials, and the environment as a whole; one variable is what programs read all the time."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def of(self, node: ast.expr, scope: Scope) -> Labels | None:
        """Return the labels of a node by itself."""
        if isinstance(node, ast.Call):
            call = self._module.call_of(node)
            return self._of_call(call) if call is not None else None
        if isinstance(node, ast.Subscript):
            return None if isinstance(node.slice, ast.Slice) else _NONE
        if isinstance(node, (ast.Attribute, ast.Name)) and "os.environ" in self._module.names(node, scope):
            return frozenset({"environment"})
        return None

    def _of_call(self, call: Call) -> Labels | None:
        names = call.names
        if names == ("os.environ.keys",) or any(FETCHED.match(name) for name in names):
            return _NONE
        if _ONE_VARIABLE.intersection(names):
            return self._several(call)
        if _OPENS.intersection(names) and SECRET_FILE.search(_first_text(call)):
            return frozenset({"credentials"})
        method = call.node.func
        if isinstance(method, ast.Attribute) and method.attr in _PATH_READS:
            path = self._module.known_text(method.value, call.scope)
            if SECRET_FILE.search(path):
                return frozenset({"credentials"})
        if is_command(names):
            text = _first_text(call)
            secret = any(deed.does is Does.READ_SECRET for deed in deeds(text)) if text else False
            return frozenset({"credentials"}) if secret else _NONE
        return None

    def _several(self, call: Call) -> Labels:
        """Tell one variable from a list of names of secrets that a loop goes through."""
        node = call.argument(0, "key")
        if not isinstance(node, ast.Name):
            return _NONE
        secret = [text for text in self._module.alternatives(node, call.scope) if SECRET_KEY.search(text)]
        return frozenset({"environment"}) if len(secret) > 2 else _NONE


def _first_text(call: Call) -> str:
    """Return what is known of a call's first argument as a text: of paths and command lines; unknown parts are `?`."""
    node = call.argument(0, "args")
    if node is None:
        node = next(iter(call.arguments()), None)
    return "" if node is None else call.module.known_text(node, call.scope)
