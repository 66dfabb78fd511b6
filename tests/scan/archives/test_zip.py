"""Zips that one loader reads so and another otherwise: each is told, and what lenient loaders see is examined."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Artefact, Verdict
from tests.scan.archives.support import Entry, archive, end
from tests.scan.artefacts.support import examined, fired, scan, zipped

# What a lenient loader sees is shown by a program inside: it is told wherever it is examined.
PROGRAM = b"\x7fELF\x02\x01\x01" + bytes(57)
TEXT = b"some text about a model"


def inside(artefact: Artefact) -> set[str]:
    """The members in which the program was found."""
    return {found.place.file.partition("!/")[2] for found in artefact.findings if found.rule == "archive-executable"}


def test_usual_archives_are_safe() -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        artefact = examined(zipped({"README.md": TEXT, "a/b.txt": TEXT * 100}, method), "a.zip")
        assert artefact.findings == []
        assert artefact.verdict is Verdict.SAFE


def test_an_archive_written_to_a_pipe_is_safe() -> None:
    class Pipe(io.RawIOBase):
        data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            assert isinstance(data, (bytes, bytearray, memoryview))
            piece = bytes(data)
            self.data += piece
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("README.md", TEXT * 10)
        made.comment = b"with a comment"
    assert examined(pipe.data, "a.zip").findings == []


def test_members_are_examined() -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert inside(examined(zipped({"a/tool": PROGRAM}, method), "a.zip")) == {"a/tool"}


def test_archives_inside_archives_are_examined() -> None:
    inner = zipped({"tool": PROGRAM})
    assert inside(examined(zipped({"in.zip": inner, "b.txt": TEXT}), "a.zip")) == {"in.zip!/tool"}


DISAGREE = {
    "name": Entry(name=b"model.bin", body=PROGRAM, local_name=b"other.bin"),
    "method": Entry(name=b"model.bin", body=PROGRAM, local_method=8),
    "packed size": Entry(name=b"model.bin", body=PROGRAM, local_packed=10),
    "size": Entry(name=b"model.bin", body=PROGRAM, local_size=10),
    "checksum": Entry(name=b"model.bin", body=PROGRAM, local_crc=1),
    "encryption": Entry(name=b"model.bin", body=PROGRAM, local_flags=1),
    "second name": Entry(
        name=b"model.bin", body=PROGRAM, extra=b"\x75\x70\x08\x00\x01" + (0xA47DA60D).to_bytes(4, "little") + b"x.y"
    ),
}


@pytest.mark.parametrize("what", [what for what in DISAGREE if what != "second name"])
def test_headers_that_disagree_are_told_and_the_bytes_examined(what: str) -> None:
    artefact = examined(archive([DISAGREE[what]]), "a.zip")
    assert "zip-headers-disagree" in fired(artefact)
    assert "model.bin" in inside(artefact)


def test_a_member_with_two_names_is_examined_under_both() -> None:
    artefact = examined(archive([DISAGREE["name"]]), "a.zip")
    assert inside(artefact) == {"model.bin", "other.bin"}
    assert any("CVE-2025-1944" in found.cve for found in artefact.findings)


def test_the_unicode_name_of_info_zip_counts() -> None:
    import zlib

    field = b"\x01" + zlib.crc32(b"model.bin").to_bytes(4, "little") + b"x.bin"
    extra = b"\x75\x70" + len(field).to_bytes(2, "little") + field
    artefact = examined(archive([Entry(name=b"model.bin", body=PROGRAM, extra=extra)]), "a.zip")
    assert "zip-headers-disagree" in fired(artefact)
    assert inside(artefact) == {"model.bin", "x.bin"}


def test_both_ways_of_unpacking_are_examined() -> None:
    # Stored by the directory, deflated by the header: the bytes are a deflated program.
    deflated = archive([Entry(name=b"m", body=PROGRAM, method=8)])
    changed = bytearray(deflated)
    at = changed.index(b"PK\x01\x02")
    changed[at + 10 : at + 12] = b"\0\0"
    artefact = examined(bytes(changed), "a.zip")
    assert "zip-headers-disagree" in fired(artefact)
    assert inside(artefact) == {"m"}


def test_a_wrong_count_of_members_is_told() -> None:
    data = archive([Entry(name=b"a.txt", body=TEXT)])
    wrong = data[:-22] + end(2, len(data) - 22 - data.index(b"PK\x01\x02"), data.index(b"PK\x01\x02"))
    assert "zip-headers-disagree" in fired(examined(wrong, "a.zip"))


def test_a_wrong_checksum_keeps_nobody_from_looking() -> None:
    for method in (0, 8):
        artefact = examined(archive([Entry(name=b"tool", body=PROGRAM, crc=7, method=method)]), "a.zip")
        assert "zip-checksum-wrong" in fired(artefact)
        assert inside(artefact) == {"tool"}
    assert "zip-checksum-wrong" not in fired(examined(archive([Entry(name=b"tool", body=PROGRAM)]), "a.zip"))


@pytest.mark.parametrize(("flags", "needed"), [(1, 20), (0x20, 20), (0x40, 20), (0x2000, 20), (0, 99)])
def test_marks_that_strict_readers_heed_keep_nobody_from_looking(flags: int, needed: int) -> None:
    for method in (0, 8):
        entry = Entry(name=b"tool", body=PROGRAM, flags=flags, needed=needed, method=method)
        artefact = examined(archive([entry]), "a.zip")
        assert "zip-marked-unreadable" in fired(artefact)
        assert "archive-unreadable" not in fired(artefact)
        assert inside(artefact) == {"tool"}


def test_an_encrypted_member_is_unknown() -> None:
    # Encryption puts twelve bytes before the data; the checksum is that of the text.
    entry = Entry(name=b"a.txt", body=bytes(range(100, 200)), flags=1, crc=1234, size=88)
    artefact = examined(archive([entry]), "a.zip")
    assert "archive-unreadable" in fired(artefact)
    assert "zip-marked-unreadable" not in fired(artefact)
    assert artefact.verdict is Verdict.UNKNOWN


def test_what_is_packed_in_an_unknown_way_is_unknown() -> None:
    artefact = examined(archive([Entry(name=b"a.txt", body=TEXT, method=97)]), "a.zip")
    assert "archive-unreadable" in fired(artefact)


def test_damaged_data_is_examined_up_to_the_damage() -> None:
    data = bytearray(archive([Entry(name=b"tool", body=PROGRAM + bytes(range(256)) * 40, method=8)]))
    data[data.index(b"PK\x01\x02") - 3] ^= 0xFF
    artefact = examined(bytes(data), "a.zip")
    assert fired(artefact) & {"archive-unreadable", "zip-checksum-wrong"}
    assert inside(artefact) == {"tool"}


def test_a_name_that_stands_twice_is_told_and_both_are_examined() -> None:
    entries = [Entry(name=b"m", body=TEXT), Entry(name=b"m", body=PROGRAM)]
    artefact = examined(archive(entries), "a.zip")
    assert "duplicate-names" in fired(artefact)
    assert inside(artefact) == {"m"}


def test_members_that_overlap_are_told() -> None:
    entries = [Entry(name=b"a", body=TEXT), Entry(name=b"b", body=TEXT, offset=0)]
    assert "zip-members-overlap" in fired(examined(archive(entries), "a.zip"))
    apart = [Entry(name=b"a.txt", body=TEXT), Entry(name=b"b.txt", body=TEXT)]
    assert examined(archive(apart), "a.zip").findings == []


def test_a_member_that_the_directory_does_not_list_is_told_and_examined() -> None:
    entries = [Entry(name=b"a.txt", body=TEXT), Entry(name=b"tool", body=PROGRAM, listed=False)]
    artefact = examined(archive([*entries, Entry(name=b"b.txt", body=TEXT)]), "a.zip")
    assert {"zip-hidden-member", "bytes-unaccounted"} <= fired(artefact)
    assert "tool" in inside(artefact)


def test_two_archives_in_a_row_are_both_examined() -> None:
    first, second = archive([Entry(name=b"tool", body=PROGRAM)]), archive([Entry(name=b"b.txt", body=TEXT)])
    artefact = examined(first + second, "a.zip")
    assert "bytes-unaccounted" in fired(artefact)
    assert "tool" in inside(artefact)


def test_a_second_end_record_in_the_comment_is_told_and_both_are_examined() -> None:
    hidden = archive([Entry(name=b"tool", body=PROGRAM)])
    directory = hidden[hidden.index(b"PK\x01\x02") : -22]
    shown = archive([Entry(name=b"b.txt", body=TEXT)], prefix=hidden[: hidden.index(b"PK\x01\x02")], shift=0)
    # The comment holds the directory of the hidden members and an end record that points to it.
    comment_at = len(shown)
    comment = directory + end(1, len(directory), comment_at)
    both = shown[:-2] + len(comment).to_bytes(2, "little") + comment
    artefact = examined(both, "a.zip")
    assert "zip-two-directories" in fired(artefact)
    assert "tool" in inside(artefact)


def test_a_directory_where_the_offset_points_and_another_before_the_end_are_both_read() -> None:
    shown = archive([Entry(name=b"tool", body=PROGRAM)])
    directory_at = shown.index(b"PK\x01\x02")
    directory = shown[directory_at:-22]
    other = archive([Entry(name=b"tool", body=PROGRAM, local_name=b"tool")])[directory_at:-22]
    both = shown[:directory_at] + other + directory + end(1, len(directory), directory_at)
    assert "zip-two-directories" in fired(examined(both, "a.zip"))


@pytest.mark.parametrize("shift", [0, -9])
def test_data_before_the_archive_is_told(shift: int) -> None:
    data = archive([Entry(name=b"tool", body=PROGRAM)], prefix=b"\x01\x02 before", shift=shift)
    artefact = examined(data, "a.zip")
    assert "bytes-unaccounted" in fired(artefact)
    assert inside(artefact) == {"tool"}


def test_data_behind_the_archive_is_told_and_examined() -> None:
    artefact = examined(zipped({"a.txt": TEXT}) + PROGRAM, "a.zip")
    assert "bytes-unaccounted" in fired(artefact)
    assert len(inside(artefact)) == 1


@pytest.mark.parametrize(("comment", "told"), [(b"made by a tool,\nin two lines", False), (b"\x80\x04N.", True)])
def test_a_comment_that_is_no_text_is_told(comment: bytes, told: bool) -> None:
    data = zipped({"a.txt": TEXT})
    artefact = examined(data[:-2] + len(comment).to_bytes(2, "little") + comment, "a.zip")
    assert ("bytes-unaccounted" in fired(artefact)) is told


def test_an_archive_without_its_end_is_read_by_its_headers() -> None:
    data = archive([Entry(name=b"tool", body=PROGRAM)])
    artefact = examined(data[: data.index(b"PK\x01\x02")], "a.zip")
    assert "malformed-file" in fired(artefact)
    assert inside(artefact) == {"tool"}


def test_a_member_that_is_not_there_is_told() -> None:
    artefact = examined(archive([Entry(name=b"a.txt", body=TEXT, offset=5)]), "a.zip")
    assert {"zip-headers-disagree", "archive-unreadable"} <= fired(artefact)


def test_a_stored_member_of_two_gigabytes_is_not_read() -> None:
    # Only its beginning and end are looked at: what it says it has is not there.
    artefact = examined(archive([Entry(name=b"a.txt", body=TEXT, size=1 << 31, packed=1 << 31)]), "a.zip")
    assert "archive-unreadable" in fired(artefact)
    assert artefact.bytes_read < 50_000


SOUND = archive(
    [
        Entry(name=b"dir/", body=b""),
        Entry(name=b"a.txt", body=TEXT),
        Entry(name=b"b/tool", body=PROGRAM * 4, method=8),
        Entry(name=b"c.npy", body=b"\x93NUMPY\x01\x00\x02\x00{}"),
    ],
    comment=b"comment",
)


@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=8), st.integers(0, 40))
def test_no_mutation_makes_a_scanner_fail(at: int, piece: bytes, cut: int) -> None:
    data = SOUND[:at] + piece + SOUND[at + len(piece) :]
    found = scan({"a.npy": data[: len(data) - cut] or b"x"})
    assert not any("scanner-failed" in fired(artefact) for artefact in found.artefacts)


@given(st.binary(max_size=400))
def test_no_bytes_make_a_scanner_fail(data: bytes) -> None:
    assert "scanner-failed" not in fired(examined(b"PK\x03\x04" + data + end(1, len(data) // 2, 4), "a.zip"))
