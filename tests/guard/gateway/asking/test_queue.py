"""Questions that wait for another program, in memory and in a folder."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bartizan.guard.asking import Answerer, Approval, as_json
from bartizan.guard.gateway.asking import FolderStore, MemoryStore, Queue, Reply, Said, Store, Unreachable
from bartizan.model import BartizanError, InputError
from tests.guard.asking.making import approval, verdict

NOW = 1_000.0


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else FolderStore(tmp_path / "asking")


def reply(one: Approval, approved: bool = True, **more: Any) -> Reply:
    return Reply(**{"approval": one.id, "digest": one.digest, "approved": approved, "by": "anna", **more})


def test_a_question_waits_is_answered_once_and_goes(store: Store) -> None:
    one = approval()
    store.put(as_json(one))
    (shown,) = store.pending()
    assert (shown["id"], shown["tool"]) == (one.id, "send_mail")
    assert store.answered(one.id) is None
    store.answer(reply(one, groups=["staff"]))
    assert store.pending() == []
    assert store.answered(one.id) == reply(one, groups=["staff"])
    with pytest.raises(InputError, match="has an answer already"):
        store.answer(reply(one, approved=False))
    store.drop(one.id)
    assert store.answered(one.id) is None
    with pytest.raises(InputError, match="no such question"):
        store.answer(reply(one))


def test_an_answer_to_another_call_is_none(store: Store) -> None:
    one = approval()
    store.put(as_json(one))
    with pytest.raises(InputError, match="another call"):
        store.answer(reply(one, digest="0" * 64))


def answered(store: Store, change: Callable[[Approval], Reply | None], *questions: Approval) -> list[Said]:
    """Ask by a queue, and answer each question as `change` says."""

    async def asking() -> list[Said]:
        ticks = iter([NOW] * 40)
        queue = Queue(store, lambda: next(ticks, NOW + 300), every=0.005)
        task = asyncio.create_task(queue.ask(questions))
        while len(store.pending()) < len(questions):
            await asyncio.sleep(0.002)
        for one in questions:
            made = change(one)
            if made is not None:
                store.answer(made)
        return await task

    return asyncio.run(asking())


def test_the_queue_returns_what_is_said(store: Store) -> None:
    one, two = approval(), approval(verdict({"to": "x"}))
    out = answered(store, lambda of: reply(of, of is one, lasting=of is one, groups=["g"]), one, two)
    who = Answerer(name="anna", groups=frozenset({"g"}))
    assert out == [Said(one.id, True, True, who), Said(two.id, False, False, who)]
    assert store.pending() == []


def test_nobody_answers(store: Store) -> None:
    with pytest.raises(Unreachable, match="nobody has answered"):
        answered(store, lambda _: None, approval())
    assert store.pending() == []


def test_an_answer_that_was_forged_in_the_folder_does_not_count(tmp_path: Path) -> None:
    store, one = FolderStore(tmp_path / "asking"), approval()

    def forge(of: Approval) -> None:
        path = tmp_path / "asking" / f"{of.id}.answer.json"
        path.write_bytes(msgspec.json.encode(reply(of, digest="0" * 64)))

    with pytest.raises(Unreachable):
        answered(store, forge, one)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b"x" * (2 << 20)])
def test_files_that_can_not_be_read_are_none(tmp_path: Path, content: bytes) -> None:
    store, one = FolderStore(tmp_path / "asking"), approval()
    store.put(as_json(one))
    (tmp_path / "asking" / f"{one.id}.answer.json").write_bytes(content)
    assert store.answered(one.id) is None
    other = approval(verdict({"to": "x"}))
    (tmp_path / "asking" / f"{other.id}.ask.json").write_bytes(content)
    (tmp_path / "asking" / "..ask.json").write_bytes(b"{}")
    assert store.pending() == []


@pytest.mark.parametrize("id", ["../../etc/passwd", "", "x" * 32, "a" * 31])
def test_no_id_leads_out_of_the_folder(tmp_path: Path, id: str) -> None:
    store = FolderStore(tmp_path / "asking")
    with pytest.raises(InputError, match="no such question"):
        store.answer(Reply(approval=id, digest="", approved=True, by="eve"))


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")
def test_only_the_owner_reads_it_and_nobody_else_may_write(tmp_path: Path) -> None:
    store, one = FolderStore(tmp_path / "asking"), approval()
    store.put(as_json(one))
    (path,) = (tmp_path / "asking").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.parent.chmod(0o770)
    with pytest.raises(BartizanError, match="others may write"):
        FolderStore(path.parent)


def test_a_folder_that_can_not_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BartizanError, match="can't be kept"):
        FolderStore(tmp_path / "file" / "asking")
    store, one = FolderStore(tmp_path / "asking"), approval()
    store.put(as_json(one))
    with pytest.raises(BartizanError, match="can't be kept"):
        store.put(as_json(one))
    with pytest.raises(Unreachable, match="can't be kept"):
        asyncio.run(Queue(store, lambda: NOW).ask([one]))
