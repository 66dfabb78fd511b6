"""MkDocs hook: builds the navigation from the pages that are there, and the reference pages from the catalog.

Reference pages exist only while the site is built, so they can't lag behind the catalog and are never committed.
A new guide page is one new file in docs/; a new kind of reference page is one more entry in `GENERATORS`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

Pages = Iterator[tuple[str, str]]
"""Pairs of a path below docs/reference/ and the page's Markdown."""

GUIDE_ORDER = ("index.md", "install.md", "first-review.md", "language.md", "threats.md", "controls.md", "risk.md")
"""Where a reader starts; pages not named here follow in alphabetical order."""

GENERATORS: dict[str, Callable[[], Pages]] = {}
"""Title in the navigation, and what makes that title's pages."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Set the navigation: guide, then generated reference, then design decisions."""
    docs = Path(config.docs_dir)
    guide = sorted((page.name for page in docs.glob("*.md")), key=_guide_rank)
    design = sorted(page.name for page in (docs / "design").glob("*.md"))
    reference = [{title: _reference_paths(make)} for title, make in GENERATORS.items()]
    config.nav = [
        {"Guide": guide},
        *([{"Reference": reference}] if reference else []),
        {"Design decisions": [f"design/{name}" for name in design]},
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those on disk."""
    for make in GENERATORS.values():
        for path, text in make():
            files.append(File.generated(config, f"reference/{path}", content=text))
    return files


def _guide_rank(name: str) -> tuple[int, str]:
    return (GUIDE_ORDER.index(name) if name in GUIDE_ORDER else len(GUIDE_ORDER), name)


def _reference_paths(make: Callable[[], Pages]) -> list[str]:
    return [f"reference/{path}" for path, _ in make()]
