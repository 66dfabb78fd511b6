"""Whatever is wrong with a file: one clear error, exit code 2, no traceback, nothing half-written."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import SYSTEM, Run

HEAD = "id: bad\ncomponents:\n  app: {kind: application}\n"


def _text(content: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(content, encoding="utf-8")


def _bytes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200_000_000)  # sparse: it takes no space, and reading it would take 200 MB


def _cycle(path: Path) -> None:
    path.write_text(HEAD + "include: other.yaml\n", encoding="utf-8")
    path.with_name("other.yaml").write_text("include: system.yaml\n", encoding="utf-8")


def _outside(path: Path) -> None:
    path.write_text(HEAD + "include: ../secret.yaml\n", encoding="utf-8")
    (path.parent.parent / "secret.yaml").write_text("zones: {inside: {kind: cloud}}\n", encoding="utf-8")


def _escape(path: Path) -> None:
    secret = path.parent.parent / "secret.yaml"
    secret.write_text("zones: {inside: {kind: cloud}}\n", encoding="utf-8")
    path.with_name("link.yaml").symlink_to(secret)
    path.write_text(HEAD + "include: link.yaml\n", encoding="utf-8")


def _loop(path: Path) -> None:
    path.symlink_to(path.with_name("system.yaml"))


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _bomb(path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"x-a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    path.write_text("id: bomb\nx-" + "\n".join(lines) + "\n", encoding="utf-8")


CASES: dict[str, tuple[Callable[[Path], object], str]] = {
    "not YAML": (_text("id: [unclosed\n"), "this is not valid YAML"),
    "a tab": (_text("id: x\n\tname: y\n"), "this is not valid YAML"),
    "empty": (_text(""), "the file is empty"),
    "only a comment": (_text("# nothing\n"), "the file is empty"),
    "a list": (_text("- a\n- b\n"), "a system is a mapping"),
    "a word": (_text("hello\n"), "a system is a mapping"),
    "wrong type": (_text(HEAD + "flows: 7\n"), "`7`"),
    "wrong word": (_text(HEAD + "stage: desing\n"), "did you mean `design`?"),
    "unknown key": (_text(HEAD + "componets: {}\n"), "did you mean `components`?"),
    "unknown kind": (_text("id: x\ncomponents:\n  app: {kind: aplication}\n"), "did you mean `application`?"),
    "duplicate key": (_text(HEAD + "id: again\n"), "`id` stands twice"),
    "duplicate component": (_text(HEAD + "  app: {kind: agent}\n"), "`app` stands twice"),
    "dangling reference": (_text(HEAD + "flows:\n  - {from: app, to: ap}\n"), "there is no component `ap`"),
    "no components": (_text("id: x\n"), "the system has no components"),
    "a tag": (_text("id: !!python/object/apply:os.system [ls]\n"), "is not allowed"),
    "two documents": (_text("id: x\n---\nid: y\n"), "more than one document"),
    "deep": (_text("[" * 200_000), "nested deeper"),
    "cycle of includes": (_cycle, "includes itself"),
    "YAML bomb": (_bomb, "aliases expand"),
    "200 MB": (_large, "200,000,000 bytes"),
    "binary": (_bytes(b"\x7fELF\0\0\0\1"), "binary file"),
    "not UTF-8": (_bytes(b"id: caf\xe9\n"), "not UTF-8"),
    "a control character": (_bytes(b"id: x\nname: a\x1b[31mb\n"), "this is not valid YAML"),
    "half a character": (_text('id: x\nname: "\\ud800"\ncomponents:\n  app: {kind: application}\n'), ""),
    "include outside": (_outside, "lies outside"),
    "include of nothing": (_text(HEAD + "include: none.yaml\n"), "`none.yaml` does not exist"),
    "include of a folder": (_text(HEAD + "include: .\n"), "is a folder"),
    "absolute include": (_text(HEAD + "include: /etc/passwd\n"), "lies outside"),
    "include with a zero": (_text(HEAD + 'include: "a\\0b"\n'), ""),
    "link out of the folder": (_escape, "is a link that leaves"),
    "link to itself": (_loop, "can't be read"),
    "a pipe": (_pipe, "is a pipe"),
}
_UNIX_ONLY = {"a pipe", "link out of the folder", "link to itself"}


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_file_is_refused_with_a_sentence(case: str, tmp_path: Path, run: Run) -> None:
    if case in _UNIX_ONLY and sys.platform == "win32":
        pytest.skip("links and pipes are Unix's")
    make, expected = CASES[case]
    folder = tmp_path / "folder"
    folder.mkdir()
    make(folder / "system.yaml")
    before = sorted(path.name for path in folder.iterdir())
    done = run("review", folder / "system.yaml", "--format", "json", "-o", folder / "review.json")
    assert done.code == 2, done.err
    assert done.out == ""
    assert done.err.startswith("error: ")
    assert expected in done.err
    assert "Traceback" not in done.err
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_position_names_the_file_as_the_user_did(system: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(system.parent.parent)
    system.write_text(SYSTEM.replace("zone: internet}", "zone: nowhere}"), encoding="utf-8")
    shown = system.relative_to(system.parent.parent)
    done = run("review", shown)
    assert done.code == 2
    assert f"--> {shown}:10:" in done.err


def test_all_mistakes_are_told_at_once(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "system.yaml"
    path.write_text(HEAD + "stage: desing\ncriticality: hihg\n", encoding="utf-8")
    done = run("review", path)
    assert done.code == 2
    assert done.err.count("error: ") == 2


def test_names_from_a_file_cannot_steer_the_terminal(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "system.yaml"
    path.write_text(HEAD + '"\\e[2Jowned": 1\n', encoding="utf-8")
    done = run("review", path)
    assert done.code == 2
    assert "\x1b" not in done.err


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/null"])
def test_a_device_is_not_read(target: str, run: Run) -> None:
    if not Path(target).exists():
        pytest.skip("this system has no such device")
    done = run("review", target)
    assert done.code == 2
    assert "is a device" in done.err


def test_a_missing_file_says_how_to_get_one(tmp_path: Path, run: Run) -> None:
    done = run("review", tmp_path / "none.yaml")
    assert done.code == 2
    assert "does not exist" in done.err
    assert "bartizan init" in done.err


def test_a_folder_says_which_file_to_name(tmp_path: Path, run: Run) -> None:
    done = run("review", tmp_path)
    assert done.code == 2
    assert "is a folder" in done.err
