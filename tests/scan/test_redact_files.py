"""Files, folders and streams: outputs whole or absent, inputs untouched, and everything that is left out is named."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bartizan.inspection.redaction import Edit, Hiding, Redactor
from bartizan.model import BartizanError, InputError
from bartizan.scan.redact_files import (
    redact_file,
    redact_folder,
    redact_in_place,
    redact_lines,
    whole_output,
)
from tests.inspection.redaction.support import inspect

MAIL, SSN = "alice@example.com", "078-05-1121"
HIDE = Redactor(inspect, Hiding())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder of files, some of which can't be redacted."""
    place = tmp_path / "data"
    (place / "sub").mkdir(parents=True)
    (place / "a.txt").write_text(f"{MAIL} {MAIL}\n")
    (place / "sub" / "b.json").write_text(f'{{"a": "{SSN}"}}')
    (place / "c.pdf").write_bytes(b"%PDF-1.4")
    (place / "link").symlink_to(place / "a.txt")
    (place / "sub" / "round").symlink_to(place)
    os.mkfifo(place / "pipe")
    return place


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_folder_becomes_a_folder(folder: Path, tmp_path: Path) -> None:
    seen: list[str] = []
    before = names(folder)
    summary = redact_folder(folder, tmp_path / "out", HIDE, seen.append)
    assert names(tmp_path / "out") == ["a.txt", "sub", "sub/b.json"]
    assert (tmp_path / "out" / "a.txt").read_text() == "<email-address> <email-address>\n"
    assert summary.counts() == {"email-address": 2, "us-ssn": 1}
    assert [part.member for part in summary.refused] == ["c.pdf", "link", "pipe", "sub/round"]
    assert not summary.complete()
    assert seen == ["a.txt", "c.pdf", "sub/b.json"]
    assert names(folder) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "out"]


def test_an_empty_folder_that_is_there_is_taken(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    redact_folder(folder, tmp_path / "out", HIDE)
    assert (tmp_path / "out" / "a.txt").exists()


def test_places_that_are_wrong(folder: Path, tmp_path: Path) -> None:
    for out, sentence in (
        (folder, "lies in"),
        (folder / "new", "lies in"),
        (tmp_path, "exists already"),
        (folder.parent / "no" / "out", "does not exist"),
    ):
        with pytest.raises(InputError, match=sentence):
            redact_folder(folder, out, HIDE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
    for path, sentence in ((folder, "is a folder"), (tmp_path / "no" / "x", "does not exist")):
        with pytest.raises(InputError, match=sentence), whole_output(path):
            pass


def test_in_place(folder: Path) -> None:
    (folder / "a.txt").chmod(0o640)
    summary = redact_in_place(folder, HIDE)
    assert (folder / "a.txt").read_text() == "<email-address> <email-address>\n"
    assert (folder / "a.txt").stat().st_mode & 0o777 == 0o640
    assert (folder / "c.pdf").read_bytes() == b"%PDF-1.4"
    assert summary.counts() == {"email-address": 2, "us-ssn": 1}
    assert redact_in_place(folder / "a.txt", HIDE).counts() == {}
    with pytest.raises(InputError, match="PDF"):
        redact_in_place(folder / "c.pdf", HIDE)
    assert (folder / "c.pdf").read_bytes() == b"%PDF-1.4"


def test_reading_what_is_no_file(folder: Path, tmp_path: Path) -> None:
    for path, sentence in (
        (folder / "pipe", "is no file"),
        (folder, "is no file|can't be read"),
        (folder / "no", "can't be read"),
    ):
        with pytest.raises(InputError, match=sentence):
            redact_file(path, io.BytesIO(), HIDE)
    database = tmp_path / "a.sqlite"
    database.write_bytes(b"SQLite format 3\0")
    (tmp_path / "a.sqlite-wal").write_bytes(b"x")
    with pytest.raises(InputError, match="in use"):
        redact_file(database, io.BytesIO(), HIDE)


class Full(io.BytesIO):
    """A target on a full disk."""

    def write(self, _: object) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BartizanError, match="no space left") as caught:
        redact_file(folder / "a.txt", Full(), HIDE)
    assert MAIL not in caught.value.diagnostics()
    target = tmp_path / "out.txt"
    target.write_text("before")
    with pytest.raises(BartizanError, match="no space left"), whole_output(target):
        raise OSError(28, "No space left on device")
    assert target.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "out.txt"]


class Breaks:
    """An editor that fails in the middle."""

    def edits(self, text: str, column: str = "") -> list[Edit]:
        raise KeyboardInterrupt(text, column)

    def edits_many(self, texts: object, column: str = "") -> list[list[Edit]]:
        raise KeyboardInterrupt(texts, column)


def test_an_interrupted_run_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        redact_folder(folder, tmp_path / "out", Breaks())
    with pytest.raises(KeyboardInterrupt):
        redact_in_place(folder, Breaks())
    assert names(tmp_path) == names(tmp_path)
    assert (folder / "a.txt").read_text() == f"{MAIL} {MAIL}\n"
    assert not [name for name in names(tmp_path) if ".part" in name or name == "out"]


def test_a_file_that_changes_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(MAIL)

    class Grows(Breaks):
        def edits_many(self, texts: object, column: str = "") -> list[list[Edit]]:  # noqa: ARG002
            path.write_text("more" * 100)
            return [[]]

    with pytest.raises(InputError, match="has changed while it was read"):
        redact_file(path, io.BytesIO(), Grows())


def test_what_reveals_is_private(tmp_path: Path) -> None:
    with whole_output(tmp_path / "a", private=True) as file:
        file.write(b"x")
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


class Gone(io.BytesIO):
    """Standard output whose reader went away after the first line."""

    def write(self, _: object) -> int:
        raise BrokenPipeError


def test_streams() -> None:
    target = io.BytesIO()
    assert redact_lines(io.BytesIO(f"{MAIL}\n{SSN}".encode()), target, HIDE) == {"email-address": 1, "us-ssn": 1}
    assert target.getvalue() == b"<email-address>\n<us-ssn>"
    assert redact_lines(io.BytesIO(f"{MAIL}\n{SSN}".encode()), Gone(), HIDE) == {"email-address": 1}


def test_memory_is_flat(tmp_path: Path) -> None:
    """A large file goes through in parts: the largest text that the detector sees is bounded."""
    seen: list[int] = []

    def measure(text: str, column: str) -> Iterator[None]:
        seen.append(len(text) + len(column))
        return iter(())

    def many(texts: list[str], column: str) -> list[list[None]]:
        seen.append(sum(map(len, texts)) + len(column))
        return [[] for _ in texts]

    hide = Redactor(measure, Hiding(), many=many)  # type: ignore[arg-type]
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress((b"word " * 20 + b"\n") * 100_000))
    redact_file(path, io.BytesIO(), hide)
    assert max(seen) < 2 << 20
