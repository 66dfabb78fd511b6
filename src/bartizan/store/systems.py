"""Systems on disk: what they include, what lies beside them, and positions as the user named the file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePath

from bartizan.model import InputError, InputErrors, Place, System, parse_system
from bartizan.model.yamltree import parse_yaml
from bartizan.store.appended import beside
from bartizan.store.files import Folder

__all__ = ["BESIDE", "Source", "load_system"]

BESIDE = ("decisions", "data-evidence", "scan-evidence")
"""What may lie beside `NAME.yaml`, as `NAME.decisions.yaml`."""


def load_system(path: Path, root: Path | None = None) -> System:
    """Read the system in `path`, what it includes, and the decisions and evidence that lie beside it.

    Nothing outside `root` is read; by default that is the folder that really holds the file. Raises InputError (or
    InputErrors) whose places name files as `path` does.
    """
    return Source.find(path, root).system()


@dataclass(frozen=True)
class Source:
    """A system's file within its folder.

    `name` is the file relative to the folder, with `/`. `shown` is the folder as the user named it, for messages.
    """

    folder: Folder
    name: str
    shown: PurePath

    @classmethod
    def find(cls, path: Path, root: Path | None = None) -> Source:
        """Return the source for a file. Raises InputError when it is missing, or lies outside `root`."""
        try:
            real = Path(os.path.realpath(path, strict=True))
        except FileNotFoundError:
            raise InputError(
                f"`{path}` does not exist", help=f"`bartizan init {path.parent}` writes a first system"
            ) from None
        except (OSError, ValueError) as error:
            raise InputError(f"`{path}` can't be read: {error}") from None
        if root is None:
            return cls(Folder(real.parent), real.name, path.parent)
        folder = Folder(root)
        if not real.is_relative_to(folder.root):
            raise InputError(f"`{path}` is a link that leaves `{root}`", help="copy the file into the folder")
        return cls(folder, real.relative_to(folder.root).as_posix(), root)

    def system(self) -> System:
        """Read the system. Raises InputError with places as the user would name them."""
        extra = [beside(PurePath(self.name), what).as_posix() for what in BESIDE]
        extra = [name for name in extra if os.path.lexists(self.folder.root / name)]
        try:
            return parse_system(self.name, self.folder, tuple(extra))
        except InputError as error:
            self._show(error)
            raise

    def places(self) -> dict[str, Place]:
        """Return where each component is described, for reports that point into files. Raises InputError."""
        files: dict[str, bytes] = {}

        def read(relative: str) -> bytes:
            files[relative] = self.folder(relative)
            return files[relative]

        try:
            parse_system(self.name, read)
        except InputError as error:
            self._show(error)
            raise
        out: dict[str, Place] = {}
        for name, content in files.items():
            tree = parse_yaml(content, name).value
            components = tree["components"][1].value if isinstance(tree, dict) and "components" in tree else None
            if isinstance(components, dict):
                out |= {key: self._shown(place) for key, (place, _) in components.items()}
        return out

    def _show(self, error: InputError) -> None:
        for each in error.errors if isinstance(error, InputErrors) else [error]:
            if each.place is not None:
                each.place = self._shown(each.place)

    def _shown(self, place: Place) -> Place:
        return Place((self.shown / place.file).as_posix(), place.line, place.column)
