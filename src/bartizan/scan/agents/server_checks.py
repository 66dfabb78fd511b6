"""What is wrong with one MCP server of a list."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from bartizan.catalog.assistants import Flaw, McpPackage, load_mcp_packages
from bartizan.catalog.places import cache_folder
from bartizan.scan.agents.environment import check_environment
from bartizan.scan.agents.mcp_servers import Package, Server, package
from bartizan.scan.agents.report import report_command
from bartizan.scan.texts.hosts import Host, collector, host_of, kind
from bartizan.scan.texts.secrets import is_secret
from bartizan.scan.texts.shell import SHELLS, pipelines, program

if TYPE_CHECKING:
    from bartizan.scan.artefacts.desk import Desk

__all__ = ["check_server"]


def check_server(server: Server, desk: Desk) -> None:
    """Report what is wrong with a server entry."""
    told = f"server `{server.name}`"
    if server.url:
        _remote(server, desk, told)
    if server.words:
        _started(server, desk, told)
    check_environment(server.env, desk, server.env_lines, told)
    for name, value in server.headers.items():
        if is_secret(name, value):
            desk.hit("assistant-secret", f"{told} sends header {name}: ***", line=server.line)
    if "*" in server.approved:
        desk.hit("assistant-acts-unasked", f"{told}: every tool runs without asking", line=server.line)
    elif server.approved:
        desk.hit("mcp-config-tools-approved", f"{told}: {', '.join(server.approved[:8])}", line=server.line)


def _remote(server: Server, desk: Desk, told: str) -> None:
    host = host_of(server.url)
    where = kind(host)
    if collector(host) or where == Host.NUMBER:
        desk.hit("mcp-config-odd-host", f"{told}: {server.url}", line=server.line)
    if server.url.lower().startswith(("http://", "ws://")) and where not in (Host.LOCAL, Host.VARIABLE):
        desk.hit("mcp-config-plain-http", f"{told}: {server.url}", line=server.line)
    query = re.findall(r"[?&]([\w.-]+)=([^&#]+)", server.url)
    if any(is_secret(name, value) for name, value in query):
        desk.hit("assistant-secret", f"{told} has a key in its address", line=server.line)


def _started(server: Server, desk: Desk, told: str) -> None:
    words, line = _unwrapped(server.words), server.line
    text = " ".join(_quoted(word) for word in words)
    done = report_command(text, desk, line, told)
    if program(words[:1]) in SHELLS and not done and _composed(words):
        desk.hit("mcp-config-shell", f"{told}: {text}", line=line)
    if any("://" in word and collector(host_of(word)) for word in words):
        desk.hit("mcp-config-odd-host", f"{told}: {text}", line=line)
    for word in words[1:]:
        if (
            re.match(r"http://", word)
            and kind(host_of(word)) not in (Host.LOCAL, Host.VARIABLE)
            and "proxy" not in word
        ):
            desk.hit("mcp-config-plain-http", f"{told}: {word}", line=line)
    found = package(words)
    if found:
        _package(found, desk, line, told)
    _reach(words, desk, line, told)
    _arguments(words, desk, line, told)


def _quoted(word: str) -> str:
    return word if re.fullmatch(r"[\w@%+=:,./~$\\{}-]+", word) else "'" + word.replace("'", "'\\''") + "'"


def _unwrapped(words: list[str]) -> list[str]:
    """Take a plain command out of the shell around it: `cmd /c npx x`, which Windows needs, or `sh -c 'npx x'`."""
    name = program(words[:1])
    if name in SHELLS and len(words) > 2 and re.fullmatch(r"/c|-l?c|-Command", words[1], re.IGNORECASE):
        inner = pipelines(" ".join(words[2:]))
        if len(inner) == 1 and len(inner[0]) == 1 and not re.search(r"[$`<>]\(|[`<>]", inner[0][0].text):
            return list(inner[0][0].words)
    return words


_PLAIN = re.compile(
    r"(?:cd|source|\.|export|set|nvm|exec|npx|uvx|uv|node|python3?|docker|npm|pnpm|bun|deno|go|cargo|java|dotnet|true)$"
)


def _composed(words: list[str]) -> bool:
    """Tell if a shell gets more than a change of folder and a start."""
    lines = pipelines(" ".join(words[2:]))
    plain = all(len(line) == 1 and _PLAIN.match(program(line[0].words)) for line in lines)
    return bool(lines) and not (plain and not re.search(r"\$\(|`", " ".join(words)))


def _package(found: Package, desk: Desk, line: int, told: str) -> None:
    if found.registry == "git":
        if not found.pinned:
            desk.hit("mcp-config-source-package", f"{told}: {found.written}", line=line)
        return
    if not found.pinned:
        desk.hit("mcp-config-unpinned", f"{told}: {found.written}", line=line)
    known = _known().get(found.name.lower())
    if known is None:
        original = _lookalike(found.name.lower(), found.registry)
        if original:
            desk.hit("mcp-config-lookalike", f"{told}: `{found.name}` looks like `{original}`", line=line)
        return
    version = re.search(r"(?:@|==|:)v?(\d+(?:\.\d+)*)", found.written.removeprefix("@"))
    for flaw in known.flaws:
        if version and _concerns(flaw, _number(version[1])):
            desk.hit("mcp-config-known-flaw", f"{told}: {found.written}, {flaw.says}", line=line, cve=flaw.cve)


def _concerns(flaw: Flaw, version: tuple[int, ...]) -> bool:
    return version >= _number(flaw.since) and not (flaw.fixed and version >= _number(flaw.fixed))


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


@cache
def _known() -> dict[str, McpPackage]:
    return {entry.package: entry for entry in load_mcp_packages(cache_folder()).values()}


@cache
def _lookalike(name: str, registry: str) -> str:
    """Return the well-known package that a name imitates, or nothing."""
    plain = re.sub(r"[^a-z0-9]", "", name)
    for known, entry in _known().items():
        if entry.registry != registry or len(known) < 8 or name.startswith(known + "-"):
            continue
        same = re.sub(r"[^a-z0-9]", "", known)
        if name != known and (plain == same or (abs(len(known) - len(name)) <= 1 and _one_apart(name, known))):
            return known
    return ""


def _one_apart(one: str, other: str) -> bool:
    """Tell if one letter was added, left out, changed, or two neighbours swapped."""
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


_FILES = re.compile(
    r"filesystem|file-?system|desktop-commander|\bfs-mcp|files?-mcp|mcp-files?|obsidian|directory", re.IGNORECASE
)
_ALL = re.compile(
    r"^(?:/|~/?|\$\{?HOME\}?/?|\$\{env:HOME\}/?|\$\{userHome\}/?|%USERPROFILE%\\?|[A-Za-z]:[\\/]{0,2}|/(?:home"
    r"|Users|etc|root|var|usr|mnt|Volumes)/?"
    r"|(?:~|\$\{?HOME\}?|/home/[\w.-]+|/Users/[\w.-]+)/\.(?:ssh|aws|gnupg|config|kube|docker)/?)$"
)


def _reach(words: list[str], desk: Desk, line: int, told: str) -> None:
    """Report roots that are too wide, and containers that reach into their host."""
    text = " ".join(words)
    if _FILES.search(text):
        wide = [word for word in words[1:] if _ALL.match(word.split("=", 1)[-1])]
        if wide:
            desk.hit("mcp-config-wide-root", f"{told}: {' '.join(wide)}", line=line)
    if program(words[:1]) in ("docker", "podman", "nerdctl"):
        reach = re.findall(
            r"--privileged\b|docker\.sock|--(?:network|net|pid|ipc|uts|userns)[= ]host\b|--cap-add[= ](?:ALL"
            r"|SYS_ADMIN|SYS_PTRACE|NET_ADMIN)"
            r"|--security-opt[= ]\S*(?:unconfined|disable)|(?:-v|--volume)[= ](?:/|~|\$HOME|\$\{HOME\}|/etc"
            r"|/root|/home):\S*"
            r"|--mount[= ]\S*(?:source|src)=(?:/|~|\$HOME|/etc|/root)(?:,\S*|$)|(?:-v"
            r"|--volume)[= ]\S*/\.(?:ssh|aws|kube)\b\S*",
            text,
        )
        if reach:
            desk.hit("mcp-config-container-reaches-host", f"{told}: {', '.join(reach)}", line=line)


_NAMED = re.compile(r"^--?([\w-]+)[= ](.+)$")


def _arguments(words: list[str], desk: Desk, line: int, told: str) -> None:
    """Report secrets in arguments, and servers that listen on every network."""
    for number, word in enumerate(words[1:], 1):
        named = _NAMED.match(word)
        before = words[number - 1].lstrip("-") if words[number - 1].startswith("-") else ""
        pair = re.match(r"([A-Za-z_][\w-]*)[:=]\s*(.+)$", word)
        name, value = (named[1], named[2]) if named else (pair[1], pair[2]) if pair else (before, word)
        if is_secret(name, value):
            desk.hit("assistant-secret", f"{told}: argument {name} holds a secret", line=line)
    if re.search(r"(?:^|[\s=])(?:0\.0\.0\.0|\[::\]|\*)(?::\d+)?(?:\s|$)", " ".join(words)) and re.search(
        r"--?(?:host|bind|address|listen|addr|h)\b", " ".join(words)
    ):
        desk.hit("mcp-config-listens-everywhere", f"{told}: {' '.join(words)}", line=line)
