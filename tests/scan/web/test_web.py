"""Files behind http addresses: only what is needed is fetched, and no answer is believed that doesn't fit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from bartizan.model import InputError
from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.web import HttpContent, web_tree
from bartizan.scan.web.connection import Connection, WebError
from tests.scan.artefacts.support import rules
from tests.scan.web.server import Body, Sparse, serving

pytestmark = pytest.mark.enable_socket

GIGABYTE = 1 << 30


@contextmanager
def opened(url: str, seconds: float = 10.0) -> Iterator[HttpContent]:
    with closing(Connection(url, seconds=seconds)) as connection:
        yield HttpContent(connection)


def tensors(size: int) -> bytes:
    """The head of a safetensors file that holds one tensor of so many bytes."""
    header = json.dumps({"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    return len(header).to_bytes(8, "little") + header


def shard(size: int) -> Sparse:
    head = tensors(size)
    return Sparse(head, len(head) + size)


def test_reads_what_is_asked_for() -> None:
    data = bytes(range(256)) * 2000
    with serving({"/file": data}) as server, opened(server.root + "/file") as content:
        assert content.size == len(data)
        assert content.read(300_000, 70_000) == data[300_000:370_000]
        assert content.read(len(data) - 5, 100) == data[-5:]
        assert content.read(len(data), 1) == b""
        before = server.sent
        assert content.read(300_010, 20) == data[300_010:300_030]
        assert server.sent == before


def test_four_hundred_gigabytes_of_shards_cost_their_headers() -> None:
    names = [f"model-{number:05}-of-00080.safetensors" for number in range(80)]
    index = json.dumps({"metadata": {}, "weight_map": {f"w{number}": name for number, name in enumerate(names)}})
    files: dict[str, Body] = {f"/m/{name}": shard(5 * GIGABYTE) for name in names}
    files["/m/model.safetensors.index.json"] = index.encode()
    with serving(files) as server:
        tree = web_tree(server.root + "/m/model.safetensors.index.json")
        found = Examiner(rules()).tree(tree)
        assert sum("safetensors" in one.formats for one in found.artefacts) == 80
        assert [one.findings for one in found.artefacts if "safetensors" in one.formats] == [[]] * 80
        assert sum(one.size for one in found.artefacts) > 400 * GIGABYTE
        assert server.sent < 40 << 20


def test_a_repository_is_listed_as_hubs_list_it() -> None:
    listing = [{"type": "directory", "path": "a"}, {"type": "file", "path": "a/m.safetensors", "size": 10}]
    files: dict[str, Body] = {
        "/api/models/org/name/tree/main?recursive=true": json.dumps(listing).encode(),
        "/org/name/resolve/main/a/m.safetensors": tensors(0),
    }
    with serving(files) as server:
        assert web_tree(server.root + "/org/name").paths() == ["a/m.safetensors"]
        found = Examiner(rules()).tree(web_tree(server.root + "/org/name/tree/main"))
        assert [one.path for one in found.artefacts] == ["a/m.safetensors"]


def test_redirects_are_followed_and_circles_are_not() -> None:
    with serving({"/file": b"abc"}) as server:
        with opened(server.root + "/moved/file") as content:
            assert content.read(0, 3) == b"abc"
        with pytest.raises(WebError, match="circles"), opened(server.root + "/moved"):
            pass


def test_an_empty_file_is_no_error() -> None:
    with serving({"/file": b""}) as server, opened(server.root + "/file") as content:
        assert (content.size, content.read(0, 10)) == (0, b"")


@pytest.mark.parametrize(
    ("quirk", "said"),
    [
        ("lies", "another part"),
        ("changes", "changed while it was read"),
        ("stalls", "says nothing"),
        ("short", "fewer bytes"),
    ],
)
def test_answers_that_do_not_fit_are_told(quirk: str, said: str) -> None:
    with (
        serving({"/file": bytes(1 << 20)}, quirk) as server,
        pytest.raises(WebError, match=said),
        opened(server.root + "/file", 0.5) as content,
    ):
        content.read(1 << 19, 10)


def test_a_server_without_ranges_serves_small_files_only() -> None:
    files: dict[str, Body] = {"/small": b"abc", "/large": bytes(17 << 20)}
    with serving(files, "no ranges") as server:
        with opened(server.root + "/small") as content:
            assert content.read(1, 2) == b"bc"
        with pytest.raises(WebError, match="does not serve ranges"), opened(server.root + "/large"):
            pass


def test_what_is_not_there_is_told() -> None:
    with serving({}) as server:
        with pytest.raises(WebError, match="404"), opened(server.root + "/file"):
            pass
        assert [one.reason for one in Examiner(rules()).tree(web_tree(server.root + "/x/y")).passed] == [
            "can't be read: the server answers 404"
        ]
    with pytest.raises(WebError, match="can't be reached"), opened(server.root + "/file"):
        pass


def test_a_repository_without_files_is_an_error() -> None:
    with serving({"/api/models/org/name/tree/main?recursive=true": b"[]"}) as server, pytest.raises(InputError):
        web_tree(server.root + "/org/name")
