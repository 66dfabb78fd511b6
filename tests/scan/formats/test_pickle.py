"""Bare pickles are found by what they are: in a row, after junk, without a protocol; text is none."""

from __future__ import annotations

import io
import pickle
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.format import Look
from bartizan.scan.artefacts.result import Verdict
from bartizan.scan.artefacts.tree import MemoryTree
from bartizan.scan.formats.pickle_ import recognise
from tests.scan.artefacts.support import assembled, examined, fired

EVIL = assembled(["PROTO 4", "GLOBAL os system", "UNICODE id", "TUPLE1", "REDUCE", "STOP"])
FINE = pickle.dumps({"a": [1, 2, 3]}, 4)


def recognised(data: bytes, name: str = "file") -> bool:
    return recognise(Look(name, MemoryContent(data), MemoryTree({})))


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("value", [{"a": [1, 2]}, [1.5, "x"], ("a", "b", None)])
def test_every_protocol_is_known(protocol: int, value: object) -> None:
    data = pickle.dumps(value, protocol)
    assert recognised(data, "weights.pkl")
    assert examined(data, "weights.pkl").verdict is Verdict.SAFE


@pytest.mark.parametrize("name", ["weights.bin", "notes.txt", "x"])
def test_the_name_does_not_matter(name: str) -> None:
    assert "pickle" in examined(EVIL, name).formats
    assert "pickle" in examined(b"cos\nsystem\n(S'id'\ntR.", name).formats
    assert "pickle" in examined(b"(S'id'\nios\nsystem\n.", name).formats


@pytest.mark.parametrize(
    "text",
    [
        "cat\nfoo\nbar\n", "Notes\n", "(see below)\n", "I am text.\nReally.\n", "N.", "Some text here.\n", "[1, 2]",
        "{}",
        "Lorem ipsum dolor sit amet.\n", "", ".", "import os\nos.system('x')\n", "class A:\n    pass\n",
        "case 1\nx\n.", "title: x\n",
        "(define x 1)", "Version 1\n", "ABC.", "Kt.", "}\n", "]).",
    ],
)  # fmt: skip
def test_text_is_no_pickle(text: str) -> None:
    assert not recognised(text.encode())


@given(st.text(max_size=300))
def test_words_are_no_pickle(text: str) -> None:
    words = " ".join(text.split())
    assert not recognised(f"The {words}".encode())


def test_several_in_a_row() -> None:
    assert examined(FINE * 3, "a.pkl").findings == []
    assert fired(examined(FINE + EVIL, "a.pkl")) == {"pickle-executes"}
    assert fired(examined(FINE + b"cos\nsystem\n(S'id'\ntR.", "a.pkl")) == {"pickle-executes"}


def test_after_junk() -> None:
    found = examined(FINE + b"junk" * 10 + EVIL, "a.pkl")
    assert fired(found) == {"bytes-unaccounted", "pickle-executes"}
    found = examined(b"\xf0junk" * 10 + EVIL, "a.pkl")
    assert "pickle-executes" in fired(found)


def test_data_behind_the_end_are_told() -> None:
    assert fired(examined(FINE + b"more", "a.pkl")) == {"bytes-unaccounted"}
    assert fired(examined(FINE + bytes(100), "a.pkl")) == set()


def test_what_breaks_is_told_with_what_came_before() -> None:
    found = examined(EVIL[:-1] + b"\xff", "a.pkl")
    assert fired(found) >= {"malformed-file", "pickle-executes"}
    assert found.verdict is Verdict.DANGEROUS


def test_what_is_no_pickle_under_its_name() -> None:
    assert fired(examined(b"hello world", "a.pkl")) >= {"malformed-file"}
    assert not recognised(b"PK\x03\x04" + bytes(40), "a.pkl")


def test_a_pickle_behind_a_broken_one() -> None:
    assert "pickle-executes" in fired(examined(b"\x80\x04\x8c\x05ab\xff" + EVIL, "a.pkl"))


@pytest.mark.parametrize("start", [b"\x80\x02(", b"\x80\x03]", b"\x80\x05}", b"\x80\x02c"])
@pytest.mark.parametrize(
    "more", [b"P\xf0K\x03\n\xff", b"\x82\x07\xff", b"\x95" + b"\xff" * 9, b"T\0\0\0\x03" + bytes(9)]
)
def test_three_bytes_of_weights_are_no_pickle(start: bytes, more: bytes) -> None:
    assert fired(examined(FINE + b"\xff" * 9 + start + more, "a.pt")) == {"bytes-unaccounted"}


@pytest.mark.parametrize(
    "program", [b"\x80\x02cunheard\nrun\n)R\xff", b"\x80\x02(cos\nsystem\n\xff", b"\x80\x03]cos\nsystem\n)R\xff"]
)
def test_a_name_in_what_breaks_is_told(program: bytes) -> None:
    found = fired(examined(FINE + b"\xff" * 9 + program, "a.pt"))
    assert found & {"pickle-unknown-callable", "pickle-executes"}


def test_a_member_of_words_is_no_pickle() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("names.txt", "PoseModel\nVisionTransformer\ncls\nconv1\nNorm\n")
        file.writestr("inner.bin", held.getvalue() or b"PK\x03\x04")
    assert "pickle-persistent-id" not in fired(examined(held.getvalue(), "all.zip"))
