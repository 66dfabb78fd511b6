"""`bartizan approvals`: questions in a folder, listed and answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bartizan.guard.asking import as_json
from bartizan.guard.gateway.asking import FolderStore, Reply
from bartizan.model.ruling import Ask
from tests.cli.conftest import Run
from tests.guard.asking.making import approval, verdict


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "asking"


def waits(folder: Path, **more: Any) -> str:
    one = approval(verdict(**more))
    FolderStore(folder).put(as_json(one))
    return one.id


def test_a_question_is_listed_and_approved(folder: Path, run: Run) -> None:
    id = waits(folder)
    shown = run("approvals", "list", "--folder", folder)
    assert (shown.code, shown.out.startswith(f"{id}  for user, until ")) == (0, True)
    assert "CAUTION: it stands in content" in shown.out
    assert "may be approved for the session" in shown.out
    (one,) = json.loads(run("approvals", "list", "--folder", folder, "--format", "json").out)["approvals"]
    done = run("approvals", "approve", id, "--by", "anna", "--for-session", "--folder", folder)
    assert (done.code, "approved by `anna`" in done.err) == (0, True), done.err
    assert FolderStore(folder).answered(id) == Reply(
        approval=id, digest=one["digest"], approved=True, by="anna", lasting=True
    )
    assert run("approvals", "list", "--folder", folder).out == "nothing waits for an answer\n"


def test_a_group_answers_what_is_for_it(folder: Path, run: Run) -> None:
    id = waits(folder, ruling=Ask("finance"))
    assert run("approvals", "deny", id, "--by", "paul", "--group", "finance", "--folder", folder).code == 0
    answer = FolderStore(folder).answered(id)
    assert answer is not None
    assert (answer.approved, answer.groups) == (False, ["finance"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["approve", "x", "--by", "anna"], "no question `x` waits"),
        (["approve", "ID", "--by", "paul"], "this question is for `anna`"),
        (["approve", "ID", "--by", "mail-agent", "--group", "anna"], "this question is for `anna`"),
    ],
)
def test_what_is_refused(arguments: list[str], sentence: str, folder: Path, run: Run) -> None:
    id = waits(folder)
    done = run("approvals", *(id if word == "ID" else word for word in arguments), "--folder", folder)
    assert (done.code, sentence in done.err) == (2, True), done.err


def test_what_may_not_last_is_refused_for_the_session(folder: Path, run: Run) -> None:
    one = approval(verdict(), None)
    FolderStore(folder).put(as_json(one))
    done = run("approvals", "approve", one.id, "--by", "anna", "--for-session", "--folder", folder)
    assert (done.code, "can't be approved for the session" in done.err) == (2, True)


def test_no_folder(folder: Path, run: Run) -> None:
    assert "no folder of questions" in run("approvals", "list", "--folder", folder).err
