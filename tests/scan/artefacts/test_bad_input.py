"""Hostile files: time and memory are bounded, what is broken is never safe, and no scanner fails."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bartizan.model import InputError
from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.artefacts.gather import gather
from bartizan.scan.artefacts.result import Verdict
from bartizan.scan.artefacts.tree import FolderTree
from bartizan.scan.sources import Local
from tests.scan.archives.support import TAR_END, Entry, archive, tar_member
from tests.scan.artefacts.child import Scanned, scanned
from tests.scan.artefacts.samples import MALICIOUS, SOUND, TEXTS, tarred
from tests.scan.artefacts.support import assembled, examined, fired, rules, scan, zipped

SECONDS = 10.0
"""What one hostile file may take on a busy machine; most take a hundredth of it."""
MEMORY = 150
TEN_GIGABYTES = 10 << 30
BROKEN_ONLY_LATER = {"paddle": 4, "tflite": 1, "executorch": 1, "xgboost-binary": 64, "lightgbm": 32, "tar": 512}
"""Bytes at the end that a file is whole without: optional parts, the zero behind a text."""
SUFFIXES = (
    "pt bin safetensors gguf onnx h5 keras npy npz tflite pb json yaml py txt md zip tar gz 7z pbtxt jinja ipynb "
    "mlmodel pdmodel pmml pte cfg sh js pth cbm mar skops joblib ckpt index.json html"
)
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs sparse files, pipes and links")


def bounded(found: list[Scanned], *, memory: int = MEMORY) -> None:
    """Check what must hold of every hostile file."""
    for one in found:
        assert one.verdict != "safe", one
        assert "scanner-failed" not in one.rules, one
        assert one.seconds < SECONDS, one
        assert one.peak < memory, one


def sparse(path: Path, head: bytes = b"", tail: bytes = b"") -> Path:
    """Ten gigabytes that take no room."""
    with path.open("wb") as file:
        file.write(head)
        file.truncate(TEN_GIGABYTES)
        file.seek(TEN_GIGABYTES)
        file.write(tail)
    return path


@posix
def test_ten_gigabytes_of_nothing_under_any_name(tmp_path: Path) -> None:
    names = [*(f"a.{suffix}" for suffix in SUFFIXES.split()), "a", "SKILL.md", ".mcp.json", "MLmodel", "saved_model.pb"]
    bounded(scanned(*(sparse(tmp_path / name) for name in names)))


@posix
def test_ten_gigabytes_that_begin_as_each_format(tmp_path: Path) -> None:
    paths = []
    for name, body in SOUND.items():
        # A file of this size gets the compiled loop of the pickle machine, which has its own bar.
        if name not in ("pickle", "pickle-0", "joblib", "torch-legacy", "xgboost-binary"):
            paths += [sparse(tmp_path / f"{name}-{cut}", body[:cut]) for cut in (len(body), len(body) // 2, 64)]
    for name, body in TEXTS.items():
        (tmp_path / f"of-{name}").mkdir()
        paths.append(sparse(tmp_path / f"of-{name}" / name, body))
    bounded(scanned(*paths))
    pickles = [
        sparse(tmp_path / f"{name}.pkl", SOUND[name]) for name in ("pickle", "pickle-0", "joblib", "torch-legacy")
    ]
    bounded(scanned(*pickles), memory=250)


@posix
def test_ten_gigabytes_that_end_as_each_format(tmp_path: Path) -> None:
    bounded(scanned(*(sparse(tmp_path / name, tail=body) for name, body in SOUND.items())))


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_is_safe_and_a_cut_one_is_not(name: str) -> None:
    body = SOUND[name]
    assert examined(body).verdict is Verdict.SAFE
    whole = len(body) - BROKEN_ONLY_LATER.get(name, 0)
    cuts = {*range(1, min(whole, 48)), *range(48, whole, max(whole // 40, 1)), *range(max(whole - 8, 1), whole)}
    for cut in sorted(cuts):
        found = scan({"file": body[:cut]})
        assert found.verdict is not Verdict.SAFE, cut
        assert all("scanner-failed" not in fired(one) for one in found.artefacts), cut


@pytest.mark.parametrize("name", TEXTS)
def test_a_cut_text_fails_no_scanner(name: str) -> None:
    for cut in range(len(TEXTS[name])):
        assert all("scanner-failed" not in fired(one) for one in scan({name: TEXTS[name][:cut]}).artefacts), cut


@pytest.mark.parametrize(
    "suffix", ["pt", "pkl", "safetensors", "gguf", "onnx", "h5", "keras", "npz", "tflite", "joblib"]
)
def test_what_has_a_models_name_and_is_none_is_not_safe(suffix: str) -> None:
    picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
    for body in (b"", picture, b"words and more words\n" * 9, bytes(64), zipped({}), b"<html>404 Not found</html>"):
        assert scan({f"model.{suffix}": body}).verdict is Verdict.UNKNOWN, body[:8]
    assert examined(picture, "picture.png").verdict is Verdict.SAFE


# ---- members that nobody knows


def test_unknown_binary_members_are_told_once() -> None:
    body = zipped(
        {"a.pkl": SOUND["pickle"], "lib.so.xz.enc": b"\xf1\x02\x03" * 9, "b.dat": b"\x01\x02", "c": b"text\n"}
    )
    for outer in (body, tarred({"in.zip": body})):
        artefact = examined(outer)
        told = [one for one in artefact.findings if one.rule == "member-unknown"]
        assert [one.evidence for one in told] == ["2: `lib.so.xz.enc`, `b.dat`"]
        assert artefact.verdict is Verdict.UNKNOWN
    assert "member-unknown" in fired(examined(gzip.compress(b"\xf1\x02\x03" * 9), "a.gz"))


def test_texts_pictures_and_weights_are_no_unknown_members() -> None:
    picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
    plain = {
        "a": b"words \xc3\xa4\n",
        "b.png": picture,
        "empty": b"",
        "c.weird": "wörter".encode("utf-16"),
        "._d": b"\0\5\x16\7\0",
    }
    assert fired(examined(zipped(plain))) == set()
    assert fired(examined(tarred(plain))) == set()
    assert fired(examined(SOUND["torch"])) == set()


# ---- bombs


def bomb(size: int) -> bytes:
    """A raw deflate stream of so many zeros, made by repeating a piece that ends at a byte."""
    made = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = made.compress(bytes(1 << 20)) + made.flush(zlib.Z_FULL_FLUSH)
    return piece * (size >> 20) + b"\x03\0"


def gzipped(stream: bytes) -> bytes:
    return b"\x1f\x8b\x08\0\0\0\0\0\0\3" + stream + bytes(8)


def nested(pack: Callable[[bytes], bytes], body: bytes, depth: int) -> bytes:
    for _ in range(depth):
        body = pack(body)
    return body


def overlapping(size: int, count: int) -> bytes:
    """A zip whose members all unpack the same bytes."""
    stream = bomb(size)
    first = archive([Entry(name=b"0", method=8, size=size, packed=len(stream))])[:31]
    entries = [
        Entry(name=str(number).encode(), method=8, size=size, packed=len(stream), offset=0) for number in range(count)
    ]
    return archive(entries, prefix=first + stream)


def sixteen(body: bytes) -> bytes:
    return zipped({f"{number}.zip": body for number in range(16)}, zipfile.ZIP_DEFLATED)


BOMBS: dict[str, Callable[[], bytes]] = {
    "deflate.zip": lambda: overlapping(3 << 30, 1),
    "gzip.gz": lambda: gzipped(bomb(20 << 30)),
    "bzip2.bz2": lambda: bz2.compress(bytes(64 << 20)) * 300,
    "xz.xz": lambda: lzma.compress(bytes(64 << 20)) * 300,
    "overlapping.zip": lambda: overlapping(64 << 20, 400),
    "forty-two.zip": lambda: nested(sixteen, zipped({"0": bytes(8 << 20)}, zipfile.ZIP_DEFLATED), 5),
    "deep.zip": lambda: nested(lambda body: zipped({"a.zip": body}), MALICIOUS, 30),
    "deep.tar": lambda: nested(lambda body: tarred({"a.tar": body}), MALICIOUS, 30),
    "deep.gz": lambda: nested(lambda body: gzip.compress(body, mtime=0), MALICIOUS, 200),
    "mixed.tgz": lambda: nested(lambda body: gzip.compress(tarred({"a.tgz": zipped({"b": body})})), MALICIOUS, 9),
    "long-pax.tar": lambda: (
        tar_member("x", b"30 size=99999999999999999999\n", kind=b"x") + tar_member("a", b"b") + TAR_END
    ),
    "endless-sparse.tar": lambda: tar_member("a", kind=b"S", size=1 << 40),
}


@posix
def test_bombs_are_bounded(tmp_path: Path) -> None:
    for name, make in BOMBS.items():
        (tmp_path / name).write_bytes(make())
    found = scanned(*(tmp_path / name for name in BOMBS))
    bounded(found)
    assert {"archive-bomb", "limit-reached"} & set(found[1].rules)


@posix
def test_a_hundred_thousand_members_are_bounded(tmp_path: Path) -> None:
    many = 100_000
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number in range(many):
            made.writestr(zipfile.ZipInfo(f"d/{number}.txt"), b"x")
    (tmp_path / "many.zip").write_bytes(out.getvalue())
    head, body = tar_member("a.txt", b"x")[:512], b"x" + bytes(511)
    (tmp_path / "many.tar").write_bytes((head + body) * many + TAR_END)
    (tmp_path / "many.pkl").write_bytes(SOUND["pickle-0"] * 2_000)
    for one in scanned(*sorted(tmp_path.iterdir())):
        assert "scanner-failed" not in one.rules
        assert one.seconds < 130
        assert one.peak < 2 * MEMORY


# ---- names


NAMES = [
    "../x",
    "/etc/x",
    "a/../../x",
    "a\nb",
    "a\0b",
    "C:\\x",
    "..\\x",
    "\x1b[2J",
    "a\u202eb",
    "x" * 60_000,
    "",
    " ",
    "con",
]


@pytest.mark.parametrize("name", NAMES)
def test_odd_names_are_borne_and_shown_without_control_characters(name: str) -> None:
    # A first header without a name is no tar to any reader.
    tar = [tar_member(name[:90], MALICIOUS) + TAR_END] if name else []
    for body in (archive([Entry(name=name.encode(), body=MALICIOUS)]), *tar):
        artefact = examined(body)
        assert "scanner-failed" not in fired(artefact)
        assert artefact.verdict is Verdict.DANGEROUS
        assert all(letter.isprintable() for one in artefact.findings for letter in one.evidence)


# ---- files that are no files, or do not stay


@posix
def test_pipes_devices_circles_and_ways_out_of_a_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pkl")
    (tmp_path / "zero.pkl").symlink_to("/dev/zero")
    (tmp_path / "tty.bin").symlink_to("/dev/tty")
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "again").symlink_to(".")
    (tmp_path / "gone.pt").symlink_to("nowhere")
    (tmp_path / "memory.pkl").symlink_to("/proc/self/mem")
    (tmp_path / "real.pkl").write_bytes(SOUND["pickle"])
    found = scanned(tmp_path)
    bounded(found)
    assert len(found[0].reasons) >= 3


@posix
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_a_device_is_refused(path: str) -> None:
    with pytest.raises(InputError, match="is a device"):
        gather(path)


def test_a_file_that_is_gone_by_now_is_told(tmp_path: Path) -> None:
    for name in ("a.pkl", "b.pkl"):
        (tmp_path / name).write_bytes(SOUND["pickle"])
    found = gather(str(tmp_path))
    (tmp_path / "a.pkl").unlink()
    done = Examiner(rules()).tree(found.tree, found.only)
    assert [one.path for one in done.artefacts] == ["b.pkl"]
    assert [one.path for one in done.passed] == ["a.pkl"]
    assert done.verdict is Verdict.UNKNOWN


class Restless(FolderTree):
    """Files that are written to while they are open."""

    def __init__(self, files: dict[str, Local], path: Path) -> None:
        super().__init__(files)
        self._path = path

    @contextmanager
    def open(self, path: str) -> Iterator[Content]:
        with super().open(path) as content:
            yield content
            with self._path.open("ab") as file:
                file.write(b"more")


@pytest.mark.parametrize("body", [SOUND["pickle"], MALICIOUS])
def test_a_file_that_changes_meanwhile_is_not_safe(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(body)
    found = Examiner(rules()).tree(Restless({"a.pkl": Local(str(path))}, path))
    assert [one.reason for one in found.passed] == ["can't be read: changed while it was read"]
    assert found.verdict is (Verdict.DANGEROUS if body == MALICIOUS else Verdict.UNKNOWN)


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="nothing is unreadable for root")
def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.pkl"
    path.write_bytes(SOUND["pickle"])
    path.chmod(0)
    found = scanned(path)
    bounded(found)
    assert any("permission denied" in reason for reason in found[0].reasons)


# ---- folders


def test_a_folder_of_many_files_goes_fast(tmp_path: Path) -> None:
    bodies = [
        ("json", TEXTS["config.json"]),
        ("safetensors", SOUND["safetensors"]),
        ("txt", b"words\n"),
        ("py", b"x = 1\n"),
    ]
    for number in range(2_000):
        suffix, body = bodies[number % 4]
        (tmp_path / f"{number}.{suffix}").write_bytes(body)
    found = scanned(tmp_path)[0]
    assert (found.verdict, found.rules) == ("safe", [])
    assert found.seconds < 20
    assert found.peak < MEMORY


def test_a_deep_folder_is_walked(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 300)
    deep.mkdir(parents=True)
    (deep / "a.pkl").write_bytes(MALICIOUS)
    found = scanned(tmp_path)
    bounded(found)
    assert found[0].verdict == "dangerous"


# ---- pickles and heads that announce more than there is


CALL = ["BINGET 0", "TUPLE1"]
PICKLES: dict[str, list[str]] = {
    "cyclic list": ["EMPTY_LIST", "BINPUT 0", "BINGET 0", "APPEND", *CALL, "GLOBAL os system", *CALL, "REDUCE"],
    "cyclic dict": ["EMPTY_DICT", "BINPUT 0", "BINUNICODE a", "BINGET 0", "SETITEM", "GLOBAL a b", *CALL, "REDUCE"],
    "cyclic call": ["GLOBAL a b", "EMPTY_TUPLE", "REDUCE", "BINPUT 0", "BINGET 0", "BUILD", *CALL, "BUILD"],
    "doubled": ["GLOBAL a b", "EMPTY_TUPLE", *["DUP", "TUPLE2"] * 2_000, "REDUCE"],
    "deep tuple": ["GLOBAL a b", "NONE", *["TUPLE1"] * 100_000, "REDUCE"],
    "deep build": ["GLOBAL a b", "EMPTY_TUPLE", "REDUCE", *["BINPUT 0", "BINGET 0", "BUILD"] * 20_000],
    "many marks": ["MARK"] * 200_000,
    "long stack": ["NONE"] * 200_000,
    "far memo": ["NONE", "LONG_BINPUT 4294967295", "POP", "LONG_BINGET 4294967295"],
    "long long": ["raw 8bffffff7f"],
    "negative long": ["raw 8bffffffff"],
    "long bytes": ["raw 8effffffffffffff7f"],
    "long text": ["raw 8dffffffffffffffff"],
    "long frame": ["raw 95ffffffffffffffff"],
    "large number": ["INT " + "9" * 100_000],
    "large float": ["FLOAT " + "9" * 100_000],
    "extensions": ["EXT4 2147483647"],
}
PLAIN = ("many marks", "long stack", "far memo", "large number", "large float")


@pytest.mark.parametrize("name", PICKLES)
def test_pickles_made_to_exhaust_are_bounded(name: str) -> None:
    body = assembled(["PROTO 4", *PICKLES[name], "STOP"])
    start = time.monotonic()
    artefact = examined(body, "a.pkl")
    assert time.monotonic() - start < SECONDS
    assert "scanner-failed" not in fired(artefact)
    assert artefact.verdict is not Verdict.SAFE or name in PLAIN


ANNOUNCED = {
    "safetensors": (0, 8), "gguf": (8, 16), "gguf-pairs": (16, 24), "catboost": (4, 8), "tflite": (0, 4),
    "xgboost-binary": (136, 144), "7z": (12, 28), "gguf-name": (24, 32), "numpy": (8, 10),
}  # fmt: skip


@pytest.mark.parametrize("name", ANNOUNCED)
@pytest.mark.parametrize("filled", [0xFF, 0x7F, 0x80])
def test_lengths_that_announce_more_than_there_is(name: str, filled: int) -> None:
    start, end = ANNOUNCED[name]
    body = bytearray(SOUND[name.partition("-")[0] if name.startswith("gguf") else name])
    body[start:end] = bytes([filled]) * (end - start)
    found = scan({"file": bytes(body)})
    assert found.verdict is not Verdict.SAFE
    assert all("scanner-failed" not in fired(one) for one in found.artefacts)


def test_a_hundred_thousand_tensors_over_each_other(tmp_path: Path) -> None:
    entry = b'"t%d":{"dtype":"U8","shape":[64],"data_offsets":[0,64]}'
    header = b"{" + b",".join(entry % number for number in range(100_000)) + b"}"
    path = tmp_path / "a.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(64))
    found = scanned(path)
    bounded(found, memory=2 * MEMORY)
    assert "tensors-misplaced" in found[0].rules


# ---- texts that are made to exhaust


NESTED: dict[str, list[bytes]] = {
    "config.json": [b"[" * 200_000, b'{"a":' * 200_000, b'{"chat_template": "{{ ' + b"a." * 3_000 + b'b }}"}',
                    b'{"chat_template": "{{ ' + b"1+" * 5_000 + b'1 }}"}', b'{"a":1' + b"0" * 200_000 + b"}"],
    "a.yaml": [b"a: " + b"[" * 200_000, b"- " * 200_000, b"a: &a [*a]\n", b"&a " * 50_000,
               b"a: &a [x, x]\n" + b"".join(b"b%d: &b%d [*%s, *%s]\n" % (n, n, p, p) for n, p in (
                   (n, b"b%d" % (n - 1) if n else b"a") for n in range(40)))],
    "chat_template.jinja": [b"{{" * 100_000, b"{{ a" + b".b" * 3_000 + b" }}", b"{% set x = x + x %}" * 5_000,
                            b"{{ range(10 ** 12) | list }}", b"{{ 'a' * 10 ** 10 }}",
                            b"{{ " + b"[1] * 9999" * 999 + b" }}"],
    "a.py": [b"(" * 200_000, b"1+" * 50_000 + b"1", b"a" + b".b" * 50_000, b"-" * 200_000 + b"1", b"x = 10**10**8\n",
             b"x = 'a' * 10**9\neval(x)\n", b"exec(" * 80 + b"'a'" + b")" * 80],
    "a.ipynb": [b'{"cells": 5}', b'{"cells": [1, null, {"cell_type": "code", "source": 5, "outputs": 7}]}',
                b'{"cells":[{"cell_type":"code","outputs":[{"data":{"text/html":"' + b"<script " * 25_000 + b'"}}]}]}'],
    "SKILL.md": [b"---\nname: a\ndescription: b\n---\n" + one * 20_000 for one in (b"<", b"[a](b", b"curl a | sh\n")],
    "model.pmml": [b"<PMML xmlns='http://www.dmg.org/PMML-4_4'>" + b"<a>" * 100_000],
    ".mcp.json": [b'{"mcpServers":' + b"[" * 100_000, b'{"hooks":{"a":[[[[1]]]]},"permissions":5,"mcpServers":"x"}'],
    "a.toml": [b"[mcp_servers.a]\nargs=" + b"[" * 100_000, b"a={b=" * 5_000],
}  # fmt: skip


@pytest.mark.parametrize("name", NESTED)
def test_texts_made_to_exhaust_are_bounded(name: str, tmp_path: Path) -> None:
    """In a process of their own: what nests deep may end one."""
    paths = []
    for number, body in enumerate(NESTED[name]):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / name).write_bytes(body)
        paths.append(tmp_path / str(number) / name)
    for one in scanned(*paths):
        assert "scanner-failed" not in one.rules, one
        assert one.seconds < SECONDS, one
        assert one.peak < MEMORY, one
