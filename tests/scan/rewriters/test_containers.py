"""Archives and compressed files, and what is refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pytest

from bartizan.model import InputError
from tests.scan.rewriters.support import (
    MAIL,
    SSN,
    hide,
    parquet,
    parts,
    run,
    work_for,
    zipped,
)

PACKERS: dict[str, Any] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
MODULES: dict[str, Any] = {"gz": gzip, "bz2": bz2, "xz": lzma}


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz", "zst"])
def test_compressed_files(suffix: str) -> None:
    text = f"name,mail\nBob,{MAIL}\n".encode()
    pack = PACKERS.get(suffix, lambda data: pa.compress(data, "zstd", asbytes=True))
    made = hide(pack(text), f"a.csv.{suffix}")
    assert made[:2] == pack(text)[:2]
    reader = pa.CompressedInputStream(pa.BufferReader(made), "zstd") if suffix == "zst" else None
    plain = reader.read() if reader else MODULES[suffix].decompress(made)
    assert plain == b"name,mail\nBob,<email-address>\n"
    with pytest.raises(InputError, match="damaged"):
        run(pack(text * 50)[:-9], "a.csv.x", work_for())


def test_what_is_inside_decides() -> None:
    with pytest.raises(InputError, match="PDF"):
        run(gzip.compress(b"%PDF-1.7"), "a.pdf.gz", work_for())
    assert gzip.decompress(hide(gzip.compress(parquet(pa.table({"a": [MAIL]}))), "a.parquet.gz"))[:4] == b"PAR1"


def test_zip() -> None:
    inner = zipped({"deep.json": f'{{"a": "{MAIL}"}}'})
    data = zipped(
        {"a/": "", "a/one.txt": SSN, "two.csv": f"m\n{MAIL}\n", "in.zip": inner, "x.pdf": "%PDF-1.4", "e": ""}
    )
    work = work_for()
    made = parts(run(data, "a.zip", work))
    assert list(made) == ["a/", "a/one.txt", "two.csv", "in.zip", "e"]
    assert made["a/one.txt"] == b"<us-ssn>"
    assert parts(made["in.zip"]) == {"deep.json": b'{"a": "<email-address>"}'}
    assert [part.member for part in work.unread] == ["x.pdf"]
    assert parts(hide(data, "a.zip"))["two.csv"] == b"m\n<email-address>\n"


def test_containers_in_containers_end() -> None:
    data = SSN.encode()
    for _ in range(12):
        data = zipped({"in.zip" if data[:2] == b"PK" else "a.txt": data})
    work = work_for()
    made = run(data, "a.zip", work)
    assert SSN.encode() not in made
    assert "containers inside each other" in work.unread[0].reason


@pytest.mark.parametrize("suffix", ["tar", "tar.gz", "tgz"])
def test_tar(suffix: str) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz" if "gz" in suffix else "w") as archive:
        for name, text in (("a/one.txt", SSN), ("b.pdf", "%PDF-1"), ("c.csv", f"m\n{MAIL}\n")):
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.mtime = len(text), 0o640, 1_000_000
            archive.addfile(info, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "a/one.txt"
        archive.addfile(link)
    work = work_for()
    made = run(file.getvalue(), f"a.{suffix}", work)
    with tarfile.open(fileobj=io.BytesIO(made)) as archive:
        assert archive.getnames() == ["a/one.txt", "c.csv", "link"]
        member = archive.getmember("a/one.txt")
        content = archive.extractfile(member)
        assert content is not None
        assert content.read() == b"<us-ssn>"
        assert (member.mode, member.mtime) == (0o640, 1_000_000)
    assert [part.member.rpartition("!")[2] for part in work.unread] == ["b.pdf"]


def test_a_bomb_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bartizan.scan.rewriters.base.UNPACKED", 1 << 20)
    with pytest.raises(InputError, match="containers hold more than"):
        run(gzip.compress(b"word " * (1 << 20)), "a.txt.gz", work_for())


def test_damaged_archives() -> None:
    data = zipped({"a.txt": "x" * 5000})
    with pytest.raises(InputError, match="damaged"):
        run(data[: len(data) // 2], "a.zip", work_for())
    work = work_for()
    broken = bytearray(data)
    broken[60] ^= 0xFF
    assert parts(run(bytes(broken), "a.zip", work)) == {}
    assert "damaged" in work.unread[0].reason
    with pytest.raises(InputError, match="damaged"):
        run(b"\0" * 257 + b"ustar" + b"x" * 600, "a.tar", work_for())


@pytest.mark.parametrize(
    ("head", "name", "sentence"),
    [
        (b"%PDF-1.7", "a.pdf", "PDF"),
        (b"\x89PNG\r\n", "a.png", "picture"),
        (b"\0" * 8 + b"DUCK", "a.duckdb", "DuckDB"),
        (b"PK\x03\x04", "a.odt", "OpenDocument"),
        (b"\x7fELF\0\0", "a", "this format can't be redacted"),
        (b"{\\rtf1", "a.rtf", "RTF"),
    ],
)
def test_formats_that_are_refused_say_what_helps(head: bytes, name: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        run(head, name, work_for())
    assert caught.value.help


def test_an_empty_file_stays_empty() -> None:
    assert run(b"", "a.parquet", work_for()) == b""
