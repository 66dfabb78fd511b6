"""Secrets that stand in code: patterns suggest them cheaply, the inspection decides. Their values are never shown."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

from bartizan.scan.pycode.checks.told import Told

if TYPE_CHECKING:
    from bartizan.inspection import Inspector

__all__ = ["check_keys", "secrets_in"]

_SUGGESTS = re.compile(
    r"sk-[A-Za-z0-9_-]{16}|sk_live_|AKIA[0-9A-Z]{12}|ASIA[0-9A-Z]{12}|gh[pousr]_[A-Za-z0-9]{20}|github_pat_|hf_[A-Za-z]{20}"
    r"|xox[abprs]-|AIza[0-9A-Za-z_-]{30}|glpat-|-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[A-Za-z0-9_-]{20,}\.eyJ"
    r"|gsk_[A-Za-z0-9]{20}"
    r"|r8_[A-Za-z0-9]{20}|pplx-[a-z0-9]{20}|AccountKey=|ya29\.|npm_[A-Za-z0-9]{30}|pypi-AgEI|SG\.[\w-]{20}|dapi[a-f0-9]{30}"
)
_PLACEHOLDER = re.compile(
    r"(?i)example|your|placeholder|xxxx|\.\.\.|dummy|fake|test|redacted|1234567890|abcdef|<|\*\*\*"
)


@cache
def _inspector() -> Inspector:
    from bartizan.inspection import Inspector, Policy

    return Inspector(Policy(types=["secret"], depth=1))


def secrets_in(text: str) -> list[str]:
    """Return the kinds of secrets in a text that a cheap pattern suspects."""
    found = _SUGGESTS.search(text)
    if found is None or _PLACEHOLDER.search(text[max(found.start() - 20, 0) : found.end() + 60]):
        return []
    return [span.type for span in _inspector().inspect(text[:4_000]).spans]


def check_keys(tree: ast.Module, text: str, told: Told) -> None:
    """Report secrets in the texts of a file."""
    if not _SUGGESTS.search(text):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) >= 16:
            kinds = secrets_in(node.value)
            if kinds:
                told.hit("code-holds-secret", f"of type `{kinds[0]}`", node)
