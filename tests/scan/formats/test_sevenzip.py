"""7z archives are unpacked; what can't be opened is told and never safe."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import assembled, examined, fired, scan

PROGRAM = assembled(["PROTO 2", "GLOBAL os system", "BINUNICODE echo hi", "TUPLE1", "REDUCE", "STOP"])


def sevenzip(name: str, body: bytes, method: bytes = b"\x00") -> bytes:
    """An archive of one member that is stored, or said to be packed by another method. Source: 7zFormat.txt."""
    coder = bytes([len(method)]) + method
    streams = (
        b"\x06\x00\x01\x09" + bytes([len(body)]) + b"\x00"
        b"\x07\x0b\x01\x00\x01" + coder + b"\x0c" + bytes([len(body)]) + b"\x00\x00"
    )
    names = b"\0" + name.encode("utf-16-le") + b"\0\0"
    files = b"\x05\x01\x11" + bytes([len(names)]) + names + b"\x00"
    header = b"\x01\x04" + streams + files + b"\x00"
    start = struct.pack("<QQL", len(body), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<L", zlib.crc32(start)) + start + body + header


def test_members_are_examined() -> None:
    assert examined(sevenzip("a.txt", b"some text"), "m.7z").findings == []
    artefact = examined(sevenzip("data.pkl", PROGRAM), "m.7z")
    assert artefact.verdict is Verdict.DANGEROUS
    assert artefact.findings[0].place.file == "m.7z!/data.pkl"


def test_unsafe_names_are_told() -> None:
    assert "archive-path-leaves" in fired(examined(sevenzip("../a.txt", b"some text"), "m.7z"))


@pytest.mark.parametrize("method", [b"\x06\xf1\x07\x01", b"\x03\x04\x01"])
def test_what_can_not_be_unpacked_is_unknown(method: bytes) -> None:
    artefact = examined(sevenzip("a.txt", b"some text", method), "m.7z")
    assert fired(artefact) == {"archive-unreadable"}
    assert artefact.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "data", [b"Rar!\x1a\x07\x01\x00", b"MSCF\0\0\0\0", b"!<arch>\n", b"Salted__" + bytes(8), b"xx-lh5-" + bytes(20)]
)
def test_archives_of_other_kinds_are_unknown(data: bytes) -> None:
    artefact = examined(data + bytes(40), "m.bin")
    assert "archive-unreadable" in fired(artefact)


def test_bytes_behind_the_archive_are_told() -> None:
    assert "bytes-unaccounted" in fired(examined(sevenzip("a.txt", b"some text") + b"\1\2", "m.7z"))


SOUND = sevenzip("a.txt", b"some text")


@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=8), st.integers(0, 60))
def test_no_mutation_makes_a_scanner_fail(at: int, piece: bytes, cut: int) -> None:
    data = SOUND[:at] + piece + SOUND[at + len(piece) :]
    found = scan({"a.npy": data[: len(data) - cut]})
    assert not any("scanner-failed" in fired(artefact) for artefact in found.artefacts)
