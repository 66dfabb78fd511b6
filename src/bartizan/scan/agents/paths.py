"""Which path is what: a file of settings, a list of MCP servers, or instructions, for whatever product."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from bartizan.catalog.assistants import load_agent_products
from bartizan.catalog.places import cache_folder

if TYPE_CHECKING:
    from bartizan.scan.artefacts.format import Look
    from bartizan.scan.artefacts.tree import Tree

__all__ = ["is_hook", "products_of", "role_of", "skill_folder", "skill_folders"]


def _expression(pattern: str) -> str:
    """Turn a path's end with `*` and `**` into a regular expression."""
    out = re.escape(pattern).replace(r"\*\*/", "(?:[^/]+/)*").replace(r"\*", "[^/]*")
    return rf"(?:^|/){out}$"


@cache
def _patterns() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    products = load_agent_products(cache_folder()).values()
    out: dict[str, list[tuple[str, re.Pattern[str]]]] = {"settings": [], "list": [], "instructions": []}
    for product in products:
        for role, ends in (
            ("settings", product.settings),
            ("list", product.lists),
            ("instructions", product.instructions),
        ):
            if ends:
                out[role].append((product.id, re.compile("|".join(map(_expression, ends)), re.IGNORECASE)))
    return out


@lru_cache(maxsize=4096)
def role_of(path: str) -> frozenset[str]:
    """Return what a path says that a file is: `settings`, `list`, `instructions`, or nothing."""
    return frozenset(role for role, found in _patterns().items() if any(one.search(path) for _, one in found))


def products_of(path: str, keys: frozenset[str]) -> frozenset[str]:
    """Return the products whose settings a file holds: by its path, else by dotted keys that only theirs have."""
    named = frozenset(product for product, one in _patterns()["settings"] if one.search(path))
    if named:
        return named
    products = load_agent_products(cache_folder()).values()
    return frozenset(product.id for product in products if keys & frozenset(product.signs))


_HOOKS = re.compile(
    r"(?:^|/)\.(?:claude|cursor|gemini|codex|windsurf|kiro|github|opencode|factory)/(?:\w+/)*(?:hooks?"
    r"|scripts?|helpers?)/[^/]+$"
)


def is_hook(path: str) -> bool:
    """Tell if a file lies where assistants keep the scripts of their hooks."""
    return bool(_HOOKS.search(path))


_FOLDERS: WeakKeyDictionary[Tree, tuple[str, ...]] = WeakKeyDictionary()


def skill_folders(tree: Tree) -> tuple[str, ...]:
    """Return the folders that hold a skill, each with a slash at its end; nothing for the root itself."""
    held = _FOLDERS.get(tree)
    if held is None:
        ends = (path for path in tree.paths() if path.rsplit("/", 1)[-1].lower() == "skill.md")
        held = _FOLDERS[tree] = tuple(sorted({path[: -len("skill.md")] for path in ends}, key=len, reverse=True))
    return held


def skill_folder(look: Look) -> str | None:
    """Return the innermost skill's folder that a file lies in, or None."""
    if look.inner:
        return None
    return next((folder for folder in skill_folders(look.tree) if look.path.startswith(folder)), None)
