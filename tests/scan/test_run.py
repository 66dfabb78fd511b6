"""Runs with small stand-ins for readers and engine: what is kept, what is done again, and what ends a worker."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path

import pytest

from bartizan.inspection.policy import Policy
from bartizan.model import BartizanError, InputError, NothingToDo
from bartizan.scan import shard
from bartizan.scan.results import About, RunFolder
from bartizan.scan.results_merge import DataScan, Spool
from bartizan.scan.run_data import Job, Run
from tests.scan import stubs


class Watched:
    """Runs a job and keeps what it told."""

    def __init__(self, folder: Path) -> None:
        self.folder = RunFolder(folder)
        self.told: list[bool] = []
        self.worked = self.reused = self.shards = 0

    def __call__(self, *roots: Path, workers: int = 1, target: int = 992, types: list[str] | None = None) -> DataScan:
        self.folder.make()
        if not (self.folder.path / "run.json").exists():
            self.folder.set_about(About())
        self.worked = self.reused = 0
        job = Job(
            roots=[str(root) for root in roots],
            policy=Policy(types=types or []),
            workers=workers,
            tools=stubs.NAME,
            target=target,
        )
        run = Run(job, self.folder)
        self.told.append(run.plan())
        self.shards = run.totals.shards
        run.work(self._progress)
        return run.judge()

    def _progress(self, number: int, worked: bool) -> None:
        if worked:
            self.worked += number
        else:
            self.reused += number

    def lines(self, kind: str) -> list[bytes]:
        return list(Spool(self.folder.spool).lines(kind))


@pytest.fixture
def run(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "run")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text("nothing\nmail to ann@example.org\n" * 3, encoding="utf-8")
    (folder / "long.txt").write_text("".join(f"line {n:03} x@y.zz\n" for n in range(1, 501)), encoding="utf-8")
    rows = "\n".join(f"{n},{n:03}-12-3456" for n in range(1, 41))
    (folder / "sub" / "people.csv").write_text(f"id,ssn\n{rows}\n", encoding="utf-8")
    (folder / "clean.txt").write_text("nothing here\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_says_what_is_where(run: Watched, data: Path, workers: int) -> None:
    (data / "image.png").write_bytes(b"x")
    (data / "tool.exe").write_bytes(b"x")
    scan = run(data, workers=workers)
    assert (scan.files, scan.missed_count, scan.verdict) == (4, 2, "unknown")
    assert {one.path.removeprefix(f"{data}/"): one.types for one in scan.worst} == {
        "sub/people.csv": {"us-ssn": 40},
        "a.txt": {"email-address": 3},
        "long.txt": {"email-address": 500},
    }
    assert scan.bytes == run.worked == sum(f.stat().st_size for f in data.rglob("*.[tc]*") if f.is_file())
    people = scan.worst[0].columns[0]
    assert (people.column, people.type, people.share, people.records) == ("ssn", "us-ssn", 1.0, 40)
    assert len(scan.digest) == 71
    findings = {one.id.removeprefix(f"email-address@{data}/"): one for one in Spool(run.folder.spool).findings()}
    assert findings["a.txt:2"].column == 9
    assert findings["a.txt:2"].evidence == "15 characters"
    assert findings["long.txt:20"].line == 20
    assert findings["long.txt:rest"].count == 480


def test_lines_are_counted_over_parts(run: Watched, tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_text("x\n" * 999 + "ann@example.org\n", encoding="utf-8")
    run(file, target=600)
    assert run.shards == 5
    assert [one.line for one in Spool(run.folder.spool).findings()] == [1000]


def test_what_is_done_is_not_done_again(run: Watched, data: Path) -> None:
    first = run(data)
    before = [run.lines(kind) for kind in ("artefacts", "findings", "missed")]
    again = run(data)
    assert run.worked == 0
    assert run.reused == first.bytes
    assert again == first
    assert [run.lines(kind) for kind in ("artefacts", "findings", "missed")] == before


def test_a_changed_file_is_done_anew_and_a_new_one_too(run: Watched, data: Path) -> None:
    run(data)
    (data / "sub" / "people.csv").write_text("id,ssn\n1,hello\n", encoding="utf-8")
    (data / "new.txt").write_text("new@example.org\n", encoding="utf-8")
    scan = run(data)
    assert 0 < run.worked < scan.bytes
    assert {one.path.removeprefix(f"{data}/") for one in scan.worst} == {"a.txt", "long.txt", "new.txt"}


def test_a_file_that_is_only_touched_is_compared_by_its_hash(run: Watched, data: Path) -> None:
    run(data / "a.txt")
    os.utime(data / "a.txt", (1, 1))
    run(data / "a.txt")
    assert run.worked == 0
    os.utime(data / "a.txt", (2, 2))
    (data / "a.txt").write_bytes((data / "a.txt").read_bytes()[:-2] + b"!\n")
    run(data / "a.txt")
    assert run.worked > 0


def test_other_rules_do_everything_anew(run: Watched, data: Path) -> None:
    run(data)
    scan = run(data, types=["us-ssn"])
    assert run.told == [False, True]
    assert run.worked == scan.bytes


def test_a_damaged_result_counts_as_absent(run: Watched, data: Path) -> None:
    first = run(data)
    for file in (run.folder.path / "results").glob("*/*"):
        file.write_bytes(file.read_bytes()[:-1])
    assert run(data) == first
    assert run.worked == first.bytes


def test_what_ends_a_worker_is_told_and_the_rest_goes_on(run: Watched, data: Path) -> None:
    (data / "killer.txt").write_text("die\n", encoding="utf-8")
    (data / "sub" / "killer.txt").write_text("die\n", encoding="utf-8")
    scan = run(data, workers=2)
    assert [(one.path.removeprefix(f"{data}/"), one.reason) for one in scan.missed] == [
        ("killer.txt", "the worker that read it was killed, most often because memory ran out"),
        ("sub/killer.txt", "the worker that read it was killed, most often because memory ran out"),
    ]
    assert {one.path.removeprefix(f"{data}/") for one in scan.worst} == {"a.txt", "long.txt", "sub/people.csv"}
    # What couldn't be done gets another chance in the next run.
    (data / "killer.txt").write_text("did\n", encoding="utf-8")
    assert run(data, workers=2).missed_count == 1


def test_a_part_that_ends_a_worker_leaves_the_other_parts(run: Watched, tmp_path: Path) -> None:
    file = tmp_path / "long.txt"
    file.write_text("die            \n" + "ann@example.org\n" * 100, encoding="utf-8")
    scan = run(file, workers=2, target=400)
    assert scan.missed_count == 1
    assert [one.types for one in scan.worst] == [{"email-address": 76}]
    assert scan.bytes == 1616 - 400


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("bad", "Bartizan stopped on a mistake of its own, `RuntimeError` at stubs.py:N; please report it"),
        ("err", "it is wrong"),
        ("eio", "can't be read: input/output error"),
        ("mem", "there is not enough memory to read it"),
        ("chg", "changed while it was read; what was found may be of the old content or of the new"),
        ("mov", "changed while it was read; what was found may be of the old content or of the new"),
    ],
)
def test_what_goes_wrong_with_one_file_is_told_and_the_others_are_read(
    run: Watched, data: Path, word: str, reason: str
) -> None:
    (data / "b.txt").write_text(f"{word}\n", encoding="utf-8")
    scan = run(data)
    (missed,) = scan.missed
    assert (Path(missed.path).name, re.sub(r":\d+", ":N", missed.reason)) == ("b.txt", reason)
    assert len(scan.worst) == 3
    assert scan.verdict == "unknown"


def test_a_file_that_vanishes_between_plan_and_reading(run: Watched, data: Path) -> None:
    run(data)
    shutil.rmtree(data / "sub")
    assert [one.path.removeprefix(f"{data}/") for one in run(data).worst] == ["long.txt", "a.txt"]


def test_nothing_to_inspect(run: Watched, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingToDo):
        run(tmp_path / "empty")


def test_no_run_and_a_run_of_another_version(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no run"):
        RunFolder(tmp_path).about()
    (tmp_path / "run.json").write_text('{"schema": "bartizan/run/9"}', encoding="utf-8")
    with pytest.raises(InputError, match="another version"):
        RunFolder(tmp_path).about()
    (tmp_path / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="can't be read"):
        RunFolder(tmp_path).about()


def test_a_folder_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BartizanError, match="can't be written: not a directory"):
        RunFolder(tmp_path / "file" / "run").make()
    folder = RunFolder(tmp_path / "run")
    folder.make()
    shutil.rmtree(tmp_path / "run")
    with pytest.raises(BartizanError, match="can't be written: no such file"):
        folder.put("abc", b"")


def test_a_removed_run_leaves_nothing_and_takes_nothing_else(run: Watched, data: Path, tmp_path: Path) -> None:
    run(data)
    (tmp_path / "run" / "mine").write_text("", encoding="utf-8")
    run.folder.remove()
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["mine"]


@pytest.mark.parametrize("chunk", [1, 3, 7, 1000])
def test_lines_before_offsets_are_counted_while_hashing(
    tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard, "_CHUNK", chunk)
    text = b"a\nbc\n\nd\nefghij\nk"
    (tmp_path / "file").write_bytes(text)
    starts = list(range(len(text)))
    begins = [0, *(place + 1 for place, byte in enumerate(text) if byte == 10)]
    digest, before = shard._digest(stubs.File(str(tmp_path / "file")), starts)
    assert before == [sum(begin < start for begin in begins) for start in starts]
    assert digest == hashlib.sha256(text).hexdigest()
