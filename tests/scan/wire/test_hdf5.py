"""HDF5 as h5py writes it: every style of groups and attributes, and no byte that makes the reader loop or fail."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.wire.hdf5 import File, superblock_at
from tests.scan.wire.hdf5_files import written


def opened(data: bytes) -> File:
    return File(MemoryContent(data), lambda: None)


def attributes(file: File) -> dict[str, bytes]:
    """The texts of all attributes of all objects."""
    found = {}
    for path, messages, _ in file.objects():
        for one in file.attributes(messages):
            if one.kind in (3, 9):
                found[f"{path}:{one.name}"] = b"".join(file.value(one))
    return found


@pytest.mark.parametrize("name", ["lambda", "fixed", "latest", "userblock"])
def test_attributes_come_back(name: str) -> None:
    found = attributes(opened(written(name)))
    assert found["/:keras_version"] == b"2.13.1"
    assert found["/:model_config"].startswith(b'{"class_name": "Sequential"')
    assert found["/:model_config"].endswith(b"}}]}}")


@pytest.mark.parametrize("name", ["dense", "huge"])
def test_attributes_of_any_size_come_back(name: str) -> None:
    found = attributes(opened(written(name)))["/:model_config"]
    assert len(found) > 70_000
    assert found.endswith(b"}}]}}")


@pytest.mark.parametrize(("name", "count"), [("lambda", 3), ("latest", 3), ("dense", 121)])
def test_every_object_is_reached(name: str, count: int) -> None:
    assert len(list(opened(written(name)).objects())) == count


def test_links_to_other_files_are_told() -> None:
    links = [link for _, _, links in opened(written("beside")).objects() for link in links]
    assert [(link.name, link.file) for link in links] == [("x", "b.h5")]


def test_the_superblock_is_found_behind_a_user_block() -> None:
    assert superblock_at(MemoryContent(written("userblock"))) == 512
    assert superblock_at(MemoryContent(bytes(4096))) == -1
    with pytest.raises(Malformed):
        opened(bytes(4096))


@pytest.mark.parametrize("name", ["lambda", "latest"])
def test_a_file_that_is_cut_off_is_malformed(name: str) -> None:
    data = written(name)
    for length in range(9, 1000, 31):
        with pytest.raises(Malformed):
            attributes(opened(data[:length]))


@given(
    st.sampled_from(["lambda", "latest", "dense", "virtual"]), st.integers(0, 1500), st.binary(min_size=1, max_size=8)
)
def test_whatever_the_bytes_only_malformed_comes(name: str, place: int, value: bytes) -> None:
    data = bytearray(written(name))
    data[place : place + len(value)] = value
    with contextlib.suppress(Malformed, LimitReached):
        assert len(attributes(opened(bytes(data)))) < 2000
