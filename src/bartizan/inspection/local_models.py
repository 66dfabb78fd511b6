"""What all models of other makers need: their package, which few installations have, and a folder on this machine."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from bartizan.model import InputError

__all__ = ["model_folder", "package"]


def package(name: str, install: str = "") -> Any:
    """Import a package by name; `install` is what it is called where it is installed. Raises InputError without it."""
    shown = install or name
    try:
        return import_module(name)
    except ImportError:
        raise InputError(
            f"{shown} is not installed", help=f"pip install {shown.lower()}, and give a model's folder"
        ) from None


def model_folder(path: str | Path) -> Path:
    """Make sure that a model's folder is there: a name alone would be looked up on the network. Raises InputError."""
    folder = Path(path)
    if not folder.is_dir():
        raise InputError(
            f"`{path}` is not a folder", help="give the folder of a model on this machine; none is downloaded"
        )
    return folder
