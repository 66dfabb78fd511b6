"""Files against what was signed: changed, missing, added, links, and what the signer left out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from bartizan.model import InputError
from bartizan.scan.signing import Inventory, check, inventory
from bartizan.scan.signing.statement import Statement, parse_statement
from tests.scan.signing.support import FILES, resources, statement, write


def listed(files: dict[str, bytes] = FILES, shard: int = 0, **how: Any) -> Statement:
    if shard:
        how |= {"method": "shards", "shard_size": shard}
    return parse_statement(statement(resources(files, shard=shard), **how), "model.sig")


def compared(root: Path, signed: Statement) -> tuple[dict[str, tuple[str, str]], Inventory]:
    found = inventory(root, signed, root / "model.sig")
    seen: list[int] = []
    checked = check(found, signed.algorithm, signed.shard, lambda number, _: seen.append(number))
    assert sum(seen) == sum(one.read for one in checked)
    assert [one.path for one in checked] == sorted(one.path for one in checked)
    return {one.path: (one.rule, one.what) for one in checked}, found


def rules(root: Path, signed: Statement) -> dict[str, str]:
    return {path: rule for path, (rule, _) in compared(root, signed)[0].items() if rule}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    root = write(tmp_path / "model", FILES)
    (root / "model.sig").write_bytes(b"the signature")
    return root


@pytest.mark.parametrize("shard", [0, 1, 5, 1000])
def test_what_was_signed_is_read_and_found_as_it_was(shard: int, model: Path) -> None:
    outcome, found = compared(model, listed(shard=shard))
    assert outcome == dict.fromkeys(FILES, ("", ""))
    assert found.total == sum(map(len, FILES.values()))
    assert found.left_out == []


@pytest.mark.parametrize("shard", [0, 5])
@pytest.mark.parametrize("data", [b"weights of a small mode1", b"weights", b"", b"weights of a small model and more"])
def test_a_changed_file_is_told(shard: int, data: bytes, model: Path) -> None:
    (model / "model.bin").write_bytes(data)
    assert rules(model, listed(shard=shard)) == {"model.bin": "signature-file-changed"}


def test_the_part_that_changed_is_told(model: Path) -> None:
    (model / "model.bin").write_bytes(b"weights OF a small model")
    assert compared(model, listed(shard=8))[0]["model.bin"][1] == "bytes 8 to 16 are not what was signed"


def test_missing_and_unsigned_files_are_told(model: Path) -> None:
    (model / "sub" / "vocab.txt").unlink()
    write(model, {"modeling.py": b"import os", "sub/deep/more.bin": b"x", "other.sig": b"x"})
    assert rules(model, listed()) == {
        "modeling.py": "signature-file-unsigned",
        "other.sig": "signature-file-unsigned",
        "sub/deep/more.bin": "signature-file-unsigned",
        "sub/vocab.txt": "signature-file-missing",
    }


def test_what_the_signer_left_out_is_listed_and_only_that(model: Path) -> None:
    write(model, {".git/config": b"", ".gitignore": b"", "docs/a/b.md": b"", "docs.md": b"", "sub/.git/hook": b""})
    outcome, found = compared(model, listed(ignore_paths=["docs", "model.sig"]))
    assert found.left_out == [".git/", ".gitignore", "docs/"]
    assert {path: rule for path, (rule, _) in outcome.items() if rule} == {
        "docs.md": "signature-file-unsigned",
        "sub/.git/hook": "signature-file-unsigned",
    }


def test_a_signed_file_is_checked_where_it_is_left_out(model: Path) -> None:
    write(model, {"docs/a.md": b"one", "docs/b.md": b""})
    signed = listed(FILES | {"docs/a.md": b"two"}, ignore_paths=["docs"])
    outcome, found = compared(model, signed)
    assert outcome["docs/a.md"][0] == "signature-file-changed"
    assert found.left_out == ["docs/b.md"]


def test_a_link_stands_for_a_file_only_where_the_statement_says_so(model: Path, tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(FILES["model.bin"])
    (model / "model.bin").unlink()
    (model / "model.bin").symlink_to(tmp_path / "blob")
    outcome, _ = compared(model, listed())
    assert outcome["model.bin"] == ("signature-file-changed", "is a link, and the signature allows none")
    assert rules(model, listed(allow_symlinks=True)) == {}
    (tmp_path / "blob").write_bytes(b"other")
    assert rules(model, listed(allow_symlinks=True)) == {"model.bin": "signature-file-changed"}
    (tmp_path / "blob").unlink()
    assert "a link to something that is not there" in compared(model, listed(allow_symlinks=True))[0]["model.bin"][1]


def test_links_to_folders_hide_nothing(model: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", {"code.py": b"x"})
    (model / "code").symlink_to(tmp_path / "elsewhere")
    (model / "round").symlink_to(model)
    for links in (False, True):
        outcome, _ = compared(model, listed(allow_symlinks=links))
        assert outcome["code"] == outcome["round"]
        assert outcome["code"][0] == "signature-file-unsigned"


def test_empty_files_have_no_parts(model: Path) -> None:
    write(model, {"__init__.py": b""})
    assert rules(model, listed(shard=5)) == {}
    assert rules(model, listed()) == {"__init__.py": "signature-file-unsigned"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_are_told_and_not_opened(model: Path) -> None:
    (model / "model.bin").unlink()
    os.mkfifo(model / "model.bin")
    os.mkfifo(model / "more")
    outcome, _ = compared(model, listed())
    assert outcome["model.bin"] == ("signature-file-changed", "is a named pipe")
    assert outcome["more"] == ("signature-file-unsigned", "is a named pipe")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="whoever is root may read everything")
def test_what_can_not_be_read_is_told(model: Path) -> None:
    (model / "model.bin").chmod(0)
    (model / "sub").chmod(0)
    try:
        found = rules(model, listed())
    finally:
        (model / "sub").chmod(0o700)
    assert found["model.bin"] == found["sub"] == "signature-not-verifiable"
    assert found["sub/vocab.txt"] == "signature-file-missing"


def test_what_goes_before_it_is_read_is_told(model: Path) -> None:
    signed = listed()
    found = inventory(model, signed, model / "model.sig")
    (model / "model.bin").unlink()
    checked = {one.path: one for one in check(found, signed.algorithm, signed.shard, lambda *_: None)}
    assert checked["model.bin"].rule == "signature-not-verifiable"


@pytest.mark.parametrize("name", [".", "model.bin"])
@pytest.mark.parametrize("shard", [0, 5])
def test_one_file_alone(name: str, shard: int, model: Path) -> None:
    signed = listed({name: FILES["model.bin"]}, shard)
    assert compared(model / "model.bin", signed)[0] == {"": ("", "")}
    (model / "model.bin").write_bytes(b"other")
    assert compared(model / "model.bin", signed)[0][""][0] == "signature-file-changed"


def test_a_file_is_no_folder(model: Path) -> None:
    with pytest.raises(InputError, match="a folder was signed"):
        inventory(model / "model.bin", listed(), model / "model.sig")
    with pytest.raises(InputError, match="a folder was signed"):
        inventory(model / "config.json", listed({"model.bin": b""}), model / "model.sig")
    with pytest.raises(InputError, match="one file was signed"):
        inventory(model, listed({".": b""}), model / "model.sig")


def test_a_signature_over_nothing_signs_nothing(model: Path) -> None:
    assert set(rules(model, listed({})).values()) == {"signature-file-unsigned"}
    assert compared(model / "model.bin", listed({}))[0][""][0] == "signature-file-unsigned"
    (model / "model.bin").write_bytes(b"")
    empty = parse_statement(statement([], method="shards", shard_size=4), "x")
    assert compared(model / "model.bin", empty)[0] == {"": ("", "")}
