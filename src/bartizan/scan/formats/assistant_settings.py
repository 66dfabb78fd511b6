"""Settings of coding assistants, their hooks, and the lists of MCP servers they start: JSON, TOML or YAML."""

from __future__ import annotations

from bartizan.model.yamltree import Node
from bartizan.scan.agents.hooks import check_hook, hooks
from bartizan.scan.agents.instructions import check_text
from bartizan.scan.agents.mcp_servers import servers
from bartizan.scan.agents.paths import products_of, role_of
from bartizan.scan.agents.report import report_command
from bartizan.scan.agents.server_checks import check_server
from bartizan.scan.agents.settings import check_settings, dotted_keys
from bartizan.scan.agents.source import json_tree, text_of, toml_tree, yaml_tree
from bartizan.scan.agents.tools import check_tools
from bartizan.scan.agents.tree import entries, get, items, text
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_SUFFIXES = frozenset({".json", ".jsonc", ".toml", ".yaml", ".yml", ".code-workspace", ".hook"})
_TELLING = (
    b'"mcpServers"', b"mcp_servers", b'"context_servers"', b'"mcp.servers"', b"chat.tools.", b'"hooks"',
    b'"permissions"', b"approval_policy", b"sandbox_mode", b'"apiKeyHelper"', b'"enableAllProjectMcpServers"',
    b'"servers"', b"mcp_config",
)  # fmt: skip
_LARGEST = 2 << 20
"""Bytes of a file that is looked through for keys, where its path says nothing."""


def recognise(look: Look) -> bool:
    """Tell by the path, else by keys that only such files have."""
    if look.suffix not in _SUFFIXES or look.size == 0:
        return False
    roles = role_of(look.path)
    if "settings" in roles or ("list" in roles and look.name != "manifest.json"):
        return True
    if look.size > _LARGEST or not look.head.lstrip()[:1] or look.suffix in (".yaml", ".yml"):
        return False
    data = look.head if look.size <= len(look.head) else look.content.read(0, look.size)
    if not any(sign in data for sign in _TELLING):
        return False
    return _telling(_tree(look, data.decode("utf-8-sig", "replace")))


def _telling(tree: Node | None) -> bool:
    if tree is None:
        return False
    return (
        bool(products_of("", dotted_keys(tree)))
        or any(True for _ in servers(tree))
        or _claude(tree)
        or any(True for _ in hooks(tree))
    )


def _claude(tree: Node) -> bool:
    """Tell Claude's settings where the folder's name is gone."""
    kept = entries(get(tree, "permissions"))
    return bool({"allow", "deny", "ask", "defaultMode"} & set(kept)) and all(
        isinstance(one.value, list | str) for one in kept.values()
    )


def _tree(look: Look, text: str) -> Node | None:
    """Parse where that can be done; what can't is no finding in a file that may be anything."""
    from bartizan.scan.artefacts.errors import Malformed

    try:
        return toml_tree(text, look.path) if look.suffix == ".toml" else json_tree(text, look.path)[0]
    except Malformed:
        return None


def examine(look: Look, desk: Desk) -> None:
    """Check settings, hooks and servers."""
    source = text_of(look.content)
    desk.cover_all(look.content)
    check_text(source, desk, context="config")
    if look.suffix == ".toml":
        tree = toml_tree(source, look.path)
    elif look.suffix in (".yaml", ".yml"):
        tree = yaml_tree(source, look.path)
    else:
        tree, twice = json_tree(source, look.path)
        for key, line in twice[:5]:
            desk.hit("duplicate-names", f"`{key}`", line=line)
    if tree.value is None:
        return
    products = set(products_of(look.path, dotted_keys(tree)))
    if not products and _claude(tree):
        products.add("claude-code")
    check_settings(tree, products, desk)
    workspace = get(tree, "settings")
    if look.suffix == ".code-workspace" and workspace is not None:
        check_settings(workspace, products, desk)
    for hook in hooks(tree):
        check_hook(hook, desk)
        if hook.prompt:
            check_text(hook.prompt, desk, context="rules", first=hook.line)
    _tasks(tree, desk)
    for server in servers(tree):
        desk.fact("mcp-server", f"{server.name}: {server.target}")
        if not server.disabled:
            check_server(server, desk)
        check_tools(server.node, desk)


def _tasks(tree: Node, desk: Desk) -> None:
    """Look at what tasks of an editor run when a folder is opened."""
    for task in items(get(tree, "tasks")) + items(get(get(tree, "tasks"), "tasks")):
        if text(get(get(task, "runOptions"), "runOn")) == "folderOpen":
            command = " ".join([text(get(task, "command")), *(text(one) for one in items(get(task, "args")))])
            report_command(command, desk, task.place.line, "task at folder open")


FORMAT = Format(
    name="assistant-settings",
    title="Settings of a coding assistant",
    group="agent",
    recognise=recognise,
    examine=examine,
)
