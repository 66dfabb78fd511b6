"""What all templates hold to: the policy forbids what would be dropped in silence, and icons have to be there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support import REPOSITORY

CONSOLE = REPOSITORY / "src" / "bartizan" / "console"
TEMPLATES = sorted((CONSOLE / "templates").glob("*.html"))
ICONS = set(json.loads((REPOSITORY / "scripts" / "frontend.json").read_text(encoding="utf-8"))["icons"]["names"])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_nothing_that_the_policy_forbids(template: Path) -> None:
    content = template.read_text(encoding="utf-8")
    assert re.findall(r"""\sstyle=|\son[a-z]+=["']|<style|hx-on|javascript:|hx-vals=.js:""", content) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", content) == []
    assert re.findall(r'hx-trigger="[^"]*\[(?!type=)', content) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_imports_macros_with_their_context(template: Path) -> None:
    content = template.read_text(encoding="utf-8")
    imports = re.findall(r"{% (?:from|import) [^%]*%}", content)
    assert [one for one in imports if "with context" not in one] == []
    assert "|safe" not in content


def test_icons_that_pages_show_are_installed() -> None:
    used = set()
    for path in [*TEMPLATES, *CONSOLE.rglob("*.py")]:
        content = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"""\bicon\(\s*["']([a-z0-9-]+)["']""", content))
        used |= set(re.findall(r"""icon_name=["']([a-z0-9-]+)["']""", content))
    from bartizan.console.navigation import navigation
    from bartizan.govern.roles import Person, Role
    from bartizan.model.documents import Organisation

    everybody = Person(id="a", roles={"": frozenset(Role)})
    used |= {entry.icon for group in navigation("/", everybody, Organisation(title="")) for entry in group.entries}
    assert used - ICONS == set()
