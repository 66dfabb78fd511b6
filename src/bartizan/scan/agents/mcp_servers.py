"""MCP servers as assistants list them: one typed entry whatever the product, and what is wrong with one.

Products differ in names only: `mcpServers`, `servers`, `mcp_servers`, `context_servers`, `mcp`, `extensions`; a
command as text or a list; `env` or `environment`; `url`, `serverUrl` or `httpUrl`. Sources: the products' own
documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from bartizan.model.yamltree import Node
from bartizan.scan.agents.tree import entries, every_mapping, get, items, text, texts

__all__ = ["Server", "servers"]

_LISTS = frozenset({
    "mcpServers", "mcp_servers", "mcp.servers", "servers", "context_servers", "mcp", "extensions", "amp.mcpServers",
    "inputServers", "mcpservers",
})  # fmt: skip
_SIGNS = ("command", "cmd", "url", "serverUrl", "httpUrl", "endpoint", "uri")


class Server(msgspec.Struct, kw_only=True):
    """One server of a list. `line` is where it stands. `approved` are tools that run without asking, `*` for all."""

    name: str
    line: int
    command: str = ""
    args: list[str] = []
    env: dict[str, str] = {}
    env_lines: dict[str, int] = {}
    url: str = ""
    headers: dict[str, str] = {}
    approved: list[str] = []
    disabled: bool = False
    node: Node

    @property
    def words(self) -> list[str]:
        """The command with its arguments."""
        return [self.command, *self.args] if self.command else self.args

    @property
    def target(self) -> str:
        """What is started or called, for comparison and for people."""
        return self.url or " ".join(self.words)


def servers(tree: Node) -> Iterator[Server]:
    """Yield every server of every list in a configuration."""
    seen: set[int] = set()
    for keys, mapping in every_mapping(tree):
        for key, value in entries(mapping).items():
            if key in _LISTS and id(value) not in seen:
                seen.add(id(value))
                yield from _listed(value)
        if keys[-1:] == ("mcp_config",) and id(mapping) not in seen:
            # The manifest of a desktop extension.
            seen.add(id(mapping))
            yield _server(text(get(tree, "name")) or "extension", mapping)


def _listed(value: Node) -> Iterator[Server]:
    for name, one in entries(value).items():
        if any(text(get(one, sign)) or items(get(one, sign)) for sign in _SIGNS):
            yield _server(name, one)
    for one in items(value):
        if any(text(get(one, sign)) for sign in _SIGNS):
            yield _server(text(get(one, "name", "id")), one)


def _server(name: str, node: Node) -> Server:
    command = texts(get(node, "command", "cmd"))
    env = get(node, "env", "environment", "envs")
    approved = [
        word
        for key in ("alwaysAllow", "autoApprove", "always_allow", "autoAllow")
        for word in _approved(get(node, key))
    ]
    if any(text(get(node, key)).lower() == "true" for key in ("trust", "trusted")) or (
        text(get(node, "default_tools_approval_mode")) == "approve"
    ):
        approved.append("*")
    return Server(
        name=name,
        line=node.place.line,
        command=command[0] if command else "",
        args=[*command[1:], *texts(get(node, "args", "arguments"))],
        env={key: text(one) for key, one in entries(env).items()},
        env_lines={key: one.place.line for key, one in entries(env).items()},
        url=text(get(node, "url", "serverUrl", "httpUrl", "endpoint", "uri")),
        headers={key: text(one) for key, one in entries(get(node, "headers", "http_headers", "requestInit")).items()},
        approved=approved,
        disabled=text(get(node, "disabled")).lower() == "true",
        node=node,
    )


def _approved(node: Node | None) -> list[str]:
    if node is None or node.value in (False, None):
        return []
    return ["*"] if node.value is True else [word for word in texts(node) if word]


_VERSION = re.compile(r"@v?\d+(?:\.\d+)*[\w.+-]*$|==\s*\d[\w.!+-]*$|@sha\d+[-:]|#[0-9a-f]{7,40}$")
_EXACT = re.compile(r"@v?\d+\.\d+\.\d+[\w.+-]*$|==\s*\d[\w.!+-]*$|@[0-9a-f]{40}$|#[0-9a-f]{40}$")
_NODE = frozenset({"npx", "bunx", "pnpx", "dlx", "pnpm", "yarn", "bun", "npm", "deno"})
_PYTHON = frozenset({"uvx", "pipx", "uv"})


class Package(msgspec.Struct, frozen=True):
    """A package that a launcher fetches when the server starts. `registry` is npm, pypi, docker, or git."""

    name: str
    written: str
    registry: str
    pinned: bool


def package(words: list[str]) -> Package | None:
    """Return the package that a command line fetches and runs, or None."""
    if not words:
        return None
    launcher = re.split(r"[/\\]", words[0])[-1].lower().removesuffix(".exe").removesuffix(".cmd")
    rest = words[1:]
    if launcher in ("docker", "podman", "nerdctl"):
        return _image(rest)
    if launcher in ("pnpm", "yarn", "bun", "npm", "uv", "pipx"):
        verbs = {"dlx", "x", "exec", "tool", "run", "--package", "tool-run"}
        if not rest or rest[0] not in verbs or (rest[0] == "run" and launcher != "pipx"):
            return None
        rest = [word for word in rest if word not in ("dlx", "x", "exec", "tool", "run")]
    elif launcher not in ("npx", "bunx", "pnpx", "uvx"):
        return None
    python = launcher in _PYTHON
    written = _first_package(rest, python=python)
    if not written or re.match(r"[./~$]|[A-Za-z]:\\", written):
        return None
    if re.match(r"git\+|https?://|git@|github:|gitlab:|[\w-]+/[\w.-]+(?:#|$)", written):
        return Package(written.partition("#")[0], written, "git", bool(re.search(r"[@#][0-9a-f]{40}$", written)))
    name = re.sub(r"(?<=.)(?:@[^@/]*|==.*|\[.*\].*)$", "", written)
    return Package(name, written, "pypi" if python else "npm", bool(_EXACT.search(written)))


def _first_package(rest: list[str], *, python: bool) -> str:
    """Return the word that names the package: after `--from` or `--package`, or the first that is no option."""
    options = {"--from", "--package", "-p", "--spec"}
    takes = {
        "--python",
        "--with",
        "--index-url",
        "--index",
        "--registry",
        "--directory",
        "--project",
        "-c",
        "--extra-index-url",
    }
    skip = False
    for number, word in enumerate(rest):
        if skip:
            skip = False
        elif word in options and number + 1 < len(rest):
            return "" if python and word == "-p" else rest[number + 1]
        elif "=" in word and word.split("=", 1)[0] in options:
            return word.split("=", 1)[1]
        elif word in takes:
            skip = True
        elif not word.startswith("-"):
            return word
    return ""


_DOCKER_TAKES = re.compile(
    r"^(?:-e|-v|-p|-u|-w|-l|-h|-m|--(?:env|volume|mount|publish|user|workdir|name|network|net|pid|ipc|cap-add"
    r"|cap-drop|entrypoint"
    r"|label|hostname|memory|cpus|add-host|platform|env-file|security-opt|device|gpus|pull|restart|log-driver"
    r"|tmpfs|dns|ulimit))$"
)


def _image(rest: list[str]) -> Package | None:
    if rest[:1] != ["run"]:
        return None
    skip = False
    for word in rest[1:]:
        if skip:
            skip = False
        elif _DOCKER_TAKES.match(word):
            skip = True
        elif not word.startswith("-"):
            tag = re.search(r":([\w.-]+)$", word)
            pinned = "@sha256:" in word or (
                bool(tag) and tag is not None and tag[1] != "latest" and any(c.isdigit() for c in tag[1])
            )
            return Package(re.sub(r"@sha256:.*$|:[\w.-]+$", "", word), word, "docker", pinned)
    return None
