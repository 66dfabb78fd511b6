"""Many streams at once while the provider breaks off and callers leave: no answer may be lost or crossed, and no event.

    python -m benchmarks.gateway.bench_streams [--callers 1000] [--seconds 60]

The gateway runs as users start it, with pseudonyms, policies, budgets and events on. Each caller knows what its answer
must say. Afterwards the log must have what every call has to have, and its chain must hold; budgets must have nothing
reserved; the gateway must have no more connections than before; and it must end at once. Needs Linux.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.gateway.bench_gateway import free_port
from benchmarks.gateway.storm import Storm, lost
from benchmarks.measure import PAGE, machine

__all__ = ["Figures", "storm"]

HERE = Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")
_CLI = [sys.executable, "-c", "import sys; from bartizan.cli import main; sys.exit(main())"]
_USERS = 3
_LISTEN, _TIME_WAIT, _CLOSE_WAIT = "0A", "06", "08"
"""States of a connection as `/proc/net/tcp` has them."""
_TOKENS = 100_000_000_000
_ROOM = 500
"""Tokens that a short prompt may count as; what one call reserves for its answer is more."""
_CONFIG = """
listen: 127.0.0.1:{port}
identity: {{keys: keys.jsonl}}
upstreams:
  - {{id: provider, door: openai, url: 'http://127.0.0.1:{provider}/openai/v1', secret: 'env:PROVIDER_SECRET',
     seconds: {most}, prices: {{demo-large: {{input: 2, output: 8}}}}}}
data:
  rules:
    - {{id: people, on: [request], types: [contact], do: pseudonym}}
    - {{id: rest, do: allow}}
budgets:
  - {{id: person, of: principal, per: month, requests: 10000000, tokens: {tokens}}}
"""
_POLICY = '@id("staff") permit(principal in Bartizan::Group::"staff", action, resource);'


class Figures(NamedTuple):
    """What a storm was, and what is wrong after it, which should be nothing."""

    calls: int
    ended: dict[str, int]
    wrong: list[str]
    memory: list[float]
    """Megabytes of the worker: before, then every second."""
    processor: float
    """Seconds of processor time of the gateway."""


class Running:
    """A gateway and its provider."""

    def __init__(
        self, folder: Path, port: int, provider: int, keys: list[str], process: subprocess.Popen[bytes]
    ) -> None:
        self.folder, self.port, self.provider, self.keys, self.process = folder, port, provider, keys, process

    def worker(self) -> int:
        """Return the process that answers."""
        main = self.process.pid
        found = [int(pid) for pid in Path(f"/proc/{main}/task/{main}/children").read_text().split()]
        return max(found, key=lambda pid: int(Path(f"/proc/{pid}/statm").read_text().split()[1]))

    def memory(self) -> float:
        return int(Path(f"/proc/{self.worker()}/statm").read_text().split()[1]) * PAGE / 1e6

    def processor(self) -> float:
        fields = Path(f"/proc/{self.worker()}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def sockets(self) -> int:
        """Return how many connections there are of callers, and to the provider that the gateway has not closed."""
        near, far = f":{self.port:04X}", f":{self.provider:04X}"
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        callers = sum(local.endswith(near) and state not in (_LISTEN, _TIME_WAIT) for _, local, _, state, *_ in lines)
        return callers + sum(remote.endswith(far) and state == _CLOSE_WAIT for _, _, remote, state, *_ in lines)

    def events(self) -> list[dict[str, Any]]:
        files = sorted((self.folder / "events").rglob("*.jsonl"))
        lines = (line for file in files for line in file.read_bytes().splitlines())
        return [event for event in map(json.loads, lines) if "kind" in event]


@contextmanager
def running(folder: Path, most: float) -> Iterator[Running]:
    """Start both, and end what is left of them."""
    port, provider = free_port(), free_port()
    (folder / "policies").mkdir()
    (folder / "policies" / "all.cedar").write_text(_POLICY)
    config = folder / "gateway.yaml"
    config.write_text(_CONFIG.format(port=port, provider=provider, most=most, tokens=_TOKENS))
    keys = []
    for number in range(_USERS):
        command = ["keys", "create", f"user-{number}", "--group", "staff", "--config", str(config)]
        keys.append(subprocess.run([*_CLI, *command], check=True, capture_output=True).stdout.decode().strip())
    environment = {**os.environ, "PROVIDER_SECRET": "made-up"}
    with (folder / "output.txt").open("wb") as output:
        commands = (
            [sys.executable, "-m", "benchmarks.gateway.storm_provider", str(provider)],
            [*_CLI, "gateway", "--config", str(config)],
        )
        more: dict[str, Any] = {"stdout": output, "stderr": output, "cwd": HERE.parents[1], "start_new_session": True}
        started = [subprocess.Popen(one, env=environment, **more) for one in commands]
    try:
        _wait(port, folder)
        yield Running(folder, port, provider, keys, started[1])
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)


def _wait(port: int, folder: Path) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until:
                raise SystemExit((folder / "output.txt").read_text()[-3000:]) from None
            time.sleep(0.05)


def storm(folder: Path, callers: int, seconds: float, *, chunks: int, pause: float, seed: int = 1) -> Figures:
    """Let a storm pass over a gateway, and look for damage."""
    most = chunks * pause * 2 + 2
    with running(folder, most) as gate:
        weather = Storm(gate.port, gate.keys, chunks=chunks, pause=pause, most=most + 20, seed=seed)
        memory = [gate.memory()]
        asyncio.run(_watched(weather.run(callers, seconds), gate, memory))
        wrong = list(weather.wrong)
        wrong += _quiet(gate, most)
        wrong += _reserved(gate)
        processor = gate.processor()
        wrong += _ends(gate)
        wrong += lost(weather.sent, gate.events(), more=len(gate.keys))
        wrong += _broken_chain(folder)
        wrong += [line for line in (folder / "output.txt").read_text().splitlines() if not line.startswith("serving")]
        return Figures(len(weather.sent), dict(weather.ended), wrong, memory, processor)


async def _watched(work: Any, gate: Running, memory: list[float]) -> None:
    task = asyncio.ensure_future(work)
    while not task.done():
        await asyncio.wait([task], timeout=1)
        memory.append(gate.memory())
    await task


def _quiet(gate: Running, most: float) -> list[str]:
    """Wait until no caller's connection is left and no event comes any more."""
    until = time.monotonic() + most + 10
    while gate.sockets() and time.monotonic() < until:
        time.sleep(0.2)
    count = -1
    while (now := len(gate.events())) != count:
        count = now
        time.sleep(0.3)
    left = gate.sockets()
    return [f"{left} connections of callers that have gone"] if left else []


