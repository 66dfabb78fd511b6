"""Secrets that stand in code. Their values are never shown."""

from __future__ import annotations

import ast

from bartizan.scan.pycode.checks.told import Told
from bartizan.scan.texts.secrets import suspected_secrets, suspects_secrets

__all__ = ["check_keys"]


def check_keys(tree: ast.Module, text: str, told: Told) -> None:
    """Report secrets in the texts of a file."""
    if not suspects_secrets(text):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) >= 16:
            kinds = suspected_secrets(node.value)
            if kinds:
                told.hit("code-holds-secret", f"of type `{kinds[0]}`", node)
