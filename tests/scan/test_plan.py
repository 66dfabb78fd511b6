"""Plans: what is cut, what is packed, and which edges stay when files come and go."""

from __future__ import annotations

from pathlib import Path

import pytest

from bartizan.model import BartizanError
from bartizan.scan.blocks import Unit
from bartizan.scan.plan import HASH, Planned, read_manifest, shards, write_manifest
from tests.scan.stubs import Tools


def file(path: str, size: int = 100, units: list[Unit] | None = None) -> Planned:
    return Planned(path, path, size, "stamp", "text", units or [Unit()])


def test_the_manifest_says_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("x" * 25, encoding="utf-8")
    (tmp_path / "in" / "b.png").write_text("", encoding="utf-8")
    (tmp_path / "in" / "c.exe").write_text("", encoding="utf-8")
    manifest = tmp_path / "manifest.jsonl"
    totals = write_manifest(manifest, Tools(), [str(tmp_path / "in")], target=10)
    assert (totals.files, totals.unread, totals.bytes, totals.shards) == (1, 2, 25, 4)
    first, *rest = read_manifest(manifest)
    assert first.units == [Unit(0, 10, 1), Unit(10, 20, 0), Unit(20, 25, 0)]
    assert [(Path(one.path).name, one.unread) for one in rest] == [("b.png", "is a picture"), ("c.exe", "is a program")]


def test_a_large_file_is_cut_and_hashed_on_its_own() -> None:
    units = [Unit(0, 60), Unit(60, 100)]
    found = list(shards([file("a"), file("big", 100, units), file("b")], "rules"))
    assert [[(part.path, part.unit, part.weight, part.hash) for part in shard.parts] for shard in found] == [
        [("a", Unit(), 100, True)],
        [("big", HASH, 0, True)],
        [("big", Unit(0, 60), 60, False)],
        [("big", Unit(60, 100), 40, False)],
        [("b", Unit(), 100, True)],
    ]


def test_row_groups_share_the_bytes_of_their_file_and_remote_files_are_not_read_twice() -> None:
    units = [Unit(0, 1), Unit(1, 2), Unit(2, 3)]
    found = list(shards([file("s3://bucket/x", 100, units)], ""))
    assert [shard.weight for shard in found] == [33, 33, 34]
    (large,) = shards([file("s3://bucket/y", 1 << 30)], "")
    (small,) = shards([file("s3://bucket/z", 1)], "")
    assert (large.parts[0].hash, small.parts[0].hash) == (False, True)


def test_small_files_are_packed_and_a_new_one_moves_few_edges() -> None:
    files = [file(f"{number:04}") for number in range(1000)]
    before = {shard.id for shard in shards(files, "rules")}
    assert 10 < len(before) < 100
    files.insert(500, file("0499a"))
    after = {shard.id for shard in shards(files, "rules")}
    assert len(after - before) <= 2
    assert before.isdisjoint(shard.id for shard in shards(files, "other rules"))


def test_packs_have_bounds() -> None:
    heavy = list(shards([file(f"{number:04}", 3 << 20) for number in range(9)], ""))
    assert max(len(shard.parts) for shard in heavy) <= 3
    same = list(shards([file("0") for _ in range(600)], ""))
    assert max(len(shard.parts) for shard in same) == 256


def test_a_manifest_that_is_damaged_gone_or_in_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(BartizanError, match="can't be read"):
        list(read_manifest(tmp_path / "no"))
    (tmp_path / "bad").write_text("{", encoding="utf-8")
    with pytest.raises(BartizanError, match="is no manifest"):
        list(read_manifest(tmp_path / "bad"))
    with pytest.raises(BartizanError, match="can't be written: no such file"):
        write_manifest(tmp_path / "no" / "manifest.jsonl", Tools(), [], 10)
