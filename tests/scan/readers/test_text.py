"""Plain text: encodings, line ends, byte ranges, and lines longer than any block."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.blocks import Block, Unit, Unread
from bartizan.scan.readers import recognise
from bartizan.scan.readers.parts.lines import LAP, PIECE, line_blocks, lines_before
from bartizan.scan.readers.text import READER
from bartizan.scan.sources import Local, Memory
from tests.scan.readers.support import everything, records, values


def test_lines_are_records_with_their_numbers() -> None:
    found = records(everything("app.log", b"one\ntwo\r\nthree"))

    assert [(record.text, record.place) for record in found] == [("one", 1), ("two\r", 2), ("three", 3)]


def test_a_byte_order_mark_is_no_text() -> None:
    (block,) = everything("a.txt", b"\xef\xbb\xbfhello\n")

    assert isinstance(block, Block)
    assert block.data == b"hello\n"
    assert block.offset == 3


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_wide_letters_become_utf8(codec: str) -> None:
    items = everything("a.txt", "Grüezi Zürich, ein Satz\nund noch einer\n".encode(codec))

    assert values(items, "") == ["Grüezi Zürich, ein Satz", "und noch einer"]


def test_western_letters_are_guessed_and_the_guess_is_told() -> None:
    items = everything("a.txt", "Frau Müller wohnt in Genève, naïve Café\n".encode("cp1252") * 3)

    assert values(items, "")[0] == "Frau Müller wohnt in Genève, naïve Café"
    assert isinstance(items[0], Block)
    assert items[0].encoding.startswith("windows-1252, guessed, ")
    assert items[0].encoding.endswith(" %")


def test_broken_utf8_passes_as_bytes() -> None:
    (block,) = everything("a.txt", "größer als ".encode() + b"\xff" + " und schön\n".encode())

    assert isinstance(block, Block)
    assert b"\xff" in bytes(block.data)
    assert block.encoding == ""


def test_cyrillic_of_an_unknown_encoding_passes_as_bytes() -> None:
    (block,) = everything("a.txt", "Привет, как твои дела сегодня?\n".encode("koi8-r") * 5)

    assert isinstance(block, Block)


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (b"\x7fELF\x02\x01\x01\0\0", "ELF program"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG image"),
        (b"\x80\x04\x95\x10\0\0\0\0\0\0\0}\x94.", "Python pickle"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "WAV audio"),
        (b"\0\0\0\x18ftypmp42\0\0", "MP4 or QuickTime media"),
        (b"MZ\x90\0\x03\0\0\0", "Windows program"),
    ],
)
def test_what_holds_no_text_is_told_by_its_format(data: bytes, format: str) -> None:
    assert everything("file", data) == [Unread(f"format {format} is not inspected for data")]


def test_unknown_binary_data_is_told() -> None:
    (item,) = everything("file.bin", bytes(range(256)) * 20)

    assert item == Unread("is binary data of an unknown format, which is not inspected for data")


def test_a_stray_zero_byte_makes_no_binary_file() -> None:
    assert len(values(everything("a.log", b"line\n" * 200 + b"\0" + b"line\n" * 200), "")) == 400


@given(
    lines=st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b" ")), max_size=30),
    target=st.integers(1, 60),
)
def test_byte_ranges_give_every_line_once(lines: list[bytes], target: int) -> None:
    data = b"\n".join(lines)
    source = Memory("a.txt", data)
    units = READER.units(source, target)
    parts = [b"".join(bytes(b.data) for b in READER.blocks(source, unit) if isinstance(b, Block)) for unit in units]

    if not any(part for part in parts):
        assert not data or data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or len(data) < 5
        return
    before = lines_before(source, [unit.start for unit in units])
    for unit, part, number in zip(units, parts, before, strict=True):
        assert part == b"" or unit.start == 0 or data.count(b"\n", 0, data.find(part, unit.start)) >= 0
        assert number == (0 if unit.start == 0 else data[: unit.start - 1].count(b"\n") + 1)
    blocks = [b for unit in units for b in READER.blocks(source, unit) if isinstance(b, Block)]
    if not any(block.encoding for block in blocks) and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        assert b"".join(parts) == data


def test_offsets_lead_to_the_bytes_in_the_file() -> None:
    data = b"".join(b"line %d\n" % number for number in range(100_000))
    source = Memory("a.log", data)
    for unit in READER.units(source, 300_000):
        for block in READER.blocks(source, unit):
            assert isinstance(block, Block)
            assert data[block.offset : block.offset + len(block.data)] == block.data


def test_a_long_line_comes_in_pieces_that_lose_and_repeat_nothing() -> None:
    needles = {at: b"<needle %d>" % at for at in range(PIECE - 6000, 4 * PIECE, 3001)}
    line = bytearray(b"." * (4 * PIECE + 10_000))
    for at, needle in needles.items():
        line[at : at + len(needle)] = needle
    data = b"first\n" + bytes(line) + b"\nlast\n"
    chunks = [data[at : at + 700_001] for at in range(0, len(data), 700_001)]
    found: list[bytes] = []
    largest = 0
    for block in line_blocks(chunks, offset=0):
        largest = max(largest, len(block.data))
        text = bytes(block.data)
        at = text.find(b"<")
        while at >= 0:
            if block.before <= at < len(text) - block.after:
                found.append(text[at : text.index(b">", at) + 1])
            at = text.find(b"<", at + 1)
        assert data[block.offset : block.offset + len(text)] == text

    assert found == list(needles.values())
    assert largest < 2 * PIECE + 2 * LAP
    assert records(list(line_blocks(chunks)))[-1].place == 3


def test_a_match_of_four_kilobytes_is_whole_in_one_piece() -> None:
    needle = b"<" + b"x" * 4094 + b">"
    for at in range(PIECE - 5000, PIECE + 12_000, 977):
        line = b"." * at + needle + b"." * (2 * PIECE)
        whole = [
            block
            for block in line_blocks([line[i : i + 500_000] for i in range(0, len(line), 500_000)])
            if block.before <= bytes(block.data).find(needle) < len(block.data) - block.after
        ]
        assert len(whole) == 1


def test_an_empty_file_has_nothing_to_say(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()
    reader = recognise(Local(str(path), 0))

    assert not isinstance(reader, Unread)
    assert list(reader.blocks(Local(str(path), 0), Unit())) == []
