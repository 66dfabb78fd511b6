"""Folders of catalog files, one entry a file, and the cache that spares parsing them again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

import msgspec

from bartizan.model import InputError, Place
from bartizan.model.decode import decode
from bartizan.model.yamltree import parse_yaml

T = TypeVar("T")


def packaged(name: str = "") -> Traversable:
    """Return a folder of the packaged data."""
    return files("bartizan.catalog") / "data" / name


def read_file(file: Traversable, type_: type[T]) -> T:
    """Read one catalog file. Raises InputError for one that breaks its type."""
    return decode(parse_yaml(file.read_bytes(), file.name), type_)


def read_folder(folder: Traversable, type_: type[T]) -> dict[str, T]:
    """Read every entry of a folder by id. Raises InputError for a file that breaks its type or has another's name."""
    out: dict[str, T] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            entry = read_file(file, type_)
            name = str(getattr(entry, "id", ""))
            if name != file.name.removesuffix(".yaml"):
                raise InputError(f"`{name}` must stand in `{name}.yaml`", place=Place(file.name))
            out[name] = entry
    return out


def cached(cache: Path | None, name: str, folders: Iterable[Traversable], type_: type[T], read: Callable[[], T]) -> T:
    """Return what `read` gives, kept below `cache` while no file in `folders` has changed."""
    return read() if cache is None else kept(cache, f"{name}-{_stamp(folders)}", type_, read)


def kept(cache: Path | None, name: str, type_: type[T], make: Callable[[], T]) -> T:
    """Return what `make` gives, kept below `cache` under a name that says what it depends on.

    A cache that can't be read or written is passed over.
    """
    if cache is None:
        return make()
    stored = cache / f"{name}.msgpack"
    try:
        return msgspec.msgpack.decode(stored.read_bytes(), type=type_)
    except (OSError, msgspec.DecodeError):
        value = make()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        part = stored.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(msgspec.msgpack.encode(value))
        part.replace(stored)
    except OSError:
        pass  # a cache is a convenience; a read-only home is no error
    return value


def _stamp(folders: Iterable[Traversable]) -> str:
    """Name the state of the catalog's files by their names, sizes and times of change."""
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(Path(str(folder)).glob("*.yaml")):
            stat = file.stat()
            digest.update(f"{file.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    for module in ("types.py", "data_types.py"):
        digest.update(Path(__file__).with_name(module).read_bytes())
    return digest.hexdigest()[:16]
