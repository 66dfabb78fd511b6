"""Servers as processes: what they say, how they end, and what they leave behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bartizan.guard.gateway.mcp.pipes import Long
from bartizan.guard.gateway.mcp.process import Command, ServerProcess, minimal_environment
from bartizan.model import InputError
from tests.guard.gateway.mcp.test_pipes import run


class Heard:
    """Keeps what a server says."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.longs: list[Long] = []
        self.spoken: list[bytes] = []
        self.codes: list[int] = []
        self.eases = 0

    def line(self, line: bytes) -> None:
        self.lines.append(line)

    def long(self, long: Long) -> None:
        self.longs.append(long)

    def speech(self, line: bytes) -> None:
        self.spoken.append(line)

    def eased(self) -> None:
        self.eases += 1

    def ended(self, code: int) -> None:
        self.codes.append(code)


def python(program: str, *arguments: str, tied: bool = False) -> Command:
    return Command([sys.executable, "-S", "-c", program, *arguments], tied=tied)


async def until(heard: Heard, number: int = 1) -> None:
    while len(heard.lines) < number:
        await asyncio.sleep(0.005)


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that is only not cleared away yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_server_is_heard_and_ends_with_its_input() -> None:
    async def work() -> None:
        heard = Heard()
        program = (
            "import sys\nfor line in sys.stdin: print('got', line, end='', flush=True)\n"
            "print('bye', file=sys.stderr)\nsys.exit(7)"
        )
        server = ServerProcess(python(program), heard, most=50)
        server.send(b"one")
        await until(heard)
        server.send(b"x" * 100)
        assert server.running
        assert await server.end() == 7
        assert (heard.lines, heard.spoken, heard.codes) == ([b"got one"], [b"bye"], [7])
        assert [long.size for long in heard.longs] == [104]
        assert heard.codes
        server.send(b"nobody listens")
        server.signal(signal.SIGTERM)

    run(work())


def test_what_was_sent_before_its_end_is_read() -> None:
    async def work() -> None:
        heard = Heard()
        program = "import sys, time\ntime.sleep(0.1)\nprint(sum(len(line) for line in sys.stdin))"
        server = ServerProcess(python(program), heard, enough=1000)
        for _ in range(300):
            server.send(b"y" * 999)
        assert server.full
        assert await server.end(3.0) == 0
        assert heard.lines == [b"300000"]
        assert heard.eases == 1

    run(work())


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("import os, signal; print('up', flush=True); os.kill(os.getpid(), signal.SIGSEGV)", 139),
        ("import time; print('up', flush=True); time.sleep(60)", 143),
        ("import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)", 137),
        (
            "import os, sys; print('up', flush=True); os.close(1); os.close(2)\nwhile os.read(0, 9): pass\nsys.exit(3)",
            3,
        ),
    ],
    ids=["crashes", "ignores the end of its input", "ignores being asked to end", "stops speaking"],
)
def test_a_server_ends_however_it_behaves(program: str, code: int) -> None:
    async def work() -> None:
        heard = Heard()
        server = ServerProcess(python(program), heard)
        await until(heard)
        assert await server.end(0.2) == code
        assert heard.codes == [code]

    run(work())


def test_everything_that_a_server_started_ends_with_it() -> None:
    program = (
        "import subprocess, sys\n"
        "sleep = [sys.executable, '-S', '-c', 'import time; time.sleep(60)']\n"
        "print(subprocess.Popen(sleep).pid, flush=True)\n"
        "print(subprocess.Popen(sleep, start_new_session=True).pid, flush=True)"
    )

    async def work() -> None:
        heard = Heard()
        server = ServerProcess(python(program), heard)
        await until(heard, 2)
        assert await server.ended(5)  # although its children hold its output open
        children = [int(line) for line in heard.lines]
        for _ in range(200):
            if not any(map(alive, children)):
                return
            await asyncio.sleep(0.01)
        pytest.fail("children are left")

    run(work())


def test_a_tied_server_is_killed_with_its_parent() -> None:
    program = (
        "import asyncio, os, sys\n"
        "from bartizan.guard.gateway.mcp.process import Command, ServerProcess\n"
        "from tests.guard.gateway.mcp.test_process import Heard\n"
        "async def work():\n"
        "    server = ServerProcess(Command(['sleep', '60'], tied=True), Heard())\n"
        "    print(server.pid, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(work())"
    )
    root = Path(__file__).resolve().parents[4]
    environment = {**os.environ, "PYTHONPATH": f"{root}:{root / 'src'}"}
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == -9, done.stderr

    async def work() -> None:
        while alive(int(done.stdout)):
            await asyncio.sleep(0.01)

    run(work())


def test_a_server_that_floods_waits_while_it_is_not_heard() -> None:
    async def work() -> None:
        heard = Heard()
        server = ServerProcess(python("import sys\nfor at in range(60000): print(at)\nsys.exit(4)"), heard)
        server.pause()
        await asyncio.sleep(0.2)
        assert server.running
        assert heard.lines == []
        server.resume()
        assert await server.ended(8)
        assert len(heard.lines) == 60_000
        assert server.code == 4

    run(work())


def test_what_an_ended_server_wrote_is_kept_while_it_is_not_heard() -> None:
    async def work() -> None:
        heard = Heard()
        server = ServerProcess(python("print('last words')"), heard)
        server.pause()
        assert not await server.ended(0.8)
        server.resume()
        assert await server.ended(2)
        assert heard.lines == [b"last words"]

    run(work())


def test_long_speech_is_shortened() -> None:
    async def work() -> None:
        heard = Heard()
        server = ServerProcess(python("import sys; sys.stderr.write('e' * 100000 + '\\nshort\\n')"), heard)
        assert await server.ended(5)
        assert heard.spoken == [b"e" * 4096 + b" ... (100000 bytes)", b"short"]

    run(work())


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["/nowhere/at-all"], "`/nowhere/at-all` can't be started: no such file or directory"),
        (["/etc"], "`/etc` can't be started: permission denied"),
        (["cat", "a\0b"], "`cat` can't be started: it holds a NUL"),
    ],
)
def test_a_command_that_cannot_be_started_is_told(argv: list[str], sentence: str) -> None:
    async def work() -> None:
        with pytest.raises(InputError) as raised:
            ServerProcess(Command(argv), Heard())
        assert raised.value.message == sentence

    run(work())


def test_a_server_has_no_terminal_and_its_own_group() -> None:
    program = "import os\ntry: os.open('/dev/tty', os.O_RDWR)\nexcept OSError: print(os.getpgrp() == os.getpid())"

    async def work() -> None:
        heard = Heard()
        server = ServerProcess(python(program), heard)
        assert await server.ended(5)
        assert heard.lines == [b"True"]

    run(work())


def test_a_minimal_environment_holds_what_was_given_and_no_secret() -> None:
    own = {"PATH": "/bin", "HOME": "/home/a", "API_KEY": "secret"}
    assert minimal_environment(own, {"TOKEN": "given"}) == {"PATH": "/bin", "HOME": "/home/a", "TOKEN": "given"}


def test_a_server_that_floods_ends_although_nobody_hears_it() -> None:
    async def work() -> None:
        heard = Heard()
        server = ServerProcess(python("while True: print('x' * 1000)"), heard)
        await until(heard)
        server.pause()
        assert await server.end(0.2) in (1, 120, 143)
        assert len(heard.codes) == 1

    run(work())
