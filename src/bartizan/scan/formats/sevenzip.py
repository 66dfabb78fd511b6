"""7z archives: each member unpacked and examined. RAR and its like can't be opened here, and are told."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import IO

from bartizan.scan.archives.names import check_name, check_names
from bartizan.scan.archives.spool import Spool
from bartizan.scan.artefacts.content import Reading, Window
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.sevenzip_header import Folder, Item, directory
from bartizan.scan.readers.parts.sevenzip_unpack import refusal, unpacked

__all__ = ["FORMAT"]

_7Z = b"7z\xbc\xaf\x27\x1c"
_OTHERS = {
    b"Rar!\x1a\x07": "a RAR archive",
    b"MSCF\0\0\0\0": "a Windows cabinet",
    b"!<arch>\n": "an archive of Unix's ar",
    b"xar!\0\x1c": "a xar archive",
    b"MSWIM\0\0\0": "a Windows image",
    b"hsqs": "a squashfs image",
    b"070701": "a cpio archive",
    b"070707": "a cpio archive",
    b"Salted__": "encrypted by OpenSSL",
    b"age-encryption.org/": "encrypted by age",
    b"-----BEGIN PGP MESSAGE": "encrypted by PGP",
}


def _other(look: Look) -> str:
    if look.head[2:5] in (b"-lh", b"-lz") and look.head[6:7] == b"-":
        return "an LHA archive"
    return next((name for magic, name in _OTHERS.items() if look.head.startswith(magic)), "")


def recognise(look: Look) -> bool:
    """Tell by the magic number."""
    return look.head.startswith(_7Z) or bool(_other(look))


def examine(look: Look, desk: Desk) -> None:
    """Unpack and examine the members, or say that it can't be done. Raises Malformed, LimitReached."""
    if other := _other(look):
        desk.hit("archive-unreadable", f"it is {other}")
        desk.cover_all(look.content)
        return
    if zlib.crc32(look.head[12:32]) != int.from_bytes(look.head[8:12], "little"):
        raise Malformed("the place of the directory has another checksum", 8)
    file: IO[bytes] = io.BufferedReader(Reading(look.content))
    try:
        folders, items = directory(file, partial(unpacked, file))
    except Bad as error:
        raise Malformed(f"it {error}", 0) from error
    end = 32 + int.from_bytes(look.head[12:20], "little") + int.from_bytes(look.head[20:28], "little")
    desk.cover(0, min(end, look.size))
    check_names((item.name for item in items), desk)
    for item in items:
        check_name(item.name, desk)
    for number, members in groupby((item for item in items if item.folder >= 0), key=lambda item: item.folder):
        _folder(file, folders[number], list(members), desk)


def _folder(file: IO[bytes], folder: Folder, items: list[Item], desk: Desk) -> None:
    """Examine the members of one packed stream, which is unpacked once."""
    if reason := refusal(folder):
        for item in items:
            desk.hit("archive-unreadable", f"`{item.name}` {reason}")
        return
    with Spool() as spool:
        problem = _fill(spool, unpacked(file, folder), desk)
        for item in items:
            if spool.size < item.offset + item.size:
                desk.hit("archive-unreadable", f"`{item.name}` {problem or 'ends early'}")
            if spool.size > item.offset and item.size:
                desk.inside(item.name, Window(spool, item.offset, item.size), listed=True)


def _fill(spool: Spool, pieces: Iterator[bytes], desk: Desk) -> str:
    """Unpack; returns why it ended early."""
    try:
        for piece in pieces:
            desk.expand(len(piece))
            spool.add(piece)
    except Bad as error:
        return str(error)
    return ""


FORMAT = Format(name="7z", title="7z or another archive", group="archive", recognise=recognise, examine=examine)
