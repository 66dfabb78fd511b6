"""Every reader reads everything: whatever the bytes, no reader raises, and each block keeps its contract."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import zipfile
from functools import cache
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pypdf
import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook  # type: ignore[import-untyped]
from pyarrow import parquet

from bartizan.scan.blocks import Reader, Unit, Unread
from bartizan.scan.readers import readers, recognise
from bartizan.scan.sources import Memory
from tests.scan.readers.support import everything, records

_MAGIC = [
    *(b"PAR1", b"ARROW1\0\0", b"ORC", b"Obj\x01", b"PK\x03\x04", b"\x1f\x8b\x08\0", b"BZh91AY&SY", b"\xfd7zXZ\0"),
    *(b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"7z\xbc\xaf\x27\x1c", b"%PDF-1.7\n", b"{\\rtf1", b"SQLite format 3\0"),
    *(b"<?xml version='1.0'?><a>", b"<!doctype html><p>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"From a@b\nFrom: x\n"),
    *(b'{"a":', b"[[", b"a,b,c\n1,2,3\n", b'{"a":1}\n{"a":', b"\xff\xfe", b"\0\0\0\0\0\0\0\0DUCK", b'{"cells":[', b""),
]
_ENDS = [
    "txt",
    "csv",
    "jsonl",
    "json",
    "parquet",
    "docx",
    "xlsx",
    "pptx",
    "odt",
    "zip",
    "tar",
    "eml",
    "mbox",
    "html",
    "xml",
    "ipynb",
    "arrow",
    "pdf",
]
_NAMES = ["a", *(f"a.{end}" for end in _ENDS)]


@given(magic=st.sampled_from(_MAGIC), body=st.binary(max_size=400), name=st.sampled_from(_NAMES))
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=400)
def test_no_bytes_make_recognised_readers_fail(magic: bytes, body: bytes, name: str) -> None:
    records(everything(name, magic + body))


@pytest.mark.parametrize("reader", readers(), ids=lambda reader: str(reader.name))
@given(magic=st.sampled_from(_MAGIC), body=st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_reader_fails_on_what_is_not_its_own(reader: Reader, magic: bytes, body: bytes) -> None:
    source = Memory("file", magic + body)
    assert 0 <= reader.recognises(source.data[:4096], "file") <= 3
    for unit in reader.units(source, 64):
        records(list(reader.blocks(source, unit)))


@cache
def _samples() -> dict[str, bytes]:
    """Small whole files of the formats that are easily broken."""
    out: dict[str, bytes] = {}
    table = pa.table({"id": [1, 2, 3], "text": ["a", "b", None], "list": [["x"], [], ["y", "z"]]})
    buffer = io.BytesIO()
    parquet.write_table(table, buffer)
    out["a.parquet"] = buffer.getvalue()
    buffer = io.BytesIO()
    with pa.ipc.new_file(buffer, table.schema) as writer:
        writer.write_table(table)
    out["a.arrow"] = buffer.getvalue()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "hello " * 50)
        archive.writestr("b.json", json.dumps({"a": [1, {"b": "c"}]}))
    out["a.zip"] = buffer.getvalue()
    out["a.txt.gz"] = gzip.compress(b"hello " * 100, mtime=0)
    document = Document()
    document.add_paragraph("hello")
    buffer = io.BytesIO()
    document.save(buffer)
    out["a.docx"] = buffer.getvalue()
    book = Workbook()
    book.active.append(["Name", "Number"])
    book.active.append(["Anna", 12])
    buffer = io.BytesIO()
    book.save(buffer)
    out["a.xlsx"] = buffer.getvalue()
    pages = pypdf.PdfWriter()
    pages.add_blank_page(100, 100)
    pages.add_metadata({"/Author": "Anna"})
    buffer = io.BytesIO()
    pages.write(buffer)
    out["a.pdf"] = buffer.getvalue()
    return out


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.zip", "a.txt.gz", "a.docx", "a.xlsx", "a.pdf"])
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=40)
def test_damage_anywhere_is_told_or_harmless(name: str, data: st.DataObject) -> None:
    whole = bytearray(_samples()[name])
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4)):
        whole[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(whole)))
    records(everything(name, bytes(whole[:cut])))


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (a TEXT)")
    connection.executemany("INSERT INTO t VALUES (?)", [(f"row {number} " * 40,) for number in range(200)])
    connection.commit()
    connection.close()
    whole = path.read_bytes()
    for cut in range(150, len(whole), 4999):
        records(everything("a.db", whole[:cut] + b"\xff" * 500))


def test_readers_have_names_of_their_own() -> None:
    names = [reader.name for reader in readers()]

    assert len(names) == len(set(names))
    assert len(names) >= 25


def test_units_of_a_whole_file_cover_it() -> None:
    for name, data in _samples().items():
        source = Memory(name, data)
        reader = recognise(source)
        assert not isinstance(reader, Unread)
        parts = [record for unit in reader.units(source, 1) for record in records(list(reader.blocks(source, unit)))]
        assert sorted(parts) == sorted(records(list(reader.blocks(source, Unit()))))
