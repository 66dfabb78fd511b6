"""Journals in a folder: only for their owner, with one key for all digests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bartizan.guard.gateway.journals import Journals
from bartizan.model import BartizanError


def test_lines_are_added_to_the_sessions_file(tmp_path: Path) -> None:
    journals = Journals(tmp_path / "journals", "digest")
    journals.write("s-1", [])
    journals.write("s-1", [b"a\n", b"b\n"])
    journals.write("s-1", [b"c\n"])
    journals.write("s-2", [b"d\n"])
    assert (tmp_path / "journals" / "s-1.jsonl").read_bytes() == b"a\nb\nc\n"
    assert sorted(path.name for path in (tmp_path / "journals").iterdir()) == ["digests.key", "s-1.jsonl", "s-2.jsonl"]


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")
def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    Journals(tmp_path / "journals", "keep").write("s-1", [b"a\n"])
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "journals").iterdir()}
    assert modes == {0o600}
    assert (tmp_path / "journals").stat().st_mode & 0o777 == 0o700


def test_the_key_stays_the_same(tmp_path: Path) -> None:
    first, second = (Journals(tmp_path, "digest").rules for _ in range(2))
    assert first == second
    assert len(first.key) == 32
    (tmp_path / "digests.key").write_bytes(b"cut")
    with pytest.raises(BartizanError, match="is no key"):
        Journals(tmp_path, "digest")


def test_no_name_of_a_session_leads_out_of_the_folder(tmp_path: Path) -> None:
    Journals(tmp_path / "journals", "digest").write("../../evil", [b"a\n"])
    assert {path.parent for path in tmp_path.rglob("*.jsonl")} == {tmp_path / "journals"}


def test_what_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BartizanError, match="can't be kept"):
        Journals(tmp_path / "file" / "journals", "digest")
    journals = Journals(tmp_path / "journals", "digest")
    (tmp_path / "journals" / "s-1.jsonl").mkdir()
    with pytest.raises(BartizanError, match="can't be written"):
        journals.write("s-1", [b"a\n"])
