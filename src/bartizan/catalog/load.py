"""Reads the packaged catalog: every file that is there, found by being there."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from bartizan.catalog.atoms import Atom, parse_atom
from bartizan.catalog.check import check_rules
from bartizan.catalog.folder import cached, packaged, read_file, read_folder
from bartizan.catalog.types import Control, Cut, Excluded, Framework, Pattern, Position, Predicate, Step, Threat
from bartizan.model import InputError, Place


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
    folders = [packaged(name) for name in ("", "threats", "steps", "controls", "frameworks", "patterns", "positions")]
    return cached(cache, "catalog", folders, Catalog, lambda: _read(packaged()))


def _read(root: Traversable) -> Catalog:
    threats = read_folder(root / "threats", Threat)
    steps = read_folder(root / "steps", Step)
    catalog = Catalog(
        threats=threats,
        steps=steps,
        controls=read_folder(root / "controls", Control),
        frameworks=read_folder(root / "frameworks", Framework),
        patterns=read_folder(root / "patterns", Pattern),
        positions=read_folder(root / "positions", Position),
        vocabulary=read_file(root / "vocabulary.yaml", dict[str, Predicate]),
        excluded=read_file(root / "excluded-techniques.yaml", list[Excluded]),
        rules={name: parse_rule(entry) for name, entry in _entries(threats, steps)},
    )
    check_rules(catalog.rules.values(), catalog.vocabulary)
    return catalog


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
