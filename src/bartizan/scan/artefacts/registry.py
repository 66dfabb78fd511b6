"""Which formats and surveys there are: one module of `bartizan.scan.formats` each, found by being there.

Modules of groups that nobody asks for are not imported: the group is read in their source first.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from typing import TypeVar, get_args

from bartizan.scan.artefacts.format import Format, Group, Survey

__all__ = ["all_formats", "formats_of", "group_in_source", "modules", "surveys_of"]

_PACKAGE = "bartizan.scan.formats"
_GROUP = re.compile(rb'^(?:FORMAT|SURVEY) = (?:Format|Survey)\(.*?\bgroup="(\w+)"', re.DOTALL | re.MULTILINE)

T = TypeVar("T", Format, Survey)


def all_formats() -> list[Format]:
    """Return every format."""
    return list(_found(Format, "FORMAT", get_args(Group)))


def formats_of(groups: Collection[Group]) -> list[Format]:
    """Return the formats of some groups."""
    return list(_found(Format, "FORMAT", groups))


def surveys_of(groups: Collection[Group]) -> list[Survey]:
    """Return what looks at files together, of some groups."""
    return list(_found(Survey, "SURVEY", groups))


def _found(kind: type[T], name: str, groups: Collection[Group]) -> Iterator[T]:
    for module in modules():
        if group_in_source(module) in ("", *groups):
            entry = getattr(importlib.import_module(f"{_PACKAGE}.{module}"), name, None)
            if isinstance(entry, kind) and entry.group in groups:
                yield entry


@cache
def modules() -> tuple[str, ...]:
    """Return the names of the modules, sorted."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(importlib.import_module(_PACKAGE).__path__)))


@cache
def group_in_source(module: str) -> str:
    """Return the group that a module's source gives; empty where there is none to read, and importing must tell."""
    try:
        found = _GROUP.search((files(_PACKAGE) / f"{module}.py").read_bytes())
    except OSError:
        return ""
    return found[1].decode() if found else ""
