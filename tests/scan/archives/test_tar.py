"""Tars: members are examined, and headers that disagree are told and read both ways."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Artefact
from tests.scan.archives.support import TAR_END, tar_member
from tests.scan.artefacts.support import examined, fired, scan, zipped

PROGRAM = b"\x7fELF\x02\x01\x01" + bytes(57)
TEXT = b"some text about a model"


def inside(artefact: Artefact) -> set[str]:
    return {found.place.file.partition("!/")[2] for found in artefact.findings if found.rule == "archive-executable"}


def written(form: int, names: list[str], body: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as made:
        for name in names:
            header = tarfile.TarInfo(name)
            header.size = len(body)
            made.addfile(header, io.BytesIO(body))
    return out.getvalue()


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_form_of_tar_is_read(form: int) -> None:
    long = "/".join(["folder" * 3] * 7) + "/" + "n" * 90 + ".txt"
    names = ["a.txt", long]
    assert examined(written(form, names, TEXT), "a.tar").findings == []
    assert inside(examined(written(form, names, PROGRAM), "a.tar")) == set(names)


def test_a_zip_at_the_end_of_a_tar_is_a_member_and_no_second_reading() -> None:
    artefact = examined(written(tarfile.GNU_FORMAT, ["a.txt", "b.zip"], zipped({"c.txt": TEXT})), "a.tar")
    assert artefact.formats == ["tar"]
    assert artefact.findings == []


def test_a_wrong_checksum_is_told() -> None:
    data = tar_member("a.txt", TEXT) + tar_member("tool", PROGRAM, checksum=1) + TAR_END
    artefact = examined(data, "a.tar")
    assert "tar-headers-disagree" in fired(artefact)
    assert inside(artefact) == {"tool"}


def test_two_sizes_are_told_and_read_both_ways() -> None:
    # By the plain header nothing follows the name, and the hidden header is the next; by pax it is data.
    hidden = tar_member("tool", PROGRAM)
    pair = b"size=%d\n" % len(hidden)
    pax = b"%d " % (len(pair) + 3) + pair
    data = tar_member("pax", pax, kind=b"x") + tar_member("a.txt", hidden, size=1) + tar_member("b.txt", TEXT)
    artefact = examined(data + TAR_END, "a.tar")
    assert "tar-headers-disagree" in fired(artefact)
    assert any("CVE-2025-62518" in found.cve for found in artefact.findings)


def test_what_stands_behind_the_end_is_told_and_examined() -> None:
    data = tar_member("a.txt", TEXT) + TAR_END + tar_member("tool", PROGRAM) + TAR_END
    artefact = examined(data, "a.tar")
    assert "bytes-unaccounted" in fired(artefact)
    assert any(name.endswith("!/tool") for name in inside(artefact))


def test_a_member_that_is_cut_off_is_told() -> None:
    artefact = examined(tar_member("a.txt", TEXT * 100, size=50_000), "a.tar")
    assert "archive-unreadable" in fired(artefact)


def test_a_broken_header_is_told() -> None:
    data = tar_member("a.txt", TEXT) + b"\x01" * 512
    assert "malformed-file" in fired(examined(data, "a.tar"))


SOUND = written(tarfile.PAX_FORMAT, ["a.txt", "n" * 120, "ü"], TEXT)


@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=20), st.integers(0, 3000))
def test_no_mutation_makes_a_scanner_fail(at: int, piece: bytes, cut: int) -> None:
    data = SOUND[:at] + piece + SOUND[at + len(piece) :]
    found = scan({"a.npy": data[: max(len(data) - cut, 1)]})
    assert not any("scanner-failed" in fired(artefact) for artefact in found.artefacts)
