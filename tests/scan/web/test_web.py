"""Files behind http addresses: only what is needed is fetched, and no answer is believed that doesn't fit."""

from __future__ import annotations

import json
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from bartizan.model import InputError
from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.web import HttpContent, web_tree
from bartizan.scan.web.connection import Connection, WebError
from tests.scan.artefacts.support import assembled, fired, rules
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


class Torch:
    """A PyTorch archive with many storages of zeros, written down only where something else stands."""

    def __init__(self, count: int, each: int, program: bytes, header: bytes = b"") -> None:
        self.parts: list[tuple[int, bytes]] = []
        self.size = 0
        central = b""
        members: list[tuple[str, bytes | int]] = [
            ("m/data.pkl", program),
            ("m/version", b"3\n"),
            *((f"m/data/{number}", each) for number in range(count)),
        ]
        for name, body in members:
            data = body if isinstance(body, bytes) else b""
            length = len(body) if isinstance(body, bytes) else body
            fields = (zlib.crc32(data) if data else 0, length, length)
            named = header if header and name == f"m/data/{count - 2}" else name.encode()
            at = self.size
            self._put(struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0, *fields, len(named), 0) + named + data)
            self.size += length - len(data)
            central += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, *fields, len(name), 0, 0, 0, 0, 0, at)
            central += name.encode()
        start = self.size
        self._put(
            central + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(members), len(members), len(central), start, 0)
        )

    def _put(self, data: bytes) -> None:
        self.parts.append((self.size, data))
        self.size += len(data)

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, part: slice, /) -> bytes:
        start, stop, _ = part.indices(self.size)
        out = bytearray(stop - start)
        for at, data in self.parts:
            low, high = max(at, start), min(at + len(data), stop)
            if low < high:
                out[low - start : high - start] = data[low - at : high - at]
        return bytes(out)


def storages(count: int, each: int) -> bytes:
    """A pickle that names so many storages of so many bytes, in a list of their persistent ids."""
    lines = ["PROTO 2", "EMPTY_LIST", "MARK"]
    for number in range(count):
        lines += ["MARK", "BINUNICODE storage", "GLOBAL torch ByteStorage", f"BINUNICODE {number}", "BINUNICODE cpu",
                  f"BININT {each}", "TUPLE", "BINPERSID"]  # fmt: skip
    return assembled([*lines, "APPENDS", "STOP"])


def test_a_thousand_storages_cost_few_requests() -> None:
    each = 2 << 20
    model = Torch(1000, each, storages(1000, each))
    with serving({"/m/model.pt": model}) as server:
        found = Examiner(rules()).tree(web_tree(server.root + "/m/model.pt")).artefacts[0]
        assert (found.formats, found.findings, found.verdict.value) == (["torch", "zip"], [], "safe")
        assert server.asked < 30
        assert server.sent < 4 << 20
    assert found.facts["headers-not-compared"][0].endswith("of 1002, of tensors behind a network")


def test_headers_of_what_is_no_large_tensor_are_compared_behind_a_network() -> None:
    model = Torch(3, 1 << 10, storages(3, 1 << 10), header=b"m/data.pkl")
    with serving({"/m/model.pt": model}) as server:
        found = Examiner(rules()).tree(web_tree(server.root + "/m/model.pt")).artefacts[0]
    assert "zip-headers-disagree" in fired(found)


@pytest.mark.parametrize("quirk", ["cut", "trickle", "endless", "unlike", "garbage"])
def test_a_server_that_misbehaves_costs_no_more_than_its_patience(quirk: str) -> None:
    started = time.monotonic()
    with (
        serving({"/file": bytes(1 << 20)}, quirk) as server,
        closing(Connection(server.root + "/file", seconds=0.5, patience=1.0)) as connection,
        pytest.raises(WebError),
    ):
        HttpContent(connection).read(1 << 19, 1 << 18)
    assert time.monotonic() - started < 5


def test_what_was_found_before_a_server_failed_is_kept() -> None:
    """The file begins with a program that runs a command, and can't be read to its end."""
    program = assembled(["PROTO 2", "GLOBAL os system", "BINUNICODE id", "TUPLE1", "REDUCE", "POP", "NONE"])
    body = Sparse(program + b"B" + struct.pack("<I", 1 << 20) + bytes(1 << 20) + b".", len(program) + (9 << 20))
    with serving({"/m/model.pkl": body}, "changes late") as server:
        found = Examiner(rules()).tree(web_tree(server.root + "/m/model.pkl"))
    assert [one.verdict.value for one in found.artefacts] == ["dangerous"]
    assert [one.reason for one in found.passed] == ["can't be read: changed while it was read"]
