"""Files beside the configuration: read at the start, watched, and never believed when they are wrong."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest

from bartizan.guard.config import Budget
from bartizan.guard.gateway.standing import (
    BLOCKS,
    OPENINGS,
    Standing,
    begin_limits,
    change,
    read_documents,
    read_state,
)
from bartizan.guard.gateway.valkey import ValkeyStore
from bartizan.guard.limits import Block, Limiter, MemoryStore
from bartizan.guard.limits.blocks import write_blocks
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused
from bartizan.guard.sandbox import Opening, Sandbox, parse_openings, write_openings
from bartizan.model import BartizanError, Count, Event, InputError
from tests.guard.limits.support import configured, prepared
from tests.guard.sandbox.documents import DOCUMENT, SCHEME, read

NOW = 1_796_000_000.0
BOUND = Principal(id="alice", source="key:1", application="desk", sandbox="claims-pilot")
BLOCK = Block(id="1a", kind="principal", name="alice", until=NOW + 100, by="jo", why="")


def standing(folder: Path, limiter: Limiter | None = None) -> tuple[Limiter, Standing]:
    limiter = limiter or Limiter(configured(), MemoryStore())
    (folder / "sandboxes").mkdir(exist_ok=True)
    return limiter, Standing(folder / "state", folder / "sandboxes", SCHEME, limiter)


def put(path: Path, content: bytes) -> None:
    """Write a file, and see that its time is another than before."""
    path.parent.mkdir(exist_ok=True)
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_bytes(content)
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


def opened(**more: float) -> bytes:
    return write_openings([Opening(id="claims-pilot", digest=read().digest, opened=1.0, **more)])  # type: ignore[arg-type]


def test_a_block_counts_from_the_next_look_and_so_does_its_undoing(tmp_path: Path) -> None:
    limiter, files = standing(tmp_path)
    files.load()
    call = prepared()
    assert limiter.stopped(call, NOW) is None
    put(tmp_path / "state" / BLOCKS, write_blocks([BLOCK]))
    assert files.refresh() == []
    assert isinstance(limiter.stopped(call, NOW), Refused)
    put(tmp_path / "state" / BLOCKS, b"")
    files.refresh()
    assert limiter.stopped(call, NOW) is None


def test_a_file_that_is_wrong_changes_nothing_and_is_told_once(tmp_path: Path) -> None:
    limiter, files = standing(tmp_path)
    put(tmp_path / "state" / BLOCKS, write_blocks([BLOCK]))
    files.load()
    put(tmp_path / "state" / BLOCKS, b"{}\n")
    put(tmp_path / "sandboxes" / "x.yaml", b"id: [")
    blocks, sandboxes = files.refresh()
    assert "this line is no block" in blocks
    assert "blocks.jsonl:1" in blocks
    assert "x.yaml" in sandboxes
    assert limiter.stopped(prepared(), NOW) is not None
    assert files.refresh() == []
    with pytest.raises(InputError):
        standing(tmp_path)[1].load()


def test_a_sandbox_is_open_from_the_next_look(tmp_path: Path) -> None:
    limiter, files = standing(tmp_path)
    files.load()
    call = prepared(principal=BOUND)
    put(tmp_path / "sandboxes" / "pilot.yaml", DOCUMENT.replace("[eu-west]", "[eu]").encode())
    files.refresh()
    assert "was not opened" in str(limiter.stopped(call, NOW))
    put(tmp_path / "state" / OPENINGS, opened())
    files.refresh()
    assert "has changed since it was opened" in str(limiter.stopped(call, NOW))
    put(tmp_path / "sandboxes" / "pilot.yaml", DOCUMENT.encode())
    files.refresh()
    assert "may not send to this region" in str(limiter.stopped(call, NOW))


def test_one_that_is_over_is_closed_in_the_file_and_told_once(tmp_path: Path) -> None:
    limiter, files = standing(tmp_path)
    put(tmp_path / "sandboxes" / "pilot.yaml", DOCUMENT.encode())
    put(tmp_path / "state" / OPENINGS, opened())
    files.load()
    assert files.over(NOW) == []
    end = limiter.sandboxes.documents["claims-pilot"].end
    assert [(one.id, why) for one, why in files.over(end)] == [("claims-pilot", "its time is over")]
    assert files.over(end) == []
    (kept,) = parse_openings(read_state(tmp_path / "state" / OPENINGS), "x")
    assert (kept.closed, kept.closed_by, kept.why) == (end, "the gateway", "its time is over")


def test_one_that_is_killed_is_closed_for_its_reason(tmp_path: Path) -> None:
    limiter, files = standing(tmp_path)
    put(tmp_path / "sandboxes" / "pilot.yaml", DOCUMENT.encode())
    put(tmp_path / "state" / OPENINGS, opened())
    files.load()
    found = Event(kind="call", time="", findings=[Count("iban", 9)], more={"sandbox": "claims-pilot"})
    assert limiter.sandboxes.saw(found) == "claims-pilot"
    assert [why for _, why in files.over(NOW)] == ["findings of iban, email reach 3"]
    files.refresh()
    assert "is closed" in str(limiter.stopped(prepared(principal=BOUND), NOW))


def test_budgets_come_back_after_a_restart(tmp_path: Path) -> None:
    budgets = [Budget(id="day", of="all", requests=2)]

    async def day(number: int) -> Limiter:
        limiter, files = begin_limits(configured(budgets=budgets), tmp_path, str)
        for _ in range(number):
            await limiter.take(prepared(), NOW)
        files.save()
        return limiter

    asyncio.run(day(1))
    asyncio.run(day(1))
    with pytest.raises(Refused):
        asyncio.run(day(1))


def test_the_store_is_as_configured(tmp_path: Path) -> None:
    limiter, files = begin_limits(configured(state="valkey://127.0.0.1:1/0"), tmp_path, str)
    assert isinstance(limiter.store, ValkeyStore)
    files.save()
    limiter, _ = begin_limits(configured(state="env:WHERE"), tmp_path, lambda _: "redis://127.0.0.1:1/0")
    assert isinstance(limiter.store, ValkeyStore)
    with pytest.raises(InputError, match="hold for one worker"):
        begin_limits(configured(budgets=[Budget(id="a", of="all", requests=1)], workers=2), tmp_path, str)


def test_watching_tells_what_is_wrong_and_what_has_ended(tmp_path: Path) -> None:
    async def run() -> tuple[list[str], list[str]]:
        _, files = standing(tmp_path)
        files.load()
        put(tmp_path / "sandboxes" / "pilot.yaml", DOCUMENT.encode())
        put(tmp_path / "state" / OPENINGS, opened())
        put(tmp_path / "state" / BLOCKS, b"{}\n")
        wrong: list[str] = []
        over: list[str] = []
        done = asyncio.Event()

        async def note(sentence: str) -> None:
            wrong.append(sentence)

        async def ended(one: Sandbox, why: str) -> None:
            over.append(f"{one.id}: {why}")
            done.set()

        task = asyncio.create_task(files.watch(lambda: NOW * 2, note, ended))
        await asyncio.wait_for(done.wait(), 10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return wrong, over

    wrong, over = asyncio.run(run())
    assert len(wrong) == 1
    assert over == ["claims-pilot: its time is over"]


def test_changes_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "state" / "file"

    def add() -> None:
        for _ in range(20):
            change(path, lambda old: old + b"x")

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_state(path) == b"x" * 80
    assert sorted(one.name for one in path.parent.iterdir()) == [".file.lock", "file"]


def test_files_that_can_not_be_used_are_told(tmp_path: Path) -> None:
    assert read_state(tmp_path / "nothing") == b""
    with pytest.raises(InputError, match="can't be read"):
        read_state(tmp_path)
    with pytest.raises(BartizanError, match="can't be written"):
        change(tmp_path / "deep" / "deeper" / "file", lambda old: old)
    (tmp_path / "large").write_bytes(b"x" * (33 << 20))
    with pytest.raises(InputError, match="too large"):
        read_state(tmp_path / "large")
    with pytest.raises(InputError, match="sandboxes can't be read"):
        read_documents(tmp_path / "large", SCHEME)
    assert read_documents(tmp_path / "nothing", SCHEME) == []


def test_one_id_stands_in_one_document(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yml"):
        (tmp_path / name).write_text(DOCUMENT)
    with pytest.raises(InputError, match="two sandboxes"):
        read_documents(tmp_path, SCHEME)


def test_where_others_count_too_no_sandbox_is_open_and_no_budget_is_saved(tmp_path: Path) -> None:
    limiter = Limiter(configured(), MemoryStore())
    (tmp_path / "sandboxes").mkdir()
    files = Standing(tmp_path / "state", tmp_path / "sandboxes", SCHEME, limiter, alone=False)
    files.load()
    put(tmp_path / "sandboxes" / "pilot.yaml", DOCUMENT.encode())
    put(tmp_path / "state" / OPENINGS, opened())
    (sentence,) = files.refresh()
    assert "several workers count in memory" in sentence
    assert "was not opened" in str(limiter.stopped(prepared(principal=BOUND), NOW))
    files.save()
    assert not (tmp_path / "state" / "budgets.json").exists()


def test_of_two_that_find_the_end_one_tells_it(tmp_path: Path) -> None:
    (_, first), (_, second) = standing(tmp_path), standing(tmp_path)
    put(tmp_path / "sandboxes" / "pilot.yaml", DOCUMENT.encode())
    put(tmp_path / "state" / OPENINGS, opened())
    first.load()
    second.load()
    assert len(first.over(NOW * 2)) == 1
    assert second.over(NOW * 2) == []


def test_budgets_are_written_when_they_have_changed(tmp_path: Path) -> None:
    budgets = [Budget(id="day", of="all", requests=9)]

    async def use() -> tuple[bool, int, int]:
        limiter, files = begin_limits(configured(budgets=budgets), tmp_path, str)
        path = tmp_path / "state" / "budgets.json"
        files.save()
        before = path.exists()
        await limiter.take(prepared(), NOW)
        files.save()
        first = path.stat().st_mtime_ns
        files.save()
        return before, first, path.stat().st_mtime_ns

    before, first, second = asyncio.run(use())
    assert not before
    assert first == second
