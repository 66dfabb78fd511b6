"""Archives and compressed files: nested, bounded, damaged, encrypted; members by their own readers."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import random
import tarfile
import zipfile
from collections.abc import Callable
from email.message import EmailMessage

import pyarrow as pa  # type: ignore[import-untyped]
import pypdf
import pytest
from pyarrow import parquet

from bartizan.scan.blocks import Block, Unit, Unread
from bartizan.scan.readers import recognise
from bartizan.scan.readers.parts.members import Bounds, Budget, nested
from bartizan.scan.readers.parts.ziplib import entries
from bartizan.scan.readers.zip_archive import READER as ZIP
from bartizan.scan.sources import Memory
from tests.scan.readers.support import everything, read, reasons, records, values


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


def tarred(files: dict[str, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=format) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue())


def lz4(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "lz4") as stream:
        stream.write(data)
    return bytes(sink.getvalue())


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_are_read_by_their_own_readers(method: int) -> None:
    items = everything("a.zip", zipped({"x/a.txt": b"hello\n", "b.csv": b"id,name\n1,Anna\n2,Bob\n3,Eve\n"}, method))

    assert values(items, "", "x/a.txt") == ["hello"]
    assert values(items, "name", "b.csv") == ["Anna", "Bob", "Eve"]
    assert reasons(items) == []


def test_members_inside_members_have_both_names() -> None:
    inner = zipped({"mail.txt": b"inside\n"})
    items = everything("a.tar", tarred({"deep/inner.zip": inner}))

    assert [record.member for record in records(items)] == ["deep/inner.zip!mail.txt"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd, lz4])
def test_compressed_files_are_read_as_what_is_inside(pack: Callable[[bytes], bytes]) -> None:
    items = everything("people.csv.packed", pack(b"id;name\n1;Anna\n2;Bob\n3;Eve\n" * 1))

    assert "1;Anna" in values(items, "", "people.csv.packed") or values(items, "name", "people.csv.packed")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd])
def test_streams_that_follow_each_other_are_all_read(pack: Callable[[bytes], bytes]) -> None:
    assert values(everything("a.log", pack(b"one\n") + pack(b"two\n")), "", "a.log") == ["one", "two"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstd])
def test_a_stream_that_breaks_off_is_read_so_far_and_told(pack: Callable[[bytes], bytes]) -> None:
    letters = random.Random(1).randbytes(2_000_000).hex().encode()  # noqa: S311 - what no packer makes small
    whole = pack(b"line 0 0\nline 1 7919\n" + letters + b"\n")
    items = everything("a.log", whole[: len(whole) // 2])

    assert values(items, "", "a.log")[:2] == ["line 0 0", "line 1 7919"]
    assert [member for member, reason in reasons(items) if "damaged" in reason] == ["a.log"]


def test_a_tar_in_gzip_is_read_without_a_copy() -> None:
    files = {f"{number}.txt": b"text %d\n" % number * 50_000 for number in range(8)}
    items = everything("a.tgz", gzip.compress(tarred(files)))

    assert {record.member for record in records(items)} == {f"a.tar!{name}" for name in files}
    assert sum(len(block.data) for block in items if isinstance(block, Block)) == sum(map(len, files.values()))


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_long_names_of_every_kind_of_tar(format: int) -> None:
    name = "folder/" * (12 if format == tarfile.USTAR_FORMAT else 60) + "file.txt"

    assert {record.member for record in records(everything("a.tar", tarred({name: b"x y z\n"}, format)))} == {name}


def test_pipes_and_devices_in_a_tar_are_told_and_links_are_not_followed() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in (("pipe", tarfile.FIFOTYPE), ("disk", tarfile.BLKTYPE), ("link", tarfile.SYMTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    items = everything("a.tar", buffer.getvalue())

    assert items == [Unread("is a named pipe", "pipe"), Unread("is a device", "disk")]


def test_a_truncated_tar_is_told() -> None:
    whole = tarred({"a.txt": b"hello\n" * 400, "b.txt": b"x\n"})

    assert reasons(everything("a.tar", whole[:1500])) == [
        ("a.txt", "breaks off: the archive is truncated"),
        ("", "has no mark at its end, as a truncated archive; members may be missing"),
    ]


def test_a_zip_without_directory_gives_its_members_all_the_same() -> None:
    whole = zipped({"a.txt": b"hello\n" * 40, "b.txt": b"world\n" * 40})
    items = everything("a.zip", whole[: whole.index(b"PK\x01\x02")])

    assert {record.member for record in records(items)} == {"a.txt", "b.txt"}
    assert "no directory" in reasons(items)[0][1]


def test_a_damaged_member_is_told_and_the_others_are_read() -> None:
    whole = bytearray(zipped({"a.txt": b"first one\n" * 400, "b.txt": b"world\n"}))
    whole[36:44] = b"\xff" * 8
    items = everything("a.zip", bytes(whole))

    assert values(items, "", "b.txt") == ["world"]
    assert [member for member, _ in reasons(items)] == ["a.txt"]


def test_a_wrong_checksum_is_told() -> None:
    whole = zipped({"a.txt": b"hello world\n"}, zipfile.ZIP_STORED)
    deflated = bytearray(zipped({"a.txt": b"hello world\n" * 9}))
    at = deflated.index(b"PK\x01\x02") + 16
    deflated[at] ^= 1

    assert reasons(everything("a.zip", whole)) == []
    assert "checksum" in reasons(everything("a.zip", bytes(deflated)))[0][1]


def test_encrypted_members_are_told() -> None:
    whole = bytearray(zipped({"secret.txt": b"hello\n", "open.txt": b"world\n"}))
    whole[6] |= 1
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    items = everything("a.zip", bytes(whole))

    assert reasons(items) == [("secret.txt", "is encrypted")]
    assert values(items, "", "open.txt") == ["world"]


def test_names_that_lead_out_are_told_and_read_under_a_clean_name() -> None:
    items = everything(
        "a.zip", zipped({"../../etc/evil.txt": b"one\n", "/abs.txt": b"two\n", "C:\\win.txt": b"three\n"})
    )

    assert [member for member, _ in reasons(items)] == ["etc/evil.txt", "abs.txt", "win.txt"]
    assert {record.member for record in records(items)} == {"etc/evil.txt", "abs.txt", "win.txt"}


def test_a_bomb_is_stopped_and_the_part_so_far_was_read() -> None:
    budget = Budget(100, Bounds(floor=4 << 20))
    packed = gzip.compress(b"a b c d\n" * (1 << 20))
    source = Memory("outer.zip", b"")
    items = list(nested(source, budget, "a.gz", opener=Memory("a.gz", packed).open))  # type: ignore[arg-type]

    assert 1 << 20 < sum(len(block.data) for block in items if isinstance(block, Block)) <= 4 << 20
    assert "zip bomb" in reasons(items)[-1][1]


def test_recursion_ends() -> None:
    data = b"x y z\n"
    for _ in range(8):
        data = gzip.compress(data)

    assert reasons(everything("a", data)) == [("a!a!a!a!a!a", "is nested more than 5 levels deep and was not unpacked")]


def test_the_number_of_members_is_bounded() -> None:
    budget = Budget(100, Bounds(members=1))
    source = Memory("outer.zip", b"")
    held = Memory("a.txt", b"hello\n")
    found = [list(nested(source, budget, "a.txt", opener=held.open, size=6)) for _ in range(3)]  # type: ignore[arg-type]

    assert [len(items) for items in found] == [1, 0, 0]
    assert "more than 1 members" in budget.over


def test_many_members_with_one_reason_are_summed_up() -> None:
    items = everything("a.zip", zipped({f"{number}.png": b"\x89PNG\r\n\x1a\n\0\0\0" for number in range(80)}))

    assert len(items) == 51
    assert items[-1] == Unread("format PNG image is not inspected for data (30 more members like this)")


def test_a_zip_is_cut_into_ranges_of_members() -> None:
    files = {f"{number}.txt": b"text %d\n" % number * 100 for number in range(10)}
    source = Memory("a.zip", zipped(files))
    units = ZIP.units(source, 2000)
    found = [record for unit in units for record in records(list(ZIP.blocks(source, unit)))]

    assert len(units) > 3
    assert found == records(list(ZIP.blocks(source, Unit())))


def test_a_zip_behind_other_bytes_is_found() -> None:
    found, whole = entries(io.BytesIO(b"#!/bin/sh\n" * 50 + zipped({"a.txt": b"hello\n"})))

    assert whole
    assert [entry.name for entry in found] == ["a.txt"]


def test_office_files_in_archives_are_read_as_such() -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("deep inside")
    buffer = io.BytesIO()
    document.save(buffer)
    items = everything("a.tar.gz", gzip.compress(tarred({"letter.docx": buffer.getvalue()})))

    assert values(items, "", "a.tar!letter.docx") == ["deep inside"]


_SEVENZIP = base64.b64decode(
    "N3q8ryccAAQgIxmhkAAAAAAAAAAUAAAAAAAAAFXLMqXgACUAIV0ANBlJ7o3dTsX4txCCAS4YdcoEbMG4WAwFv7oehSgISHEuAOAA"
    "aABfXQAAgTMHrg/QluR8nz9HQQQEMnr/lDZIGfnfa4dXxhZQayTubUhB40+pKoSeT3EfeE8PSl6BW5ds9S/woBeDAqARXpXpxsri"
    "1/5kxmU7zv8kyaaTrLBjhWSzQydHIAAAAAAXBikBCWcABwsBAAEhIQEYDGkAAA=="
)
_SEVENZIP_ENCRYPTED = base64.b64decode(
    "N3q8ryccAATTW9VEiQAAAAAAAAAUAAAAAAAAAKkyWLkZ1Jy7oKEKatbD7FpMgiQydUnTZUz+6acorDuyzpZ67gEAZAEEBgABCSAK"
    "AUUUsGYABwsBAAIkBvEHARJTD4cmqBNqwFQaFSlcOGvDeHYhIQEYAQAMExIACAoBOjdmPQAABQERDQBhAC4AdAB4AHQAAAAUCgEA"
    "kC0kHrd+3QEVBgEAIICkgQAAABcGIAEJaQAHCwEAASEhARgMZQAA"
)
"""Written with py7zr 1: `a.txt` and `b.csv` by LZMA2, and `a.txt` with a password."""


def test_a_7z_archive_gives_its_members() -> None:
    items = everything("a.7z", _SEVENZIP)

    assert values(items, "", "a.txt") == ["hello"] * 3
    assert values(items, "name", "b.csv") == ["A", "B", "C"]


def test_7z_archives_that_are_encrypted_or_damaged_are_told() -> None:
    assert reasons(everything("a.7z", _SEVENZIP_ENCRYPTED)) == [("a.txt", "is encrypted")]
    assert "truncated" in reasons(everything("a.7z", _SEVENZIP[:-9]))[0][1]
    damaged = bytearray(_SEVENZIP)
    damaged[36] ^= 0xFF
    assert [member for member, _ in reasons(everything("a.7z", bytes(damaged)))] == ["a.txt", "b.csv"]


def test_a_source_inside_a_stream_can_be_jumped_about_in() -> None:
    inner = zipped({"a.txt": b"hello\n" * 90_000})
    source = Memory("a.zip.gz", gzip.compress(inner + bytes(200_000)))
    reader = recognise(source)
    assert not isinstance(reader, Unread)

    assert values(read(source), "", "a.zip!a.txt")[:2] == ["hello", "hello"]


@pytest.mark.parametrize("outside", ["stored", "deflated", "tar", "tar in gzip", "mail", "7z-like stream"])
def test_formats_that_jump_about_are_read_wherever_they_stand(outside: str) -> None:
    buffer = io.BytesIO()
    parquet.write_table(pa.table({"name": ["Anna"]}), buffer)
    document = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Author": "Anna"})
    writer.write(document)
    files = {"a.parquet": buffer.getvalue(), "a.pdf": document.getvalue(), "a.zip": zipped({"a.txt": b"Anna\n"})}
    if outside == "mail":
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "a@example.com", "b@example.com", "x"
        for name, data in files.items():
            mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        whole = mail.as_bytes()
    else:
        whole = {
            "stored": lambda: zipped(files, zipfile.ZIP_STORED),
            "deflated": lambda: zipped(files),
            "tar": lambda: tarred(files),
            "tar in gzip": lambda: gzip.compress(tarred(files)),
            "7z-like stream": lambda: lzma.compress(tarred(files)),
        }[outside]()
    found = [record for record in records(everything("a", whole)) if record.text == "Anna"]

    assert {(record.column, record.member.rpartition("!")[2]) for record in found} == {
        ("name", "a.parquet"),
        ("property.Author", "a.pdf"),
        ("", "a.txt"),
    }


def test_directories_of_more_than_64k_members() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(65_600):
            archive.writestr(str(number), b"")
    found, whole = entries(buffer)

    assert whole
    assert [entry.name for entry in found][-1] == "65599"
