"""Added time of a tool call through what stands between an MCP client and a server of the official SDK.

    python benchmarks/mcp/bench_proxy.py [CALLS]

Client and server are the official SDK's, in every row. The clients of a table are open at the same time and take
turns of 25 calls, so that all rows see the same machine.
Times are milliseconds; `added` is above the direct call of the same table.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

HERE = Path(__file__).resolve().parent
PYTHON = sys.executable
SERVER = [PYTHON, str(HERE / "echo_server.py")]
BARTIZAN = [PYTHON, "-m", "bartizan.cli"]
WRAP = [*BARTIZAN, "mcp", "wrap"]
TURN = 25


def stdio(folder: Path) -> dict[str, StdioServerParameters]:
    """Return the commands to compare, each in front of the same server."""
    commands = {
        "direct": SERVER,
        "bartizan mcp wrap": [*WRAP, "--pins", str(folder / "state"), "--", *SERVER],
        "bartizan mcp wrap, event log": [
            *WRAP, "--pins", str(folder / "state"), "--events", str(folder / "events"), "--", *SERVER,
        ],
        "SDK proxy": [PYTHON, str(HERE / "sdk_proxy.py"), *SERVER],
        "FastMCP proxy": [PYTHON, str(HERE / "fastmcp_proxy.py"), *SERVER],
    }  # fmt: skip
    return {name: StdioServerParameters(command=one[0], args=one[1:]) for name, one in commands.items()}


@contextmanager
def http(folder: Path) -> Iterator[dict[str, tuple[str, dict[str, str]]]]:
    """Start a server, and what stands before it; give addresses and headers."""
    ports = {name: free_port() for name in ("direct", "gateway", "sdk", "fastmcp")}
    url = {name: f"http://127.0.0.1:{port}/mcp" for name, port in ports.items()}
    (folder / "policies").mkdir()
    (folder / "policies" / "all.cedar").write_text('@id("all") permit(principal, action, resource);\n')
    config = folder / "gateway.yaml"
    config.write_text(
        f"listen: 127.0.0.1:{ports['gateway']}\nidentity: {{keys: keys.jsonl}}\npolicies: policies\n"
        f"mcp: [{{id: weather, servers: [{{id: weather, url: '{url['direct']}'}}]}}]\n"
    )
    made = subprocess.run(
        [*BARTIZAN, "keys", "create", "agent", "--config", str(config)], capture_output=True, text=True, check=True
    )
    commands = (
        [*SERVER, str(ports["direct"])],
        [*BARTIZAN, "gateway", "--config", str(config)],
        [PYTHON, str(HERE / "sdk_proxy.py"), "--http", str(ports["sdk"]), url["direct"]],
        [PYTHON, str(HERE / "fastmcp_proxy.py"), "--http", str(ports["fastmcp"]), url["direct"]],
    )
    processes = []
    try:
        for name, command in zip(ports, commands, strict=True):
            processes.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
            until_listening(ports[name])
        key = {"authorization": f"Bearer {made.stdout.strip()}"}
        yield {
            "direct": (url["direct"], {}),
            "bartizan gateway": (f"http://127.0.0.1:{ports['gateway']}/mcp/weather", key),
            "SDK proxy": (url["sdk"], {}),
            "FastMCP proxy": (url["fastmcp"], {}),
        }
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


def until_listening(port: int) -> None:
    """Wait until somebody listens on a port."""
    for _ in range(600):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
            return
        time.sleep(0.05)
    raise SystemExit(f"nobody listens on port {port}")


Target = StdioServerParameters | tuple[str, dict[str, str]]


def client_of(target: Target) -> Client:
    """Return a client for a command, or for an address and headers."""
    if isinstance(target, StdioServerParameters):
        return Client(target)
    return Client(streamable_http_client(target[0], http_client=httpx2.AsyncClient(headers=target[1], timeout=30)))


async def compare(targets: Mapping[str, Target], calls: int) -> dict[str, list[float]]:
    """Return the sorted times of calls, in seconds."""
    times: dict[str, list[float]] = {name: [] for name in targets}
    async with AsyncExitStack() as stack:
        clients = {name: await stack.enter_async_context(client_of(one)) for name, one in targets.items()}
        for turn in range(calls // TURN + 1):
            for name, client in clients.items():
                spent = [await timed(client, f"Basel {turn} {number}") for number in range(TURN)]
                times[name] += spent if turn else []
    return {name: sorted(spent) for name, spent in times.items()}


async def timed(client: Client, city: str) -> float:
    """Make a call, and return how long it took in seconds."""
    begun = time.perf_counter()
    result = await client.call_tool("get_forecast", {"city": city})
    spent = time.perf_counter() - begun
    if result.is_error:
        raise SystemExit(f"a call failed: {result.content}")
    return spent


def at(spent: Sequence[float], share: float) -> float:
    """Return a quantile of sorted times, in milliseconds."""
    return spent[int(len(spent) * share)] * 1e3


def show(title: str, times: dict[str, list[float]]) -> None:
    """Print a table."""
    print(f"{title:<32}{'p50':>8}{'p95':>8}{'added p50':>12}{'added p95':>12}")
    base = times["direct"]
    for name, spent in times.items():
        added = f"{at(spent, 0.5) - at(base, 0.5):>+12.2f}{at(spent, 0.95) - at(base, 0.95):>+12.2f}"
        print(f"{name:<32}{at(spent, 0.5):>8.2f}{at(spent, 0.95):>8.2f}{added}")
    print()


def main() -> None:
    """Measure both transports, and print a table of each."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    with tempfile.TemporaryDirectory() as made:
        show(f"stdio, {number} calls", asyncio.run(compare(stdio(Path(made)), number)))
        (Path(made) / "http").mkdir()
        with http(Path(made) / "http") as addresses:
            show(f"HTTP, {number} calls", asyncio.run(compare(addresses, number)))


if __name__ == "__main__":
    main()
