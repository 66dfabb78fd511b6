"""joblib: the bytes of arrays between the opcodes, in every compression, and what hides behind them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable

import pytest

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import assembled, examined, fired

CALL = ["GLOBAL os system", "BINUNICODE echo hi", "TUPLE1", "REDUCE"]


def array(dtype: str, body: bytes, count: int, *, aligned: bool = True) -> list[str]:
    """An array wrapper and the bytes that follow it."""
    wrapper = [
        "GLOBAL joblib.numpy_pickle NumpyArrayWrapper", "EMPTY_TUPLE", "NEWOBJ", "EMPTY_DICT", "MARK",
        "BINUNICODE subclass",
        "GLOBAL numpy ndarray", "BINUNICODE shape", f"BININT1 {count}", "TUPLE1", "BINUNICODE order", "BINUNICODE C",
        "BINUNICODE dtype", "GLOBAL numpy dtype", f"BINUNICODE {dtype}", "NEWFALSE", "NEWTRUE", "TUPLE3", "REDUCE",
        "BINUNICODE allow_mmap", "NEWTRUE", "BINUNICODE numpy_array_alignment_bytes",
        "BININT1 16" if aligned else "NONE",
        "SETITEMS", "BUILD",
    ]  # fmt: skip
    padding = b"\3\xff\xff\xff" if aligned else b""
    return [*wrapper, f"raw {(padding + body).hex()}"]


def listed(*parts: list[str]) -> bytes:
    inner = [line for part in parts for line in part]
    return assembled(["PROTO 2", "EMPTY_LIST", "MARK", *inner, "APPENDS", "STOP"])


FLOATS = array("f8", bytes(24), 3)
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
    "old": lambda data: b"ZF" + hex(len(data)).encode().ljust(19) + zlib.compress(data),
}


@pytest.mark.parametrize("packer", PACKERS)
def test_arrays_are_safe_and_what_follows_them_is_read(packer: str) -> None:
    pack = PACKERS[packer]
    assert examined(pack(listed(FLOATS, FLOATS)), "m.joblib").findings == []
    assert examined(pack(listed(FLOATS, CALL)), "m.joblib").verdict is Verdict.DANGEROUS
    assert examined(pack(listed(CALL, FLOATS)), "m.joblib").verdict is Verdict.DANGEROUS
    assert examined(pack(listed(FLOATS, CALL, FLOATS)), "m.joblib").verdict is Verdict.DANGEROUS


def test_an_array_of_objects_is_a_pickle() -> None:
    harmless = assembled(["PROTO 2", "EMPTY_LIST", "STOP"])
    harmful = assembled(["PROTO 2", *CALL, "STOP"])
    assert examined(listed(array("O", harmless, 1, aligned=False), FLOATS), "m.joblib").findings == []
    artefact = examined(listed(array("O", harmful, 1, aligned=False), FLOATS), "m.joblib")
    assert artefact.verdict is Verdict.DANGEROUS
    assert any("CVE-2024-34997" in found.cve for found in artefact.findings)
    behind = examined(listed(array("O", harmless, 1, aligned=False), CALL), "m.joblib")
    assert behind.verdict is Verdict.DANGEROUS


def test_bytes_of_an_array_that_are_opcodes_for_others_are_read_so_too() -> None:
    # joblib passes over them; a plain pickle loader runs them.
    body = assembled([*CALL, "STOP"])
    artefact = examined(listed(array("u1", body, len(body), aligned=False)), "m.pkl")
    assert artefact.verdict is Verdict.DANGEROUS
    unknown = assembled(["GLOBAL my.own thing", "EMPTY_TUPLE", "REDUCE", "STOP"])
    told = examined(listed(array("u1", unknown, len(unknown), aligned=False)), "m.pkl")
    assert told.verdict is Verdict.UNKNOWN


def test_an_array_that_is_cut_off_is_told() -> None:
    data = listed(array("f8", bytes(24), 200))
    assert "malformed-file" in fired(examined(data, "m.joblib"))


def test_an_old_file_that_lies_about_its_size_is_told() -> None:
    packed = b"ZF" + b"0x7".ljust(19) + zlib.compress(assembled(["PROTO 2", "EMPTY_LIST", "STOP"]))
    assert "malformed-file" in fired(examined(packed, "m.joblib"))
