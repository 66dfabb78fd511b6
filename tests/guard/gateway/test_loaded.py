"""A guard loaded from a gateway's files: the same keys, policies, budgets, blocks and event log."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_socket

from bartizan.guard import Guard, Principal, Refused
from bartizan.guard.gateway.loaded import Guard as Loaded
from bartizan.guard.limits import Block
from bartizan.guard.limits.blocks import write_blocks
from bartizan.guard.sandbox import Opening, write_openings
from bartizan.model import BartizanError, Event, InputError
from bartizan.soc.programs import ProgramLog
from bartizan.soc.verify import verify
from tests.guard.gateway.guard_files import KEY, POLICY, changed, folder_of
from tests.guard.gateway.valkey_server import Server
from tests.guard.identity.support import token
from tests.guard.sandbox.documents import DOCUMENT, read

MAIL = "anna.meier@example.ch"
HELLO = {"model": "gpt", "messages": [{"role": "user", "content": f"to {MAIL}"}], "max_tokens": 9}
NOW = 1_796_036_400.0


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def events(folder: Path) -> list[dict[str, Any]]:
    lines = [line for file in sorted((folder / "events").glob("*.jsonl")) for line in file.read_bytes().splitlines()]
    return [json.loads(line) for line in lines]


def call(guard: Loaded) -> str:
    """Make one call, and return what was hidden in it."""
    with guard.request("openai-chat", HELLO, principal=KEY) as made:
        hidden: str = made.json["messages"][0]["content"]
        message = {"role": "assistant", "content": hidden}
        assert made.answer({"choices": [{"index": 0, "message": message}]})["choices"][0]["message"]["content"] == (
            f"to {MAIL}"
        )
    return hidden


def test_one_line_loads_it_and_the_log_is_the_gateways(tmp_path: Path) -> None:
    path = folder_of(tmp_path)
    with Guard.load(path) as guard:
        call(guard)
        assert guard.text(MAIL).text != MAIL
    assert [(one["kind"], one["principal"], one["writer"]) for one in events(tmp_path)] == [
        ("call", "anna", "program-1"), ("call", "program", "program-1"),
    ]  # fmt: skip
    assert MAIL not in str(events(tmp_path))
    guard.close()
    with pytest.raises(Refused, match="on record"):
        guard.text("hello")


def test_a_key_of_pseudonyms_that_is_not_configured_is_new_in_each_program(tmp_path: Path) -> None:
    path, seen = folder_of(tmp_path), list[Event]()
    with Guard.load(path, sink=seen.append) as one, Guard.load(path, sink=seen.append) as other:
        assert call(one) == call(one) != call(other)
    assert len(seen) == 3
    assert not (tmp_path / "events").exists()


def test_what_files_say_anew_counts_within_a_second(tmp_path: Path) -> None:
    path, seen, clock = folder_of(tmp_path), list[Event](), Clock()
    with Guard.load(path, sink=seen.append, clock=clock) as guard:

        def refused() -> str:
            clock.now += 1.5
            try:
                call(guard)
            except Refused as told:
                return told.rule
            return ""

        assert refused() == ""
        block = Block(id="1a", kind="principal", name="anna", until=NOW + 5, by="jo", why="")
        changed(tmp_path / "state" / "blocks.jsonl", write_blocks([block]))
        assert refused() == "block-1a"
        clock.now += 5
        assert refused() == ""
        changed(tmp_path / "policies" / "all.cedar", b"permit (nonsense")
        assert refused() == ""
        changed(tmp_path / "policies" / "all.cedar", POLICY.replace("staff", "others").encode())
        assert refused() == "no-policy-allows"
        changed(tmp_path / "policies" / "all.cedar", POLICY.encode())
        changed(tmp_path / "state" / "blocks.jsonl", b"{")
        assert refused() == ""
        changed(tmp_path / "keys.jsonl", b"{}\n")
        assert refused() == "key-not-valid"
    kinds = [(event.kind, event.rule) for event in seen if event.kind not in ("call", "refusal")]
    assert kinds == [("policy", "refused"), ("policy", "taken"), ("policy", "taken"), ("policy", "refused"),
                     ("key", "unreadable")]  # fmt: skip


def test_budgets_in_memory_are_kept_over_a_restart(tmp_path: Path) -> None:
    path = folder_of(tmp_path, "budgets: [{id: two, of: principal, per: day, requests: 2}]\n")
    clock = Clock()
    for _ in range(2):
        with Guard.load(path, clock=clock) as guard:
            call(guard)
    with Guard.load(path, clock=clock) as guard:
        with pytest.raises(Refused) as told:
            call(guard)
        assert (told.value.status, told.value.rule) == (429, "two")
        with Guard.load(path, clock=clock) as beside:  # another process counts for itself, as its chain is another
            call(beside)


def test_a_sandbox_counts_what_was_on_record_before(tmp_path: Path) -> None:
    path, clock = folder_of(tmp_path, "sandboxes: boxes\n"), Clock()
    changed(tmp_path / "boxes" / "claims-pilot.yaml", DOCUMENT.encode())
    opening = Opening(id="claims-pilot", digest=read().digest, opened=NOW - 60)
    changed(tmp_path / "state" / "sandboxes.jsonl", write_openings([opening]))
    for count in (1, 2):
        with Guard.load(path, clock=clock) as guard:
            bound = guard.principal("alice", groups=["staff"], sandbox="claims-pilot")
            with pytest.raises(Refused, match="claims-pilot"):
                guard.request("openai-chat", HELLO, principal=bound)
            tally = guard.limiter.sandboxes.tallies["claims-pilot"]
            assert tally.calls == count


def test_a_guard_whose_files_are_wrong_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there"):
        Guard.load(tmp_path / "gateway.yaml")
    path = folder_of(tmp_path, "budgets: [{id: a, of: all, per: day}]\n")
    with pytest.raises(InputError, match="limits nothing"):
        Guard.load(path)
    with closing(ProgramLog(tmp_path / "events", "program", "never")) as log:
        assert log.writer == "program-1"  # what was opened is let go


def test_what_the_package_offers() -> None:
    from bartizan import guard

    assert (guard.Guard, guard.Principal, guard.Refused) == (Loaded, Principal, Refused)
    with pytest.raises(AttributeError, match="no attribute `Other`"):
        _ = guard.Other


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    pytest_socket.enable_socket()
    made = Server(tmp_path)
    yield made
    made.stop()


@pytest.mark.enable_socket
def test_budgets_are_shared_between_programs_with_loops_and_without(tmp_path: Path, server: Server) -> None:
    budgets = "budgets: [{id: four, of: principal, per: day, requests: 4}]\n"
    path = folder_of(tmp_path, f"state: {server.url}\n{budgets}")
    clock = Clock()
    with Guard.load(path, clock=clock) as one, Guard.load(path, clock=clock) as other:

        async def work() -> list[str]:
            async def ask(guard: Loaded) -> str:
                try:
                    async with await guard.arequest("openai-chat", HELLO, principal=KEY):
                        return ""
                except Refused as told:
                    return told.rule

            return await asyncio.gather(*(ask(guard) for guard in (one, other) * 3))

        call(one)
        call(other)
        assert sorted(asyncio.run(work())) == ["", "", "four", "four", "four", "four"]
        clock.now += 2
        server.stop()
        with pytest.raises(Refused) as told:
            call(one)
        assert told.value.rule == "state-lost"
    with pytest.raises(BartizanError, match="another process, or are closed"):
        one.identify(KEY)


@pytest.mark.enable_socket
def test_tokens_of_an_issuer_that_can_not_be_asked_are_refused(tmp_path: Path) -> None:
    path = folder_of(tmp_path)
    issuer = "{issuer: 'https://issuer.example', audience: bartizan, jwks: 'http://127.0.0.1:9/keys'}"
    path.write_text(path.read_text().replace("{keys: keys.jsonl}", f"{{keys: keys.jsonl, issuers: [{issuer}]}}"))
    with Guard.load(path) as guard:
        assert guard.identify(KEY).id == "anna"
        with pytest.raises(Refused) as told:
            guard.identify(token(iss="https://issuer.example", aud="bartizan", exp=2_000_000_000))
        assert told.value.rule in ("issuer-keys-missing", "token-not-valid")
        assert asyncio.run(guard.aidentify(KEY)).id == "anna"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_writes_a_chain_of_its_own(tmp_path: Path) -> None:
    with Guard.load(folder_of(tmp_path, "events: {fsync: always}\n")) as guard:
        call(guard)
        child = os.fork()
        if not child:
            code = 1
            try:
                call(guard)
                code = 0
            finally:
                os._exit(code)
        assert os.waitpid(child, 0)[1] == 0

        async def work() -> None:
            assert (await guard.atext("hello")).text == "hello"

        asyncio.run(work())
    assert [one["writer"] for one in events(tmp_path)] == ["program-1", "program-1", "program-2"]
    assert verify(tmp_path / "events").findings == []
