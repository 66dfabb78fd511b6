"""Coding assistants: where each product keeps what, which settings matter, known MCP packages, words of instructions.

Each is one file, found by being there: `agent-products`, `agent-settings`, `mcp-packages`, `instruction-words`,
`instruction-patterns`, `pipeline-assistants`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from bartizan.catalog.folder import cached, packaged, read_folder
from bartizan.model.base import Id

__all__ = [
    "AgentProduct",
    "AgentSetting",
    "Context",
    "Flaw",
    "InstructionPattern",
    "InstructionWords",
    "McpPackage",
    "PipelineAssistant",
    "load_agent_products",
    "load_agent_settings",
    "load_instruction_patterns",
    "load_instruction_words",
    "load_mcp_packages",
    "load_pipeline_assistants",
]


class AgentProduct(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A product and its files: patterns of path ends, `*` within one name, `**` across folders.

    `settings` are read by the settings catalog and for hooks and MCP servers, `lists` for servers only, `instructions`
    are texts that the model follows. `signs` are keys that tell a settings file by its content where its path does not.
    """

    id: Id
    title: str
    source: str
    settings: list[str] = []
    lists: list[str] = []
    instructions: list[str] = []
    signs: list[str] = []


class AgentSetting(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A setting that matters: `key` leads to it, `*` standing for every key or item.

    It matters where its value, as text, is one of `values`, or matches `pattern` wholly (case ignored), or, by `kind`,
    where it runs a command, names an address or sets an environment, lists permissions, or allows commands by name.
    `says` tells a person what it does. `hits` and `misses` are whole files as text.
    """

    id: Id
    products: list[Id]
    key: list[str]
    rule: Id
    says: str
    values: list[str] = []
    pattern: str = ""
    kind: Literal["value", "command", "endpoint", "environment", "permissions", "approvals", "present"] = "value"
    hits: list[str] = []
    misses: list[str] = []


class Flaw(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Versions with a published flaw: from `since` on, before `fixed`; empty where no fixed version is known."""

    says: str
    since: str = "0"
    fixed: str = ""
    cve: list[str] = []


class McpPackage(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A well-known package of an MCP server, which others imitate."""

    id: Id
    package: str
    registry: Literal["npm", "pypi", "docker"]
    flaws: list[Flaw] = []


class InstructionWords(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The words of one language by their class, as plain text; a star at the end stands for any ending."""

    id: Id
    words: dict[str, list[str]]


Context: TypeAlias = Literal["rules", "tool", "result", "hidden"]
"""Where a text stands: a file of instructions, a tool's description, a tool's result, or where no person sees it."""


class InstructionPattern(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A sentence that asks a model for something, as classes of words that follow each other.

    `order` lists classes, alternatives joined by `|`, each at most `within` characters after the one before. Classes in
    `also` must stand somewhere in the sentence, those in `without` must not. `contexts` say where the pattern counts,
    empty for everywhere. `weight` tells whether it deceives or harms: both near each other make an attack. A sentence
    that forbids it ("never send ...") is none, unless the pattern is `negated`: it holds its own negation.
    """

    id: Id
    rule: Id
    order: list[str]
    within: int = 60
    also: list[str] = []
    without: list[str] = []
    contexts: list[Context] = []
    weight: Literal["none", "deceit", "harm"] = "none"
    negated: bool = False
    hits: list[str] = []
    misses: list[str] = []


class PipelineAssistant(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How an assistant is started by a pipeline, and what it may then do.

    `actions` are ends of the names of actions, without their owner; `commands` are expressions for what a script
    starts. `prompts` are inputs that the model reads as its task, `tools` inputs that list what it may use; what
    matches one of `everything` lets it run any command, one of `little` holds it to reading. `asks_writers` actions
    refuse who may not write to the repository, unless an input in `opened_by` is `*`. One that is `mentioned` reads
    what it was mentioned in where it has no prompt. `may` is what it is free to do where nothing else is said: run any
    command (`all`), read and edit (`few`), or answer (`nothing`).
    """

    id: Id
    title: str
    source: str
    actions: list[str] = []
    commands: list[str] = []
    prompts: list[str] = []
    tools: list[str] = []
    everything: list[str] = []
    little: list[str] = []
    asks_writers: bool = False
    opened_by: list[str] = []
    mentioned: bool = False
    may: Literal["all", "few", "nothing"] = "few"


def load_agent_products(cache: Path | None = None) -> dict[str, AgentProduct]:
    """Return the products by id. Raises InputError for a file that breaks its type."""
    folder = packaged("agent-products")
    return cached(cache, "agent-products", [folder], dict[str, AgentProduct], lambda: read_folder(folder, AgentProduct))


def load_agent_settings(cache: Path | None = None) -> dict[str, AgentSetting]:
    """Return the settings by id. Raises InputError for a file that breaks its type."""
    folder = packaged("agent-settings")
    return cached(cache, "agent-settings", [folder], dict[str, AgentSetting], lambda: read_folder(folder, AgentSetting))


def load_mcp_packages(cache: Path | None = None) -> dict[str, McpPackage]:
    """Return the known packages by id. Raises InputError for a file that breaks its type."""
    folder = packaged("mcp-packages")
    return cached(cache, "mcp-packages", [folder], dict[str, McpPackage], lambda: read_folder(folder, McpPackage))


def load_instruction_words(cache: Path | None = None) -> dict[str, InstructionWords]:
    """Return the languages by id. Raises InputError for a file that breaks its type."""
    folder = packaged("instruction-words")
    return cached(
        cache, "instruction-words", [folder], dict[str, InstructionWords], lambda: read_folder(folder, InstructionWords)
    )


def load_instruction_patterns(cache: Path | None = None) -> dict[str, InstructionPattern]:
    """Return the patterns by id. Raises InputError for a file that breaks its type."""
    folder, name = packaged("instruction-patterns"), "instruction-patterns"
    return cached(cache, name, [folder], dict[str, InstructionPattern], lambda: read_folder(folder, InstructionPattern))


def load_pipeline_assistants(cache: Path | None = None) -> dict[str, PipelineAssistant]:
    """Return the assistants of pipelines by id. Raises InputError for a file that breaks its type."""
    folder, name = packaged("pipeline-assistants"), "pipeline-assistants"
    return cached(cache, name, [folder], dict[str, PipelineAssistant], lambda: read_folder(folder, PipelineAssistant))
