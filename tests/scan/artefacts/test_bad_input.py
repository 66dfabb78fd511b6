"""Hostile files: time and memory are bounded, what is broken is never safe, and no scanner fails."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
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
from tests.scan.artefacts.child import MEMORY, bounded, scanned
from tests.scan.artefacts.samples import MALICIOUS, SOUND, TEXTS, tarred
from tests.scan.artefacts.support import examined, fired, rules, scan, zipped

TEN_GIGABYTES = 10 << 30
BROKEN_ONLY_LATER = {"paddle": 4, "tflite": 1, "executorch": 1, "lightgbm": 32, "tar": 512}
"""Bytes at the end that a file is whole without: optional parts, the zero behind a text."""
SUFFIXES = (
    "pt bin safetensors gguf onnx h5 keras npy npz tflite pb json yaml py txt md zip tar gz 7z pbtxt jinja ipynb "
    "mlmodel pdmodel pmml pte cfg sh js pth cbm mar skops joblib ckpt index.json html"
)
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs sparse files, pipes and links")


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
        if name not in ("pickle", "pickle-0", "joblib", "torch-legacy"):
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
