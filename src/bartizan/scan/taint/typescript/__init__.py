"""TypeScript and JavaScript source as a tree, read by tree-sitter's parsers and never run."""

from bartizan.scan.taint.typescript.module import typescript_module
from bartizan.scan.taint.typescript.parsers import MissingParser

__all__ = ["MissingParser", "typescript_module"]
