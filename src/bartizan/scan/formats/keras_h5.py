"""HDF5 as Keras and others keep models in it: descriptions in attributes, and parts that are other files.

Data of datasets are not read. Free space between the parts is usual, so bytes are accounted for as a whole, up to the
end that the file itself names.
"""

from __future__ import annotations

from bartizan.scan.artefacts.content import is_slow
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.graphs.keras import examine_text
from bartizan.scan.wire.hdf5 import SIGNATURE, File, Message, superblock_at
from bartizan.scan.wire.paths import leaves_folder

_DESCRIPTIONS = frozenset({"model_config", "training_config", "optimizer_config", "layer_config", "config"})
_FACTS = {"keras_version": "library", "backend": "backend"}
_EXTERNAL, _LAYOUT = 0x07, 0x08
_LINK, _STORED, _VIRTUAL = "CVE-2026-9335", "CVE-2026-1669", "CVE-2026-12480"
"""Keras followed links into other files, data stored in other files, and data put together from other files."""
_NEAR, _FAR = 1 << 16, 1 << 32


def recognise(look: Look) -> bool:
    """Tell by the signature, which may come after a block of the user's own."""
    if look.head[:8] == SIGNATURE or look.suffix in (".h5", ".hdf5"):
        return True
    # Behind a network each of the places to look at costs a request: there only those at the beginning are.
    return superblock_at(look.content, _NEAR if is_slow(look.content) else _FAR) >= 0


def examine(look: Look, desk: Desk) -> None:
    """Visit every object."""
    file = File(look.content, desk.check_time)
    if file.end > look.size:
        raise Malformed("the file ends before the end that it names", file.start)
    desk.cover(file.start, file.end)
    objects = 0
    for path, messages, links in file.objects():
        objects += 1
        for link in links:
            if link.file:
                _other(f"link `{path.rstrip('/')}/{link.name}`", link.file, _LINK, desk)
        for message in messages:
            _elsewhere(file, path, message, desk)
        for attribute in file.attributes(messages):
            if attribute.name in _DESCRIPTIONS and attribute.kind in (3, 9):
                for text in file.value(attribute):
                    _description(text, attribute.name, desk)
            elif attribute.name in _FACTS and attribute.kind in (3, 9) and path == "/":
                said = " ".join(one.decode("utf-8", "replace") for one in file.value(attribute))
                desk.fact(_FACTS[attribute.name], said)
    desk.fact("objects", str(objects))


def _description(text: bytes, name: str, desk: Desk) -> None:
    if name in ("model_config", "training_config") or text.lstrip()[:1] in (b"{", b"["):
        examine_text(text.decode("utf-8", "replace"), desk, legacy=True)


def _elsewhere(file: File, path: str, message: Message, desk: Desk) -> None:
    """Report datasets whose data lie in other files."""
    at = message.start
    if message.kind == _EXTERNAL:
        heap = file.number(at + 8)
        names = file.number(heap + 8 + 2 * file.long)
        for one in range(min(file.source.number(at + 6, 2), 64)):
            slot = at + 8 + file.wide + one * 3 * file.long
            _other(f"data of `{path}`", file.text(names + file.length(slot)), _STORED, desk)
    elif message.kind == _LAYOUT and file.source.number(at, 1) >= 3 and file.source.number(at + 1, 1) == 3:
        block = file.heap_object(file.number(at + 2), file.source.number(at + 2 + file.wide, 4))
        name = block[1 + file.long :].split(b"\0", 1)[0].decode("utf-8", "replace")
        if name != ".":
            _other(f"data of `{path}`", name or "?", _VIRTUAL, desk)


def _other(what: str, name: str, cve: str, desk: Desk) -> None:
    desk.hit("model-reads-outside" if leaves_folder(name) else "hdf5-other-file", f"{what}: `{name}`", cve=[cve])


FORMAT = Format(name="hdf5", title="HDF5", group="model", recognise=recognise, examine=examine)
