"""PyTorch's zip files, and its packages: the pickles are examined, the bytes of tensors are not read."""

from __future__ import annotations

from bartizan.scan.archives.torchzip import TorchFolder, torch_folders
from bartizan.scan.archives.zipread import Member
from bartizan.scan.archives.zipwalk import examine_as, examine_member, zip_recognised
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.pickles.examine import examine_pickle
from bartizan.scan.pickles.persistent import Storages

__all__ = ["FORMAT"]


def recognise(look: Look) -> bool:
    """Tell by the names in the zip's directory."""
    return zip_recognised(look) and bool(torch_folders(look))


def examine(look: Look, desk: Desk) -> None:
    """Examine the pickles of each folder, and compare the storages they name with those that are there."""
    for folder in torch_folders(look):
        named: dict[str, int] = {}
        whole = True
        for member in folder.pickles:
            whole &= _pickle(look, folder, member, named, desk)
        if whole:
            _compare(look, folder, named, desk)
        desk.fact("tensors", str(len(folder.storages)))
        desk.fact("weight-bytes", str(sum(member.size for member in folder.storages)))


def _pickle(look: Look, folder: TorchFolder, member: Member, named: dict[str, int], desk: Desk) -> bool:
    """Examine one pickle, and note the members that it names, with their sizes. Tells if it could be read."""
    found = Storages()
    whole = False

    def examine(look: Look, desk: Desk) -> None:
        nonlocal whole
        examine_pickle(look.content, desk, flavour="torch", persistent=found.add)
        whole = True

    format = Format(name="torch-pickle", title="PyTorch's pickle", group="model", recognise=recognise, examine=examine)
    examine_as(look.content, member, format, desk)
    places = folder.places(member)
    there = {member.name for member in folder.storages}
    for key, size in found.sizes.items():
        name = next((place for form in places if (place := form.format(key)) in there), places[0].format(key))
        named[name] = size
    return whole


def _compare(look: Look, folder: TorchFolder, named: dict[str, int], desk: Desk) -> None:
    there = {member.name: member for member in folder.storages}
    for name, size in named.items():
        if name not in there:
            desk.hit("torch-storages-odd", f"`{name}` is named and not there")
        elif size >= 0 and there[name].size not in (0, size):
            # Traced inputs are written with their shapes only.
            said = f"`{name}` should have {size} bytes, and has {there[name].size}"
            desk.hit("torch-storages-odd", said, offset=there[name].offset)
    for name, member in there.items():
        desk.check_time()
        if name not in named:
            examine_member(look.content, member, desk, listed=False)


FORMAT = Format(name="torch", title="PyTorch zip", group="model", recognise=recognise, examine=examine)
