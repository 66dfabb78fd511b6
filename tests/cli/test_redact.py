"""`bartizan redact` and `bartizan reveal`, as the shell sees them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.inspection.redaction.support import FIRST, SECOND

SSN, MAIL, CARD = "856-45-6789", "alice.archer@example.com", "4012 8888 8888 1881"
TEXT = f"ssn {SSN}, mail {MAIL}, card {CARD}\n"
TYPES = ("--types", "us-ssn,email-address,credit-card")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "bartizan.key"
    path.write_text(f"k1:{FIRST}\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(TEXT)
    return path


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BARTIZAN_KEY", raising=False)
    monkeypatch.delenv("BARTIZAN_MASTER_KEY", raising=False)


def test_values_are_replaced_and_counted_but_never_said(file: Path, tmp_path: Path, run: Run) -> None:
    done = run("redact", file, "-o", tmp_path / "out.txt", *TYPES, "--report", tmp_path / "report.json")
    assert (done.code, done.out) == (0, "")
    assert (tmp_path / "out.txt").read_text() == "ssn <us-ssn>, mail <email-address>, card <credit-card>\n"
    assert file.read_text() == TEXT
    assert done.err == "hidden: 3 values in 1 file: 1 credit-card, 1 email-address, 1 us-ssn\n"
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["schema"] == "bartizan/redact/1"
    assert report["files"][0]["counts"] == {"credit-card": 1, "email-address": 1, "us-ssn": 1}
    assert report["complete"] is True
    again = run("redact", tmp_path / "out.txt", "-o", tmp_path / "again.txt", *TYPES)
    assert again.err == "hidden: 0 values in 1 file\n"
    assert (tmp_path / "again.txt").read_bytes() == (tmp_path / "out.txt").read_bytes()


@pytest.mark.parametrize("mode", ["mask", "hash", "token", "pseudonym", "drop"])
def test_modes_leave_nothing(mode: str, file: Path, key: Path, run: Run) -> None:
    done = run("redact", file, "-o", "-", "--mode", mode, "--key", key, *TYPES)
    assert done.code == 0, done.err
    assert not [value for value in (SSN, MAIL, CARD) if value in done.out + done.err]
    file.write_text(done.out)
    assert run("redact", file, "-o", "-", "--mode", mode, "--key", key, *TYPES).out == done.out


def test_pseudonyms_are_revealed_by_the_key_alone(file: Path, key: Path, tmp_path: Path, run: Run) -> None:
    hidden = tmp_path / "hidden.txt"
    run("redact", file, "-o", hidden, "--mode", "pseudonym", "--key", key, "--tenant", "acme", *TYPES)
    done = run("reveal", hidden, "--key", key, "--tenant", "acme")
    assert (done.code, done.out) == (0, TEXT)
    assert done.err.startswith("revealed: 3 values in 1 file")
    back = run("reveal", hidden, "--key", key, "--tenant", "acme", "-o", tmp_path / "back.txt")
    assert back.code == 0
    assert (tmp_path / "back.txt").stat().st_mode & 0o077 == 0
    key.write_text(f"k2:{SECOND}\nk1:{FIRST}\n")
    assert run("reveal", hidden, "--key", key, "--tenant", "acme").out == TEXT
    renewed = run("redact", hidden, "-o", "-", "--mode", "pseudonym", "--key", key, "--tenant", "acme", *TYPES)
    assert ":k1:" not in renewed.out
    key.write_text(f"k1:{SECOND}\n")
    wrong = run("reveal", hidden, "--key", key, "--tenant", "acme")
    assert (wrong.code, wrong.out) == (2, "")
    assert "can't be opened with key `k1`" in wrong.err
    assert run("reveal", hidden, "--key", key, "--lenient").out == hidden.read_text()
    assert run("reveal", hidden).code == 2


def test_the_key_comes_from_the_environment_and_may_be_wrapped(
    file: Path, key: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bartizan.inspection.redaction import Key, SecretWrapper, parse_keys, wrapped_line

    by_file = run("redact", file, "-o", "-", "--mode", "token", "--key", key, *TYPES)
    monkeypatch.setenv("BARTIZAN_KEY", f"k1:{FIRST}")
    assert run("redact", file, "-o", "-", "--mode", "token", *TYPES).out == by_file.out
    monkeypatch.setenv("BARTIZAN_MASTER_KEY", SECOND)
    key.write_text(wrapped_line(Key("k1", bytes(range(32))), SecretWrapper(parse_keys(SECOND))))
    assert run("redact", file, "-o", "-", "--mode", "token", "--key", key, *TYPES).out == by_file.out


def test_formats_are_kept_and_turned_back(tmp_path: Path, key: Path, run: Run) -> None:
    table = tmp_path / "a.csv"
    table.write_text(f"card,mail\n{CARD},{MAIL}\n")
    hidden = tmp_path / "b.csv"
    done = run("redact", table, "-o", hidden, "--key", key, "--keep-format", "credit-card", *TYPES)
    assert done.code == 0, done.err
    assert CARD not in hidden.read_text()
    assert hidden.read_text().startswith("card,mail\n4012 88")
    back = run("reveal", hidden, "--key", key, "--keep-format", "credit-card")
    assert back.out == f"card,mail\n{CARD},<email-address>\n"


def test_a_folder(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_text(json.dumps({"mail": MAIL}) + "\n")
    (folder / "b.pdf").write_bytes(b"%PDF-1.7")
    done = run("redact", folder, "-o", tmp_path / "out", *TYPES)
    assert done.code == 1
    assert (tmp_path / "out" / "a.jsonl").read_text() == '{"mail": "<email-address>"}\n'
    assert "not inspected, and left out: b.pdf: a PDF file can't be redacted in place" in done.err
    assert run("redact", folder, "--in-place", *TYPES).code == 1
    assert MAIL not in (folder / "a.jsonl").read_text()
    (tmp_path / "empty").mkdir()
    assert run("redact", tmp_path / "empty", "-o", tmp_path / "x", *TYPES).code == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("a.txt",), "it is not said where the result goes"),
        (("a.txt", "-o", "a.txt"), "`a.txt` is the input"),
        (("no.txt", "-o", "-"), "`no.txt` does not exist"),
        (("a.txt", "-o", "x", "--in-place"), "--in-place goes with"),
        (("-", "--in-place"), "--in-place goes with"),
        ((".", "-o", "-"), "`.` is a folder"),
        (("a.txt", "-o", "-", "--mode", "token"), "mode `token` needs a key"),
        (("a.txt", "-o", "-", "--mode", "token", "--key", "no.key"), "the key file `no.key` can't be read"),
        (("a.txt", "-o", "-", "--keep-format", "us-sn"), "`us-sn` is not a data type"),
        (("b.pdf", "-o", "-"), "a PDF file can't be redacted in place"),
        (("a.txt", "-o", "no/such/x"), "does not exist"),
    ],
)
def test_what_is_wrong_is_said(
    arguments: tuple[str, ...], sentence: str, file: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    (file.parent / "b.pdf").write_bytes(b"%PDF-1.7")
    done = run("redact", *arguments, *TYPES)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err
    assert "help: " in done.err or "does not exist" in sentence or "can't be read" in sentence
    assert file.read_text() == TEXT


def test_a_log_stream_comes_out_line_by_line(run: Run, tmp_path: Path, cache: Path) -> None:
    run("redact", "-", "-o", "-", "--help")
    program = [sys.executable, "-m", "bartizan.cli", "redact", "-", "-o", "-", *TYPES]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path,
        env={"XDG_CACHE_HOME": str(cache)},
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        for line, expected in (
            (f"INFO {MAIL}\n", b"INFO <email-address>\n"),
            (f'{{"s": "{SSN}"}}\n', b'{"s": "<us-ssn>"}\n'),
        ):
            process.stdin.write(line.encode())
            process.stdin.flush()
            assert process.stdout.readline() == expected
        process.stdin.close()
        assert process.stdout.read() == b""
        assert process.stderr.read() == b"hidden: 2 values in 1 file: 1 email-address, 1 us-ssn\n"
        assert process.wait() == 0
