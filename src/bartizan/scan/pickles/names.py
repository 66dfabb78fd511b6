"""The names of Python 2 that loaders translate for protocols below 3. Source: CPython, Lib/_compat_pickle.py."""

from __future__ import annotations

from functools import cache

__all__ = ["modern"]


@cache
def _tables() -> tuple[dict[str, str], dict[tuple[str, str], tuple[str, str]]]:
    import _compat_pickle

    return dict(_compat_pickle.IMPORT_MAPPING), dict(_compat_pickle.NAME_MAPPING)


def modern(module: str, name: str) -> tuple[str, str]:
    """Return what a name of Python 2 means in Python 3."""
    modules, names = _tables()
    if (module, name) in names:
        return names[module, name]
    return modules.get(module, module), name
