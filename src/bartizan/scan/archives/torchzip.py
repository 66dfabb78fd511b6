"""The layout of PyTorch's zip files: one folder with pickles, and the bytes of tensors that these name.

Source: PyTorch's `torch/serialization.py`, `caffe2/serialize/inline_container.cc` and `torch/package`, version 2.13.
"""

from __future__ import annotations

import re

import msgspec

from bartizan.scan.archives.zipread import Member
from bartizan.scan.archives.zipwalk import members_of
from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.artefacts.format import Look

__all__ = ["TorchFolder", "is_torchs", "torch_folders"]

_STORAGE = re.compile(r"([\w.]+)/\d+|\.data/\d+\.storage")
_MOST_ROOTS = 100
_SIGNS = ("version", "byteorder", ".data/version", ".data/serialization_id", "constants.pkl", ".data/extern_modules")


class TorchFolder(msgspec.Struct):
    """A folder of a zip that is laid out as PyTorch does: its name with the slash, and what is in it."""

    root: str
    pickles: list[Member] = []
    storages: list[Member] = []
    code: list[Member] = []

    def places(self, pickle: Member) -> list[str]:
        """Where the storages that a pickle names may be: names with `{}` for the key."""
        stem = pickle.name.removesuffix(".pkl")
        root = self.root.replace("{", "{{").replace("}", "}}")
        stem = stem.replace("{", "{{").replace("}", "}}")
        return list(dict.fromkeys([stem + "/{}", root + "data/{}", root + "constants/{}", root + ".data/{}.storage"]))

    def sort_in(self, member: Member, stems: set[str]) -> None:
        """Take a member that PyTorch's loader reads, by its name. `stems` are the pickles' names before the dot."""
        if not member.name.startswith(self.root):
            return
        rest = member.name[len(self.root) :]
        if rest.endswith((".pkl", ".debug_pkl")):
            self.pickles.append(member)
        elif (found := _STORAGE.fullmatch(rest)) and (found[1] is None or found[1] in stems):
            self.storages.append(member)
        elif rest.startswith("code/") and rest.endswith(".py"):
            self.code.append(member)


class _Found(msgspec.Struct):
    """The folders of one zip, and which members they took."""

    folders: list[TorchFolder]
    members: set[int]


def torch_folders(look: Look) -> list[TorchFolder]:
    """Return the folders of a zip that PyTorch's loader would take. Raises LimitReached."""
    return _found(look).folders


def is_torchs(look: Look, member: Member) -> bool:
    """Tell whether the torch formats take care of a member: no other need look at it. Raises LimitReached.

    A member whose two headers disagree is looked at by everybody.
    """
    local = member.local
    sound = local is not None and local.name == member.raw and local.method == member.method
    return sound and id(member) in _found(look).members


def _found(look: Look) -> _Found:
    known = look.notes.get("torch")
    if not isinstance(known, _Found):
        folders = _folders(members_of(look))
        taken = {id(member) for folder in folders for member in (*folder.pickles, *folder.storages, *folder.code)}
        known = look.notes["torch"] = _Found(folders, taken)
    return known


def _folders(members: list[Member]) -> list[TorchFolder]:
    names = {member.name for member in members}
    roots = sorted(
        {
            name[: -len(part)]
            for name in names
            for part in ("data.pkl", ".data/extern_modules")
            if name.endswith(f"/{part}")
        }
    )
    if len(roots) > _MOST_ROOTS:
        raise LimitReached(f"more than {_MOST_ROOTS} models of PyTorch are in one archive")
    folders: list[TorchFolder] = []
    for root in roots:
        if any(root + sign in names for sign in _SIGNS) or any(name.startswith(f"{root}data/") for name in names):
            stems = {name[len(root) : -4] for name in names if name.startswith(root) and name.endswith(".pkl")}
            stems |= {"data", "constants"}
            folder = TorchFolder(root)
            for member in members:
                folder.sort_in(member, stems)
            folders.append(folder)
    return folders
