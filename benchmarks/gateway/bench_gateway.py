"""What a request costs: the gateway, nginx, the bare stack and LiteLLM, one after the other, in one run.

A request has 2 kB. Its text is the same each time, as all but the end of a conversation is, or new each time; answers
are always new. Each server has the first core for itself (one worker), and the provider and the callers the second.
Processor time is that of all processes of the server, from `/proc`. Needs Linux, two cores and, for the comparison,
nginx on the path.
LiteLLM has dependencies that fit nobody else's, so that it gets a folder of its own:

    python -m venv litellm-env && litellm-env/bin/pip install 'litellm[proxy]==1.106.2'
    python -m benchmarks.gateway.bench_gateway --litellm litellm-env/bin/litellm [--long]

Versions 1.82.7 and 1.82.8 of LiteLLM were malicious: install no other than the one above without looking.
`--long` makes 100,000 requests to see whether memory stays flat. Without it a run takes about a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.gateway.stacks import Maker, Stack, environment, stacks
from benchmarks.gateway.texts import texts
from benchmarks.measure import PAGE, machine

HERE = Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")
CHUNKS = 100


class Row(NamedTuple):
    """Figures of one server: microseconds of processor time, milliseconds of the median call, megabytes."""

    name: str
    request: float
    new: float
    median: float
    burst: float
    paced: float
    early: float
    late: float


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


@contextmanager
def started(command: Sequence[str], core: int, port: int, variables: dict[str, str], log: Path) -> Iterator[int]:
    """Run a server on one core until the end of the block, and give its process id once it listens."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["taskset", "-c", str(core), *command], stdout=output, stderr=output, env=variables, start_new_session=True
        )
        try:
            until = time.monotonic() + 120
            while not listens(port):
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"`{command[0]}` did not start: {log.read_text(errors='replace')[-2000:]}")
                time.sleep(0.2)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def listens(port: int) -> bool:
    with socket.socket() as opened:
        return opened.connect_ex(("127.0.0.1", port)) == 0


def tree(pid: int) -> list[int]:
    """Return a process and all that it has started."""
    found = [pid]
    for one in found:
        for file in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(word) for word in file.read_text().split()]
    return found


def processor(pid: int) -> float:
    """Return the seconds of processor time that a server has used so far."""
    total = 0
    for one in tree(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(") ")[2].split()
        total += int(fields[11]) + int(fields[12])
    return float(total / TICKS)


def resident(pid: int) -> float:
    """Return the memory of the largest process of a server, which is its worker, in megabytes."""
    pages = [int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in tree(pid)]
    return float(max(pages) * PAGE / 1e6)


class Calls:
    """Calls one server, and counts what that costs it."""

    def __init__(self, stack: Stack, pid: int, port: int, body: Path) -> None:
        self.stack, self.pid, self.port, self.body = stack, pid, port, body

    def make(self, kind: str, connections: int, count: int) -> tuple[float, float]:
        """Return microseconds of processor time a call, and milliseconds of the median call."""
        words = [self.stack.path, self.stack.key, str(self.body), kind, str(connections), str(count)]
        before = processor(self.pid)
        made = subprocess.run(
            ["taskset", "-c", "1", sys.executable, str(HERE / "load.py"), "call", str(self.port), *words],
            check=True,
            stdout=subprocess.PIPE,
            timeout=300,
        )
        told: dict[str, Any] = json.loads(made.stdout)
        return (processor(self.pid) - before) / count * 1e6, told["median"] * 1e3


def measured(make: Maker, body: Path, providers: tuple[int, int], *, long: bool) -> Row:
    """Start a server in front of a provider, and measure it; the second provider takes its time, for paced streams."""
    with tempfile.TemporaryDirectory() as made:
        folder, port = Path(made), free_port()
        stack = make(folder, port, providers[0])
        with started(stack.command, 0, port, environment(stack), folder / "log") as pid:
            slow = stack.name.startswith("LiteLLM")
            calls = Calls(stack, pid, port, body)
            calls.make("whole", 4, 100)
            request, _ = calls.make("whole", 16, 200 if slow else 8_000)
            new, _ = calls.make("new", 16, 200 if slow else 4_000)
            _, median = calls.make("whole", 1, 50 if slow else 1_000)
            calls.make("stream", 4, 10)
            burst, _ = calls.make("stream", 8, 24 if slow else 800)
            calls.make("whole", 16, 650 if slow else 100)
            early = resident(pid)
            late = 0.0
            if long:
                calls.make("whole", 16, 2_000 if slow else 100_000)
                late = resident(pid)
    with tempfile.TemporaryDirectory() as made:
        folder, port = Path(made), free_port()
        stack = make(folder, port, providers[1])
        with started(stack.command, 0, port, environment(stack), folder / "log") as pid:
            calls = Calls(stack, pid, port, body)
            calls.make("stream", 4, 4)
            paced, _ = calls.make("stream", 10 if slow else 50, 10 if slow else 150)
    return Row(stack.name, request, new, median, burst / CHUNKS, paced / CHUNKS, early, late)


def table(rows: Sequence[Row], direct: float) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| server | CPU a request | with a new text | added p50 | CPU a chunk | every 20 ms | memory | later |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.name} | {row.request:,.0f} us | {row.new:,.0f} us | {row.median - direct:.2f} ms "
        f"| {row.burst:,.1f} us | {row.paced:,.0f} us "
        f"| {row.early:.0f} MB | {f'{row.late:.0f} MB' if row.late else '-'} |"
        for row in rows
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures what a request costs through several servers.")
    parser.add_argument("--litellm", metavar="PROGRAM", help="the `litellm` of a folder of its own")
    parser.add_argument("--long", action="store_true", help="100,000 requests more, to see whether memory stays flat")
    parser.add_argument(
        "--only", default="", metavar="WORD", help="servers whose function holds this, such as `gateway`"
    )
    asked = parser.parse_args()
    if not Path("/proc/self/stat").exists() or (os.cpu_count() or 1) < 2:
        print("not measured: this needs Linux and two cores")
        return
    print(machine())
    with tempfile.TemporaryDirectory() as made:
        body = Path(made) / "body.json"
        content = next(texts(1_900, 1))
        body.write_text(json.dumps({"model": "demo-large", "messages": [{"role": "user", "content": content}]}))
        ports = (free_port(), free_port())
        command = [sys.executable, str(HERE / "load.py"), "provider"]
        variables = dict(os.environ)
        with (
            started([*command, str(ports[0]), "0"], 1, ports[0], variables, Path(made) / "one"),
            started([*command, str(ports[1]), "0.02"], 1, ports[1], variables, Path(made) / "two") as pid,
        ):
            _, direct = Calls(Stack("", [], "/", "x"), pid, ports[0], body).make("whole", 1, 2_000)
            makers = [one for one in stacks(asked.litellm) if asked.only in one.__qualname__]
            rows = [measured(make, body, ports, long=asked.long) for make in makers]
    print(table(rows, direct))


if __name__ == "__main__":
    main()
