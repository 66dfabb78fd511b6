"""Compressed streams: unpacked in every kind, joined as loaders join them, and within bounds."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable

import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.archives.squeezed import recognised, unpack
from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.desk import Desk, Limits, Shared
from bartizan.scan.artefacts.errors import LimitReached
from tests.scan.artefacts.support import examined, fired, rules, scan

PROGRAM = b"\x7fELF\x02\x01\x01" + bytes(57)


def by_arrow(codec: str) -> Callable[[bytes], bytes]:
    def pack(data: bytes) -> bytes:
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, codec) as out:
            out.write(data)
        return bytes(sink.getvalue().to_pybytes())

    return pack


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
    "lz4": by_arrow("lz4"),
    "zstd": by_arrow("zstd"),
}
LONG = bytes(range(256)) * 20_000


def desk(limits: Limits | None = None) -> Desk:
    return Desk("a", Shared(rules(), limits or Limits()), lambda *_: None)


@pytest.mark.parametrize("codec", PACKERS)
@pytest.mark.parametrize("data", [b"x", LONG])
def test_a_stream_is_recognised_and_unpacked_to_its_end(codec: str, data: bytes) -> None:
    packed = PACKERS[codec](data)
    assert recognised(packed[:4096]) == codec
    result = unpack(MemoryContent(packed + b"behind"), codec, desk())
    with result.content as content:
        assert content.read(0, len(data) + 1) == data
    assert (result.problem, result.packed, result.crc) == ("", len(packed), zlib.crc32(data))


@pytest.mark.parametrize("codec", [codec for codec in PACKERS if codec not in ("zlib", "lzma")])
def test_streams_that_follow_each_other_are_one(codec: str) -> None:
    both = PACKERS[codec](b"one ") + PACKERS[codec](b"two")
    result = unpack(MemoryContent(both), codec, desk(), many=True)
    with result.content as content:
        assert content.read(0, 100) == b"one two"
    assert result.packed == len(both)


@pytest.mark.parametrize("codec", PACKERS)
def test_what_came_out_before_the_damage_is_kept(codec: str) -> None:
    packed = PACKERS[codec](LONG)
    result = unpack(MemoryContent(packed[: len(packed) - 5]), codec, desk())
    with result.content:
        assert result.problem


@pytest.mark.parametrize("codec", PACKERS)
def test_a_compressed_program_is_found(codec: str) -> None:
    artefact = examined(PACKERS[codec](PROGRAM), "model.bin.gz")
    assert fired(artefact) == {"archive-executable"}
    assert artefact.findings[0].place.file == "model.bin.gz!/model.bin"


@pytest.mark.parametrize("codec", PACKERS)
def test_bytes_behind_the_stream_are_told(codec: str) -> None:
    assert "bytes-unaccounted" in fired(examined(PACKERS[codec](b"text") + b"\x01\x02\x03", "a.gz"))
    assert fired(examined(PACKERS[codec](b"text"), "a.gz")) == set()


@pytest.mark.parametrize("codec", PACKERS)
def test_a_stream_that_breaks_off_is_told(codec: str) -> None:
    packed = PACKERS[codec](LONG)
    assert "malformed-file" in fired(examined(packed[: len(packed) - 5], "a.gz"))


def test_a_stream_that_grows_beyond_measure_is_cut_and_told() -> None:
    packed = gzip.compress(bytes(16 << 20)) * 40
    assert "archive-bomb" in fired(examined(packed, "a.gz"))


def test_what_comes_out_is_limited() -> None:
    with pytest.raises(LimitReached):
        unpack(MemoryContent(gzip.compress(LONG)), "gzip", desk(Limits(expanded=1000)))
    assert "limit-reached" in fired(scan({"a.gz": gzip.compress(LONG)}, Limits(expanded=1000)).artefacts[0])


@pytest.mark.parametrize("head", [b"", b"x", b"x\x9c", b"x is no stream of zlib", b"]\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"])
def test_what_is_none_is_not_recognised(head: bytes) -> None:
    assert recognised(head) == ""


SOUND = {codec: pack(b"some text about a model" * 30) for codec, pack in PACKERS.items()}


@given(st.sampled_from(sorted(SOUND)), st.integers(0, 200), st.binary(min_size=1, max_size=6), st.integers(0, 30))
def test_no_mutation_makes_a_scanner_fail(codec: str, at: int, piece: bytes, cut: int) -> None:
    packed = SOUND[codec]
    data = packed[:at] + piece + packed[at + len(piece) :]
    data = data[: max(len(data) - cut, 1)]
    result = unpack(MemoryContent(data), codec, desk(), many=True)
    with result.content:
        assert result.packed <= len(data)
    found = scan({"a.npy": data})
    assert not any("scanner-failed" in fired(artefact) for artefact in found.artefacts)
