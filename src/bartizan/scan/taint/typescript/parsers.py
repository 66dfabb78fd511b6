"""The parsers of tree-sitter (wheels; imported when first needed)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Parser

__all__ = ["MissingParser", "parser_of"]


class MissingParser(Exception):
    """The parser's wheels are not installed."""


@cache
def parser_of(markup: bool) -> Parser:
    """Return the parser, for files with markup in them or without. Raises MissingParser."""
    try:
        import tree_sitter
        import tree_sitter_typescript
    except ImportError:
        raise MissingParser("the wheels `tree-sitter` and `tree-sitter-typescript` are not installed") from None
    language = tree_sitter_typescript.language_tsx() if markup else tree_sitter_typescript.language_typescript()
    return tree_sitter.Parser(tree_sitter.Language(language))
