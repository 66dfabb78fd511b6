"""Reports callables, modules and classes that a configuration names."""

from __future__ import annotations

import re
from typing import Any

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.repository.targets import judge_target
from bartizan.scan.repository.walk import entries

__all__ = ["examine_targets", "report_target"]

_TARGETS = frozenset({"_target_", "class_path", "_cls_", "__target__", "_callable_", "__callable__"})
_PICKLED = frozenset({"py/object", "py/type", "py/class", "py/function", "py/bytes_type"})
"""Keys under which jsonpickle names what it imports, and calls beside `py/reduce` and `args`."""
_RESOLVER = re.compile(r"\$\{\s*(?:eval|python|exec|sh|shell|cmd)\s*:")
_CVE = ("CVE-2025-23304",)


def report_target(name: str, where: str, desk: Desk, cve: tuple[str, ...] = _CVE) -> None:
    """Report a callable that isn't known to be harmless."""
    judgement = judge_target(name)
    if judgement == "dangerous":
        desk.hit("repository-target-dangerous", f"{where}: `{name}`", cve=cve)
    elif judgement == "unknown":
        desk.hit("repository-target-unknown", f"{where}: `{name}`")


def examine_targets(data: Any, desk: Desk) -> None:
    """Judge what is called by name, and resolvers that evaluate. Raises LimitReached."""
    for path, key, value in entries(data):
        if isinstance(value, dict) and isinstance(value.get("target"), str) and _is_target(value):
            report_target(value["target"], f"`{path}.target`", desk)
        if not isinstance(value, str):
            continue
        if key in _TARGETS:
            report_target(value, f"`{path}`", desk)
        elif key in _PICKLED:
            report_target(value, f"`{path}`", desk, ())
        elif _RESOLVER.search(value):
            desk.hit("repository-config-evaluates", f"`{path}`: `{value}`")


def _is_target(value: dict[str, Any]) -> bool:
    """Tell a dotted path in `target`, as latent-diffusion has it beside `params`, from other words."""
    target = value["target"]
    if not re.fullmatch(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", target):
        return False
    return isinstance(value.get("params"), dict) or judge_target(target) == "dangerous"
