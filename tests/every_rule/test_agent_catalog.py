"""Every assistant setting and every pattern of instructions fires in its hits, and not in its misses."""

from __future__ import annotations

from functools import cache

import pytest

from bartizan.catalog.assistants import (
    load_agent_products,
    load_agent_settings,
    load_instruction_patterns,
    load_instruction_words,
    load_mcp_packages,
)
from bartizan.scan.agents.instructions import matches
from bartizan.scan.agents.paths import role_of
from bartizan.scan.agents.prose import split
from tests.scan.artefacts.support import rules, scan

PRODUCTS = load_agent_products()
SETTINGS = load_agent_settings()
PATTERNS = load_instruction_patterns()
ENDS = {"task-on-open": ".vscode/tasks.json", "aider-yes": ".aider.conf.yml", "goose-mode": "goose/config.yaml"}


@cache
def _told(name: str, text: str) -> frozenset[tuple[str, str]]:
    setting = SETTINGS[name]
    if name.startswith("devcontainer"):
        path = ".devcontainer/devcontainer.json"
    elif name.startswith("gemini-policy"):
        path = ".gemini/policies/a.toml"
    else:
        first = PRODUCTS[setting.products[0]].settings[0].replace("**/", "").replace("*", "x")
        path = ENDS.get(name, first)
    artefacts = scan({path: text}).artefacts
    return frozenset((one.rule, one.evidence) for artefact in artefacts for one in artefact.findings)


def _fires(name: str, text: str) -> bool:
    setting = SETTINGS[name]
    rules_of = {
        "environment": {"assistant-environment-loads-code", "assistant-endpoint-redirected", "assistant-tls-unchecked"},
        "command": {setting.rule},
    }.get(setting.kind, {setting.rule})
    return bool({rule for rule, _ in _told(name, text)} & rules_of)


@pytest.mark.parametrize("name", SETTINGS)
def test_setting_fires_in_its_hits_and_not_in_its_misses(name: str) -> None:
    setting = SETTINGS[name]
    assert setting.hits
    assert setting.misses
    assert setting.rule in rules()
    assert set(setting.products) <= set(PRODUCTS)
    assert [text for text in setting.hits if not _fires(name, text)] == []
    assert [text for text in setting.misses if _fires(name, text)] == []


@pytest.mark.parametrize("name", PATTERNS)
def test_pattern_fires_in_its_hits_and_not_in_its_misses(name: str) -> None:
    pattern = PATTERNS[name]
    where = pattern.contexts[0] if pattern.contexts else "rules"
    assert pattern.rule in rules()
    for text in pattern.hits:
        assert name in {found.pattern.id for found in matches(split(text)[0], where)}, text
    for text in pattern.misses:
        assert name not in {found.pattern.id for found in matches(split(text)[0], where)}, text


def test_patterns_use_classes_that_exist() -> None:
    english = {"url", *load_instruction_words()["en"].words}
    for pattern in PATTERNS.values():
        used = {name for names in [*pattern.order, *pattern.also, *pattern.without] for name in names.split("|")}
        assert used <= english, pattern.id
    for language in load_instruction_words().values():
        assert set(language.words) <= english


def test_products_say_where_their_files_lie() -> None:
    for product in PRODUCTS.values():
        assert product.settings or product.lists or product.instructions
        assert product.source


@pytest.mark.parametrize(
    ("path", "role"),
    [
        (".claude/settings.local.json", "settings"),
        ("home/u/.config/Code/User/settings.json", "settings"),
        ("etc/claude-code/managed-settings.json", "settings"),
        ("a/.mcp.json", "list"),
        ("Library/Application Support/Claude/claude_desktop_config.json", "list"),
        ("u/.aws/amazonq/mcp.json", "list"),
        ("u/.gemini/antigravity/mcp_config.json", "list"),
        ("sub/CLAUDE.md", "instructions"),
        (".cursor/rules/deep/x.mdc", "instructions"),
        (".github/copilot-instructions.md", "instructions"),
        (".claude/commands/git/commit.md", "instructions"),
    ],
)
def test_paths_tell_what_a_file_is(path: str, role: str) -> None:
    assert role in role_of(path)


@pytest.mark.parametrize("path", ["README.md", "settings.json", "src/settings.json", "docs/guide.md", "package.json"])
def test_other_paths_tell_nothing(path: str) -> None:
    assert not role_of(path)


def test_known_packages_are_not_taken_for_each_other() -> None:
    names = [entry.package for entry in load_mcp_packages().values()]
    assert len(set(names)) == len(names)
