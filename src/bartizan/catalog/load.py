"""Reads the packaged catalog: every file that is there, found by being there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

import msgspec

from bartizan.catalog.atoms import Atom, parse_atom
from bartizan.catalog.check import check_rules
from bartizan.catalog.types import Control, Cut, Excluded, Framework, Pattern, Position, Predicate, Step, Threat
from bartizan.model import InputError, Place
from bartizan.model.decode import decode
from bartizan.model.yamltree import parse_yaml

T = TypeVar("T")


class Rule(msgspec.Struct, frozen=True):
    """A threat or a step, parsed: what the analysis works with."""

    id: str
    when: tuple[Atom, ...]
    then: Atom
    at: str
    cuts: tuple[tuple[str, int, str], ...]
    """(control, points, variable or `system`)"""
    threat: bool


class Catalog(msgspec.Struct):
    """All knowledge of one version of Bartizan, keyed by id."""

    threats: dict[str, Threat]
    steps: dict[str, Step]
    controls: dict[str, Control]
    frameworks: dict[str, Framework]
    patterns: dict[str, Pattern]
    positions: dict[str, Position]
    vocabulary: dict[str, Predicate]
    excluded: list[Excluded]
    rules: dict[str, Rule]

    @property
    def gained(self) -> frozenset[str]:
        """The predicates that attackers gain; all others are facts of the system."""
        return frozenset(name for name, word in self.vocabulary.items() if word.gained)


def load_catalog(cache: Path | None = None) -> Catalog:
    """Return the packaged catalog.

    With `cache`, a folder, the parsed catalog is kept there and read back while no file of the catalog has changed; a
    cache that can't be read or written is passed over. Raises InputError for a file that breaks its type.
    """
    root = files("bartizan.catalog") / "data"
    if cache is None:
        return _read(root)
    stored = cache / f"catalog-{_stamp(root)}.msgpack"
    try:
        return msgspec.msgpack.decode(stored.read_bytes(), type=Catalog)
    except (OSError, msgspec.DecodeError):
        catalog = _read(root)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        part = stored.with_suffix(".part")
        part.write_bytes(msgspec.msgpack.encode(catalog))
        part.replace(stored)
    except OSError:
        pass  # a cache is a convenience; a read-only home is no error
    return catalog


def _stamp(root: Traversable) -> str:
    """Name the state of the catalog's files by their names, sizes and times of change."""
    digest = hashlib.sha256()
    for folder in ("", "threats", "steps", "controls", "frameworks", "patterns", "positions"):
        path = Path(str(root / folder))
        for file in sorted(path.glob("*.yaml")):
            stat = file.stat()
            digest.update(f"{file.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    digest.update(Path(__file__).with_name("types.py").read_bytes())
    return digest.hexdigest()[:16]


def _read(root: Traversable) -> Catalog:
    threats = _folder(root / "threats", Threat)
    steps = _folder(root / "steps", Step)
    catalog = Catalog(
        threats=threats,
        steps=steps,
        controls=_folder(root / "controls", Control),
        frameworks=_folder(root / "frameworks", Framework),
        patterns=_folder(root / "patterns", Pattern),
        positions=_folder(root / "positions", Position),
        vocabulary=_file(root / "vocabulary.yaml", dict[str, Predicate]),
        excluded=_file(root / "excluded-techniques.yaml", list[Excluded]),
        rules={name: parse_rule(entry) for name, entry in _entries(threats, steps)},
    )
    check_rules(catalog.rules.values(), catalog.vocabulary)
    return catalog


def _folder(folder: Traversable, type_: type[T]) -> dict[str, T]:
    out: dict[str, T] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            entry = _file(file, type_)
            name = str(getattr(entry, "id", ""))
            if name != file.name.removesuffix(".yaml"):
                raise InputError(f"`{name}` must stand in `{name}.yaml`", place=Place(file.name))
            out[name] = entry
    return out


def _file(file: Traversable, type_: type[T]) -> T:
    return decode(parse_yaml(file.read_bytes(), file.name), type_)


def _entries(threats: dict[str, Threat], steps: dict[str, Step]) -> Iterable[tuple[str, Threat | Step]]:
    yield from threats.items()
    yield from steps.items()


def parse_rule(entry: Threat | Step) -> Rule:
    """Parse the atoms of a threat or a step. Raises InputError naming the entry when an atom is none."""
    try:
        return Rule(
            id=entry.id,
            when=tuple(parse_atom(text) for text in entry.when),
            then=parse_atom(entry.then),
            at=entry.at,
            cuts=tuple(sorted(_cuts(entry))),
            threat=isinstance(entry, Threat),
        )
    except InputError as error:
        raise InputError(error.message, place=Place(f"{entry.id}.yaml"), help=error.help) from None


def _cuts(entry: Threat | Step) -> Iterable[tuple[str, int, str]]:
    for control, cut in entry.cut_by.items():
        if isinstance(cut, Cut):
            yield control, cut.strength.points, cut.at or entry.at
        else:
            yield control, cut.points, entry.at
