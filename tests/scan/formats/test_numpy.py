"""Arrays of NumPy: what the library writes is safe, objects are pickles, and headers are literals within bounds."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import assembled, examined, fired, scan, zipped


def saved(array: Any, save: Callable[..., None] = np.save) -> bytes:
    out = io.BytesIO()
    save(out, array)
    return out.getvalue()


ARRAYS = [
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.ones((3, 2))),
    np.zeros((0, 3)),
    np.float32(3),
    np.array(["abc", "d"]),
    np.array([b"ab"]),
    np.array([True]),
    np.array(["2020-01-01"], dtype="M8[D]"),
    np.zeros(2, complex),
    np.zeros(2, dtype="V3"),
    np.zeros(3, dtype=[("a", "<i4"), ("b", "<f8", (2, 3)), (("title", "name"), "U5")]),
    np.zeros(2, dtype=[("a", [("x", "i4"), ("y", "f4")])]),
    np.array([1, "a", None, {"b": [2.5]}], dtype=object),
    np.zeros(2, dtype=[("a", "O"), ("b", "i4")]),
]


@pytest.mark.parametrize("array", ARRAYS, ids=str)
def test_what_numpy_writes_is_safe(array: Any) -> None:
    artefact = examined(saved(array), "a.npy")
    assert artefact.findings == []
    assert artefact.verdict is Verdict.SAFE


def test_several_in_one_file_and_in_archives_are_safe() -> None:
    assert examined(saved(ARRAYS[0]) + saved(ARRAYS[4]), "a.npy").findings == []
    for save in (np.savez, np.savez_compressed):
        assert examined(saved(ARRAYS[0], save), "a.npz").findings == []


def npy(described: str, body: bytes = b"", version: int = 1) -> bytes:
    text = described.encode("latin-1") + b"\n"
    width = 2 if version == 1 else 4
    return b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(width, "little") + text + body


HEADER = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }"
PROGRAM = assembled(["PROTO 2", "GLOBAL os system", "BINUNICODE echo hi", "TUPLE1", "REDUCE", "STOP"])


def test_objects_are_a_pickle() -> None:
    for data in (npy(HEADER % ("|O", "(1,)"), PROGRAM), zipped({"a.npy": npy(HEADER % ("|O", "(1,)"), PROGRAM)})):
        artefact = examined(data, "a.npz")
        assert artefact.verdict is Verdict.DANGEROUS
        assert any("CVE-2019-6446" in found.cve for found in artefact.findings)


def test_bytes_behind_an_array_are_told() -> None:
    assert "bytes-unaccounted" in fired(examined(saved(ARRAYS[0]) + PROGRAM, "a.npy"))
    assert "bytes-unaccounted" in fired(examined(saved(ARRAYS[12]) + PROGRAM, "a.npy"))


def test_sizes_of_python_2_are_read() -> None:
    assert examined(npy(HEADER % ("<f8", "(2L,)"), bytes(16)), "a.npy").findings == []


@pytest.mark.parametrize(
    "header",
    [
        "__import__('os').system('x')",
        "{'descr': '<f8'}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': 'x', }",
        "{'descr': 'no', 'fortran_order': False, 'shape': (), }",
        "{'descr': 3, 'fortran_order': False, 'shape': (), }",
        "{'descr': [('a',)], 'fortran_order': False, 'shape': (), }",
        "{'descr': [('a', '<f8', -1)], 'fortran_order': False, 'shape': (), }",
        "{'descr': " + "[('a', " * 30 + "'<f8'" + ")]" * 30 + ", 'fortran_order': False, 'shape': (), }",
        HEADER % ("<f8", "(9999999,)"),
        HEADER % ("<f8", "(" * 5000),
        "{{1}: 2}",
        "-" * 20_000 + "1",
    ],
)
def test_a_header_that_is_none_is_malformed(header: str) -> None:
    assert "malformed-file" in fired(examined(npy(header), "a.npy"))


def test_an_unknown_version_or_length_is_malformed() -> None:
    assert "malformed-file" in fired(examined(npy("{}", version=9), "a.npy"))
    assert "malformed-file" in fired(examined(b"\x93NUMPY\x02\x00\xff\xff\xff\x7f", "a.npy"))


@given(st.sampled_from([saved(array) for array in ARRAYS]), st.integers(0, 200), st.binary(min_size=1, max_size=6))
def test_no_mutation_makes_a_scanner_fail(data: bytes, at: int, piece: bytes) -> None:
    found = scan({"a.npy": data[:at] + piece + data[at + len(piece) :]})
    assert not any("scanner-failed" in fired(artefact) for artefact in found.artefacts)
