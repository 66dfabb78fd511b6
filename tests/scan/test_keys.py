"""Keys from files and the environment: who may read them, and what is said when they are wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bartizan.inspection.redaction import Key, SecretWrapper, wrapped_line
from bartizan.model import InputError
from bartizan.scan.keys import keys_from
from tests.inspection.redaction.support import FIRST, SECOND, ring


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "bartizan.key"
    path.write_text(f"k2:{SECOND}\nk1:{FIRST}\n")
    path.chmod(0o600)
    return path


def test_from_a_file(file: Path) -> None:
    keys = keys_from(str(file), {})
    assert keys is not None
    assert keys.names == ["k2", "k1"]


def test_from_the_environment() -> None:
    for where in ("", "env"):
        keys = keys_from(where, {"BARTIZAN_KEY": f"k2:{SECOND},k1:{FIRST}"})
        assert keys is not None
        assert keys.names == ["k2", "k1"]
    assert keys_from("", {}) is None
    with pytest.raises(InputError, match="`BARTIZAN_KEY` is not set"):
        keys_from("env", {})


@pytest.mark.skipif(os.name != "posix", reason="rights of group and others are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_that_others_may_read_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(InputError, match="others may read the key file") as caught:
        keys_from(str(file), {})
    assert "chmod 600" in caught.value.help


def test_what_is_no_key_file(file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read: no such file"):
        keys_from(str(tmp_path / "no"), {})
    with pytest.raises(InputError, match=r"is no file|can't be read"):
        keys_from(str(tmp_path), {})
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(InputError, match="is no file"):
        keys_from(str(tmp_path / "pipe"), {})
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is no text"):
        keys_from(str(file), {})


def test_a_wrapped_key_needs_the_master_key(file: Path) -> None:
    master = SecretWrapper(ring())
    file.write_text(wrapped_line(Key("data", bytes(range(50, 90))), master))
    keys = keys_from(str(file), {}, master)
    assert keys is not None
    assert keys.names == ["data"]
    with pytest.raises(InputError, match="key `data` is wrapped"):
        keys_from(str(file), {})
