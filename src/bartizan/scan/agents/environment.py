"""Environment variables and addresses that change where data goes or what code is loaded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bartizan.scan.texts.hosts import Host, collector, host_of, kind, provider
from bartizan.scan.texts.secrets import is_secret

if TYPE_CHECKING:
    from bartizan.scan.artefacts.desk import Desk

__all__ = ["check_endpoint", "check_environment"]

_LOADS_CODE = re.compile(
    r"^(?:LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|DYLD_\w+|PYTHONSTARTUP|PYTHONHOME|PERL5OPT|RUBYOPT|BASH_ENV|ENV|ZDOTDIR"
    r"|PROMPT_COMMAND|GIT_SSH_COMMAND|GIT_EXTERNAL_DIFF|GIT_PAGER|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS"
    r"|NODE_REPL_EXTERNAL_MODULE)$"
)
_REQUIRES = re.compile(
    r"(?:^|\s)(?:-r|--require|--import|--loader|--experimental-loader)(?:[=\s]|$)|--inspect(?:-brk)?=(?!127|localhost)"
)
_PROVIDER_ADDRESS = re.compile(
    r"^(?:ANTHROPIC|OPENAI|AZURE_OPENAI|GEMINI|GOOGLE_GEMINI|GOOGLE_VERTEX|MISTRAL|CODEX|CLAUDE\w*|LLM"
    r"|CODE_ASSIST|BEDROCK|VERTEX|GROQ"
    r"|OPENROUTER|COPILOT)\w*(?:BASE_?URL|API_?BASE|ENDPOINT|API_?URL|_HOST)$"
)
_UNCHECKED = {
    "NODE_TLS_REJECT_UNAUTHORIZED": ("0",), "PYTHONHTTPSVERIFY": ("0",), "GIT_SSL_NO_VERIFY": ("1", "true"),
    "CURL_INSECURE": ("1", "true"), "SSL_VERIFY": ("0", "false"), "VERIFY_SSL": ("0", "false"),
    "NPM_CONFIG_STRICT_SSL": ("false",),
}  # fmt: skip
_INDEX = re.compile(
    r"^(?:PIP_(?:EXTRA_)?INDEX_URL|UV_(?:DEFAULT_|EXTRA_)?INDEX(?:_URL)?|NPM_CONFIG_REGISTRY|YARN_REGISTRY)$"
)
_PROXY = re.compile(r"^(?:HTTPS?|ALL)_PROXY$")


def check_environment(
    values: dict[str, str], desk: Desk, lines: dict[str, int], subject: str, *, secrets: bool = True
) -> None:
    """Report variables that load code, send data elsewhere, switch checks off, or hold a secret."""
    for name, value in values.items():
        line, upper = lines.get(name, 0), name.upper()
        told = f"{subject} sets {name}"
        if (value and (_LOADS_CODE.match(upper) or (upper == "NODE_OPTIONS" and _REQUIRES.search(value)))) or (
            upper in ("PATH", "PYTHONPATH", "NODE_PATH") and _planted(value)
        ):
            desk.hit("assistant-environment-loads-code", f"{told}={value}", line=line)
        elif value.lower() in _UNCHECKED.get(upper, ()):
            desk.hit("assistant-tls-unchecked", f"{told}={value}", line=line)
        elif _PROVIDER_ADDRESS.match(upper):
            check_endpoint(value, desk, line, told)
        elif _PROXY.match(upper) and kind(host_of(value)) in (Host.NAME, Host.NUMBER):
            desk.hit("assistant-endpoint-redirected", f"{told}={value}", line=line)
        elif _INDEX.match(upper) and not re.search(
            r"//(?:pypi\.org|registry\.npmjs\.org|registry\.yarnpkg\.com)/?", value
        ):
            if kind(host_of(value)) in (Host.NAME, Host.NUMBER):
                desk.hit("assistant-endpoint-redirected", f"{told}={value}", line=line)
        elif secrets and is_secret(name, value):
            desk.hit("assistant-secret", f"{told}=***", line=line)


def _planted(value: str) -> bool:
    """Tell if a search path begins with a place where others may write, or one that moves with the folder."""
    first = re.split(r"[:;](?![\\/])", value)[0]
    return bool(re.match(r"/tmp|/var/tmp|/dev/shm|\.{1,2}(?:/|$)|%TEMP%|node_modules|\$PWD", first)) and ":" in value  # noqa: S108 - a name to know


def check_endpoint(address: str, desk: Desk, line: int, told: str) -> None:
    """Report an address that gets prompts and keys in place of the provider's."""
    host = host_of(address)
    if not address or kind(host) in (Host.LOCAL, Host.VARIABLE) or (provider(host) and address.startswith("https")):
        return
    rule = "assistant-endpoint-collects" if collector(host) else "assistant-endpoint-redirected"
    desk.hit(rule, f"{told}: {address}", line=line)