def _reserved(gate: Running) -> list[str]:
    """Compare what is booked with what was called, and ask for all that should be left: nothing may be reserved."""
    time.sleep(1.5)  # budgets are written once a second
    saved = json.loads((gate.folder / "state" / "budgets.json").read_bytes())
    booked = sum(one["requests"] for one in saved.values())
    forwarded = [event for event in gate.events() if event["kind"] in ("call", "refusal") and _reached(event)]
    out = [] if booked == len(forwarded) else [f"{booked} requests booked, {len(forwarded)} on record"]
    for number, key in enumerate(gate.keys):
        used = sum(one["tokens"] for name, one in saved.items() if f"user-{number}" in name)
        status = _asked(gate, key, _TOKENS - used - _ROOM)
        if status != 200:
            out.append(f"user-{number} can't have what should be left: {status}")
    return out


def _reached(event: dict[str, Any]) -> bool:
    return "upstream" in event["more"]


def _asked(gate: Running, key: str, tokens: int) -> int:
    prompt = f"storm id={'0' * 32} plan=whole after=0 chunks=1 pause=0 mail=a"
    tree = {"model": "demo-large", "max_tokens": tokens, "messages": [{"role": "user", "content": prompt}]}
    request = urllib.request.Request(
        f"http://127.0.0.1:{gate.port}/openai/v1/chat/completions",
        json.dumps(tree).encode(),
        {"authorization": f"Bearer {key}", "content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - http on loopback
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _ends(gate: Running) -> list[str]:
    """End the gateway: it has nothing to wait for."""
    started = time.monotonic()
    gate.process.send_signal(signal.SIGTERM)
    try:
        code = gate.process.wait(30)
    except subprocess.TimeoutExpired:
        return ["the gateway doesn't end"]
    took = time.monotonic() - started
    return [] if code == 0 and took < 5 else [f"the gateway ended with {code} after {took:.1f} s"]


def _broken_chain(folder: Path) -> list[str]:
    done = subprocess.run([*_CLI, "events", "verify", str(folder / "events")], capture_output=True, check=False)
    return [] if done.returncode == 0 else [f"the chain is broken: {(done.stdout + done.stderr).decode()[:500]}"]


def shown(figures: Figures, seconds: float) -> Sequence[str]:
    ends = ", ".join(f"{count} {how}" for how, count in sorted(figures.ended.items()))
    memory = figures.memory
    third = len(memory) // 3
    return (
        machine(),
        f"{figures.calls} calls in {seconds:g} s; answers that ended: {ends}",
        f"{figures.processor:.1f} s of processor time, {figures.processor / max(figures.calls, 1) * 1e6:.0f} us a call",
        f"megabytes: {memory[0]:.0f} before, {memory[third]:.0f} after a third, {memory[-1]:.0f} at the end",
        *(f"WRONG: {one}" for one in figures.wrong[:40]),
        f"{len(figures.wrong)} wrong",
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--callers", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--chunks", type=int, default=12)
    parser.add_argument("--pause", type=float, default=0.4, help="seconds between pieces of an answer")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = storm(Path(folder), asked.callers, asked.seconds, chunks=asked.chunks, pause=asked.pause)
    print("\n".join(shown(figures, asked.seconds)))
    sys.exit(bool(figures.wrong))


if __name__ == "__main__":
    main()
